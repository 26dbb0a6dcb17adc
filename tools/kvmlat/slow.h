/* SPDX-License-Identifier: GPL-2.0-only */
/* How kvmlat shows a slow exit: the whole record and the kernel's stack. */
#ifndef KVMLAT_SLOW_H
#define KVMLAT_SLOW_H

#include "emit.h"
#include "heading.h"
#include "ksyms.h"
#include "vms.h"

#define KVMLAT_SLOW_SCHEMA	"hvlens-kvmlat-slow/3"

/* @time: when it is printed, CLOCK_REALTIME in ns.  0 or -errno of the output */
int slow_report(struct emit *emit, const struct hvlens_slow *slow,
		const struct source_facts *source, const struct ksyms *ksyms, struct vms *vms,
		uint64_t time);

#endif
