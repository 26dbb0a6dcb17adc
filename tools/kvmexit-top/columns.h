/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of kvmexit-top: one table for text, JSON, sorting and the screen. */
#ifndef KVMEXIT_TOP_COLUMNS_H
#define KVMEXIT_TOP_COLUMNS_H

#include "emit.h"
#include "model.h"
#include "vms.h"

enum column {
	COL_VM, COL_VCPU, COL_VCPUS, COL_REASON, COL_EXITS,
	COL_GUEST, COL_PREPARE, COL_ENTRY, COL_EXIT, COL_REPLAY, COL_HANDLE,
	COL_USER, COL_BLOCK,
	COL_TOP, COL_NAME, COL_NORECOVER, COL_ABORTS, COL_MISSED,
	COL_COUNT
};

/* What a row and a column give */
struct cell {
	bool known;
	uint64_t number;	/* as shown */
	uint64_t raw;		/* JSON's second member: a count or ns */
	char text[48];		/* of EMIT_STRING */
};

/* What the numbers are relative to */
struct scale {
	const struct source_facts *source;
	const struct window_facts *window;
	enum by by;
	struct vms *vms;
};

struct column_spec {
	const char *name;		/* for --sort and help */
	struct emit_column shown;
	struct emit_column raw;		/* key NULL: none */
	unsigned int by;		/* bits of enum by that have it */
	char key;			/* on the screen: sorts by it; 0: none */
	void (*value)(const struct row *row, const struct scale *scale, int arg, struct cell *cell);
	int arg;
};

extern const struct column_spec columns[COL_COUNT];
extern const char *const by_names[BY_COUNT];

/* -1: no such column */
int column_named(const char *name);
bool column_shown(enum by by, enum column column);
void column_cell(enum column column, const struct row *row, const struct scale *scale,
		 struct cell *cell);

struct sorting {
	enum by by;
	enum column column;
	bool reverse;
};

/* The table's rows in order, an array to be freed; NULL: no memory (or no rows) */
const struct row **sorted_rows(const struct table *rows, const struct sorting *sorting,
			       const struct scale *scale);

#endif
