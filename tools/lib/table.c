// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "table.h"

/* Index of @key, or of where it belongs */
static size_t position(const struct table *table, const void *key, bool *found)
{
	size_t low = 0, high = table->count, middle;
	int order;

	*found = false;
	while (low < high) {
		middle = low + (high - low) / 2;
		order = table->compare(key, table->rows[middle]);
		if (!order) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void *table_find(const struct table *table, const void *key)
{
	bool found;
	size_t at = position(table, key, &found);

	return found ? table->rows[at] : NULL;
}

void *table_row(struct table *table, const void *key)
{
	bool found;
	size_t at = position(table, key, &found), room;
	void **rows, *row;

	if (found)
		return table->rows[at];
	if (table->count == table->room) {
		room = table->room * 2 + 16;
		rows = realloc(table->rows, room * sizeof(*rows));
		if (!rows)
			return NULL;
		table->rows = rows;
		table->room = room;
	}
	row = calloc(1, table->row_size);
	if (!row)
		return NULL;
	memcpy(row, key, table->key_size);
	memmove(table->rows + at + 1, table->rows + at, (table->count - at) * sizeof(*table->rows));
	table->rows[at] = row;
	table->count++;
	return row;
}

void table_prune(struct table *table, bool (*gone)(const void *row, void *arg), void *arg)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (gone(table->rows[i], arg))
			free(table->rows[i]);
		else
			table->rows[kept++] = table->rows[i];
	}
	table->count = kept;
}

void table_clear(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->rows[i]);
	free(table->rows);
	table->rows = NULL;
	table->count = 0;
	table->room = 0;
}
