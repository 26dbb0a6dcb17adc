/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs and the tools share, whichever tool it is.
 *
 * A tool looks at windows of time.  Each map that a program fills exists
 * twice, as the two slots of an array of maps; the epoch (struct hvlens_control)
 * says which of them the programs write.  To read a window the tool changes the epoch, waits for
 * the programs that still run with the old one (the kernel does, when a slot
 * of an array of maps is written), and empties the idle map, which nobody
 * writes any more.  So no count is lost between read and delete, minimum and
 * maximum are the window's own, and what belongs to a VM that is gone
 * disappears with its last window.
 *
 * Every key has the CPU that the program runs on.  Tracepoints run with
 * preemption disabled, so an entry has one writer at a time and needs no
 * atomic operations.
 */
#ifndef HVLENS_WINDOW_H
#define HVLENS_WINDOW_H

#include <hvlens/exit_record.h>

/*
 * D(SYMBOL, "name", "help"): what is computed from a record besides its own
 * phases.  From ROUNDTRIP on it is about the time before the entry, and belongs to
 * the vCPU's exit before.
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

/* When it left the guest; the first moment known after that, if T3 is absent */
static inline __u64 hvlens_exit_began(const volatile struct hvlens_exit *rec)
{
	return rec->t3 ? rec->t3 : rec->t4;
}

/* Hypercall numbers that hcalls.def does not know are one: a guest chooses them. */
#define HVLENS_HCALL_UNKNOWN	(~0ull)
/* The exit is not a hypercall. */
#define HVLENS_HCALL_NONE	(~1ull)

#define HVLENS_ANY		(~0u)
/* Any, for a hypercall */
#define HVLENS_ANY_HCALL	(~2ull)

/* Which exits are looked at: all that these values agree with, or HVLENS_ANY */
struct hvlens_filter {
	__u32 vm;
	__u32 vcpu;
	__u32 cpu;	/* that the programs run on */
	__u32 trap;
	__u64 hcall;	/* HVLENS_ANY_HCALL: all, and what is none */
};

/* What an exit can be told apart by */
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
	__u64 untold;			/* of these: nobody knows what for */
	__u64 done[HVLENS_RM_MAX];
	__u64 ticks;			/* 0: not measured */
};

/* What a vCPU did in a window, as seen on one CPU; times in ticks */
struct hvlens_vcpu_stat {
	__u64 exits;
	__u64 selected;				/* of these, by the whole filter */
	__u64 first_seq;			/* 0: the source has no numbers */
	__u64 last_seq;
	__u64 outside[HVLENS_OUTCOME_MAX];	/* from T6 to the next T0, by outcome */
	__u64 aborts[HVLENS_ABORT_MAX];
	/* of the selected exits: T2 and T3 are derived; one of the two is absent */
	__u64 derived;
	__u64 borderless;
	struct hvlens_completes completes;
	/* What was going on when the window began and when it ended: time 0 if unknown */
	__u64 first_prev_t6;
	__u64 last_t6;
	__u32 first_prev_outcome;
	__u32 last_outcome;
};

/* Since the programs were loaded.  Not exact when CPUs count at once: != 0 counts. */
struct hvlens_trouble {
	__u64 dropped;		/* a map was full */
	__u64 version;		/* record of a version that we do not know */
	__u64 backwards;	/* a phase ended before it began */
	__u64 lost;		/* single exits to be printed: the buffer was full */
};

/* The programs' only writable global data, shared by mmap */
struct hvlens_control {
	__u32 epoch;		/* its lowest bit is the slot to write; user space counts it up */
	__u32 reserved;
	struct hvlens_trouble trouble;
};

#endif /* HVLENS_WINDOW_H */
