// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round trips of one VM for the picture of the heat map.  From second 8 to 15 another task of
 * the host runs on the vCPUs' CPUs: a part of the round trips takes some milliseconds.
 * synthetic-slow.c has the slow exits.
 */
#include "feed.h"
#include "picture.h"

/* What a window has: so many round trips about so long (ns) */
static const struct kind {
	uint32_t count;
	uint32_t about;
	unsigned int first, last;	/* windows */
} kinds[] = {
	{ 6100, 5600, 1, 99 },		/* hypercalls and interrupts that the kernel handles */
	{ 310, 62000, 1, 99 },		/* what goes to user space */
	{ 900, 290000, 1, 99 },		/* the guest had nothing to do */
	{ 42, 5200000, 8, 15 },
};

#define VM	4711

/* The same numbers in every run and on every machine */
static uint32_t next_random(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return state >> 33;
}

/* From about a quarter to about four times @about, mostly near it */
static uint64_t spread(uint64_t about)
{
	for (int i = 0; i < 5; i++)
		about = about * (760 + next_random() % 560) / 1000;
	return about;
}

int picture_window(const struct source_program *program, struct counts *counts, void *arg,
		   unsigned int window)
{
	static const struct hvlens_vcpu_key vcpu = { .vm = VM };
	static const struct hvlens_key key = { .vm = VM, .trap = 0xc00, .hcall = 0xf000 };
	struct hvlens_vcpu_stat stat = { 0 };
	int err = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		uint32_t count = kinds[i].count - next_random() % (kinds[i].count / 4);

		if (window < kinds[i].first || window > kinds[i].last)
			continue;
		stat.exits += count;
		while (count-- && !err)
			err = feed_times(program->take, arg, &key, HVLENS_PHASE_ROUNDTRIP, 1,
					 spread(kinds[i].about));
	}
	stat.selected = stat.exits;
	if (!err)
		err = feed(program->take, arg, &key, &(struct feed){ .exits = 900 });
	return err ? err : counts_take(counts, &vcpu, &stat);
}
