/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vCPUs that were active in a window, and the records that were emitted
 * for them and not seen, told by the gaps in their numbers.
 *
 * The backend numbers the exits of a vCPU from 1, whether or not anybody
 * listens.  Each window gives for each vCPU (and each CPU it ran on) the first
 * number, the last and how many there were.
 */
#ifndef HVLENS_VCPUS_H
#define HVLENS_VCPUS_H

#include <stdint.h>
#include "table.h"

struct vcpus {
	struct table rows;
	/* of the last window that was closed */
	size_t active;
	uint64_t missed;
};

void vcpus_init(struct vcpus *vcpus);
void vcpus_free(struct vcpus *vcpus);

/* @first is 0 if the source has no numbers.  0 or -ENOMEM */
int vcpus_add(struct vcpus *vcpus, uint32_t vm, uint32_t vcpu,
	      uint64_t first, uint64_t last, uint64_t exits);
/*
 * The window is over: sets active and missed, the latter with what is missing
 * since the window before.  Calls @each (may be NULL) for the active ones.
 */
void vcpus_close_window(struct vcpus *vcpus,
			void (*each)(uint32_t vm, uint32_t vcpu, uint64_t missed, void *arg),
			void *arg);
/* @vm is gone, its tgid may come again. */
void vcpus_forget(struct vcpus *vcpus, uint32_t vm);

#endif
