/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test Anything Protocol, version 12: one line per check on stdout. Diagnostics are
 * comments on stdout too, so that the log of a lab run keeps the order.
 * Checks may be made from several threads.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>
#include <stdint.h>

#define TAP_PRINTF(fmt, first)	__attribute__((format(printf, fmt, first)))

/*
 * Ends the process with "Bail out!" if tap_done() is not reached within so many
 * seconds of real time.  Call first.
 */
void tap_start(unsigned int seconds);

/*
 * HVLENS_PATIENCE of the environment, 1 if it is not set: how many times longer than on an idle
 * machine an operation may take before it counts as hung
 */
unsigned int tap_patience(void);

/* One check.  Returns @cond. */
bool tap_ok(bool cond, const char *fmt, ...) TAP_PRINTF(2, 3);

/* One check of two values; both are shown in hex when they differ. */
bool tap_is(uint64_t got, uint64_t want, const char *fmt, ...) TAP_PRINTF(3, 4);

/* One check that was not possible here, with the reason. */
void tap_skip(const char *why, const char *fmt, ...) TAP_PRINTF(2, 3);

/* A comment line. */
void tap_diag(const char *fmt, ...) TAP_PRINTF(1, 2);

/* The test cannot go on: prints the reason and exits. */
void tap_bail(const char *fmt, ...) TAP_PRINTF(1, 2) __attribute__((noreturn));

/* Prints the plan; returns the exit status for main(): 0 if every check held. */
int tap_done(void);

#endif
