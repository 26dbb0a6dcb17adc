// SPDX-License-Identifier: GPL-2.0-only
/* Which vCPUs exist, what is missed, and where the time outside of the guest goes */
#include <string.h>
#include "unit.h"
#include "vcpus.h"

static struct vcpus vcpus;
static struct vcpu_window seen[16];
static size_t seen_count;

static int setup(void **state)
{
	(void)state;
	vcpus_init(&vcpus);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vcpus_free(&vcpus);
	return 0;
}

static void note(const struct vcpu_window *vcpu, void *arg)
{
	(void)arg;
	seen[seen_count++] = *vcpu;
}

/* The window from @begin to @end ticks is over. */
static void over(uint64_t begin, uint64_t end)
{
	const struct span span = { .ns = end - begin, .begin = begin, .end = end };

	seen_count = 0;
	vcpus_close_window(&vcpus, &span, note, NULL);
}

/* Records @first to @last, less @lost, on @cpu, the last at time @at, or @last */
static void add_at(uint32_t vm, uint32_t vcpu, uint32_t cpu, uint64_t first, uint64_t last,
		   uint64_t exits, uint64_t at)
{
	const struct hvlens_vcpu_key key = { vm, vcpu, cpu };
	const struct hvlens_vcpu_stat stat = {
		.exits = exits,
		.first_seq = first,
		.last_seq = last,
		.last_t6 = at,
	};

	assert_int_equal(vcpus_add(&vcpus, &key, &stat), 0);
}

static void add(uint32_t vm, uint32_t vcpu, uint32_t cpu, uint64_t first, uint64_t last,
		uint64_t lost)
{
	add_at(vm, vcpu, cpu, first, last, last - first + 1 - lost, last);
}

static void nothing_missed(void **state)
{
	(void)state;
	add(1, 0, 0, 1, 10, 0);
	add(1, 1, 1, 100, 100, 0);
	over(0, 0);
	assert_int_equal(vcpus.active, 2);
	assert_int_equal(vcpus.missed, 0);
	add(1, 0, 0, 11, 20, 0);
	over(0, 0);
	assert_int_equal(vcpus.active, 1);
	assert_int_equal(vcpus.missed, 0);
	over(0, 0);
	assert_int_equal(vcpus.active, 0);
	add(1, 1, 0, 101, 101, 0);
	over(0, 0);
	assert_int_equal(vcpus.missed, 0);
}

static void a_gap_in_a_window(void **state)
{
	(void)state;
	add(1, 0, 0, 1, 10, 3);
	add(2, 0, 0, 1, 10, 0);
	over(0, 0);
	assert_int_equal(vcpus.missed, 3);
	assert_int_equal(seen[0].missed, 3);
	assert_int_equal(seen[1].missed, 0);
	/* Told once */
	over(0, 0);
	assert_int_equal(vcpus.missed, 0);
}

static void a_gap_between_windows(void **state)
{
	(void)state;
	add(1, 0, 0, 1, 10, 0);
	over(0, 0);
	add(1, 0, 0, 16, 20, 0);
	over(0, 0);
	assert_int_equal(vcpus.missed, 5);
}

static void one_that_moves_between_cpus(void **state)
{
	(void)state;
	/* 1..10 on CPU 0, 11..15 on CPU 1, 16..20 on CPU 0 again */
	add(1, 0, 0, 1, 20, 5);
	add(1, 0, 1, 11, 15, 0);
	over(0, 0);
	assert_int_equal(vcpus.active, 1);
	assert_int_equal(vcpus.missed, 0);
}

static void attached_late(void **state)
{
	(void)state;
	add(1, 0, 0, 1000000, 1000001, 0);
	over(0, 0);
	assert_int_equal(vcpus.missed, 0);
}

static void numbers_that_start_again(void **state)
{
	(void)state;
	add(1, 0, 0, 1, 1000, 0);
	over(0, 0);
	add_at(1, 0, 0, 1, 5, 5, 2000);
	over(0, 0);
	assert_int_equal(vcpus.missed, 0);
	/* From there on they count. */
	add_at(1, 0, 0, 8, 9, 2, 3000);
	over(0, 0);
	assert_int_equal(vcpus.missed, 2);
}

static void numbers_that_start_again_within_a_window(void **state)
{
	(void)state;
	/* 500 to 600, then another VM's 1 to 200, on the same CPU */
	add_at(1, 0, 0, 500, 200, 301, 1000);
	over(0, 0);
	assert_int_equal(vcpus.missed, 0);
	/* 201 to 210, then another's 1 to 5 on another CPU */
	add_at(1, 0, 0, 201, 210, 10, 1100);
	add_at(1, 0, 1, 1, 5, 5, 1200);
	over(0, 0);
	assert_int_equal(vcpus.missed, 0);
	add_at(1, 0, 1, 7, 7, 1, 1300);
	over(0, 0);
	assert_int_equal(vcpus.missed, 1);
}

static bool is_one(uint32_t vm, void *arg)
{
	(void)arg;
	return vm == 1;
}

static void a_tgid_that_comes_again(void **state)
{
	(void)state;
	add(1, 0, 0, 1, 10, 0);
	add(2, 0, 0, 1, 10, 0);
	over(0, 0);
	vcpus_prune(&vcpus, is_one, NULL);
	add(1, 0, 0, 50, 60, 0);
	add(2, 0, 0, 12, 12, 0);
	over(0, 0);
	assert_int_equal(vcpus.missed, 1);
	assert_int_equal(seen[0].missed, 0);
	assert_int_equal(seen[1].missed, 1);
}

