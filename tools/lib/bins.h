/* SPDX-License-Identifier: GPL-2.0-only */
/* The bins of a drawn histogram: 0, then from 1, 2, 5, 10, ... ns on. */
#ifndef HVLENS_BINS_H
#define HVLENS_BINS_H

#include <stdint.h>
#include "emit.h"

#define BINS		64
#define BINS_PER_DECADE	3

struct bins {
	uint64_t count[BINS];
	uint64_t most;		/* the largest count */
	int first, last;	/* with a count; first > last: there is none */
};

void bins_init(struct bins *bins);
void bins_add(struct bins *bins, uint64_t ns, uint64_t count);
/* Joins the bins of each decade. */
void bins_by_decade(struct bins *bins);

/* Lower bound of @bin, ns */
uint64_t bin_lower(int bin);

/* "20us ..  50us": the bounds from @bin until @end */
#define BIN_RANGE_SIZE	(3 * FORMAT_NS_SIZE)
char *bin_range(char buf[BIN_RANGE_SIZE], int bin, int end);

#endif
