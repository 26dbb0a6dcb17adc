// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tally.h"

/* Where the search for @key begins */
static size_t first_of(const struct tally *tally, uint32_t key)
{
	return (key * 0x9e3779b97f4a7c15ull) >> 32 & (tally->slots - 1);
}

static struct tallied *place_of(const struct tally *tally, uint32_t key)
{
	size_t at = first_of(tally, key);

	while (tally->at[at].count && tally->at[at].key != key)
		at = (at + 1) & (tally->slots - 1);
	return &tally->at[at];
}

void tally_prefetch(const struct tally *tally, uint32_t key)
{
	if (tally->slots)
		__builtin_prefetch(&tally->at[first_of(tally, key)], 1);
}

/* At least a quarter of the places stays free. */
static int grow(struct tally *tally)
{
	struct tally grown = {
		.slots = tally->slots ? 2 * tally->slots : 256,
		.used = tally->used,
	};

	grown.at = calloc(grown.slots, sizeof(*grown.at));
	if (!grown.at)
		return -ENOMEM;
	for (size_t i = 0; i < tally->slots; i++) {
		if (tally->at[i].count)
			*place_of(&grown, tally->at[i].key) = tally->at[i];
	}
	free(tally->at);
	*tally = grown;
	return 0;
}

int tally_add(struct tally *tally, uint32_t key, uint64_t count)
{
	struct tallied *place;

	if (!count)
		return 0;
	if (4 * tally->used >= 3 * tally->slots && grow(tally))
		return -ENOMEM;
	place = place_of(tally, key);
	if (!place->count) {
		place->key = key;
		tally->used++;
	}
	place->count += count;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct tallied *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

void tally_sort(struct tally *tally)
{
	size_t to = 0;

	for (size_t i = 0; i < tally->slots; i++) {
		if (tally->at[i].count)
			tally->at[to++] = tally->at[i];
	}
	if (!to)
		return;
	memset(tally->at + to, 0, (tally->slots - to) * sizeof(*tally->at));
	qsort(tally->at, to, sizeof(*tally->at), compare);
}

size_t tally_from(const struct tally *tally, uint32_t key)
{
	size_t low = 0, high = tally->used;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tally->at[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void tally_clear(struct tally *tally)
{
	if (tally->used)
		memset(tally->at, 0, tally->slots * sizeof(*tally->at));
	tally->used = 0;
}

void tally_free(struct tally *tally)
{
	free(tally->at);
	*tally = (struct tally){ 0 };
}
