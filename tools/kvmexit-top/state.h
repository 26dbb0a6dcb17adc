/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the person in front of the screen has chosen, and what each key makes
 * of it.  Nothing here draws or measures.
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
	/* what the rows are, and the levels above */
	enum by by;
	struct hvlens_filter path;
	struct level {
		enum by by;
		struct hvlens_filter path;
		struct row_key selected;
	} above[STATE_DEPTH];
	int depth;
	/* how they are shown */
	struct sorting sorting;
	column_set columns;
	char filter[STATE_FILTER];
	char filter_before[STATE_FILTER];	/* to go back to */
	bool paused;
	uint64_t interval;		/* ns */
	/* where one is; the row is kept when rows change places */
	struct row_key selected;
	bool has_selected;
	int at;				/* its line of the table, from 0 */
	int column_at;			/* in the list of columns */
	/* set by who draws */
	int page;			/* lines of the table */
};

enum action {
	ACTION_NONE,
	ACTION_REDRAW,
	ACTION_GROUP,		/* by or path is another */
	ACTION_INTERVAL,	/* interval is another */
	ACTION_QUIT,
};

void state_init(struct state *state, const struct options *options);

/* @key is curses'; @rows are those of the table as it was drawn, in order */
enum action state_key(struct state *state, int key, const struct row *const *rows, size_t count);

/* Where the selected row is now among @rows; the nearest one if it is not there. */
void state_find(struct state *state, const struct row *const *rows, size_t count);

struct state_help {
	const char *keys;
	const char *help;
};

/* What the keys do, ended by NULL */
extern const struct state_help state_keys[];

#endif
