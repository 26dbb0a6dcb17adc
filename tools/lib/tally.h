/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts by number.  A histogram has a thousand buckets, of which few are used, and there may be
 * a histogram for each of ten thousand vCPUs.  So the tools keep the buckets of all histograms in
 * one table, which has only those that are not 0.
 */
#ifndef HVLENS_TALLY_H
#define HVLENS_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct tallied {
	uint32_t key;
	uint64_t count;		/* 0: this place is free */
} __attribute__((packed));

struct tally {
	struct tallied *at;	/* a hash table with open addressing */
	size_t slots;		/* of it, 0 or a power of 2 */
	size_t used;
};

/*
 * Says that tally_add() will be called with @key soon.  A large table is not in the caches, and
 * the accesses for several keys can wait for memory at the same time.
 */
void tally_prefetch(const struct tally *tally, uint32_t key);
/* Adds @count to the count of @key.  0 or -ENOMEM */
int tally_add(struct tally *tally, uint32_t key, uint64_t count);
/*
 * Puts the counts at the beginning of @at, in the order of their keys.  Then nothing can be added
 * until the tally is cleared.
 */
void tally_sort(struct tally *tally);
/* After tally_sort(): the index of the first count whose key is at least @key, or @used */
size_t tally_from(const struct tally *tally, uint32_t key);
/* Sets all counts to 0. */
void tally_clear(struct tally *tally);
void tally_free(struct tally *tally);

#endif
