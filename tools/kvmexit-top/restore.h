/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Restores the terminal when the program crashes in full-screen mode.  The signal handler
 * makes only async-signal-safe calls.  Then the signal takes its normal effect.
 */
#ifndef KVMEXIT_TOP_RESTORE_H
#define KVMEXIT_TOP_RESTORE_H

#include <stdbool.h>

/* To be called before the terminal is changed.  false: standard output is no terminal */
bool restore_remember(void);
/* To be called after curses has started, because curses knows the terminal's type */
void restore_on_crash(void);

#endif
