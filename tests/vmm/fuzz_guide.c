// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz_guide.h"
#include "host.h"
#include "tap.h"

#define COUNTS		"/sys/kernel/debug/coverage/"
#define ARCS_MAX	65536
#define SIGNAL_US	2000
#define HANG_MS		30000

/* A byte for each arc of the backend's code: 0 or 1 */
struct arcs {
	size_t n;
	u8 reached[ARCS_MAX];
};

struct guide {
	const struct fuzzer *fuzzer;
	struct fuzz_episode *episode;	/* shared with the processes of sequences */
	struct fuzz_sequence *running;	/* the same */
	struct fuzz_corpus *kept;	/* those of before come first */
	struct arcs seen, now;
	u64 steps, died;
};

static void read_arcs(struct arcs *arcs)
{
	int fd = open(COUNTS "bits", O_RDONLY);
	ssize_t n = -1;

	arcs->n = 0;
	while (fd >= 0 && (n = read(fd, arcs->reached + arcs->n, ARCS_MAX - arcs->n)) > 0)
		arcs->n += n;
	if (n < 0 || !arcs->n)
		tap_bail("%sbits: %s; the backend has to be one that counts its code", COUNTS,
			 strerror(errno));
	close(fd);
}

static unsigned int reached(const struct arcs *arcs)
{
	unsigned int i, n = 0;

	for (i = 0; i < arcs->n; i++)
		n += arcs->reached[i];
	return n;
}

/* Runs @s. Afterwards all its steps have their draws, and g->now is what they have reached. */
static void run(struct guide *g, struct fuzz_sequence *s)
{
	struct fuzz_thread *t = &g->episode->threads[0];
	unsigned int i;
	int status;
	pid_t pid;

	host_write(COUNTS "arcs", "0");
	*g->running = *s;
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		tap_bail("fork: %s", strerror(errno));
	if (!pid) {
		alarm(0);
		g->fuzzer->begin(g->episode);
		fuzz_signals(syscall(SYS_gettid), SIGNAL_US);
		for (i = 0; i < s->n; i++)
			fuzz_make_draws(t, g->fuzzer->rows, &g->running->steps[i]);
		_exit(0);
	}
	g->steps += s->n;
	if (!fuzz_wait_gone(pid, &status, HANG_MS)) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		tap_diag("hangs: %s %#llx %#llx", t->what, (unsigned long long)t->args[0],
			 (unsigned long long)t->args[1]);
	}
	t->again = NULL;	/* of a process that was killed */
	g->died += !WIFEXITED(status) || WEXITSTATUS(status);
	*s = *g->running;
	read_arcs(&g->now);
}

/* Has the last run reached what is in @wanted? */
static bool has_all(const struct guide *g, const struct arcs *wanted)
{
	unsigned int i;

	for (i = 0; i < wanted->n; i++)
		if (wanted->reached[i] && !g->now.reached[i])
			return false;
	return true;
}

/* What the last run has reached first, and nothing before it */
static unsigned int take_new(struct guide *g, struct arcs *first)
{
	unsigned int i, n = 0;

	first->n = g->now.n;
	for (i = 0; i < first->n; i++) {
		first->reached[i] = g->now.reached[i] && !g->seen.reached[i];
		g->seen.reached[i] |= g->now.reached[i];
		n += first->reached[i];
	}
	g->seen.n = g->now.n;
	return n;
}

/* Removes the steps without which @s reaches @wanted. False: it does not reach that again. */
static bool minimize(struct guide *g, struct fuzz_sequence *s, const struct arcs *wanted)
{
	struct fuzz_sequence shorter;
	unsigned int at;

	run(g, s);
	if (!has_all(g, wanted))
		return false;
	for (at = s->n; at-- && s->n > 1;) {
		shorter = *s;
		memmove(&shorter.steps[at], &shorter.steps[at + 1],
			(--shorter.n - at) * sizeof(shorter.steps[0]));
		run(g, &shorter);
		if (has_all(g, wanted))
			*s = shorter;
	}
	return true;
}

/* Keeps @s if it still does what it is to be kept for. */
static void keep(struct guide *g, struct fuzz_sequence *s, struct arcs *first)
{
	if (g->kept->n < FUZZ_CORPUS && minimize(g, s, first))
		g->kept->sequences[g->kept->n++] = *s;
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	return p;
}

int fuzz_guide(const struct fuzzer *fuzzer, struct fuzz_episode *episode, u64 seed, u64 steps,
	       const char *path)
{
	static struct guide g;
	static struct arcs first;
	struct fuzz_sequence s;
	unsigned int i, before;
	FILE *file;

	g.kept = calloc(1, sizeof(*g.kept));
	if (!g.kept || !fuzzer->rows)
		tap_bail("this fuzzer cannot be guided");
	g.fuzzer = fuzzer;
	g.episode = episode;
	g.running = shared(sizeof(*g.running));
	episode->threads[0].random = seed;
	fuzz_corpus_read(g.kept, fuzzer->corpus, fuzzer->rows);
	before = g.kept->n;
	for (i = 0; i < before; i++) {
		s = g.kept->sequences[i];
		run(&g, &s);
		take_new(&g, &first);
	}
	tap_diag("%u sequences that are kept reach %u arcs", before, reached(&g.seen));
	while (g.steps < steps) {
		fuzz_vary(&episode->threads[0], g.kept, fuzzer->rows, &s);
		run(&g, &s);
		if (take_new(&g, &first))
			keep(&g, &s, &first);
	}
	file = fopen(path, "w");
	if (!file)
		tap_bail("%s: %s", path, strerror(errno));
	fuzz_corpus_write(g.kept, before, file, fuzzer->rows);
	fclose(file);
	tap_diag("%u new sequences; all reach %u of %zu arcs", g.kept->n - before,
		 reached(&g.seen), g.seen.n);
	tap_is(g.died, 0, "%s, guided: seed %#llx, %llu steps: none hangs or dies", fuzzer->name,
	       (unsigned long long)seed, (unsigned long long)g.steps);
	return tap_done();
}
