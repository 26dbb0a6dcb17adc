/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of kvmexit-top: one table for text, JSON, sorting and the screen. */
#ifndef KVMEXIT_TOP_COLUMNS_H
#define KVMEXIT_TOP_COLUMNS_H

#include "emit.h"
#include "model.h"
#include "vms.h"

enum column {
	COL_VM, COL_NAME, COL_VCPU, COL_REASON, COL_HCALL, COL_CPU, COL_VCPUS,
	COL_EXITS, COL_TREND, COL_TIME, COL_GUEST, COL_USER, COL_BLOCK,
	COL_P50, COL_P99, COL_MAX, COL_TOP,
	COL_PREPARE, COL_ENTRY, COL_EXIT, COL_REPLAY, COL_HANDLE, COL_HCALL_TIME,
	COL_NORECOVER, COL_NORECOVER_MAX, COL_ABORTS, COL_REPLAYS, COL_COMPLETES,
	COL_COMPLETE_TIME, COL_MISSED, COL_UUID,
	COL_COUNT
};

/* What a row and a column give */
struct cell {
	bool known;
	uint64_t number;	/* as shown */
	uint64_t raw;		/* JSON's second member: a count or ns */
	bool raw_known;
	char text[64];		/* of EMIT_STRING */
};

/* What the numbers are relative to */
struct scale {
	const struct source_facts *source;
	const struct model *model;
	struct vms *vms;
};

struct column_spec {
	const char *name;		/* for --sort, --columns and help */
	const char *help;
	struct emit_column shown;
	struct emit_column raw;		/* key NULL: none */
	unsigned int by;		/* bits of enum by that have it */
	void (*value)(const struct row *row, const struct scale *scale, int arg, struct cell *cell);
	int arg;
};

extern const struct column_spec columns[COL_COUNT];
extern const char *const by_names[BY_COUNT];

/* Bits of enum column */
typedef uint64_t column_set;
#define COLUMN_BIT(column)	(1ull << (column))
/* What there is without --columns */
#define COLUMNS_SCREEN		(~(COLUMN_BIT(COL_UUID) | COLUMN_BIT(COL_COMPLETE_TIME)))
#define COLUMNS_TEXT		(COLUMNS_SCREEN & ~COLUMN_BIT(COL_TREND) & ~COLUMN_BIT(COL_TIME))

/* -1: no such column */
int column_named(const char *name);
/* "vm,exits,p99" into @set; false: one of them is none */
bool columns_named(const char *list, column_set *set);
/* Has a table by @by the column? */
bool column_of(enum by by, enum column column);
/* Is it what the rows are by?  Such a column is always there. */
bool column_is_key(enum by by, enum column column);
void column_cell(enum column column, const struct row *row, const struct scale *scale,
		 struct cell *cell);

struct sorting {
	enum column column;
	bool reverse;
};

/*
 * The model's rows in order, those that have @filter (any case; "": all) in one of
 * their names; an array to be freed, NULL: no memory or no rows
 */
const struct row **sorted_rows(const struct scale *scale, const struct sorting *sorting,
			       const char *filter, size_t *count);

#endif
