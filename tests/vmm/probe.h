/* SPDX-License-Identifier: GPL-2.0-only */
/* A kprobe that counts how often the host's kernel calls a function. */
#ifndef TESTS_PROBE_H
#define TESTS_PROBE_H

#include "vmm.h"

/* Starts to count on all CPUs.  "Bail out!" if the kernel has no @function that is not inlined. */
void probe_start(const char *function);

/* How often since probe_start() */
u64 probe_hits(const char *function);

void probe_end(const char *function);

#endif
