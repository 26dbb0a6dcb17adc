/* SPDX-License-Identifier: GPL-2.0-only */
/* Histograms of the kernel's side (hvlens/hist.h), added up over CPUs and windows. */
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
 * The smallest value that at least @per_mille / 1000 of all values don't
 * exceed, off by at most 1/64 below HVLENS_HIST_LIMIT; 0 if there is none.
 */
uint64_t histsum_quantile(const struct histsum *sum, unsigned int per_mille);

/* Ticks of a timebase of @hz into ns, rounded */
uint64_t ticks_to_ns(uint64_t ticks, uint64_t hz);

#endif
