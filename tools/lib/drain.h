/* SPDX-License-Identifier: GPL-2.0-only */
/* Empties a BPF hash map that nobody writes. */
#ifndef HVLENS_DRAIN_H
#define HVLENS_DRAIN_H

#include <stddef.h>

/*
 * Gives each entry of map @fd to @take and removes it: in batches, or one by one if the kernel
 * has no batches for this map.  0 or -errno, which may be that of @take.
 */
int drain(int fd, size_t key_size, size_t value_size,
	  int (*take)(const void *key, const void *value, void *arg), void *arg);

#endif
