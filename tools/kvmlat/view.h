/* SPDX-License-Identifier: GPL-2.0-only */
/* How kvmlat shows its model. */
#ifndef KVMLAT_VIEW_H
#define KVMLAT_VIEW_H

#include "emit.h"
#include "model.h"
#include "options.h"
#include "vms.h"

#define KVMLAT_SCHEMA	"hvlens-kvmlat/1"

/* @time: CLOCK_REALTIME in ns.  0 or -errno of the output */
int view_report(struct emit *emit, const struct model *model, const struct options *options,
		const struct source_facts *source, struct vms *vms, uint64_t time);

#endif
