/* SPDX-License-Identifier: GPL-2.0-only */
/* Sums of a window that both tools show. */
#ifndef HVLENS_COUNTS_H
#define HVLENS_COUNTS_H

#include "heading.h"
#include "vcpus.h"

struct counts {
	struct vcpus vcpus;
	struct window_facts window;	/* sums since counts_clear() */
	uint64_t exits_ever;		/* that passed the filter */
};

void counts_init(struct counts *counts);
void counts_free(struct counts *counts);
/* source_read() calls it for each entry.  0 or -ENOMEM */
int counts_take(struct counts *counts, const struct hvlens_vcpu_key *key,
		const struct hvlens_vcpu_stat *stat);
/* To be called when a window of the source, @span, is complete; @each: see vcpus_close_window() */
void counts_window(struct counts *counts, const struct span *span,
		   const struct hvlens_trouble *trouble,
		   void (*each)(const struct vcpu_window *vcpu, void *arg), void *arg);
/* Sets the sums to 0 after they have been shown. */
void counts_clear(struct counts *counts);

#endif
