/* SPDX-License-Identifier: GPL-2.0-only */
/* A histogram (hvlens/hist.h) and what is known exactly of its values. */
#ifndef HVLENS_HISTSUM_H
#define HVLENS_HISTSUM_H

#include <linux/types.h>
#include <stdint.h>
#include <hvlens/hist.h>

struct histsum {
	uint64_t count;
	uint64_t sum;
	uint64_t min;		/* valid only if count > 0 */
	uint64_t max;
	uint64_t bucket[HVLENS_HIST_BUCKETS];
};

/*
 * The quantile @per_mille / 1000.  Below HVLENS_HIST_LIMIT its error is at most 1/64.
 * 0 if there are no values.
 */
uint64_t histsum_quantile(const struct histsum *sum, unsigned int per_mille);

/* Converts ticks of a timebase with frequency @hz to ns, rounded */
uint64_t ticks_to_ns(uint64_t ticks, uint64_t hz);

#endif
