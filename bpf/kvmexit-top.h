/* SPDX-License-Identifier: GPL-2.0-only */
/* Map layouts of kvmexit-top, see window.h. */
#ifndef HVLENS_KVMEXIT_TOP_H
#define HVLENS_KVMEXIT_TOP_H

#include "window.h"

struct kvmexit_key {
	__u32 vm;
	__u32 vcpu;
	__u32 cpu;
	__u32 trap;
	__u64 hcall;	/* number, HVLENS_HCALL_UNKNOWN or HVLENS_HCALL_NONE */
};

struct kvmexit_value {
	__u64 exits;
	__u64 ticks[HVLENS_PHASE_MAX];
};

#endif /* HVLENS_KVMEXIT_TOP_H */
