/* SPDX-License-Identifier: GPL-2.0-only */
/* Map layouts of kvmlat, see window.h. */
#ifndef HVLENS_KVMLAT_H
#define HVLENS_KVMLAT_H

#include <hvlens/hist.h>
#include "window.h"

enum kvmlat_by { KVMLAT_BY_NONE, KVMLAT_BY_REASON, KVMLAT_BY_VCPU, KVMLAT_BY_VM };

struct kvmlat_key {
	__u32 cpu;
	__u32 vm;	/* by vCPU and by VM, else 0 */
	__u32 id;	/* vcpu_id by vCPU, trap by reason, else 0 */
};

/* One lookup an exit: all phases of a key are one value. */
struct kvmlat_value {
	struct hvlens_hist phase[HVLENS_PHASE_MAX];
};

#endif /* HVLENS_KVMLAT_H */
