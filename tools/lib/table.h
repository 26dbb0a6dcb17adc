/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of one size in the order of their keys.  A row begins with its key; the
 * rest of a new row is zero.  Rows don't move in memory.
 */
#ifndef HVLENS_TABLE_H
#define HVLENS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct table {
	size_t row_size;
	int (*compare)(const void *a, const void *b);	/* of keys, as for qsort */
	size_t key_size;
	size_t count;
	size_t room;
	void **rows;
};

/* The row of @key, made if it is new; NULL: no memory */
void *table_row(struct table *table, const void *key);
/* The row of @key or NULL */
void *table_find(const struct table *table, const void *key);
/* Removes the rows for which @gone is true. */
void table_prune(struct table *table, bool (*gone)(const void *row, void *arg), void *arg);
/* Removes all. */
void table_clear(struct table *table);

#endif
