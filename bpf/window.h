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

/* The phases of the record, then those that are computed from it */
#define HVLENS_PHASE_ENUM(symbol, name, begin, end, help)	HVLENS_PHASE_##symbol,
enum hvlens_phase {
	HVLENS_PHASES(HVLENS_PHASE_ENUM)
	HVLENS_PHASE_NORECOVER,		/* ri_entry + ri_exit */
	HVLENS_PHASE_MAX
};

#undef HVLENS_PHASE_ENUM

/* Hypercall numbers that hcalls.def does not know are one: a guest chooses them. */
#define HVLENS_HCALL_UNKNOWN	(~0ull)
/* The exit is not a hypercall. */
#define HVLENS_HCALL_NONE	(~1ull)

#define HVLENS_ANY		(~0u)

struct hvlens_vcpu_key {
	__u32 vm;
	__u32 vcpu;
	__u32 cpu;
};

/* What a vCPU did in a window, as seen on one CPU; times in ticks */
struct hvlens_vcpu_stat {
	__u64 exits;
	__u64 first_seq;			/* 0: the source has no numbers */
	__u64 last_seq;
	__u64 outside[HVLENS_OUTCOME_MAX];	/* from T6 to the next T0, by outcome */
	__u64 aborts[HVLENS_ABORT_MAX];
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
};

/* The programs' only writable global data, shared by mmap */
struct hvlens_control {
	__u32 epoch;		/* its lowest bit is the slot to write; user space counts it up */
	__u32 reserved;
	struct hvlens_trouble trouble;
};

#endif /* HVLENS_WINDOW_H */
