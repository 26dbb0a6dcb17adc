/* SPDX-License-Identifier: GPL-2.0-only */
/* How kvmlat advise shows its findings. */
#ifndef KVMLAT_ADVISE_VIEW_H
#define KVMLAT_ADVISE_VIEW_H

#include "advise.h"
#include "emit.h"
#include "vms.h"

#define KVMLAT_ADVISE_SCHEMA	"hvlens-kvmlat-advise/3"

/*
 * The findings, or as text nothing if there are none.  @time: CLOCK_REALTIME in ns.  Sets *@found
 * to their number.  0 or -errno of the output
 */
int advise_report(struct emit *emit, struct advise *advise, const struct source_facts *source,
		  const struct window_facts *window, struct vms *vms, uint64_t time, size_t *found);

#endif
