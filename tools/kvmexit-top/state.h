/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user's choices, and how each key changes them.  Nothing here draws or measures.
 */
#ifndef KVMEXIT_TOP_STATE_H
#define KVMEXIT_TOP_STATE_H

#include "options.h"
#include "view.h"

enum mode { MODE_TABLE, MODE_HELP, MODE_COLUMNS, MODE_FILTER };

#define STATE_DEPTH	16
#define STATE_FILTER	32

struct state {
	enum mode mode;
	/* the kind of rows, the part of the window, and the views before this one */
	enum by by;
	struct hvlens_filter path;
	struct level {
		enum by by;
		struct hvlens_filter path;
		struct row_key selected;
		bool has_selected;
	} before[STATE_DEPTH];
	int depth;
	/* how the rows are shown */
	struct sorting sorting;
	struct column_list columns;
	char filter[STATE_FILTER];
	char filter_before[STATE_FILTER];	/* restored by Esc */
	bool paused;
	uint64_t interval;		/* ns */
	/* the selection, which follows its row when rows change places */
	struct row_key selected;
	bool has_selected;
	int at;				/* its line of the table, from 0 */
	int column_at;			/* in the list of columns */
	int help_at;			/* first line of the help that is shown */
	/* shown until the next key */
	char message[128];
	/* set when the table or the help is drawn */
	int page;			/* its lines on the screen */
};

enum action {
	ACTION_NONE,
	ACTION_REDRAW,
	ACTION_GROUP,		/* by or path has changed */
	ACTION_INTERVAL,	/* interval has changed */
	ACTION_SAVE,		/* save the settings */
	ACTION_QUIT,
};

/* Where the mouse was clicked or its wheel turned */
struct click {
	enum { CLICK_ELSEWHERE, CLICK_ROW, CLICK_TITLE, CLICK_WHEEL } on;
	int at;			/* row, column, or rows to go down */
	bool twice;
};

void state_init(struct state *state, const struct options *options);

/* @key: a key of curses; @rows: the rows of the table in the order in which it was drawn */
enum action state_key(struct state *state, int key, const struct row *const *rows, size_t count);
enum action state_click(struct state *state, const struct click *click,
			const struct row *const *rows, size_t count);

/* Finds the selected row among @rows.  If it is gone, the selection keeps its place. */
void state_find(struct state *state, const struct row *const *rows, size_t count);

/* Line @index of the help; NULL: there is none */
struct help_line {
	const char *name;
	const char *help;
};

bool state_help(size_t index, struct help_line *line);

#endif
