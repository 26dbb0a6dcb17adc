/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzzers share.  A run is a number of episodes. Each episode is a separate process
 * with a separate seed, so it can be repeated alone.  The process that started the episodes
 * watches them. An episode that makes no progress, that dies or that cannot be killed is a
 * failure; the report says where each thread was.
 *
 * The random numbers of a thread depend only on the seed, the episode, the thread and the
 * sequences that are kept, never on the kernel's answers. So a seed makes the same calls again,
 * though the order among the threads may differ.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <time.h>

#include "fuzz_corpus.h"
#include "vmm.h"

#define FUZZ_THREADS	6

struct fuzz_thread {
	u64 random;
	volatile u64 steps;		/* made so far */
	const char *volatile what;	/* the step under way; a string literal */
	volatile u64 args[4];		/* its arguments */
	struct fuzz_draws *again;	/* of a step of fuzz_make_draws() */
	unsigned int drawn;		/* values of that step so far */
};

struct fuzz_episode {
	unsigned int number;
	u64 steps;			/* each thread is to make */
	struct fuzz_thread threads[FUZZ_THREADS];
	volatile u64 counts[256];	/* the fuzzer's own, added up over the run */
};

struct fuzzer {
	const char *name;
	u64 default_steps;		/* in all */
	u64 episode_steps;		/* of all threads of an episode */
	/* Runs in the episode's process; comes back when all is closed. */
	void (*episode)(struct fuzz_episode *episode);
	/* A fuzzer that keeps sequences (fuzz_guide.h): its steps, and their file in /lab */
	const struct fuzz_rows *rows;
	const char *corpus;
	/* Starts and ends what the steps of a sequence work on. */
	void (*begin)(struct fuzz_episode *episode);
	/* Prints counts[]. If the run had default_steps or more (@whole): more checks */
	void (*judge)(const struct fuzz_episode *total, bool whole);
};

/*
 * The whole program.  -s SEED, -n STEPS, -e EPISODE (only that one), -g FILE (fuzz_guide()).
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

/* One of the @n @values, now and then any 64 bits */
u64 fuzz_of(struct fuzz_thread *thread, const u64 *values, size_t n);

#define FUZZ_OF(t, ...)	fuzz_of(t, (const u64[]){ __VA_ARGS__ },			\
				ARRAY_SIZE(((const u64[]){ __VA_ARGS__ })))

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

/* Waits for the end of child process @pid; false if it is still there after @ms */
bool fuzz_wait_gone(pid_t pid, int *status, unsigned int ms);

/* Is the loaded backend this project's, not the stock one? */
bool fuzz_backend_is_ours(void);

#endif
