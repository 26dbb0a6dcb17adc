/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the BPF programs and user space.
 *
 * The programs count nothing.  Each CPU has a ring, in which they write the record of each exit,
 * and user space reads the rings as memory and counts.  There is no key that could need more room
 * than there is.  A program never waits for the reader: a record takes the place of the oldest
 * one.  @head counts the records of a ring since the programs were loaded, so the reader knows how
 * many it has lost.  A ring that has got another quarter of its records wakes the reader.
 *
 * A ring has one writer at a time, so writing needs no lock.  hvlens emits its events with
 * preemption off.  The stock events can be preempted on kernels from 7.0 on, but the kernel does
 * not run a program on a CPU on which it runs already (and counts that: recursion_misses), and
 * only one program writes records of stock exits.
 */
#ifndef HVLENS_RING_H
#define HVLENS_RING_H

#include <hvlens/exit_record.h>
#include "select.h"

/* A power of 2, so that a record does not begin in the middle of a cache line */
#define HVLENS_SLOT_BYTES	256

union hvlens_slot {
	struct hvlens_exit rec;
	__u64 bytes[HVLENS_SLOT_BYTES / 8];
};

struct hvlens_ring {
	__u64 head;			/* records written; the next one goes to this slot */
	__u64 busy;			/* the stock exit's program is writing */
	__u64 reserved[HVLENS_SLOT_BYTES / 8 - 2];
	union hvlens_slot slots[];	/* their number is a power of 2 */
};

/*
 * Entries that are no records have one of these in the field version.  They are about the vCPU
 * that vm and vcpu_id name, and have the time in t6.
 */
enum hvlens_entry {
	HVLENS_ENTRY_ABORT = 0xff00,	/* an aborted entry; outcome is the cause */
	HVLENS_ENTRY_COMPLETE,		/* stock: kvmppc_xics_rm_complete(); flags and rm_done */
};

/* Set before the programs are loaded.  The verifier removes the code that is not needed then. */
struct hvlens_config {
	__u64 last_slot;	/* of a ring: the number of slots minus 1 */
	__u64 choosy;		/* @filter selects vCPUs, or @over is not 0 */
	__u64 over;		/* exits that take more ticks are reported at once; 0: none are */
	struct hvlens_filter filter;
};

#define HVLENS_STACK	32

/* A slow exit */
struct hvlens_slow {
	struct hvlens_exit rec;
	__u32 reserved;
	__s32 stack_size;	/* bytes, or -errno */
	__u64 stack[HVLENS_STACK];
};

/* When the vCPU left the guest, or the first known time after that if T3 is absent */
static inline __u64 hvlens_exit_began(const struct hvlens_exit *rec)
{
	return rec->t3 ? rec->t3 : rec->t4;
}

#endif /* HVLENS_RING_H */
