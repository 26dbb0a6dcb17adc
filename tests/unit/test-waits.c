// SPDX-License-Identifier: GPL-2.0-only
/* How long a thread waited for a CPU, by the scheduler's account */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static char debugfs[32];

/* Writes as KVM does that process @pid, whose VM has descriptor 7, runs @vcpu in thread @tid. */
static void tell(pid_t pid, int vcpu, pid_t tid)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%d-7", debugfs, pid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%d-7/vcpu%d", debugfs, pid, vcpu);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%d-7/vcpu%d/pid", debugfs, pid, vcpu);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%d\n", tid);
	fclose(file);
}

static int setup(void **state)
{
	(void)state;
	strcpy(debugfs, "/tmp/hvlens-waits-XXXXXX");
	return !mkdtemp(debugfs);
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", debugfs);
	return system(command);
}

static void tells_what_was_waited(void **state)
{
	uint64_t before, after, ns = 0, least, most;
	struct waits waits;
	pid_t busy, other;

	(void)state;
	waits_init(&waits);
	waits.debugfs = debugfs;
	busy = start_busy();
	other = start_busy();
	tell(busy, 3, busy);
	/* What it waited before it was found does not count. */
	while (account(busy) < 1000000)
		usleep(1000);
	before = account(busy);
	waits_find(&waits);
	after = account(busy);
	while (account(busy) < after + 1000000)
		usleep(1000);
	least = account(busy) - after;
	assert_true(waits_since(&waits, busy, 3, &ns));
	most = account(busy) - before;
	assert_in_range(ns, least, most);
	assert_false(waits_since(&waits, busy, 0, &ns));
	assert_false(waits_since(&waits, other, 3, &ns));

	/* Another vCPU's thread takes over: nothing is known about it yet. */
	tell(other, 3, other);
	tell(busy, 3, other);
	assert_false(waits_since(&waits, busy, 3, &ns));
	tell(busy, 3, busy);
	waits_find(&waits);
	assert_int_equal(waits.vcpus.count, 2);
	assert_true(waits_since(&waits, other, 3, &ns));

	end(busy);
	assert_false(waits_since(&waits, busy, 3, &ns));
	end(other);
	waits_free(&waits);
}

static void forgets_vms_that_are_gone(void **state)
{
	struct waits waits;

	(void)state;
	waits_init(&waits);
	waits.debugfs = debugfs;
	waits_find(&waits);
	assert_int_equal(waits.vcpus.count, 2);
	waits.debugfs = "/nowhere";
	waits_find(&waits);
	assert_int_equal(waits.vcpus.count, 0);
	waits_free(&waits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_was_waited),
		cmocka_unit_test(forgets_vms_that_are_gone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
