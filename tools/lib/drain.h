/* SPDX-License-Identifier: GPL-2.0-only */
/* Emptying a BPF hash map that nobody writes. */
#ifndef HVLENS_DRAIN_H
#define HVLENS_DRAIN_H

#include <stddef.h>

/*
 * Gives each entry of map @fd to @take and removes it: in batches, or one by
 * one where the kernel has no batches.  0 or -errno (that of @take too).
 */
int drain(int fd, size_t key_size, size_t value_size,
	  int (*take)(const void *key, const void *value, void *arg), void *arg);

#endif
