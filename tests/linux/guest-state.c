// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest-state MIB [SEED]: runs in a Linux guest that gets migrated, and reports whether the
 * guest's state is intact.
 *
 *	quiet memory	half of MIB has a pattern and is not written again
 *	busy memory	the other half belongs to writers, one per CPU, that check and
 *			rewrite it page by page, each round with other contents.
 *			Which round a page is at follows from the writer's own count,
 *			so that a page from an earlier round shows
 *	registers	a holder on each CPU waits with a pattern in every register
 *			that a task can write
 *	timebase	never less than any CPU has seen before
 *	timers		a sleeper
 *
 * Prints "ready", then reads commands from stdin, one per line.  It answers "check" with a line
 *
 *	check COUNT quiet=BAD busy=BAD registers=BAD vscr=BAD ebb=BAD back=TIMES
 *		tb_ms=TIMEBASE rounds=ROUNDS sleeps=SLEEPS
 *
 * All values but the timebase are those since the last check; ebb: event-based branch registers.
 * Lines "bad ..." with the first few bad values come before it.  "quit" ends the program.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/platform/ppc.h>
#include <time.h>
#include <unistd.h>

#include "hold.h"

#define PAGE_WORDS	512
#define SHOWN		20	/* bad values shown a check */
#define STEP		0x9e3779b97f4a7c15ull

enum what { QUIET, BUSY, REGISTERS, VSCR, BRANCH_EVENTS, BACK, KINDS };

static atomic_ulong bad[KINDS];
static unsigned long shown;
static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;
static uint64_t seed;

static void say_bad(enum what what, const char *name, unsigned long where,
		    uint64_t got, uint64_t want)
{
	bad[what]++;
	pthread_mutex_lock(&output);
	if (shown++ < SHOWN)
		printf("bad %s %lu: got %#" PRIx64 ", want %#" PRIx64 "\n", name, where,
		       got, want);
	pthread_mutex_unlock(&output);
}

/* --- memory ---------------------------------------------------------------- */

/* Word @i of a page is first_word() + @i * STEP */
static uint64_t first_word(unsigned long page, unsigned long round)
{
	uint64_t x = seed + page * 0xbf58476d1ce4e5b9ull + round * 0x94d049bb133111ebull;

	x ^= x >> 31;
	return x * STEP;
}

static void fill_page(uint64_t *page, uint64_t word)
{
	for (int i = 0; i < PAGE_WORDS; i++, word += STEP)
		page[i] = word;
}

static void check_page(enum what what, const char *name, const uint64_t *page,
		       unsigned long number, uint64_t word)
{
	for (int i = 0; i < PAGE_WORDS; i++, word += STEP) {
		if (page[i] != word) {
			say_bad(what, name, number, page[i], word);
			return;
		}
	}
}

static void *pages_of(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "%zu bytes of memory", bytes);
	return memory;
}

static uint64_t *quiet;
static unsigned long quiet_pages;

static void quiet_fill(void)
{
	for (unsigned long i = 0; i < quiet_pages; i++)
		fill_page(quiet + i * PAGE_WORDS, first_word(i, 0));
}

static void quiet_check(void)
{
	for (unsigned long i = 0; i < quiet_pages; i++)
		check_page(QUIET, "quiet page", quiet + i * PAGE_WORDS, i, first_word(i, 0));
}

/* --- time ------------------------------------------------------------------ */

static atomic_ulong latest, sleeps;

/* Later than everything seen before it was read */
static uint64_t look_at_time(void)
{
	uint64_t before = latest, now = __ppc_get_timebase();

	if (now < before)
		say_bad(BACK, "timebase", sched_getcpu(), now, before);
	while (before < now && !atomic_compare_exchange_weak(&latest, &before, now))
		;
	return now;
}

static void *sleeper(void *arg)
{
	const struct timespec time = { .tv_nsec = 10000000 };

	for (;;) {
		nanosleep(&time, NULL);
		sleeps++;
	}
	return arg;
}

/* --- writers --------------------------------------------------------------- */

struct writer {
	pthread_t thread;
	unsigned long first, pages;
	uint64_t *memory;
};

static atomic_ulong rounds;

static void *writer(void *arg)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const struct writer *w = arg;

	for (unsigned long round = 1;; round++) {
		for (unsigned long i = 0; i < w->pages; i++) {
			uint64_t *page = w->memory + i * PAGE_WORDS;

			check_page(BUSY, "busy page", page, w->first + i,
				   first_word(w->first + i, round - 1));
			fill_page(page, first_word(w->first + i, round));
			look_at_time();
		}
		rounds++;
		nanosleep(&pause, NULL);
	}
	return arg;
}

static void writer_start(struct writer *w, unsigned int number, unsigned long pages)
{
	w->first = quiet_pages + number * pages;
	w->pages = pages;
	w->memory = pages_of(pages * PAGE_WORDS * 8);
	for (unsigned long i = 0; i < pages; i++)
		fill_page(w->memory + i * PAGE_WORDS, first_word(w->first + i, 0));
	errno = pthread_create(&w->thread, NULL, writer, w);
	if (errno)
		err(1, "a thread");
}

/* --- registers ------------------------------------------------------------- */

#define XER_MASK	0xe00c007full
#define FPSCR_MASK	0x000000071e07f003ull	/* no exception enabled */
/*
 * NJ.  Not SAT: QEMU keeps that apart when it takes a migration in (ppc_store_vscr()), and
 * gives KVM the rest only.  lab/core/vcpu-transfer.c is about both bits.
 */
