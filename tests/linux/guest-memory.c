// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest-memory MEGABYTES: stresses that much memory of a Linux guest, with one thread per online
 * CPU, and fails when a word is not what was stored last.
 *
 * Each thread stores words that depend on their addresses to its share. It gives every other 64
 * KiB back and finds zeroes there, stores again, and lets a child process change its copies. That
 * causes faults of guest and host, zeroing and copying, on all CPUs at once.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK	(64 * 1024ul)
#define STEP	1024ul		/* distance of the words: each page of any size has some */

struct share {
	pthread_t thread;
	int cpu;
	char *base;
	size_t size;
};

static uint64_t value(const char *at, unsigned int round)
{
	return ((uintptr_t)at * 0x9e3779b97f4a7c15ul) ^ round;
}

static void store(char *from, char *to, unsigned int round)
{
	for (; from < to; from += STEP)
		*(volatile uint64_t *)from = value(from, round);
}

/* True if the words are those of that round, or zero */
static bool holds(char *from, char *to, unsigned int round, bool zero)
{
	for (; from < to; from += STEP) {
		uint64_t want = zero ? 0 : value(from, round);
		uint64_t got = *(volatile uint64_t *)from;

		if (got != want) {
			fprintf(stderr, "guest-memory: %p holds %" PRIx64 ", not %" PRIx64 " (round %u)\n",
				(void *)from, got, want, round);
			return false;
		}
	}
	return true;
}

/* A child process sees what was stored, and changes only its copies. */
static bool child_changes(struct share *share)
{
	char *end = share->base + share->size;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		bool good = holds(share->base, end, 2, false);

		store(share->base, share->base + share->size / 4, 3);
		good = good && holds(share->base, share->base + share->size / 4, 3, false);
		_exit(!good);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 &&
	       holds(share->base, end, 2, false);
}

static void *stress(void *arg)
{
	struct share *share = arg;
	char *end = share->base + share->size;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(share->cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus)) {
		perror("guest-memory: sched_setaffinity");
		return "failed";
	}
	store(share->base, end, 1);
	if (!holds(share->base, end, 1, false))
		return "failed";
	for (char *chunk = share->base; chunk < end; chunk += 2 * CHUNK) {
		if (madvise(chunk, CHUNK, MADV_DONTNEED)) {
			perror("guest-memory: madvise");
			return "failed";
		}
	}
	for (char *chunk = share->base; chunk < end; chunk += 2 * CHUNK) {
		if (!holds(chunk, chunk + CHUNK, 0, true) ||
		    !holds(chunk + CHUNK, chunk + 2 * CHUNK, 1, false))
			return "failed";
	}
	store(share->base, end, 2);
	return child_changes(share) ? NULL : "failed";
}

int main(int argc, char **argv)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	size_t megabytes = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	struct share *shares = calloc(n, sizeof(*shares));
	bool failed = false;
	size_t size;

	if (!megabytes || !shares) {
		fprintf(stderr, "usage: guest-memory MEGABYTES\n");
		return 2;
	}
	size = (megabytes << 20) / n / (2 * CHUNK) * (2 * CHUNK);
	for (long i = 0; i < n; i++) {
		shares[i].cpu = i;
		shares[i].size = size;
		shares[i].base = mmap(NULL, size, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (shares[i].base == MAP_FAILED ||
		    pthread_create(&shares[i].thread, NULL, stress, &shares[i])) {
			perror("guest-memory: starting a thread");
			return 2;
		}
	}
	for (long i = 0; i < n; i++) {
		void *result;

		pthread_join(shares[i].thread, &result);
		failed |= !!result;
	}
	return failed;
}
