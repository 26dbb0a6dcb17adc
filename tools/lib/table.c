// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "table.h"

/* Keys are a few words of 4 bytes. */
static uint64_t hash(const struct table *table, const void *key)
{
	const char *at = key, *end = at + table->key_size;
	uint64_t value = 0;
	uint32_t word;

	for (; at < end; at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		value = (value ^ word) * 0x9e3779b97f4a7c15ull;
		value ^= value >> 32;
	}
	return value;
}

/*
 * The slot of the index that refers to @key, whose hash is @value, or the free slot for it.  A row
 * of another hash is not looked at, because it is hardly ever in the caches.
 */
static struct table_slot *slot_of(const struct table *table, const void *key, uint64_t value)
{
	size_t mask = table->slots - 1, at = value & mask;
	const struct table_slot *slot = &table->index[at];

	while (slot->number && (slot->tag != (uint32_t)(value >> 32) ||
				memcmp(table->rows[slot->number - 1], key, table->key_size))) {
		at = (at + 1) & mask;
		slot = &table->index[at];
	}
	return &table->index[at];
}

static void refer(const struct table *table, const void *key, uint64_t value, uint32_t number)
{
	*slot_of(table, key, value) = (struct table_slot){ .number = number, .tag = value >> 32 };
}

static void rebuild(struct table *table)
{
	memset(table->index, 0, table->slots * sizeof(*table->index));
	for (size_t i = 0; i < table->count; i++)
		refer(table, table->rows[i], hash(table, table->rows[i]), i + 1);
}

/* Makes room for one more row.  At least half of the index stays free. */
static bool grow(struct table *table)
{
	size_t room = table->room ? table->room * 2 : 16;
	struct table_slot *index;
	void **rows;

	if (table->count < table->room)
		return true;
	rows = realloc(table->rows, room * sizeof(*rows));
	if (!rows)
		return false;
	table->rows = rows;
	index = realloc(table->index, 2 * room * sizeof(*index));
	if (!index)
		return false;
	table->index = index;
	table->room = room;
	table->slots = 2 * room;
	rebuild(table);
	return true;
}

void *table_find(const struct table *table, const void *key)
{
	uint32_t at = table->count ? slot_of(table, key, hash(table, key))->number : 0;

	return at ? table->rows[at - 1] : NULL;
}

void *table_row(struct table *table, const void *key)
{
	void *row = table_find(table, key);

	if (row)
		return row;
	if (!grow(table))
		return NULL;
	row = calloc(1, table->row_size);
	if (!row)
		return NULL;
	memcpy(row, key, table->key_size);
	table->rows[table->count++] = row;
	refer(table, key, hash(table, key), table->count);
	return row;
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct table *table = arg;

	return table->compare(*(void *const *)a, *(void *const *)b);
}

void table_sort(struct table *table)
{
	if (!table->count)
		return;
	qsort_r(table->rows, table->count, sizeof(*table->rows), compare_rows, table);
	rebuild(table);
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
	if (kept == table->count)
		return;
	table->count = kept;
	rebuild(table);
}

void table_clear(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->rows[i]);
	free(table->rows);
	free(table->index);
	table->rows = NULL;
	table->index = NULL;
	table->count = 0;
	table->room = 0;
	table->slots = 0;
}
