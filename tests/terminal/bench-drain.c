// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-drain: empties kvmexit-top's map of a host with 2,048 CPUs, on each of which every exit
 * reason has occurred, and makes rows of it. Prints how many system calls of which kind that
 * takes, and, for the reader, the processor time in ms. Needs the right to make BPF maps on this
 * machine.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "drain.h"
#include "filter.h"
#include "model.h"

#define CPUS	2048

static const uint32_t traps[] = {
#define HVLENS_EXIT(trap, symbol, name, class, help)	trap,
#include <hvlens/exit_reasons.def>
#undef HVLENS_EXIT
};

#define TRAPS	(sizeof(traps) / sizeof(*traps))

static struct {
	uint32_t batches, single, room;
} calls;

/*
 * The linker redirects drain.o's calls of libbpf to these functions (--wrap); __real_NAME is
 * libbpf's.
 */
#define WRAPPED(name, ...)			\
	int __real_##name(__VA_ARGS__);		\
	int __wrap_##name(__VA_ARGS__);		\
	int __wrap_##name(__VA_ARGS__)

WRAPPED(bpf_map_lookup_and_delete_batch, int fd, void *in, void *out, void *keys, void *values,
	__u32 *count, const struct bpf_map_batch_opts *opts)
{
	calls.batches++;
	calls.room = *count;
	return __real_bpf_map_lookup_and_delete_batch(fd, in, out, keys, values, count, opts);
}

WRAPPED(bpf_map_get_next_key, int fd, const void *key, void *next)
{
	calls.single++;
	return __real_bpf_map_get_next_key(fd, key, next);
}

WRAPPED(bpf_map_lookup_elem, int fd, const void *key, void *value)
{
	calls.single++;
	return __real_bpf_map_lookup_elem(fd, key, value);
}

WRAPPED(bpf_map_delete_elem, int fd, const void *key)
{
	calls.single++;
	return __real_bpf_map_delete_elem(fd, key);
}

static double ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(void)
{
	static struct kvmexit_value value = { .exits = 1 };
	const struct window_facts window = { .ns = 1000000000 };
	struct model model;
	double begin, drained;
	int map, err;

	map = bpf_map_create(BPF_MAP_TYPE_HASH, "exits", sizeof(struct hvlens_key), sizeof(value),
			     131072, NULL);
	if (map < 0) {
		printf("no BPF map: %s\n", strerror(errno));
		return 77;
	}
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		for (size_t i = 0; i < TRAPS; i++) {
			const struct hvlens_key key = {
				4711, cpu, cpu, traps[i], HVLENS_HCALL_NONE
			};

			if (bpf_map_update_elem(map, &key, &value, BPF_NOEXIST)) {
				perror("bpf_map_update_elem");
				return 1;
			}
		}
	}
	model_init(&model, BY_REASON);
	begin = ms();
	err = drain(map, sizeof(struct hvlens_key), sizeof(value), model_take, &model);
	drained = ms();
	if (err || model_window(&model, &window)) {
		fprintf(stderr, "bench-drain: %s\n", strerror(-err));
		return 1;
	}
	printf("drained in %.1f ms, %zu rows made in %.1f ms\n", drained - begin,
	       model.rows.count, ms() - drained);
	printf("entries: %zu\nentries in a batch: %u\nbatches: %u\nsingle calls: %u\n",
	       model.entry_count, calls.room, calls.batches, calls.single);
	err = model.entry_count != CPUS * TRAPS || model.rows.count != TRAPS;
	model_free(&model);
	return err;
}
