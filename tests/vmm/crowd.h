/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest whose vCPUs all store to the same pages. Each vCPU has separate words in each
 * page. Before each store it checks that the word holds what it stored last. So the next
 * round finds a store that was lost, or that went to a page that no longer belongs to the guest.
 */
#ifndef TESTS_CROWD_H
#define TESTS_CROWD_H

#include "fixture.h"
#include "thread.h"

#define CROWD_VCPUS	4
#define CROWD_GPA	0x40000000ull	/* aligned to any page size */
#define CROWD_STRIDE	0x10000ull	/* one word a vCPU in each 64 KiB */
#define CROWD_FIRST	1ull		/* what every word holds at the start */

struct crowd {
	/* set by the caller, all else zero */
	void *memory;
	size_t size;
	bool may_vanish;	/* words may become zero: pages are discarded */
	volatile bool may_fault;	/* -EFAULT: try again */

	struct fixture f;
	struct vcpu others[CROWD_VCPUS - 1];
	struct vcpu_thread threads[CROWD_VCPUS];
	volatile u64 faults;	/* KVM_RUN gave -EFAULT */
};

/* Puts CROWD_FIRST in its words of 64 KiB at @page. */
void crowd_fill(void *page);

/*
 * The VM, its memory as slot 1 at CROWD_GPA, vCPUs waiting.  Unless @filled,
 * each word is given its first value.  The caller stays on host CPU 0, the
 * vCPUs are spread over all CPUs.
 */
void crowd_create(struct crowd *c, bool filled);
void crowd_go(struct crowd *c);

/* Makes slot 1 anew for the same memory, with KVM_MEM_* @flags. */
void crowd_slot(struct crowd *c, u32 flags);

/* Waits until each vCPU has gone over all of memory; false: a vCPU does not. */
bool crowd_round(struct crowd *c);

/*
 * Stops the vCPUs and destroys the VM.  Return: how many vCPUs had already ended; a comment
 * names each.
 */
unsigned int crowd_end(struct crowd *c);

#endif
