// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <linux/types.h>
#include "collect.h"
#include "kvmlat.skel.h"

static struct bpf_object_skeleton *open_program(void *arg)
{
	struct collect *collect = arg;

	collect->skeleton = kvmlat_bpf__open();
	if (!collect->skeleton)
		return NULL;
	collect->skeleton->rodata->filter_vm = collect->options->vm;
	collect->skeleton->rodata->filter_vcpu = collect->options->vcpu;
	collect->skeleton->rodata->by = collect->options->by;
	collect->skeleton->rodata->phases = collect->options->phases;
	return collect->skeleton->skeleton;
}

static void destroy_program(void *arg)
{
	struct collect *collect = arg;

	kvmlat_bpf__destroy(collect->skeleton);
	collect->skeleton = NULL;
}

static int take_vcpu(const struct hvlens_vcpu_key *key, const struct hvlens_vcpu_stat *stat,
		     void *arg)
{
	return model_take_vcpu(arg, key, stat);
}

static int take_hist(const void *key, const void *value, void *arg)
{
	return model_take_hist(arg, key, value);
}

/* How many different keys a CPU may see in a window */
static uint64_t keys_per_cpu(enum kvmlat_by by)
{
	static const uint64_t keys[] = {
		[KVMLAT_BY_NONE]	= 1,
		[KVMLAT_BY_REASON]	= 32,
		[KVMLAT_BY_VCPU]	= 64,
		[KVMLAT_BY_VM]		= 16,
	};

	return keys[by];
}

enum status collect_open(struct collect *collect, const struct options *options)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t keys = (cpus < 1 ? 1 : cpus) * keys_per_cpu(options->by);
	const struct source_program program = {
		.open = open_program,
		.destroy = destroy_program,
		.arg = collect,
		.take_vcpu = take_vcpu,
		.take = take_hist,
		.map = "hists",
		.max_entries = source_entries(keys, sizeof(struct kvmlat_value)),
	};

	collect->options = options;
	return source_open(&collect->source, &program);
}

int collect_read(struct collect *collect, struct model *model)
{
	struct hvlens_trouble trouble;
	struct span span;
	int err;

	err = source_read(&collect->source, model, &span);
	if (err)
		return err;
	trouble = source_trouble(&collect->source);
	model_window(model, &span, &trouble);
	return 0;
}

void collect_stop(struct collect *collect)
{
	source_detach(&collect->source);
}

void collect_close(struct collect *collect)
{
	source_close(&collect->source);
}
