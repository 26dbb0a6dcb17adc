/* SPDX-License-Identifier: GPL-2.0-only */
/* What is counted of each vCPU, whatever the tool: a window's sums. */
#ifndef HVLENS_COUNTS_H
#define HVLENS_COUNTS_H

#include "heading.h"
#include "vcpus.h"

struct counts {
	struct vcpus vcpus;
	struct window_facts window;	/* all since counts_clear() */
	uint64_t exits_ever;		/* that the filter takes */
};

void counts_init(struct counts *counts);
void counts_free(struct counts *counts);
/* For source_read(); 0 or -ENOMEM */
int counts_take(struct counts *counts, const struct hvlens_vcpu_key *key,
		const struct hvlens_vcpu_stat *stat);
/* A window of the source is complete and was @span; @each as of vcpus_close_window() */
void counts_window(struct counts *counts, const struct span *span,
		   const struct hvlens_trouble *trouble,
		   void (*each)(const struct vcpu_window *vcpu, void *arg), void *arg);
/* They have been shown: begins anew. */
void counts_clear(struct counts *counts);

#endif
