/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoints that only this backend has. Their fields are an interface: a test
 * compares them with a snapshot and fails if they change without a new
 * HVLENS_EXIT_VERSION.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hvlens

#if !defined(HVLENS_TRACE_HVLENS_H) || defined(TRACE_HEADER_MULTI_READ)
#define HVLENS_TRACE_HVLENS_H

#include <linux/tracepoint.h>
#include <asm/mce.h>
#include <hvlens/exit_record.h>

#include "irq/rm_complete.h"
#include "trace/trace_symbols.h"

#ifndef HVLENS_TRACE_HELPERS
#define HVLENS_TRACE_HELPERS
int events_listen(void);
void events_unlisten(void);
#endif

#define HVLENS_TRACE_FIELD(type, name)	__field(type, name)

/*
 * exit: one pass through the guest, when the exit has been handled.
 * The fields are those of struct hvlens_exit, in the same order and layout, so that a
 * program can read the struct at offset 8 of the event.
 */
TRACE_EVENT_FN(exit,
	TP_PROTO(const struct hvlens_exit *rec),
	TP_ARGS(rec),

	TP_STRUCT__entry(
		HVLENS_EXIT_FIELDS(HVLENS_TRACE_FIELD)
	),

	TP_fast_assign(
		/* all fields at once: order and layout are the struct's */
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

#define HVLENS_TRACE_CAUSE_ENUM(symbol, name, help)			\
	TRACE_DEFINE_ENUM(HVLENS_ABORT_##symbol);
#define HVLENS_TRACE_CAUSE(symbol, name, help)	{ HVLENS_ABORT_##symbol, name },
HVLENS_ABORTS(HVLENS_TRACE_CAUSE_ENUM)

/*
 * entry_abort: an entry that was given up after interrupts were hard-disabled.
 * cause is HVLENS_ABORT_*. t0 and t1 are when the run loop began and when it gave up, in
 * ticks of the host's timebase.
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

	TP_printk("vm=%u vcpu=%u cpu=%u cause=%s t=%llu,%llu",
		  __entry->vm, __entry->vcpu_id, __entry->cpu,
		  __print_symbolic(__entry->cause,
				   HVLENS_ABORTS(HVLENS_TRACE_CAUSE) { -1, "?" }),
		  __entry->t0, __entry->t1)
);

/* T(symbol of asm/mce.h, name): the kernel's types of errors */
#define HVLENS_MCE_TYPES(T)						\
	T(MCE_ERROR_TYPE_UNKNOWN, "unknown")				\
	T(MCE_ERROR_TYPE_UE,      "memory")				\
	T(MCE_ERROR_TYPE_SLB,     "slb")				\
	T(MCE_ERROR_TYPE_ERAT,    "erat")				\
	T(MCE_ERROR_TYPE_TLB,     "tlb")				\
	T(MCE_ERROR_TYPE_USER,    "user")				\
	T(MCE_ERROR_TYPE_RA,      "real-address")			\
	T(MCE_ERROR_TYPE_LINK,    "link")				\
	T(MCE_ERROR_TYPE_DCACHE,  "dcache")				\
	T(MCE_ERROR_TYPE_ICACHE,  "icache")

#define HVLENS_MCE_SEVERITIES(T)					\
	T(MCE_SEV_NO_ERROR, "none")					\
	T(MCE_SEV_WARNING,  "warning")					\
	T(MCE_SEV_SEVERE,   "severe")					\
	T(MCE_SEV_FATAL,    "fatal")

#define HVLENS_TRACE_ENUM(symbol, name)		TRACE_DEFINE_ENUM(symbol);
#define HVLENS_TRACE_SYMBOL(symbol, name)	{ symbol, name },
HVLENS_MCE_TYPES(HVLENS_TRACE_ENUM)
HVLENS_MCE_SEVERITIES(HVLENS_TRACE_ENUM)

/*
 * machine_check: a machine check that hit the guest, as the host's early handler decoded
 * it. type, severity and disposition are numbers of asm/mce.h, and so is subtype, in the
 * enum of that type. nip and msr are the guest's. ea is the effective address that the
 * guest used, if ea_valid is 1. fwnmi is 1 if the machine check goes to the VMM as
 * KVM_EXIT_NMI, 0 if it goes to the guest's 0x200. decoded is 0 if the host's queue of
 * events was full: then only vm, vcpu_id, cpu, nip, msr, disposition and fwnmi are valid.
 */
TRACE_EVENT(machine_check,
	TP_PROTO(u32 vm, u32 vcpu_id, u64 nip, u64 msr, bool fwnmi,
		 const struct machine_check_event *evt),
	TP_ARGS(vm, vcpu_id, nip, msr, fwnmi, evt),

	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu_id)
		__field(u32, cpu)
		__field(u8, type)
		__field(u8, subtype)
		__field(u8, severity)
		__field(u8, disposition)
		__field(u8, decoded)
		__field(u8, synchronous)
		__field(u8, ea_valid)
		__field(u8, fwnmi)
		__field(u64, nip)
		__field(u64, msr)
		__field(u64, ea)
	),

	TP_fast_assign(
		__entry->vm = vm;
		__entry->vcpu_id = vcpu_id;
		__entry->cpu = evt->cpu;
		__entry->type = evt->error_type;
		/* all types have subtype and address at the same place in the union */
		__entry->subtype = evt->u.ue_error.ue_error_type;
		__entry->severity = evt->severity;
		__entry->disposition = evt->disposition;
		__entry->decoded = evt->version != 0;
		__entry->synchronous = evt->sync_error;
		__entry->ea_valid = evt->u.ue_error.effective_address_provided;
		__entry->fwnmi = fwnmi;
		__entry->nip = nip;
		__entry->msr = msr;
		__entry->ea = __entry->ea_valid ?
			      evt->u.ue_error.effective_address : 0;
	),

	TP_printk("vm=%u vcpu=%u cpu=%u type=%s subtype=%u severity=%s recovered=%u nip=0x%llx msr=0x%llx ea=0x%llx%s fwnmi=%u",
		  __entry->vm, __entry->vcpu_id, __entry->cpu,
		  __print_symbolic(__entry->type,
				   HVLENS_MCE_TYPES(HVLENS_TRACE_SYMBOL) { -1, "?" }),
		  __entry->subtype,
		  __print_symbolic(__entry->severity,
				   HVLENS_MCE_SEVERITIES(HVLENS_TRACE_SYMBOL) { -1, "?" }),
		  __entry->disposition == MCE_DISPOSITION_RECOVERED,
		  __entry->nip, __entry->msr, __entry->ea,
		  __entry->ea_valid ? "" : " (unknown)", __entry->fwnmi)
);

#define HVLENS_TRACE_ACTION(symbol, name, bit, help)	{ bit, name },

/*
 * rm_complete: kvm.ko has completed what the real-mode XICS of a POWER8 host could not do.
 * hcall is the hypercall's number, or 0x5555 for an exit with HV_RM_HARD. pending is what
 * real mode left, done what kvm.ko counted as done, both as bits of HVLENS_RM_ACTIONS.
 * target is the vcpu_id of the vCPU to wake or resend to, or ~0. irq is the source whose
 * EOI an irqfd was told of (action "eoi"). These four are valid if known is 1; it is 0 if
 * the module was built without the kernel's BTF. ticks is the duration in ticks of the
 * host's timebase, preemption included. cpu is the CPU on which the call ended.
 */
TRACE_EVENT(rm_complete,
	TP_PROTO(u32 vm, u32 vcpu_id, const struct rm_work *work),
	TP_ARGS(vm, vcpu_id, work),

	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu_id)
		__field(u32, cpu)
		__field(u32, hcall)
		__field(u32, known)
		__field(u32, pending)
		__field(u32, done)
		__field(u32, target)
		__field(u32, irq)
		__field(u32, reserved)
		__field(u64, ticks)
	),

	TP_fast_assign(
		__entry->vm = vm;
		__entry->vcpu_id = vcpu_id;
		__entry->cpu = raw_smp_processor_id();
		__entry->hcall = work->hcall;
		__entry->known = work->known;
		__entry->pending = work->pending;
		__entry->done = work->done;
		__entry->target = work->target;
		__entry->irq = work->irq;
		__entry->reserved = 0;
		__entry->ticks = work->ticks;
	),

	TP_printk("vm=%u vcpu=%u cpu=%u hcall=%s known=%u pending=%s done=%s target=%d irq=0x%x ticks=%llu",
		  __entry->vm, __entry->vcpu_id, __entry->cpu,
		  __print_symbolic(__entry->hcall, { RM_COMPLETE_EXIT, "HV_RM_HARD" },
				   hvlens_trace_hcalls),
		  __entry->known,
		  __print_flags(__entry->pending, "|",
				HVLENS_RM_ACTIONS(HVLENS_TRACE_ACTION) { 0xffffffff, "?" }),
		  __print_flags(__entry->done, "|",
				HVLENS_RM_ACTIONS(HVLENS_TRACE_ACTION) { 0xffffffff, "?" }),
		  __entry->target, __entry->irq, __entry->ticks)
);

#endif /* HVLENS_TRACE_HVLENS_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH trace
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_hvlens
#include <trace/define_trace.h>
