/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waits for an event.  How long one takes depends on the machine's load, so it
 * decides nothing: a wait ends with what it waits for, and only after WAIT_S
 * seconds without it a test says that it does not come.
 */
#ifndef TESTS_WAIT_H
#define TESTS_WAIT_H

#include "tap.h"
#include "vmm.h"

/*
 * Seconds; far more than an emulated host takes for anything here.  Times HVLENS_PATIENCE
 * of the environment, the factor for slow kernels and loaded machines (scripts/lib-patience.sh).
 */
#define WAIT_S	(30 * tap_patience())

/*
 * Looks, with pauses, until @holds says true of @arg.  After WAIT_S seconds:
 * false, and a comment that names what was waited for.
 */
bool wait_until(bool (*holds)(void *arg), void *arg, const char *fmt, ...) TAP_PRINTF(3, 4);

/* The same, until *@counter has passed @value */
bool wait_past(const volatile u64 *counter, u64 value, const char *fmt, ...) TAP_PRINTF(3, 4);

/* The same, until thread @tid of this process sleeps in the kernel */
bool wait_asleep(pid_t tid, const char *fmt, ...) TAP_PRINTF(2, 3);

#endif
