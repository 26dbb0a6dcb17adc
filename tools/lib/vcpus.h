/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The known vCPUs: which of them were active in a window, how many of their records were
 * missed, and what the vCPUs do that are not in the run loop.
 *
 * The backend numbers the exits of a vCPU from 1, whether or not anybody listens, so a gap in
 * the numbers is a loss.  Time in user space or blocked is known from the record after it.  The
 * part of it before the window is subtracted, and the part that has not ended at the window's end
 * is added.  So a vCPU that has been blocked for minutes is blocked for 100 % of each window.
 */
#ifndef HVLENS_VCPUS_H
#define HVLENS_VCPUS_H

#include <linux/types.h>
#include <stdint.h>
#include "heading.h"
#include "table.h"
#include "window.h"

/* A vCPU at the end of a window */
struct vcpu_window {
	uint32_t vm;
	uint32_t vcpu;
	bool active;				/* had an exit or an aborted entry */
	uint64_t missed;			/* records, since the previous window */
	uint64_t aborts;			/* aborted entries */
	uint64_t completes;			/* calls of kvmppc_xics_rm_complete() */
	uint64_t outside[HVLENS_OUTCOME_MAX];	/* ticks of the window */
	/* ticks in which the thread waited for a CPU, see waits.h */
	bool waited_known;
	uint64_t waited;
};

struct vcpus {
	struct table rows;
	/* numbers of vCPUs and records in the last window that was closed */
	size_t active;
	size_t present;		/* active, in user space or blocked */
	uint64_t missed;
};

void vcpus_init(struct vcpus *vcpus);
void vcpus_free(struct vcpus *vcpus);

/* 0 or -ENOMEM */
int vcpus_add(struct vcpus *vcpus, const struct hvlens_vcpu_key *key,
	      const struct hvlens_vcpu_stat *stat);
/*
 * Ends the window, @span, and sets active, present and missed.  Calls @each (may be NULL) for
 * each vCPU that is present.
 */
void vcpus_close_window(struct vcpus *vcpus, const struct span *span,
			void (*each)(const struct vcpu_window *vcpu, void *arg), void *arg);
/* Forgets the vCPUs of VMs for which @gone is true, because a tgid can be used again. */
void vcpus_prune(struct vcpus *vcpus, bool (*gone)(uint32_t vm, void *arg), void *arg);

#endif
