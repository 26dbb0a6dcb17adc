/* SPDX-License-Identifier: GPL-2.0-only */
/* How kvmexit-top shows a window. */
#ifndef KVMEXIT_TOP_VIEW_H
#define KVMEXIT_TOP_VIEW_H

#include "columns.h"

#define KVMEXIT_TOP_SCHEMA	"hvlens-kvmexit-top/1"

struct view {
	const struct model *model;
	const struct sorting *sorting;
	const struct source_facts *source;
	struct vms *vms;
	uint64_t time;		/* CLOCK_REALTIME in ns */
};

/* The whole document; 0 or -errno of the output */
int view_report(struct emit *emit, const struct view *view);
/* Its parts, for the screen */
void view_heading(struct emit *emit, const struct view *view);
void view_titles(struct emit *emit, enum by by);
void view_rows(struct emit *emit, const struct view *view);

#endif
