// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <linux/types.h>
#include "collect.h"
#include "kvmexit-top.skel.h"

/* Room of a window: combinations of vCPU, CPU and reason */
#define MAX_ENTRIES	131072

static struct bpf_object_skeleton *open_program(void *arg)
{
	struct collect *collect = arg;

	collect->skeleton = kvmexit_top_bpf__open();
	if (!collect->skeleton)
		return NULL;
	collect->skeleton->rodata->filter = collect->options->filter;
	return collect->skeleton->skeleton;
}

static void destroy_program(void *arg)
{
	struct collect *collect = arg;

	kvmexit_top_bpf__destroy(collect->skeleton);
	collect->skeleton = NULL;
}

struct source_program collect_program(struct collect *collect, const struct options *options)
{
	*collect = (struct collect){ .options = options };
	return (struct source_program){
		.open = open_program,
		.destroy = destroy_program,
		.arg = collect,
		.take = model_take,
		.map = "exits",
		.max_entries = source_entries(MAX_ENTRIES, sizeof(struct kvmexit_value)),
		.filter = &options->filter,
	};
}
