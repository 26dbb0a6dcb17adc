// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <linux/types.h>
#include "collect.h"
#include "kvmexit-top.skel.h"

/* vCPUs times CPUs times reasons that a window has room for */
#define MAX_ENTRIES	65536

static struct bpf_object_skeleton *open_program(void *arg)
{
	struct collect *collect = arg;

	collect->skeleton = kvmexit_top_bpf__open();
	if (!collect->skeleton)
		return NULL;
	collect->skeleton->rodata->filter_vm = collect->options->vm;
	collect->skeleton->rodata->filter_vcpu = collect->options->vcpu;
	return collect->skeleton->skeleton;
}

static void destroy_program(void *arg)
{
	struct collect *collect = arg;

	kvmexit_top_bpf__destroy(collect->skeleton);
	collect->skeleton = NULL;
}

static int take_vcpu(const struct hvlens_vcpu_key *key, const struct hvlens_vcpu_stat *stat,
		     void *arg)
{
	return model_take_vcpu(arg, key, stat);
}

static int take_exits(const void *key, const void *value, void *arg)
{
	return model_take_exits(arg, key, value);
}

enum status collect_open(struct collect *collect, const struct options *options)
{
	const struct source_program program = {
		.open = open_program,
		.destroy = destroy_program,
		.arg = collect,
		.take_vcpu = take_vcpu,
		.take = take_exits,
		.map = "exits",
		.max_entries = source_entries(MAX_ENTRIES, sizeof(struct kvmexit_value)),
	};

	collect->options = options;
	return source_open(&collect->source, &program);
}

int collect_read(struct collect *collect, struct model *model)
{
	struct hvlens_trouble trouble;
	struct span span;
	int err;

	model_clear(model);
	err = source_read(&collect->source, model, &span);
	if (err)
		return err;
	trouble = source_trouble(&collect->source);
	model_window(model, &span, &trouble);
	return 0;
}

void collect_close(struct collect *collect)
{
	source_close(&collect->source);
}
