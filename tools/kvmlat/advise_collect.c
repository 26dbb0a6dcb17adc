// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <string.h>
#include "advise_collect.h"
#include "kvmexit-top.h"
#include "kvmexit-top.skel.h"

/* Room of a window: combinations of vCPU, CPU and reason */
#define MAX_ENTRIES	131072

static struct bpf_object_skeleton *open_program(void *arg)
{
	struct advise_collect *collect = arg;

	collect->skeleton = kvmexit_top_bpf__open();
	if (!collect->skeleton)
		return NULL;
	collect->skeleton->rodata->filter = collect->options->filter;
	return collect->skeleton->skeleton;
}

static void destroy_program(void *arg)
{
	struct advise_collect *collect = arg;

	kvmexit_top_bpf__destroy(collect->skeleton);
	collect->skeleton = NULL;
}

static int take(const void *key, const void *value, void *advise)
{
	const struct kvmexit_value *from = value;
	struct advise_sums sums = {
		.exits = from->exits,
		.norecover_max = from->norecover_max,
	};

	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++)
		sums.ticks[phase] = from->ticks[phase];
	return advise_take(advise, key, &sums);
}

struct source_program advise_program(struct advise_collect *collect, const struct options *options)
{
	*collect = (struct advise_collect){ .options = options };
	return (struct source_program){
		.open = open_program,
		.destroy = destroy_program,
		.arg = collect,
		.take = take,
		.map = "exits",
		.max_entries = source_entries(MAX_ENTRIES, sizeof(struct kvmexit_value)),
		.filter = &options->filter,
	};
}
