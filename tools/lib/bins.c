// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include "bins.h"

void bins_init(struct bins *bins)
{
	*bins = (struct bins){ .first = BINS, .last = -1 };
}

uint64_t bin_lower(int bin)
{
	static const uint64_t steps[BINS_PER_DECADE] = { 1, 2, 5 };
	uint64_t value = 1;

	if (!bin)
		return 0;
	for (int i = (bin - 1) / BINS_PER_DECADE; i; i--)
		value *= 10;
	return value * steps[(bin - 1) % BINS_PER_DECADE];
}

static void add_to(struct bins *bins, int bin, uint64_t count)
{
	bins->count[bin] += count;
	if (bins->count[bin] > bins->most)
		bins->most = bins->count[bin];
	if (bin < bins->first)
		bins->first = bin;
	if (bin > bins->last)
		bins->last = bin;
}

void bins_add(struct bins *bins, uint64_t ns, uint64_t count)
{
	int bin = 0;

	/* Lower bounds above the last ones here would not fit 64 bits. */
	while (bin + 1 < BINS - 4 && ns >= bin_lower(bin + 1))
		bin++;
	if (count)
		add_to(bins, bin, count);
}

void bins_by_decade(struct bins *bins)
{
	const struct bins fine = *bins;

	bins_init(bins);
	for (int bin = fine.first; bin <= fine.last; bin++) {
		int decade = bin ? bin - (bin - 1) % BINS_PER_DECADE : 0;

		if (fine.count[bin])
			add_to(bins, decade, fine.count[bin]);
	}
}

/* "20us": the bounds of bins are whole numbers of a unit. */
static const char *bound(char buf[FORMAT_NS_SIZE], uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t unit = 0;

	for (; ns >= 1000 && unit < 3; unit++)
		ns /= 1000;
	snprintf(buf, FORMAT_NS_SIZE, "%" PRIu64 "%s", ns, units[unit]);
	return buf;
}

char *bin_range(char buf[BIN_RANGE_SIZE], int bin, int end)
{
	char from[FORMAT_NS_SIZE], to[FORMAT_NS_SIZE];

	snprintf(buf, BIN_RANGE_SIZE, "%s .. %5s", bound(from, bin_lower(bin)),
		 bound(to, bin_lower(end)));
	return buf;
}
