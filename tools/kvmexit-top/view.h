/* SPDX-License-Identifier: GPL-2.0-only */
/* How kvmexit-top shows a window: the same calls for text, JSON and the screen. */
#ifndef KVMEXIT_TOP_VIEW_H
#define KVMEXIT_TOP_VIEW_H

#include "columns.h"

#define KVMEXIT_TOP_SCHEMA	"hvlens-kvmexit-top/3"

struct view {
	struct scale scale;
	struct sorting sorting;
	const char *filter;	/* of rows, by text; "": all */
	struct column_list columns;	/* to show, besides those of the key */
	int name_width;		/* of the VM's name; 0: as in the table of columns */
	uint64_t time;		/* CLOCK_REALTIME in ns */
};

/* The columns that are shown, in this order: what was chosen, and before it what the key needs */
struct column_list view_columns(const struct view *view);

/* The width of the column, and of the longest name of a VM; in columns of the terminal */
int view_width(const struct view *view, enum column column);
int view_longest_name(const struct view *view);

/* The whole document; 0 or -errno of the output */
int view_report(struct emit *emit, const struct view *view);
/* Its parts, for the screen */
void view_heading(struct emit *emit, const struct view *view);
void view_titles(struct emit *emit, const struct view *view);
void view_row(struct emit *emit, const struct view *view, const struct row *row);

/* The part of the window that is shown, "vm 4711 guest1 > vcpu 0 > hcall"; "": all of it */
#define PATH_SIZE	512
char *view_path(char buf[PATH_SIZE], const struct view *view);

#endif