#define VSCR_MASK	0x00010000ull
#define CR_MASK		0xfffffff0ull		/* hold() needs CR7 */

static const struct {
	const char *name;
	uint64_t mask;
} sprs[] = {
#define SPR_ROW(number, name, mask)	{ #name, mask },
	HOLD_SPRS(SPR_ROW)
};

struct holder {
	pthread_t thread;
	int cpu;
	struct hold in, out;
};

static volatile uint32_t check_number;
static pthread_barrier_t held;

static uint64_t random_word(uint64_t *state)
{
	uint64_t x = *state += STEP;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static void image_fill(struct hold *image, uint64_t state)
{
	uint64_t *word = (uint64_t *)image;

	for (size_t i = 0; i < sizeof(*image) / 8; i++)
		word[i] = random_word(&state);
	image->cr &= CR_MASK;
	image->xer &= XER_MASK;
	image->fpscr &= FPSCR_MASK;
	image->vscr[0] &= VSCR_MASK;
	image->vscr[1] = 0;
	for (size_t i = 0; i < HOLD_SPR_COUNT; i++)
		image->spr[i] &= sprs[i].mask;
}

static enum what kind_of(const char *name)
{
	if (!strcmp(name, "VSCR"))
		return VSCR;
	if (!strncmp(name, "EBB", 3) || !strcmp(name, "BESCR"))
		return BRANCH_EVENTS;
	return REGISTERS;
}

static void register_is(const struct holder *h, const char *name, uint64_t got, uint64_t want)
{
	if (got != want)
		say_bad(kind_of(name), name, h->cpu, got, want);
}

static void image_check(struct holder *h)
{
	const struct hold *in = &h->in, *out = &h->out;
	char name[16];
	int i;

	for (i = 0; i < 32; i++) {
		if (HOLD_KEPT(i))
			continue;
		snprintf(name, sizeof(name), "GPR%d", i);
		register_is(h, name, out->gpr[i], in->gpr[i]);
	}
	register_is(h, "CR", out->cr & CR_MASK, in->cr);
	register_is(h, "XER", out->xer, in->xer);
	register_is(h, "FPSCR", out->fpscr & FPSCR_MASK, in->fpscr);
	register_is(h, "VSCR", out->vscr[0], in->vscr[0]);
	for (i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "VSR%d", i);
		register_is(h, name, out->vsr[i][0], in->vsr[i][0]);
		register_is(h, name, out->vsr[i][1], in->vsr[i][1]);
	}
	for (i = 0; i < HOLD_SPR_COUNT; i++)
		register_is(h, sprs[i].name, out->spr[i], in->spr[i]);
}

static void *holder(void *arg)
{
	struct holder *h = arg;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(h->cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "CPU %d", h->cpu);
	for (uint32_t number = 0;; number++) {
		hold(&h->in, &h->out, &check_number, number);
		image_check(h);
		pthread_barrier_wait(&held);
	}
	return arg;
}

static void holder_start(struct holder *h, int cpu)
{
	h->cpu = cpu;
	image_fill(&h->in, seed + cpu + 1);
	errno = pthread_create(&h->thread, NULL, holder, h);
	if (errno)
		err(1, "a thread");
}

/* --- commands -------------------------------------------------------------- */

static void check(void)
{
	const uint64_t ticks_per_ms = __ppc_get_timebase_freq() / 1000;

	check_number++;
	pthread_barrier_wait(&held);
	quiet_check();
	pthread_mutex_lock(&output);
	printf("check %u quiet=%lu busy=%lu registers=%lu vscr=%lu ebb=%lu back=%lu"
	       " tb_ms=%" PRIu64 " rounds=%lu sleeps=%lu\n", check_number,
	       atomic_exchange(&bad[QUIET], 0), atomic_exchange(&bad[BUSY], 0),
	       atomic_exchange(&bad[REGISTERS], 0), atomic_exchange(&bad[VSCR], 0),
	       atomic_exchange(&bad[BRANCH_EVENTS], 0), atomic_exchange(&bad[BACK], 0),
	       __ppc_get_timebase() / ticks_per_ms, atomic_exchange(&rounds, 0),
	       atomic_exchange(&sleeps, 0));
	shown = 0;
	pthread_mutex_unlock(&output);
}

int main(int argc, char **argv)
{
	const int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct holder *holders;
	struct writer *writers;
	pthread_t thread;
	unsigned long pages;
	char line[64];

	if (argc < 2 || argc > 3)
		errx(2, "usage: guest-state MIB [SEED]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	pages = strtoul(argv[1], NULL, 10) * 256;
	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;
	holders = calloc(cpus, sizeof(*holders));
	writers = calloc(cpus, sizeof(*writers));
	if (!pages || !holders || !writers)
		errx(1, "no memory to check");

	quiet_pages = pages / 2;
	quiet = pages_of(quiet_pages * PAGE_WORDS * 8);
	quiet_fill();
	pthread_barrier_init(&held, NULL, cpus + 1);
	for (int i = 0; i < cpus; i++) {
		writer_start(&writers[i], i, pages / 2 / cpus);
		holder_start(&holders[i], i);
	}
	errno = pthread_create(&thread, NULL, sleeper, NULL);
	if (errno)
		err(1, "a thread");
	printf("ready %d CPUs, %lu quiet pages, %lu busy pages\n", cpus, quiet_pages,
	       pages / 2 / cpus * cpus);

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!strcmp(line, "check"))
			check();
		else if (!strcmp(line, "quit"))
			return 0;
		else if (*line)
			printf("guest-state: no command '%s'\n", line);
	}
	return 1;
}
