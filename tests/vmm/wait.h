/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waits for an event.  The time that an event takes depends on the machine's load, so it must
 * not decide a check. A wait ends with the event. If the event does not come within WAIT_S
 * seconds, the test says so.
 */
#ifndef TESTS_WAIT_H
#define TESTS_WAIT_H

#include "tap.h"
#include "vmm.h"

/*
 * Seconds: far more than an emulated host needs for any event here.  Multiplied by HVLENS_PATIENCE,
 * the factor for slow kernels and loaded machines (scripts/lib-patience.sh).
 */
#define WAIT_S	(30 * tap_patience())

/*
 * Calls @holds(@arg), with pauses, until it returns true.  After WAIT_S seconds it returns
 * false and prints a comment that names the event.
 */
bool wait_until(bool (*holds)(void *arg), void *arg, const char *fmt, ...) TAP_PRINTF(3, 4);

/* The same, until *@counter has passed @value */
bool wait_past(const volatile u64 *counter, u64 value, const char *fmt, ...) TAP_PRINTF(3, 4);

/* The same, until thread @tid of this process sleeps in the kernel */
bool wait_asleep(pid_t tid, const char *fmt, ...) TAP_PRINTF(2, 3);

#endif
