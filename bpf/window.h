/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the BPF programs and user space of both tools.
 *
 * A tool reads windows of time.  Each map that the programs fill exists twice, as the two slots
 * of an array of maps.  The epoch (struct hvlens_control) says to which slot the programs write.
 * To read a window, the tool changes the epoch, waits for the programs that still use the old
 * one, and empties the idle slot, which no program writes any more.  (Writing a slot of an array
 * of maps makes the kernel wait for running programs.)  So no count is lost between read and
 * delete, minimum and maximum belong to one window, and the entries of a dead VM disappear with
 * its last window.
 *
 * Every key has the CPU that the program runs on.  Tracepoints run with preemption disabled, so
 * an entry has one writer at a time and needs no atomic operations.
 */
#ifndef HVLENS_WINDOW_H
#define HVLENS_WINDOW_H

#include <hvlens/exit_record.h>
#include "select.h"

/*
 * D(SYMBOL, "name", "help"): phases that are computed from several fields.  Those from ROUNDTRIP
 * on are before the record's entry and count for the vCPU's previous exit.
 */
#define HVLENS_DERIVED(D)						\
	D(NORECOVER, "norecover", "host unable to recover from a machine check") \
	D(DELAY,     "delay",     "host interrupt: until its handler could run") \
	D(HCALL,     "hcall",     "a hypercall handled")		\
	D(COMPLETE,  "complete",  "what real mode left for the host, done") \
	D(ROUNDTRIP, "roundtrip", "from the exit to the next entry")	\
	D(USER,      "user",      "in the VMM, between two calls of KVM_RUN") \
	D(BLOCK,     "block",     "the guest had nothing to do")	\
	D(WAKE,      "wake",      "woken until in the guest")

#define HVLENS_PHASE_ENUM(symbol, ...)	HVLENS_PHASE_##symbol,
enum hvlens_phase {
	HVLENS_PHASES(HVLENS_PHASE_ENUM)
	HVLENS_DERIVED(HVLENS_PHASE_ENUM)
	HVLENS_PHASE_MAX
};

#undef HVLENS_PHASE_ENUM

/* When the vCPU left the guest, or the first known time after that if T3 is absent */
static inline __u64 hvlens_exit_began(const volatile struct hvlens_exit *rec)
{
	return rec->t3 ? rec->t3 : rec->t4;
}

/* Stands for all numbers that are not in hcalls.def, because a guest can make numbers up. */
#define HVLENS_HCALL_UNKNOWN	(~0ull)
/* The exit is not a hypercall. */
#define HVLENS_HCALL_NONE	(~1ull)

/* The properties by which exits are grouped */
struct hvlens_key {
	__u32 vm;
	__u32 vcpu;
	__u32 cpu;	/* host CPU on which the exit was handled */
	__u32 trap;
	__u64 hcall;	/* number, HVLENS_HCALL_UNKNOWN or HVLENS_HCALL_NONE */
};

struct hvlens_vcpu_key {
	__u32 vm;
	__u32 vcpu;
	__u32 cpu;
};

/* What kvmppc_xics_rm_complete() finished */
struct hvlens_completes {
	__u64 calls;
	__u64 untold;			/* calls whose purpose is not known */
	__u64 done[HVLENS_RM_MAX];
	__u64 ticks;			/* 0: not measured */
};

/* What a vCPU did on one CPU in a window; times are in ticks */
struct hvlens_vcpu_stat {
	__u64 exits;
	__u64 selected;				/* exits that passed the whole filter */
	__u64 first_seq;			/* 0: the source does not number exits */
	__u64 last_seq;
	__u64 outside[HVLENS_OUTCOME_MAX];	/* from T6 to the next T0, by outcome */
	__u64 aborts[HVLENS_ABORT_MAX];
	/* selected exits with derived T2 and T3; selected exits that lack one of the two */
	__u64 derived;
	__u64 borderless;
	struct hvlens_completes completes;
	/* what the vCPU did when the window began and ended, and since when; 0: unknown */
	__u64 first_prev_t6;
	__u64 last_t6;
	__u32 first_prev_outcome;
	__u32 last_outcome;
};

/* Since the programs were loaded.  Not exact if CPUs count at the same time; 0 is reliable. */
struct hvlens_trouble {
	__u64 dropped;		/* a map was full */
	__u64 version;		/* a record had an unknown version */
	__u64 backwards;	/* a phase ended before it began */
	__u64 lost;		/* a slow exit did not fit into the buffer */
};

/* The only writable global data of the programs; user space maps it. */
struct hvlens_control {
	__u32 epoch;		/* user space increments it; the lowest bit is the slot to write */
	__u32 reserved;
	struct hvlens_trouble trouble;
};

#endif /* HVLENS_WINDOW_H */
