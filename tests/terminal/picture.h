/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers for the pictures of the README.  They are made up and the same in every run, so
 * that a picture changes only when what the tools print changes.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include "source.h"

#define PICTURE_SECOND	1000000000ull

/* Defined for each tool: gives window @window, from 1, to @program and @counts.  0 or -errno */
int picture_window(const struct source_program *program, struct counts *counts, void *arg,
		   unsigned int window);

#endif
