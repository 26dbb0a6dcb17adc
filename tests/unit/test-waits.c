// SPDX-License-Identifier: GPL-2.0-only
/* How long a thread waited for a CPU, by the scheduler's account */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "unit.h"
#include "waits.h"

/* A process that never sleeps, on one CPU with all others of the same kind */
static pid_t start_busy(void)
{
	cpu_set_t first;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	CPU_ZERO(&first);
	CPU_SET(sched_getcpu(), &first);
	sched_setaffinity(0, sizeof(first), &first);
	for (;;)
		;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static uint64_t account(pid_t pid)
{
	unsigned long long waited;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*u %llu", &waited), 1);
	fclose(file);
	return waited;
}

static void tells_what_was_waited(void **state)
{
	uint64_t before, after, ns = 0, least, most;
	pid_t busy, other;
	struct waits waits;

	(void)state;
	waits_init(&waits);
	busy = start_busy();
	other = start_busy();
	before = account(busy);
	assert_false(waits_since(&waits, busy, busy, &ns));
	after = account(busy);
	while (account(busy) < after + 1000000)
		usleep(1000);
	least = account(busy) - after;
	assert_true(waits_since(&waits, busy, busy, &ns));
	most = account(busy) - before;
	assert_in_range(ns, least, most);
	assert_false(waits_since(&waits, busy, 0, &ns));

	/* The thread that ended is forgotten, and the other is not. */
	assert_false(waits_since(&waits, other, other, &ns));
	end(busy);
	assert_false(waits_since(&waits, busy, busy, &ns));
	waits_prune(&waits);
	assert_int_equal(waits.threads.count, 1);
	assert_true(waits_since(&waits, other, other, &ns));
	end(other);
	waits_free(&waits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_was_waited),
	};

	return RUN(tests);
}
