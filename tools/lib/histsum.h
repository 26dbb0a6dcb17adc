/* SPDX-License-Identifier: GPL-2.0-only */
/* Sums of the histograms that the BPF programs fill (hvlens/hist.h), over CPUs and windows. */
#ifndef HVLENS_HISTSUM_H
#define HVLENS_HISTSUM_H

#include <linux/types.h>
#include <stdint.h>
#include <hvlens/hist.h>

struct histsum {
	uint64_t count;
	uint64_t sum;
	uint64_t min;
	uint64_t max;
	uint64_t bucket[HVLENS_HIST_BUCKETS];
};

void histsum_add(struct histsum *sum, const struct hvlens_hist *hist);

/*
 * The quantile @per_mille / 1000.  Below HVLENS_HIST_LIMIT its error is at most 1/64.
 * 0 if the sum has no values.
 */
uint64_t histsum_quantile(const struct histsum *sum, unsigned int per_mille);

/* Converts ticks of a timebase with frequency @hz to ns, rounded */
uint64_t ticks_to_ns(uint64_t ticks, uint64_t hz);

#endif
