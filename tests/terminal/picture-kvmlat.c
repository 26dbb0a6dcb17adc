// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round trips of one VM for the picture of the heat map.  From second 8 to 15 another task of
 * the host runs on the vCPUs' CPUs: a part of the round trips takes some milliseconds.
 * synthetic-slow.c has the slow exits.
 */
#include <errno.h>
#include <stdlib.h>
#include "advise_collect.h"
#include "collect.h"
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

/* All exits have the same key, whatever rows were asked for. */
static const struct kvmlat_key keys[] = {
	[KVMLAT_BY_REASON]	= { .id = 0x980 },
	[KVMLAT_BY_HCALL]	= { .id = 0xe0 },
	[KVMLAT_BY_VCPU]	= { .vm = VM, .id = 3 },
	[KVMLAT_BY_VM]		= { .vm = VM },
	[KVMLAT_BY_CPU]		= { .id = 17 },
};

struct source_program collect_program(struct collect *collect, const struct options *options,
				      const struct model *model)
{
	*collect = (struct collect){ .options = options, .model = model };
	return (struct source_program){
		.take = model_take, .filter = &options->filter, .arg = collect,
	};
}

struct source_program advise_program(struct advise_collect *collect, const struct options *options)
{
	(void)collect;
	return (struct source_program){ .filter = &options->filter };
}

/* For kvmlat advise: a guest that calls RTAS */
static int give_advise(struct advise *advise)
{
	const struct hvlens_key exit = { .vm = VM, .trap = 0xc00, .hcall = 0xf000 };
	const struct advise_sums sums = { .exits = 900 };

	return advise_take(advise, &exit, &sums);
}

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
	const struct collect *collect = program->arg;
	const struct kvmlat_key key = collect ? keys[collect->options->by] : keys[KVMLAT_BY_NONE];
	struct hvlens_vcpu_stat stat = { 0 };
	struct kvmlat_value *value = calloc(1, sizeof(*value));
	int err;

	if (!value)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		uint32_t count = kinds[i].count - next_random() % (kinds[i].count / 4);

		if (window < kinds[i].first || window > kinds[i].last)
			continue;
		stat.exits += count;
		while (count--)
			hvlens_hist_add(&value->hist[0], spread(kinds[i].about));
	}
	stat.selected = stat.exits;
	err = collect ? program->take(&key, value, arg) : give_advise(arg);
	free(value);
	return err ? err : counts_take(counts, &vcpu, &stat);
}
