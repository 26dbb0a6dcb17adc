/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal in full-screen mode that is left by a crash: a handler puts it
 * back with async-signal-safe calls alone, then the signal takes its course.
 */
#ifndef KVMEXIT_TOP_RESTORE_H
#define KVMEXIT_TOP_RESTORE_H

#include <stdbool.h>

/* Before the terminal is changed; false: standard output is none */
bool restore_remember(void);
/* After curses has been started, which knows the terminal's type */
void restore_on_crash(void);

#endif
