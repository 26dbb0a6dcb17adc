/* SPDX-License-Identifier: GPL-2.0-only */
/* POWER8: whole cores for guests (cores.c). */
#ifndef HVLENS_CORES_H
#define HVLENS_CORES_H

#include <linux/types.h>
#include <asm/cputhreads.h>

/* At load, and at unload with no VM left.  0, -ENOMEM or cpuhp_setup_state()'s error. */
int cores_init(void);
void cores_exit(void);

/*
 * cores_take - this CPU's core will run a guest
 *
 * False, and the log says why: this is not the core's first thread, or another thread is
 * not offline. Context: preemption off; may wait for a sibling up to 10 ms.
 */
bool cores_take(void);

/* cores_give_back - undo cores_take(). Context: as above, on the same CPU. */
void cores_give_back(void);

/*
 * cores_settle - wait until no CPU is about to wake a vCPU on request of real mode
 *
 * Context: the vCPU is freed, so that real mode does not find it any more. May sleep.
 */
void cores_settle(void);

/* Does no other thread of the core have work? Subcores may run other guests. */
static __always_inline bool cores_have_one_thread(void)
{
	return threads_per_subcore == threads_per_core;
}

#endif /* HVLENS_CORES_H */
