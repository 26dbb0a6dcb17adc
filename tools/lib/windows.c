// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>
#include "drain.h"
#include "windows.h"

int window_prepare(struct window *window, struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, window->name);
	struct bpf_map *inner = map ? bpf_map__inner_map(map) : NULL;

	if (!inner)
		return -ENOENT;
	window->key_size = bpf_map__key_size(inner);
	if (!window->value_size)
		window->value_size = bpf_map__value_size(inner);
	for (int i = 0; i < 2; i++) {
		window->slot[i] = bpf_map_create(BPF_MAP_TYPE_HASH, window->name, window->key_size,
						 window->value_size, window->max_entries, NULL);
		if (window->slot[i] < 0)
			return -errno;
	}
	return bpf_map__set_inner_map_fd(map, window->slot[0]);
}

int window_install(struct window *window, struct bpf_object *object)
{
	window->outer = bpf_map__fd(bpf_object__find_map_by_name(object, window->name));
	for (uint32_t i = 0; i < 2; i++) {
		if (bpf_map_update_elem(window->outer, &i, &window->slot[i], BPF_ANY))
			return -errno;
	}
	return 0;
}

void window_close(struct window *window)
{
	for (int slot = 0; slot < 2; slot++) {
		if (window->slot[slot] >= 0)
			close(window->slot[slot]);
		window->slot[slot] = -1;
	}
}

int window_wait(struct window *window)
{
	uint32_t first = 0;

	/*
	 * Writing an array of maps waits until all programs have ended that may have seen
	 * the old value.  The value that is written here is the old one.
	 */
	if (bpf_map_update_elem(window->outer, &first, &window->slot[0], BPF_ANY))
		return -errno;
	return 0;
}

int window_drain(struct window *window, uint32_t slot, void *arg)
{
	return drain(window->slot[slot], window->key_size, window->value_size, window->take, arg);
}
