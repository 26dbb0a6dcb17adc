/* SPDX-License-Identifier: GPL-2.0-only */
/* How kvmlat shows its model. */
#ifndef KVMLAT_VIEW_H
#define KVMLAT_VIEW_H

#include "emit.h"
#include "heading.h"
#include "model.h"
#include "options.h"
#include "vms.h"

#define KVMLAT_SCHEMA	"hvlens-kvmlat/3"

struct view {
	const struct model *model;
	const struct options *options;
	const struct source_facts *source;
	const struct window_facts *window;
	struct vms *vms;
	uint64_t time;		/* CLOCK_REALTIME in ns */
};

/* Table, histograms or JSON.  0 or -errno of the output */
int view_report(struct emit *emit, const struct view *view);
/* A line of the heat map for each row and phase; @titles: heading and axis before them */
int view_heat(struct emit *emit, const struct view *view, bool titles, bool ascii);

#endif
