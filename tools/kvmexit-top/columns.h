/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of kvmexit-top: one table for text, JSON, sorting and the screen. */
#ifndef KVMEXIT_TOP_COLUMNS_H
#define KVMEXIT_TOP_COLUMNS_H

#include "emit.h"
#include "model.h"
#include "vms.h"

/* In the order in which they are shown unless --columns says otherwise */
enum column {
	COL_VM, COL_NAME, COL_VCPU, COL_REASON, COL_HCALL, COL_CPU,
	COL_EXITS, COL_GUEST, COL_HOST, COL_P99, COL_MAX, COL_TOP,
	COL_VCPUS, COL_TREND, COL_TIME, COL_USER, COL_BLOCK, COL_WAIT, COL_P50,
	COL_PREPARE, COL_ENTRY, COL_EXIT, COL_REPLAY, COL_HANDLE, COL_LOOP, COL_HCALL_TIME,
	COL_NORECOVER, COL_NORECOVER_MAX, COL_ABORTS, COL_REPLAYS, COL_COMPLETES,
	COL_COMPLETE_TIME, COL_MISSED, COL_UUID, COL_MACHINE, COL_SLICE, COL_CGROUP, COL_POD,
	COL_COUNT
};

/* The value of a column in a row */
struct cell {
	bool known;
	uint64_t number;	/* as shown */
	uint64_t raw;		/* second member in JSON: a count or ns */
	bool raw_known;
	char text[256];		/* of EMIT_STRING */
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
	unsigned int by;		/* bits of enum by: tables that have the column */
	unsigned int places;		/* bits of enum place */
	void (*value)(const struct row *row, const struct scale *scale, int arg, struct cell *cell);
	int arg;
};

extern const struct column_spec columns[COL_COUNT];
extern const char *const by_names[BY_COUNT];

/* Can this locale print block elements? */
bool columns_unicode(void);

/* Columns in the order in which they are shown */
struct column_list {
	size_t count;
	enum column column[COL_COUNT];
};

/* Where columns are shown unless --columns says otherwise */
enum place { PLACE_SCREEN = 1, PLACE_TEXT = 2, PLACE_JSON = 4 };

struct column_list columns_of(enum place place);
/* Parses "vm,exits,p99".  false: a name is unknown, or there twice */
bool columns_named(const char *list, struct column_list *columns);
/* The index of @column in the list, or -1 */
int columns_find(const struct column_list *columns, enum column column);
/* Adds @column at its usual place, or removes it. */
void columns_toggle(struct column_list *columns, enum column column);
/* Prints all columns with their titles and what they show. */
void columns_help(void);

/* -1: no such column */
int column_named(const char *name);
/* The time in ns that is 100 % for a row: that of its vCPUs, or of a host CPU */
uint64_t row_time(const struct row *row, const struct scale *scale);
/* Has a table by @by the column? */
bool column_of(enum by by, enum column column);
/* Is the column a part of the row's key?  Such a column is always shown. */
bool column_is_key(enum by by, enum column column);
void column_cell(enum column column, const struct row *row, const struct scale *scale,
		 struct cell *cell);

struct sorting {
	enum column column;
	bool reverse;
};

/*
 * The sorted rows of the model that have the text @filter, in upper or lower case, in one of
 * their names ("": all rows).  Returns an array to be freed, or NULL without memory or rows.
 */
const struct row **sorted_rows(const struct scale *scale, const struct sorting *sorting,
			       const char *filter, size_t *count);

#endif
