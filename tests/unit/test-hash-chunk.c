// SPDX-License-Identifier: GPL-2.0-only
/* Which chunks of the hashed page table's stream are in the table: module/hash/chunk.h */
#include "unit.h"
#include "../../module/hash/chunk.h"

#define TABLE_MAX	(1ull << 32)	/* entries of a table of 2^36 bytes */

static void small_table(void **state)
{
	(void)state;
	assert_true(hash_chunk_fits(0, 0, 0, 16384));
	assert_true(hash_chunk_fits(0, 16384, 0, 16384));
	assert_true(hash_chunk_fits(16383, 1, 0, 16384));
	assert_true(hash_chunk_fits(8192, 4096, 4096, 16384));
	assert_true(hash_chunk_fits(16384, 0, 0, 16384));
	assert_false(hash_chunk_fits(16384, 1, 0, 16384));
	assert_false(hash_chunk_fits(8192, 4096, 4097, 16384));
	assert_false(hash_chunk_fits(16385, 0, 0, 16384));
	assert_false(hash_chunk_fits(0xffffffff, 0, 0, 16384));
}

/* The sum is above 2^32 here, and small if it wraps. */
static void end_of_the_largest_index(void **state)
{
	(void)state;
	assert_true(hash_chunk_fits(0xffffffff, 1, 0, TABLE_MAX));
	assert_true(hash_chunk_fits(0xffffffff, 0, 1, TABLE_MAX));
	assert_true(hash_chunk_fits(TABLE_MAX - 131070, 65535, 65535, TABLE_MAX));
	assert_false(hash_chunk_fits(0xffffffff, 1, 1, TABLE_MAX));
	assert_false(hash_chunk_fits(0xffffffff, 0, 65535, TABLE_MAX));
	assert_false(hash_chunk_fits(0xffffffff, 65535, 0, TABLE_MAX));
	assert_false(hash_chunk_fits(0xffffffff, 65535, 65535, TABLE_MAX));
	assert_false(hash_chunk_fits(TABLE_MAX - 131069, 65535, 65535, TABLE_MAX));
	assert_true(hash_chunk_fits(0xffffffff, 65535, 65535, 2 * TABLE_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_table),
		cmocka_unit_test(end_of_the_largest_index),
	};

	return RUN(tests);
}
