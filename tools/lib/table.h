/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of one size, found by their key.  A row begins with its key, which is
 * compared as bytes: padding in it has to be zero.  The rest of a new row is
 * zero.  Rows don't move in memory; they stand in the order in which they came
 * until table_sort() puts them into that of their keys.
 */
#ifndef HVLENS_TABLE_H
#define HVLENS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
	size_t row_size;
	int (*compare)(const void *a, const void *b);	/* of keys, as for qsort */
	size_t key_size;
	size_t count;
	void **rows;
	/* the rest is table.c's */
	size_t room;
	size_t slots;		/* of the index, a power of 2 */
	uint32_t *index;	/* 0: free, else a row's number from 1 */
};

/* The row of @key, made if it is new; NULL: no memory */
void *table_row(struct table *table, const void *key);
/* The row of @key or NULL */
void *table_find(const struct table *table, const void *key);
/* Puts the rows into the order of their keys. */
void table_sort(struct table *table);
/* Removes the rows for which @gone is true. */
void table_prune(struct table *table, bool (*gone)(const void *row, void *arg), void *arg);
/* Removes all. */
void table_clear(struct table *table);

#endif
