/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Our own tracepoints.  Their fields are an interface: the snapshot in the
 * tests fails on a change that has no new HVLENS_EXIT_VERSION.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hvlens

#if !defined(HVLENS_TRACE_HVLENS_H) || defined(TRACE_HEADER_MULTI_READ)
#define HVLENS_TRACE_HVLENS_H

#include <linux/tracepoint.h>
#include <hvlens/exit_record.h>

#include "trace_symbols.h"

#ifndef HVLENS_TRACE_HELPERS
#define HVLENS_TRACE_HELPERS
int events_listen(void);
void events_unlisten(void);
#endif

#define HVLENS_TRACE_FIELD(type, name)	__field(type, name)

/*
 * exit: one pass through a guest, when the exit has been handled.
 * All fields are those of struct hvlens_exit, in its order and layout: a
 * program can read the struct at offset 8 of the event.
 */
TRACE_EVENT_FN(exit,
	TP_PROTO(const struct hvlens_exit *rec),
	TP_ARGS(rec),

	TP_STRUCT__entry(
		HVLENS_EXIT_FIELDS(HVLENS_TRACE_FIELD)
	),

	TP_fast_assign(
		/* all fields at once: they are the struct's, in its order */
		memcpy((u8 *)__entry + offsetof(typeof(*__entry), version),
		       rec, sizeof(*rec));
	),

	TP_printk("vm=%u vcpu=%u cpu=%u seq=%llu trap=%s nip=0x%llx msr=0x%llx outcome=%u t=%llu,%llu,%llu,%llu,%llu,%llu,%llu",
		  __entry->vm, __entry->vcpu_id, __entry->cpu, __entry->seq,
		  __print_symbolic(__entry->trap, hvlens_trace_exits),
		  __entry->nip, __entry->msr, __entry->outcome,
		  __entry->t0, __entry->t1, __entry->t2, __entry->t3,
		  __entry->t4, __entry->t5, __entry->t6),

	events_listen, events_unlisten
);

/*
 * entry_abort: an entry that was given up after interrupts were hard-disabled.
 * cause is HVLENS_ABORT_*; t0 and t1 are the host's timebase in ticks, when the
 * run loop began and when it gave up.
 */
TRACE_EVENT(entry_abort,
	TP_PROTO(u32 vm, u32 vcpu_id, u32 cpu, u32 cause, u64 t0, u64 t1),
	TP_ARGS(vm, vcpu_id, cpu, cause, t0, t1),

	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu_id)
		__field(u32, cpu)
		__field(u32, cause)
		__field(u64, t0)
		__field(u64, t1)
	),

	TP_fast_assign(
		__entry->vm = vm;
		__entry->vcpu_id = vcpu_id;
		__entry->cpu = cpu;
		__entry->cause = cause;
		__entry->t0 = t0;
		__entry->t1 = t1;
	),

	TP_printk("vm=%u vcpu=%u cpu=%u cause=%u t=%llu,%llu",
		  __entry->vm, __entry->vcpu_id, __entry->cpu, __entry->cause,
		  __entry->t0, __entry->t1)
);

#endif /* HVLENS_TRACE_HVLENS_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_hvlens
#include <trace/define_trace.h>
