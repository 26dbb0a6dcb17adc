// SPDX-License-Identifier: GPL-2.0-only
/* The tables behind the models. */
#include <stdlib.h>
#include <string.h>
#include "table.h"
#include "tally.h"
#include "unit.h"

struct row {
	uint32_t key;
	uint64_t value;
};

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static struct table table = {
	.row_size = sizeof(struct row),
	.key_size = sizeof(uint32_t),
	.compare = compare,
};

static bool odd(const void *row, void *arg)
{
	(*(int *)arg)++;
	return ((const struct row *)row)->key & 1;
}

static void keeps_rows_in_order(void **state)
{
	bool drawn[1000] = { false };
	size_t distinct = 0;
	uint64_t seed = 12345;
	int asked = 0;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		uint32_t key = next_random(&seed) % 1000;
		struct row *row = table_row(&table, &key);

		assert_int_equal(row->key, key);
		assert_int_equal(row->value, drawn[key] ? key + 1 : 0);
		row->value = key + 1;
		distinct += !drawn[key];
		drawn[key] = true;
		assert_ptr_equal(table_find(&table, &key), row);
	}
	table_sort(&table);
	for (size_t i = 1; i < table.count; i++)
		assert_true(compare(table.rows[i - 1], table.rows[i]) < 0);
	assert_int_equal(table.count, distinct);
	for (uint32_t key = 0; key < 1000; key++)
		assert_int_equal(!!table_find(&table, &key), drawn[key]);

	table_prune(&table, odd, &asked);
	assert_int_equal(asked, distinct);
	for (size_t i = 0; i < table.count; i++)
		assert_false(((struct row *)table.rows[i])->key & 1);
	for (uint32_t key = 0; key < 1000; key++)
		assert_int_equal(!!table_find(&table, &key), drawn[key] && !(key & 1));
	table_clear(&table);
	assert_int_equal(table.count, 0);
	assert_null(table_find(&table, &(uint32_t){ 2 }));
}

/* Some thousand counts under keys that look alike, as buckets of rows do */
static void tallies(void **state)
{
	static uint64_t expected[64 * 256];
	struct tally tally = { 0 };
	uint64_t seed = 4711, total = 0;
	uint32_t last = 0;

	(void)state;
	for (int round = 0; round < 2; round++) {
		memset(expected, 0, sizeof(expected));
		for (int i = 0; i < 20000; i++) {
			uint32_t row = next_random(&seed) % 64, bucket = next_random(&seed) % 256;

			assert_int_equal(tally_add(&tally, row << 24 | bucket, i % 3), 0);
			expected[row * 256 + bucket] += i % 3;
		}
		tally_sort(&tally);
		tally_sort(&tally);
		total = 0;
		for (size_t i = 0; i < tally.used; i++) {
			uint32_t key = tally.at[i].key, row = key >> 24;

			assert_true(!i || key > last);
			last = key;
			assert_int_equal(tally.at[i].count, expected[row * 256 + key % 256]);
			total += tally.at[i].count;
			assert_int_equal(tally_from(&tally, key), i);
		}
		for (size_t i = 0; i < COUNT(expected); i++)
			total -= expected[i];
		assert_int_equal(total, 0);
		assert_int_equal(tally_from(&tally, ~0u), tally.used);
		assert_int_equal(tally_from(&tally, 0), 0);
		tally_clear(&tally);
		assert_int_equal(tally.used, 0);
	}
	tally_free(&tally);
	/* nothing in it */
	tally_clear(&tally);
	tally_sort(&tally);
	assert_int_equal(tally_from(&tally, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_rows_in_order),
		cmocka_unit_test(tallies),
	};

	return RUN(tests);
}
