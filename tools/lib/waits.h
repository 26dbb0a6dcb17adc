/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long threads waited for a CPU while they could have run: the second number of
 * /proc/PID/task/TID/schedstat.  The kernel counts it from the thread's start.
 */
#ifndef HVLENS_WAITS_H
#define HVLENS_WAITS_H

#include <stdbool.h>
#include <stdint.h>
#include "table.h"

struct waits {
	struct table threads;
};

void waits_init(struct waits *waits);
void waits_free(struct waits *waits);
/*
 * Remembers how long the threads of all VMs have waited so far.  Needs to read the kernel's list of
 * VMs in debugfs; without it the first call of waits_since() for a thread knows nothing.
 */
void waits_begin(struct waits *waits);
/* Sets *@ns to the time that the thread waited since the previous call.  false: unknown */
bool waits_since(struct waits *waits, uint32_t pid, uint32_t tid, uint64_t *ns);
/* Forgets the threads that have ended. */
void waits_prune(struct waits *waits);

#endif
