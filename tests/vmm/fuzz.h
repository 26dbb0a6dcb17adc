/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzzers share.  A run is a number of episodes. Each episode is a separate process
 * with a separate seed, so it can be repeated alone.  The process that started the episodes
 * watches them. An episode that makes no progress, that dies or that cannot be killed is a
 * failure; the report says where each thread was.
 *
 * The random numbers of a thread depend only on the seed, the episode and the thread, never on
 * the kernel's answers. So a seed makes the same calls again, though the order among the
 * threads may differ.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <time.h>

#include "vmm.h"

#define FUZZ_THREADS	6

struct fuzz_thread {
	u64 random;
	volatile u64 steps;		/* made so far */
	const char *volatile what;	/* the step under way; a string literal */
	volatile u64 args[4];		/* its arguments */
};

struct fuzz_episode {
	unsigned int number;
	u64 steps;			/* each thread is to make */
	struct fuzz_thread threads[FUZZ_THREADS];
	volatile u64 counts[64];	/* the fuzzer's own, added up over the run */
};

struct fuzzer {
	const char *name;
	u64 default_steps;		/* in all */
	u64 episode_steps;		/* of all threads of an episode */
	/* Runs in the episode's process; comes back when all is closed. */
	void (*episode)(struct fuzz_episode *episode);
	/* Looks at counts[] after a run of default_steps or more: more checks */
	void (*judge)(const struct fuzz_episode *total);
};

/*
 * The whole program.  -s SEED, -n STEPS, -e EPISODE (only that one).
 * Return: what main() does.
 */
int fuzz_main(int argc, char **argv, const struct fuzzer *fuzzer);

u64 fuzz_random(struct fuzz_thread *thread);

/* 0 to @n - 1 */
u64 fuzz_below(struct fuzz_thread *thread, u64 n);

/* True once in @n times */
static inline bool fuzz_once_in(struct fuzz_thread *thread, u64 n)
{
	return !fuzz_below(thread, n);
}

/*
 * Any 64 bits, those at an edge preferred: powers of two and their neighbours,
 * small numbers, all ones
 */
u64 fuzz_any(struct fuzz_thread *thread);

/* For the report if this step never ends */
static inline void fuzz_step(struct fuzz_thread *thread, const char *what, u64 a, u64 b, u64 c,
			     u64 d)
{
	thread->what = what;
	thread->args[0] = a;
	thread->args[1] = b;
	thread->args[2] = c;
	thread->args[3] = d;
}

/*
 * Sends SIGUSR1 to thread @tid of this process every @period_us from now on. It ends
 * KVM_RUN and any other call that waits.
 */
timer_t fuzz_signals(pid_t tid, unsigned int period_us);

/* Is the loaded backend this project's, not the stock one? */
bool fuzz_backend_is_ours(void);

#endif
