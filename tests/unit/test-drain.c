// SPDX-License-Identifier: GPL-2.0-only
/* Reading the rings while they are written: each record once and whole, or counted as lost. */
#include <linux/types.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "drain.h"
#include "unit.h"

static struct hvlens_ring *make_rings(struct rings *rings, uint32_t cpus, uint32_t slots)
{
	char *memory = calloc(cpus, ring_bytes(slots));

	assert_non_null(memory);
	assert_int_equal(rings_init(rings, memory, cpus, slots), 0);
	return (void *)memory;
}

static struct hvlens_ring *ring_of(const struct rings *rings, uint32_t cpu)
{
	return (void *)((char *)rings->base + cpu * ring_bytes(rings->slots));
}

static void free_rings(struct rings *rings)
{
	free((void *)rings->base);
	rings_free(rings);
}

/* As a BPF program does it.  Each word of the record is @number. */
static void write_record(struct hvlens_ring *ring, uint32_t slots, uint64_t number)
{
	volatile __u64 *to = ring->slots[ring->head & (slots - 1)].rec.words;

	for (int i = 0; i < HVLENS_EXIT_WORDS; i++)
		to[i] = number;
	__atomic_exchange_n(&ring->head, ring->head + 1, __ATOMIC_SEQ_CST);
}

struct seen {
	uint64_t count, last, sum;
	uint32_t cpu;
	uint64_t stop;
};

static int take(const struct hvlens_exit *rec, uint32_t cpu, void *arg)
{
	struct seen *seen = arg;

	for (int i = 0; i < HVLENS_EXIT_WORDS; i++) {
		if (rec->words[i] != rec->words[0])
			fail_msg("record %llu is torn: word %d is %llu",
				 (unsigned long long)rec->words[0], i,
				 (unsigned long long)rec->words[i]);
	}
	if (cpu == seen->cpu)
		assert_true(rec->words[0] > seen->last);
	seen->cpu = cpu;
	seen->last = rec->words[0];
	seen->count++;
	seen->sum += rec->words[0];
	return seen->count == seen->stop ? -1 : 0;
}

static void fits_the_machine(void **state)
{
	const uint64_t gib = 1ull << 30;

	(void)state;
	/* a small host, a usual one, and the largest: 17 MB at most */
	assert_int_equal(ring_slots(1, gib), 65536);
	assert_int_equal(ring_slots(2, 64 * gib), 32768);
	assert_int_equal(ring_slots(176, 512 * gib), 256);
	assert_int_equal(ring_slots(2048, 4096 * gib), 32);
	assert_true(2048 * ring_bytes(32) < 17ull << 20);
	/* a smaller one */
	assert_int_equal(ring_slots(1, gib / 4), 16384);
	/* more CPUs than there is room for */
	assert_int_equal(ring_slots(4096, gib), 32);
	for (uint32_t cpus = 1; cpus <= 2048; cpus++) {
		uint32_t slots = ring_slots(cpus, gib);

		assert_int_equal(slots & (slots - 1), 0);
		assert_true(slots == 32 || cpus * (uint64_t)slots * HVLENS_SLOT_BYTES <= gib / 64);
	}
}

static void reads_each_record_once(void **state)
{
	struct seen seen = { .cpu = 99 };
	struct rings rings;
	uint64_t sum = 0;

	(void)state;
	make_rings(&rings, 3, 64);
	for (uint64_t i = 1; i <= 1000; i++) {
		write_record(ring_of(&rings, i % 3), 64, i);
		sum += i;
		if (i % 37 == 0) {
			seen.cpu = 99;
			assert_int_equal(rings_drain(&rings, ~0ull, take, &seen), 0);
		}
	}
	assert_int_equal(rings_drain(&rings, ~0ull, take, &(struct seen){ .cpu = 99 }), 0);
	assert_int_equal(rings.lost, 0);
	assert_int_equal(seen.count, 1000 - 1000 % 37);
	assert_int_equal(rings.tail[0] + rings.tail[1] + rings.tail[2], 1000);
	free_rings(&rings);
}

/* The oldest place may be half written: it is given up. */
static void counts_what_was_overwritten(void **state)
{
	struct rings rings;

	(void)state;
	for (uint64_t written = 0; written < 200; written++) {
		struct seen seen = { 0 };

		make_rings(&rings, 1, 32);
		for (uint64_t i = 1; i <= written; i++)
			write_record(ring_of(&rings, 0), 32, i);
		assert_int_equal(rings_drain(&rings, ~0ull, take, &seen), 0);
		assert_int_equal(seen.count, written < 32 ? written : 31);
		assert_int_equal(rings.lost, written - seen.count);
		assert_int_equal(seen.last, written);
		free_rings(&rings);
	}
}

static void a_window_ends_at_a_time(void **state)
{
	struct seen seen = { .cpu = 99 };
	struct rings rings;

	(void)state;
	make_rings(&rings, 2, 64);
	for (uint64_t i = 1; i <= 60; i++)
		write_record(ring_of(&rings, i % 2), 64, i);
	assert_int_equal(rings_drain(&rings, 41, take, &seen), 0);
	assert_int_equal(seen.count, 40);
	seen.cpu = 99;
	assert_int_equal(rings_drain(&rings, 41, take, &seen), 0);
	assert_int_equal(seen.count, 40);
	assert_int_equal(rings_drain(&rings, ~0ull, take, &seen), 0);
	assert_int_equal(seen.count, 60);
	assert_int_equal(seen.sum, 60 * 61 / 2);
	assert_int_equal(rings.lost, 0);
	free_rings(&rings);
}

static void passes_errors_on(void **state)
{
	struct seen seen = { .stop = 3 };
	struct rings rings;

	(void)state;
	make_rings(&rings, 1, 64);
	for (uint64_t i = 1; i <= 10; i++)
		write_record(ring_of(&rings, 0), 64, i);
	assert_int_equal(rings_drain(&rings, ~0ull, take, &seen), -1);
	assert_int_equal(seen.count, 3);
	free_rings(&rings);
}

#define RACED	400000

static void *write_many(void *arg)
{
	struct rings *rings = arg;

	for (uint64_t i = 1; i <= RACED; i++)
		write_record(ring_of(rings, 0), rings->slots, i);
	return NULL;
}

/* A reader that is too slow for such small rings.  ThreadSanitizer would not like it. */
static void survives_a_race(void **state)
{
	(void)state;
	for (uint32_t slots = 32; slots <= 4096; slots *= 8) {
		struct seen seen = { 0 };
		struct rings rings;
		pthread_t writer;

		make_rings(&rings, 1, slots);
		assert_int_equal(pthread_create(&writer, NULL, write_many, &rings), 0);
		while (rings.tail[0] < RACED)
			assert_int_equal(rings_drain(&rings, ~0ull, take, &seen), 0);
		pthread_join(writer, NULL);
		assert_int_equal(seen.count + rings.lost, RACED);
		assert_int_equal(seen.last, RACED);
		free_rings(&rings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_the_machine),
		cmocka_unit_test(reads_each_record_once),
		cmocka_unit_test(counts_what_was_overwritten),
		cmocka_unit_test(a_window_ends_at_a_time),
		cmocka_unit_test(passes_errors_on),
		cmocka_unit_test(survives_a_race),
	};

	return RUN(tests);
}
