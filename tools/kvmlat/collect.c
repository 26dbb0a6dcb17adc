// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include "collect.h"
#include "kvmlat.skel.h"

/* Size of the buffer for slow exits: room for some thousands, or the smallest possible */
#define RING_BYTES	(4u << 20)
#define RING_LEAST	65536u

static struct bpf_object_skeleton *open_program(void *arg)
{
	struct collect *collect = arg;
	const struct options *options = collect->options;

	collect->skeleton = kvmlat_bpf__open();
	if (!collect->skeleton)
		return NULL;
	collect->skeleton->rodata->filter = options->filter;
	collect->skeleton->rodata->by = options->by;
	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++)
		collect->skeleton->rodata->hist_of[phase] = collect->model->hist_of[phase];
	bpf_map__set_max_entries(collect->skeleton->maps.slow,
				 options->over ? RING_BYTES : RING_LEAST);
	return collect->skeleton->skeleton;
}

static void set_clock(void *arg, uint64_t hz)
{
	struct collect *collect = arg;

	collect->skeleton->rodata->over =
		((__uint128_t)collect->options->over * hz + 999999999) / 1000000000;
}

static void destroy_program(void *arg)
{
	struct collect *collect = arg;

	kvmlat_bpf__destroy(collect->skeleton);
	collect->skeleton = NULL;
}

/* Number of different keys that a CPU may see in a window */
static uint64_t keys_per_cpu(enum kvmlat_by by)
{
	static const uint64_t keys[] = {
		[KVMLAT_BY_NONE]	= 1,
		[KVMLAT_BY_REASON]	= 32,
		[KVMLAT_BY_HCALL]	= 32,
		[KVMLAT_BY_VCPU]	= 64,
		[KVMLAT_BY_VM]		= 16,
		[KVMLAT_BY_CPU]		= 1,
	};

	return keys[by];
}

struct source_program collect_program(struct collect *collect, const struct options *options,
				      const struct model *model)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t keys = (cpus < 1 ? 1 : cpus) * keys_per_cpu(options->by);
	size_t value_size = model->hists * sizeof(struct hvlens_hist);

	*collect = (struct collect){ .options = options, .model = model };
	return (struct source_program){
		.open = open_program,
		.set_clock = set_clock,
		.destroy = destroy_program,
		.arg = collect,
		.take = model_take,
		.map = "hists",
		.value_size = value_size,
		.max_entries = source_entries(keys, value_size),
		.filter = &options->filter,
	};
}

int collect_slow(struct collect *collect, int (*take)(void *arg, void *slow, size_t size),
		 void *arg)
{
	collect->ring = ring_buffer__new(bpf_map__fd(collect->skeleton->maps.slow), take, arg,
					 NULL);
	return collect->ring ? ring_buffer__epoll_fd(collect->ring) : -errno;
}

int collect_read_slow(struct collect *collect)
{
	int taken = collect->ring ? ring_buffer__consume(collect->ring) : 0;

	if (taken == -EAGAIN)
		return 1;
	return taken < 0 ? taken : 0;
}

void collect_close_slow(struct collect *collect)
{
	ring_buffer__free(collect->ring);
	collect->ring = NULL;
}
