/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal.  It is as before on every way out: screen_close(), exit(), a
 * stop signal (the loop ends) or a crash (a handler).
 */
#ifndef KVMEXIT_TOP_SCREEN_H
#define KVMEXIT_TOP_SCREEN_H

#include <stdbool.h>
#include "state.h"

/* false: the terminal cannot do it */
bool screen_open(bool colour);
void screen_close(void);
/* The terminal has a new size. */
void screen_resize(void);
/* Draws; the view's model may be empty: no window is complete yet. */
void screen_draw(const struct view *view, struct state *state);
/* The next key that has come, -1: none */
int screen_key(void);

#endif
