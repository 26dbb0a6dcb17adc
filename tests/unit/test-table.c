// SPDX-License-Identifier: GPL-2.0-only
/* The tables behind the models, and emptying maps into them. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "drain.h"
#include "table.h"
#include "unit.h"

/* Bytes of a value: large, so that the first batch has only 64 */
#define VALUE	65536

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

/*
 * A map of the kernel: its entries are in chains, and a batch has whole chains. The variables say
 * what fails.
 */
static struct {
	uint32_t keys[4096];
	bool present[4096];
	uint32_t count;
	uint32_t chain;		/* entries a chain */
	bool no_batches;
	int batches, singles;
} map;

int bpf_map_lookup_and_delete_batch(int fd, void *in, void *out, void *keys, void *values,
				    __u32 *count, const struct bpf_map_batch_opts *opts)
{
	uint32_t from = in ? *(uint32_t *)in : 0, room = *count, i;

	(void)fd;
	(void)opts;
	*count = 0;
	map.batches++;
	if (map.no_batches) {
		errno = EINVAL;
		return -EINVAL;
	}
	for (i = from; i < map.count; i++) {
		if ((i % map.chain == 0) && *count + map.chain > room)
			break;
		((uint32_t *)keys)[*count] = map.keys[i];
		*(uint64_t *)((char *)values + *count * VALUE) = map.keys[i] * 3ull;
		map.present[i] = false;
		++*count;
	}
	*(uint32_t *)out = i;
	if (i == map.count) {
		errno = ENOENT;
		return -ENOENT;
	}
	if (!*count) {
		errno = ENOSPC;
		return -ENOSPC;
	}
	return 0;
}

static uint32_t find(uint32_t key)
{
	uint32_t i;

	for (i = 0; i < map.count && !(map.present[i] && map.keys[i] == key); i++)
		;
	return i;
}

int bpf_map_get_next_key(int fd, const void *key, void *next)
{
	(void)fd;
	assert_null(key);
	map.singles++;
	for (uint32_t i = 0; i < map.count; i++) {
		if (map.present[i]) {
			memcpy(next, &map.keys[i], sizeof(uint32_t));
			return 0;
		}
	}
	errno = ENOENT;
	return -ENOENT;
}

int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	uint32_t at = find(*(const uint32_t *)key);

	(void)fd;
	assert_true(at < map.count);
	*(uint64_t *)value = map.keys[at] * 3ull;
	return 0;
}

int bpf_map_delete_elem(int fd, const void *key)
{
	uint32_t at = find(*(const uint32_t *)key);

	(void)fd;
	assert_true(at < map.count);
	map.present[at] = false;
	return 0;
}

static bool taken[4096];
static int taken_count;

static int take(const void *key, const void *value, void *arg)
{
	uint32_t k = *(const uint32_t *)key;
	uint64_t v;

	/* As the models read it */
	v = *(const uint64_t *)value;
	assert_true(v == k * 3ull);
	assert_false(taken[k]);
	taken[k] = true;
	taken_count++;
	return taken_count == *(int *)arg ? -ENOMEM : 0;
}

static void fill(uint32_t count, uint32_t chain)
{
	memset(&map, 0, sizeof(map));
	memset(taken, 0, sizeof(taken));
	taken_count = 0;
	map.count = count;
	map.chain = chain;
	for (uint32_t i = 0; i < count; i++) {
		map.keys[i] = count - 1 - i;
		map.present[i] = true;
	}
}

static void drains_in_batches(void **state)
{
	int never = -1;

	(void)state;
	for (uint32_t count = 0; count < 300; count += 37) {
		fill(count, 1);
		assert_int_equal(drain(3, 4, VALUE, take, &never), 0);
		assert_int_equal(taken_count, count);
		assert_int_equal(map.singles, 0);
	}
}

static void long_chains_make_the_batch_grow(void **state)
{
	int never = -1;

	(void)state;
	fill(400, 200);
	assert_int_equal(drain(3, 4, VALUE, take, &never), 0);
	assert_int_equal(taken_count, 400);
	assert_true(map.batches > 3);
}

static void drains_singly_without_batches(void **state)
{
	int never = -1;

	(void)state;
	fill(100, 1);
	map.no_batches = true;
	assert_int_equal(drain(3, 4, VALUE, take, &never), 0);
	assert_int_equal(taken_count, 100);
	assert_int_equal(map.batches, 1);
	assert_int_equal(bpf_map_get_next_key(3, NULL, &never), -ENOENT);
}

static void passes_errors_on(void **state)
{
	int third = 3;

	(void)state;
	fill(10, 1);
	assert_int_equal(drain(3, 4, VALUE, take, &third), -ENOMEM);
	assert_int_equal(taken_count, 3);
	fill(10, 1);
	map.no_batches = true;
	assert_int_equal(drain(3, 4, VALUE, take, &third), -ENOMEM);
	assert_int_equal(taken_count, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_rows_in_order),
		cmocka_unit_test(drains_in_batches),
		cmocka_unit_test(long_chains_make_the_batch_grow),
		cmocka_unit_test(drains_singly_without_batches),
		cmocka_unit_test(passes_errors_on),
	};

	return RUN(tests);
}
