/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tools count in a window of time.  The source gives each record to one window, by the
 * time when its exit was handled (T6), so no exit is lost between two windows or counted twice.
 */
#ifndef HVLENS_WINDOW_H
#define HVLENS_WINDOW_H

#include <linux/types.h>
#include "ring.h"

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

/* Stands for all numbers that are not in hcalls.def, because a guest can make numbers up. */
#define HVLENS_HCALL_UNKNOWN	(~0ull)

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

/* Since the programs were loaded */
struct hvlens_trouble {
	__u64 dropped;		/* events that were not recorded, or not read in time */
	__u64 version;		/* a record had an unknown version */
	__u64 backwards;	/* a phase ended before it began */
	__u64 lost;		/* a slow exit did not fit into the buffer */
};

#endif /* HVLENS_WINDOW_H */
