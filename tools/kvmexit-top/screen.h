/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal.  It is restored whichever way the program ends: screen_close(), exit(), a
 * stop signal (it ends the loop) or a crash (restore.h).
 */
#ifndef KVMEXIT_TOP_SCREEN_H
#define KVMEXIT_TOP_SCREEN_H

#include <stdbool.h>
#include "state.h"

/* false: the terminal cannot be used in full-screen mode */
bool screen_open(bool colour);
void screen_close(void);
/* The terminal has a new size. */
void screen_resize(void);
/* Before the first window is complete, the view's model is empty. */
void screen_draw(const struct view *view, struct state *state);
/* The next key that was pressed, KEY_MOUSE for a click; -1: none */
int screen_key(void);
/* What was clicked on, after KEY_MOUSE */
struct click screen_click(void);

#endif