static void a_source_without_numbers(void **state)
{
	const struct hvlens_vcpu_key key = { 1, 0, 0 };
	const struct hvlens_vcpu_stat stat = { .exits = 7 };

	(void)state;
	assert_int_equal(vcpus_add(&vcpus, &key, &stat), 0);
	over(0, 0);
	assert_int_equal(vcpus.active, 1);
	assert_int_equal(vcpus.missed, 0);
	/* Not known to be anywhere */
	over(0, 0);
	assert_int_equal(vcpus.present, 0);
}

static void only_aborted_entries(void **state)
{
	const struct hvlens_vcpu_key key = { 1, 0, 0 };
	const struct hvlens_vcpu_stat stat = { .aborts = { 1 } };

	(void)state;
	add(1, 0, 1, 5, 6, 0);
	assert_int_equal(vcpus_add(&vcpus, &key, &stat), 0);
	over(0, 0);
	assert_int_equal(vcpus.active, 1);
	assert_int_equal(vcpus.missed, 0);
	assert_int_equal(vcpus_add(&vcpus, &key, &stat), 0);
	over(0, 0);
	assert_int_equal(vcpus.active, 1);
	add(1, 0, 0, 8, 8, 0);
	over(0, 0);
	assert_int_equal(vcpus.missed, 1);
}

/* A record that found the vCPU blocked since @before, and one that leaves it @doing from @after */
static void add_outside(uint64_t before, uint64_t blocked, uint32_t doing, uint64_t after)
{
	const struct hvlens_vcpu_key key = { 1, 0, 0 };
	static uint64_t seq;
	struct hvlens_vcpu_stat stat = {
		.exits = 2,
		.first_seq = seq + 1,
		.last_seq = seq + 2,
		.first_prev_t6 = before,
		.first_prev_outcome = HVLENS_OUTCOME_BLOCK,
		.last_t6 = after,
		.last_outcome = doing,
	};

	seq += 2;
	stat.outside[HVLENS_OUTCOME_BLOCK] = blocked;
	assert_int_equal(vcpus_add(&vcpus, &key, &stat), 0);
}

static void time_outside_fits_the_window(void **state)
{
	(void)state;
	/* Blocked from 500 to 1200; in user space from 1900 on. */
	add_outside(500, 700, HVLENS_OUTCOME_USER, 1900);
	over(1000, 2000);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_BLOCK], 200);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_USER], 100);
	/* Still there, all the window */
	over(2000, 3000);
	assert_int_equal(vcpus.active, 0);
	assert_int_equal(vcpus.present, 1);
	assert_false(seen[0].active);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_USER], 1000);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_BLOCK], 0);
}

static void a_sleep_over_windows_adds_up(void **state)
{
	uint64_t total = 0;

	(void)state;
	add_outside(0, 0, HVLENS_OUTCOME_BLOCK, 1500);
	over(1000, 2000);
	total += seen[0].outside[HVLENS_OUTCOME_BLOCK];
	over(2000, 3000);
	total += seen[0].outside[HVLENS_OUTCOME_BLOCK];
	/* Wakes at 3300, runs for good. */
	add_outside(1500, 1800, HVLENS_OUTCOME_RESUME, 3950);
	over(3000, 4000);
	total += seen[0].outside[HVLENS_OUTCOME_BLOCK];
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_BLOCK], 300);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_RESUME], 50);
	assert_int_equal(total, 3300 - 1500);
	/* Of a running vCPU nothing is known to go on. */
	over(4000, 5000);
	assert_int_equal(vcpus.present, 0);
}

static void the_last_record_tells_what_goes_on(void **state)
{
	const struct hvlens_vcpu_key on_0 = { 1, 0, 0 }, on_1 = { 1, 0, 1 };
	const struct hvlens_vcpu_stat early = {
		.exits = 1, .first_seq = 1, .last_seq = 1,
		.last_t6 = 1100, .last_outcome = HVLENS_OUTCOME_USER,
	}, late = {
		.exits = 1, .first_seq = 2, .last_seq = 2, .first_prev_t6 = 1100,
		.first_prev_outcome = HVLENS_OUTCOME_USER,
		.last_t6 = 1400, .last_outcome = HVLENS_OUTCOME_BLOCK,
	};

	(void)state;
	/*
	 * The vCPU went from CPU 1 to CPU 0; the order in which the CPUs are read does not
	 * matter.
	 */
	assert_int_equal(vcpus_add(&vcpus, &on_0, &late), 0);
	assert_int_equal(vcpus_add(&vcpus, &on_1, &early), 0);
	over(1000, 2000);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_BLOCK], 600);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_USER], 0);
}

static void a_record_after_the_end_takes_nothing_off(void **state)
{
	(void)state;
	/* Its T6 is after the window's end: the clock is read after the window was closed. */
	add_outside(0, 0, HVLENS_OUTCOME_USER, 2001);
	over(1000, 2000);
	assert_int_equal(seen[0].outside[HVLENS_OUTCOME_USER], 0);
}

int main(void)
{
#define TEST(function)	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(nothing_missed),
		TEST(a_gap_in_a_window),
		TEST(a_gap_between_windows),
		TEST(one_that_moves_between_cpus),
		TEST(attached_late),
		TEST(numbers_that_start_again),
		TEST(numbers_that_start_again_within_a_window),
		TEST(a_tgid_that_comes_again),
		TEST(a_source_without_numbers),
		TEST(only_aborted_entries),
		TEST(time_outside_fits_the_window),
		TEST(a_sleep_over_windows_adds_up),
		TEST(the_last_record_tells_what_goes_on),
		TEST(a_record_after_the_end_takes_nothing_off),
	};

	return RUN(tests);
}
