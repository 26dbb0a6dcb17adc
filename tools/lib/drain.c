// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include "drain.h"

/* Least number of entries in a batch.  A batch must hold the longest chain of the hash. */
#define BATCH		64u
#define BATCH_BYTES	(1u << 20)
/* The kernel's errno for a map without batches; libc does not define it. */
#define ENOTSUPP	524

typedef int take_fn(const void *key, const void *value, void *arg);

static int drain_singly(int fd, size_t key_size, size_t value_size, take_fn *take, void *arg)
{
	void *key = malloc(key_size), *value = malloc(value_size);
	int err = key && value ? 0 : -ENOMEM;

	while (!err) {
		if (bpf_map_get_next_key(fd, NULL, key)) {
			err = errno == ENOENT ? 0 : -errno;
			break;
		}
		if (bpf_map_lookup_elem(fd, key, value) || bpf_map_delete_elem(fd, key))
			err = -errno;
		else
			err = take(key, value, arg);
	}
	free(key);
	free(value);
	return err;
}

int drain(int fd, size_t key_size, size_t value_size, take_fn *take, void *arg)
{
	uint32_t room = BATCH_BYTES / value_size, count, in, out;
	char *keys = NULL, *values = NULL;
	bool first = true, done = false;
	int err = 0;

	if (room < BATCH)
		room = BATCH;
	while (!done && !err) {
		if (!keys) {
			keys = malloc(room * key_size);
			values = malloc(room * value_size);
			if (!keys || !values) {
				err = -ENOMEM;
				break;
			}
		}
		count = room;
		if (bpf_map_lookup_and_delete_batch(fd, first ? NULL : &in, &out, keys, values,
						    &count, NULL)) {
			if (errno == ENOSPC) {
				/* A chain is longer than the batch; the cursor stays. */
				free(keys);
				free(values);
				keys = NULL;
				values = NULL;
				room *= 2;
				continue;
			}
			if (first && (errno == EINVAL || errno == ENOTSUPP)) {
				err = drain_singly(fd, key_size, value_size, take, arg);
				break;
			}
			if (errno != ENOENT) {
				err = -errno;
				break;
			}
			done = true;
		}
		for (uint32_t i = 0; i < count && !err; i++)
			err = take(keys + i * key_size, values + i * value_size, arg);
		first = false;
		in = out;
	}
	free(keys);
	free(values);
	return err;
}
