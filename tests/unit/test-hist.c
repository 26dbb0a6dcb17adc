// SPDX-License-Identifier: GPL-2.0-only
/* The histogram's arithmetic, compared with exact sorting */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "histsum.h"
#include "unit.h"

/* What the tools promise: 1.6 % */
#define MAX_ERROR	0.016

static void log2_is_exact(void **state)
{
	(void)state;
	for (uint32_t bit = 0; bit < 64; bit++) {
		assert_int_equal(hvlens_log2(1ull << bit), bit);
		assert_int_equal(hvlens_log2((1ull << bit) | ((1ull << bit) - 1)), bit);
	}
}

static void buckets_tile_the_range(void **state)
{
	(void)state;
	assert_int_equal(hvlens_hist_lower(0), 0);
	assert_true(hvlens_hist_lower(HVLENS_HIST_BUCKETS) == HVLENS_HIST_LIMIT);
	for (uint32_t i = 0; i < HVLENS_HIST_BUCKETS; i++) {
		uint64_t low = hvlens_hist_lower(i), high = hvlens_hist_lower(i + 1);

		assert_true(low < high);
		assert_int_equal(hvlens_hist_index(low), i);
		assert_int_equal(hvlens_hist_index(high - 1), i);
	}
}

static void middle_is_near_all_of_its_bucket(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < HVLENS_HIST_BUCKETS; i++) {
		double low = hvlens_hist_lower(i), high = hvlens_hist_lower(i + 1) - 1;
		double middle = hvlens_hist_middle(i);

		assert_true(low <= middle && middle <= high);
		if (low) {
			assert_true((middle - low) / low <= 1.0 / 64);
			assert_true((high - middle) / high <= 1.0 / 64);
		}
	}
}

static void huge_values_share_the_last_bucket(void **state)
{
	(void)state;
	assert_int_equal(hvlens_hist_index(HVLENS_HIST_LIMIT), HVLENS_HIST_BUCKETS - 1);
	assert_int_equal(hvlens_hist_index(UINT64_MAX), HVLENS_HIST_BUCKETS - 1);
}

typedef uint64_t distribution(uint64_t *seed);

static uint64_t uniform_small(uint64_t *seed)
{
	return next_random(seed) % 100;
}

static uint64_t uniform_wide(uint64_t *seed)
{
	return next_random(seed) % HVLENS_HIST_LIMIT;
}

static uint64_t log_uniform(uint64_t *seed)
{
	return (next_random(seed) % HVLENS_HIST_LIMIT) >> (next_random(seed) % HVLENS_HIST_BITS);
}

static uint64_t constant(uint64_t *seed)
{
	(void)seed;
	return 123457;
}

static uint64_t two_peaks(uint64_t *seed)
{
	if (next_random(seed) % 100 < 95)
		return 700 + next_random(seed) % 50;
	return 2000000 + next_random(seed) % 900000;
}

static uint64_t bucket_edges(uint64_t *seed)
{
	uint32_t i = next_random(seed) % (HVLENS_HIST_BUCKETS - 1);

	return hvlens_hist_lower(i + 1) - next_random(seed) % 2;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void add(struct histsum *sum, uint64_t value)
{
	if (!sum->count || value < sum->min)
		sum->min = value;
	if (value > sum->max)
		sum->max = value;
	sum->count++;
	sum->sum += value;
	sum->bucket[hvlens_hist_index(value)]++;
}

static void check(distribution *draw, uint64_t seed, size_t count)
{
	static const unsigned int per_mille[] = { 0, 1, 10, 250, 500, 900, 990, 999, 1000 };
	struct histsum *sum = calloc(1, sizeof(*sum));
	uint64_t *values = calloc(count, sizeof(*values));

	for (size_t i = 0; i < count; i++) {
		values[i] = draw(&seed);
		add(sum, values[i]);
	}
	qsort(values, count, sizeof(*values), compare);

	for (size_t i = 0; i < COUNT(per_mille); i++) {
		size_t rank = (count * per_mille[i] + 999) / 1000;
		double exact = values[rank ? rank - 1 : 0];
		double got = histsum_quantile(sum, per_mille[i]);

		if (fabs(got - exact) > exact * MAX_ERROR)
			fail_msg("%u/1000 of %zu values: %.0f, exactly %.0f", per_mille[i], count,
				 got, exact);
	}
	free(values);
	free(sum);
}

static void quantiles_agree_with_sorting(void **state)
{
	static distribution *const draws[] = {
		uniform_small, uniform_wide, log_uniform, constant, two_peaks, bucket_edges,
	};
	static const size_t counts[] = { 1, 2, 3, 10, 99, 100, 101, 1000, 20000 };
	const char *given = getenv("SEED");
	uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL) * 2654435761u | 1;

	(void)state;
	fprintf(stderr, "# SEED=%#llx\n", (unsigned long long)seed);
	for (int round = 0; round < 5; round++) {
		for (size_t d = 0; d < COUNT(draws); d++) {
			for (size_t c = 0; c < COUNT(counts); c++)
				check(draws[d], next_random(&seed) | 1, counts[c]);
		}
	}
}

static void empty_has_no_quantile(void **state)
{
	static struct histsum sum;

	(void)state;
	assert_int_equal(histsum_quantile(&sum, 500), 0);
}

static void beyond_the_limit_only_the_maximum_is_exact(void **state)
{
	static struct histsum sum;

	(void)state;
	add(&sum, HVLENS_HIST_LIMIT * 8);
	/* Clamped to what was seen */
	assert_true(histsum_quantile(&sum, 500) == HVLENS_HIST_LIMIT * 8);
}

static void ticks_become_ns(void **state)
{
	(void)state;
	assert_int_equal(ticks_to_ns(0, 512000000), 0);
	assert_int_equal(ticks_to_ns(1, 512000000), 2);		/* 1.953125, rounded */
	assert_int_equal(ticks_to_ns(512, 512000000), 1000);
	/* A year */
	assert_true(ticks_to_ns(512000000ull * 31536000, 512000000) == 31536000000000000);
	assert_int_equal(ticks_to_ns(12345, 1000000000), 12345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log2_is_exact),
		cmocka_unit_test(buckets_tile_the_range),
		cmocka_unit_test(middle_is_near_all_of_its_bucket),
		cmocka_unit_test(huge_values_share_the_last_bucket),
		cmocka_unit_test(quantiles_agree_with_sorting),
		cmocka_unit_test(empty_has_no_quantile),
		cmocka_unit_test(beyond_the_limit_only_the_maximum_is_exact),
		cmocka_unit_test(ticks_become_ns),
	};

	return RUN(tests);
}
