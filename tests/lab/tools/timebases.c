// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the timebases of the emulated host's CPUs 0 and 1, for scripts/lab-run-tests. They are
 * the same at the start. A write to TBU40 loses time if the emulated CPU stalls in it, because QEMU
 * (10.0, cpu_ppc_store_tbu40()) reads the clock twice. From then on that CPU is late, and so is
 * every timer of the host that moves there.
 *
 * Prints by how many ticks CPU 1 is ahead at least, and fails, if they are apart for certain.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/platform/ppc.h>
#include <sys/sysinfo.h>

#define ROUNDS	2000
#define APART	8192	/* ticks, 16 us: nothing that a test measures is as exact */

/* One CPU asks, the other answers with its timebase. */
static _Atomic uint64_t question, answer;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *answer_questions(void *arg)
{
	pin(1);
	for (uint64_t n = 1; n <= ROUNDS; n++) {
		while (atomic_load(&question) != n)
			;
		atomic_store(&answer, __ppc_get_timebase());
	}
	return arg;
}

int main(void)
{
	/* CPU 1 is ahead by so many ticks. */
	int64_t least = INT64_MIN, most = INT64_MAX;
	uint64_t before, there, after;
	pthread_t thread;

	if (get_nprocs() < 2)
		return 0;
	pin(0);
	if (pthread_create(&thread, NULL, answer_questions, NULL))
		return 0;
	for (uint64_t n = 1; n <= ROUNDS; n++) {
		atomic_store(&answer, 0);
		before = __ppc_get_timebase();
		atomic_store(&question, n);
		while (!(there = atomic_load(&answer)))
			;
		after = __ppc_get_timebase();
		if ((int64_t)(there - after) > least)
			least = there - after;
		if ((int64_t)(there - before) < most)
			most = there - before;
	}
	pthread_join(thread, NULL);
	if (least < APART && most > -APART)
		return 0;
	printf("%ld\n", (long)(least >= APART ? least : most));
	return 1;
}
