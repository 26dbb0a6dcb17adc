// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "host.h"
#include "tap.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id	_sigev_un._tid
#endif

#define POLL_MS		20
/* A process without progress for this long hangs.  An emulated host on a busy machine is slow. */
#define HANG_MS		30000
/* Limit for the end of a killed process and of a closed VM */
#define GONE_MS		20000

static u64 mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

u64 fuzz_random(struct fuzz_thread *thread)
{
	thread->random += 0x9e3779b97f4a7c15ull;
	return mix(thread->random);
}

u64 fuzz_below(struct fuzz_thread *thread, u64 n)
{
	return fuzz_random(thread) % n;
}

u64 fuzz_any(struct fuzz_thread *thread)
{
	u64 r = fuzz_random(thread), bit = 1ull << (r >> 8) % 64;

	switch (r % 8) {
	case 0:
		return 0;
	case 1:
		return -1ull;
	case 2:
		return (r >> 16) % 16;
	case 3:
		return bit;
	case 4:
		return bit - 1;
	case 5:
		return -bit;
	case 6:
		return bit + ((r >> 16) % 33 - 16);
	default:
		return fuzz_random(thread);
	}
}

static void nothing(int sig)
{
	(void)sig;
}

timer_t fuzz_signals(pid_t tid, unsigned int period_us)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1 };
	struct timespec period = { .tv_nsec = period_us * 1000l };
	struct itimerspec often = { period, period };
	struct sigaction action = { .sa_handler = nothing };
	timer_t timer;

	sigaction(SIGUSR1, &action, NULL);
	event.sigev_notify_thread_id = tid;
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &often, NULL))
		tap_bail("timer: %s", strerror(errno));
	return timer;
}

bool fuzz_backend_is_ours(void)
{
	return !access("/sys/module/kvm_hv/version", F_OK);
}

/* The number of VMs in debugfs, which has a directory PID-FD for each */
static unsigned int vms_left(void)
{
	DIR *dir = opendir("/sys/kernel/debug/kvm");
	struct dirent *entry;
	unsigned int n = 0;

	if (!dir)
		tap_bail("/sys/kernel/debug/kvm: %s", strerror(errno));
	while ((entry = readdir(dir)))
		n += entry->d_type == DT_DIR && entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static u64 steps_made(const struct fuzz_episode *episode)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < FUZZ_THREADS; i++)
		sum += episode->threads[i].steps;
	return sum;
}

static void show_where(const struct fuzz_episode *episode, pid_t pid)
{
	char path[64], text[2048], *line;
	unsigned int i;

	for (i = 0; i < FUZZ_THREADS; i++) {
		const struct fuzz_thread *t = &episode->threads[i];

		if (t->what)
			tap_diag("thread %u, step %llu: %s %#llx %#llx %#llx %#llx", i,
				 (unsigned long long)t->steps, t->what,
				 (unsigned long long)t->args[0], (unsigned long long)t->args[1],
				 (unsigned long long)t->args[2], (unsigned long long)t->args[3]);
	}
	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	host_read(path, text, sizeof(text));
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		tap_diag("%s", line);
}

/* Waits for the end of @pid; false if it is still there after @ms */
static bool wait_gone(pid_t pid, int *status, unsigned int ms)
{
	for (; ms >= POLL_MS; ms -= POLL_MS) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		host_sleep_ms(POLL_MS);
	}
	return false;
}

/*
 * Watches the episode in @pid, and kills it after @kill_after steps.
 * Return: true if the episode ended as expected.
 */
static bool watch(const struct fuzz_episode *episode, pid_t pid, u64 kill_after)
{
	u64 last = 0;
	unsigned int quiet = 0;
	bool killed = false;
	int status;

	while (!wait_gone(pid, &status, POLL_MS)) {
		u64 now = steps_made(episode);

		quiet = now == last ? quiet + POLL_MS : 0;
		last = now;
		if (now >= kill_after) {
			killed = true;
		} else if (quiet >= HANG_MS) {
			tap_diag("episode %u hangs", episode->number);
			show_where(episode, pid);
		} else {
			continue;
		}
		kill(pid, SIGKILL);
		if (!wait_gone(pid, &status, GONE_MS)) {
			tap_diag("episode %u cannot be killed", episode->number);
			show_where(episode, pid);
			return false;
		}
		return killed;
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (WIFSIGNALED(status))
		tap_diag("episode %u died of signal %d", episode->number, WTERMSIG(status));
	show_where(episode, pid);
	return false;
}

static bool run_episode(const struct fuzzer *fuzzer, struct fuzz_episode *episode, u64 seed,
			unsigned int number)
{
	u64 random = mix(seed ^ mix(number + 1)), kill_after;
	struct fuzz_thread own = { .random = random };
	unsigned int i;
	pid_t pid;

	for (i = 0; i < FUZZ_THREADS; i++)
		episode->threads[i] = (struct fuzz_thread){ .random = mix(random + i) };
	episode->number = number;
	episode->steps = fuzzer->episode_steps / FUZZ_THREADS;
	/* a killed VMM closes nothing itself, so the kernel has to */
	kill_after = fuzz_once_in(&own, 4) ? fuzz_below(&own, fuzzer->episode_steps) : ~0ull;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		tap_bail("fork: %s", strerror(errno));
	if (!pid) {
		alarm(0);
		fuzzer->episode(episode);
		_exit(0);
	}
	return watch(episode, pid, kill_after);
}

int fuzz_main(int argc, char **argv, const struct fuzzer *fuzzer)
{
	u64 seed = 1, steps = fuzzer->default_steps, made = 0;
	unsigned int number = 0, ms;
	struct fuzz_episode *episode;
	bool one = false, good = true;
	int option;

	while ((option = getopt(argc, argv, "s:n:e:")) != -1) {
		char *end = "";

		switch (option) {
		case 's':
			seed = strtoull(optarg, &end, 0);
			break;
		case 'n':
			steps = strtoull(optarg, &end, 0);
			break;
		case 'e':
			number = strtoul(optarg, &end, 0);
			one = true;
			break;
		default:
			end = "?";
		}
		if (*end) {
			fprintf(stderr, "usage: %s [-s SEED] [-n STEPS] [-e EPISODE]\n", argv[0]);
			return 2;
		}
	}

	/* watch() limits the episodes; this limits the watching process */
	tap_start(0);
	episode = mmap(NULL, sizeof(*episode), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (episode == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	tap_diag("seed %#llx", (unsigned long long)seed);
	do {
		good = run_episode(fuzzer, episode, seed, number++);
		made += steps_made(episode);
	} while (good && !one && made < steps);
	tap_ok(good, "%s: seed %#llx, %llu steps in %u episodes: none hangs or dies", fuzzer->name,
	       (unsigned long long)seed, (unsigned long long)made, number);
	if (!good)
		tap_diag("again: -s %#llx -e %u", (unsigned long long)seed, number - 1);

	for (ms = 0; ms < GONE_MS && vms_left(); ms += POLL_MS)
		host_sleep_ms(POLL_MS);
	tap_is(vms_left(), 0, "%s: no VM is left", fuzzer->name);
	if (good && !one && made >= fuzzer->default_steps && fuzzer->judge)
		fuzzer->judge(episode);
	return tap_done();
}
