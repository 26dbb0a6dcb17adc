/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of equal size that are found by their key.  A row begins with its key.  The size of a key
 * is a multiple of 4, and keys are compared as bytes, so padding must be zero.  The rest of a new
 * row is zero.  Rows don't move in memory.  They are in the order in which they were made until
 * table_sort() sorts them by key.
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
	/* the rest belongs to table.c */
	size_t room;
	size_t slots;		/* of the index, a power of 2 */
	struct table_slot {
		uint32_t number;	/* of a row, from 1; 0: this slot is free */
		uint32_t tag;		/* half of the hash of its key */
	} *index;
};

/* The row of @key, which is made if there is none; NULL: no memory */
void *table_row(struct table *table, const void *key);
/* The row of @key or NULL */
void *table_find(const struct table *table, const void *key);
/* Sorts the rows by key. */
void table_sort(struct table *table);
/* Removes the rows for which @gone is true. */
void table_prune(struct table *table, bool (*gone)(const void *row, void *arg), void *arg);
/* Removes all rows. */
void table_clear(struct table *table);

#endif
