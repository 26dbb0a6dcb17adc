/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vCPUs that are known: which were active in a window, how many of their
 * records were emitted and not seen, and what those do that don't run.
 *
 * The backend numbers the exits of a vCPU from 1, whether or not anybody
 * listens; a gap is a loss.  Time outside of the kernel's run loop is told by
 * the record after it; what lies before the window is taken off, and what is
 * still going on when the window ends is added, so that a vCPU that has blocked
 * for minutes shows as blocked, no more and no less than all the time.
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
	uint64_t missed;			/* records, since the window before */
	uint64_t aborts;			/* entries */
	uint64_t completes;			/* calls of kvmppc_xics_rm_complete() */
	uint64_t outside[HVLENS_OUTCOME_MAX];	/* ticks of the window */
};

struct vcpus {
	struct table rows;
	/* of the last window that was closed */
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
 * The window is over and was @span: sets active, present and missed.  Calls
 * @each (may be NULL) for those that are present.
 */
void vcpus_close_window(struct vcpus *vcpus, const struct span *span,
			void (*each)(const struct vcpu_window *vcpu, void *arg), void *arg);
/* Forgets the vCPUs of VMs for which @gone is true: the tgid may come again. */
void vcpus_prune(struct vcpus *vcpus, bool (*gone)(uint32_t vm));

#endif
