/* SPDX-License-Identifier: GPL-2.0-only */
/* Map layouts of kvmlat, see window.h. */
#ifndef HVLENS_KVMLAT_H
#define HVLENS_KVMLAT_H

#include <hvlens/hist.h>
#include "window.h"

enum kvmlat_by {
	KVMLAT_BY_NONE, KVMLAT_BY_REASON, KVMLAT_BY_HCALL, KVMLAT_BY_VCPU, KVMLAT_BY_VM,
	KVMLAT_BY_CPU, KVMLAT_BY_COUNT
};

struct kvmlat_key {
	__u32 cpu;
	__u32 vm;	/* by vCPU and by VM, else 0 */
	__u64 id;	/* vcpu_id by vCPU, trap by reason, number by hypercall, CPU by CPU */
};

/* No histogram is wanted of the phase. */
#define KVMLAT_NO_HIST	HVLENS_PHASE_MAX

/*
 * One lookup an exit: all phases of a key are one value.  It has as many
 * histograms as phases are wanted.
 */
struct kvmlat_value {
	struct hvlens_hist hist[HVLENS_PHASE_MAX];
};

#define KVMLAT_STACK	32

/* An exit that took long, as the ring buffer has it */
struct kvmlat_slow {
	struct hvlens_exit rec;
	__u32 reserved;
	__s32 stack_size;	/* bytes, or -errno */
	__u64 stack[KVMLAT_STACK];
};

#endif /* HVLENS_KVMLAT_H */
