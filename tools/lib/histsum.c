// SPDX-License-Identifier: GPL-2.0-only
#include "histsum.h"

uint64_t histsum_quantile(const struct histsum *sum, unsigned int per_mille)
{
	uint64_t rank, seen = 0, value;

	if (!sum->count)
		return 0;
	rank = ((__uint128_t)sum->count * per_mille + 999) / 1000;
	if (rank < 1)
		rank = 1;
	for (uint32_t i = 0; i < HVLENS_HIST_BUCKETS; i++) {
		seen += sum->bucket[i];
		if (seen < rank)
			continue;
		value = hvlens_hist_middle(i);
		return value < sum->min ? sum->min : value > sum->max ? sum->max : value;
	}
	return sum->max;
}

uint64_t ticks_to_ns(uint64_t ticks, uint64_t hz)
{
	return ((__uint128_t)ticks * 1000000000ull + hz / 2) / hz;
}
