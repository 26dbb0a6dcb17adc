/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal.  It is as before on every way out: screen_close(), exit(), a
 * stop signal (the loop ends) or a crash (a handler).
 */
#ifndef KVMEXIT_TOP_SCREEN_H
#define KVMEXIT_TOP_SCREEN_H

#include <stdbool.h>
#include "view.h"

/* false: the terminal cannot do it */
bool screen_open(void);
void screen_close(void);
/* The terminal has a new size. */
void screen_resize(void);
/* Draws; @view->model may be empty: no window is complete yet. */
void screen_draw(const struct view *view);

enum screen_action { SCREEN_NONE, SCREEN_REDRAW, SCREEN_REGROUP, SCREEN_QUIT };

/* Takes all keys that have come; changes @sorting. */
enum screen_action screen_keys(struct sorting *sorting);

#endif
