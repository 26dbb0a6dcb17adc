/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one row is made of, for the lines below the table: where its time goes, as bars, and how
 * long its round trips take, as a histogram.
 */
#ifndef KVMEXIT_TOP_DETAIL_H
#define KVMEXIT_TOP_DETAIL_H

#include "columns.h"

/* Lines that detail_lines() uses at most, and bytes of a line */
#define DETAIL_LINES	11
#define DETAIL_SIZE	512

/*
 * Writes up to @count lines for a screen of @width columns; they are longer if it is very narrow.
 * Returns the number of lines.
 */
size_t detail_lines(char lines[][DETAIL_SIZE], size_t count, int width, const struct row *row,
		    const struct scale *scale);

#endif
