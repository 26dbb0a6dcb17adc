/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user's choices, and how each key changes them.  Nothing here draws or measures.
 */
#ifndef KVMEXIT_TOP_STATE_H
#define KVMEXIT_TOP_STATE_H

#include "options.h"
#include "view.h"

enum mode { MODE_TABLE, MODE_HELP, MODE_COLUMNS, MODE_FILTER };

#define STATE_DEPTH	8
#define STATE_FILTER	32

struct state {
	enum mode mode;
	/* the kind of rows, and the levels above */
	enum by by;
	struct hvlens_filter path;
	struct level {
		enum by by;
		struct hvlens_filter path;
		struct row_key selected;
	} above[STATE_DEPTH];
	int depth;
	/* how the rows are shown */
	struct sorting sorting;
	column_set columns;
	char filter[STATE_FILTER];
	char filter_before[STATE_FILTER];	/* restored by Esc */
	bool paused;
	uint64_t interval;		/* ns */
	/* the selection, which follows its row when rows change places */
	struct row_key selected;
	bool has_selected;
	int at;				/* its line of the table, from 0 */
	int column_at;			/* in the list of columns */
	/* set when the table is drawn */
	int page;			/* lines of the table */
};

enum action {
	ACTION_NONE,
	ACTION_REDRAW,
	ACTION_GROUP,		/* by or path has changed */
	ACTION_INTERVAL,	/* interval has changed */
	ACTION_QUIT,
};

void state_init(struct state *state, const struct options *options);

/* @key: a key of curses; @rows: the rows of the table in the order in which it was drawn */
enum action state_key(struct state *state, int key, const struct row *const *rows, size_t count);

/* Finds the selected row among @rows.  If it is gone, the selection keeps its place. */
void state_find(struct state *state, const struct row *const *rows, size_t count);

struct state_help {
	const char *keys;
	const char *help;
};

/* The help for the keys, ended by NULL */
extern const struct state_help state_keys[];

#endif
