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

/* The phase is not measured. */
#define KVMLAT_NO_HIST	HVLENS_PHASE_MAX

/*
 * All phases of a key are in one value, so an exit takes one lookup.  A value has a histogram
 * for each phase that is measured.
 */
struct kvmlat_value {
	struct hvlens_hist hist[HVLENS_PHASE_MAX];
};

#define KVMLAT_STACK	32

/* A slow exit in the ring buffer */
struct kvmlat_slow {
	struct hvlens_exit rec;
	__u32 reserved;
	__s32 stack_size;	/* bytes, or -errno */
	__u64 stack[KVMLAT_STACK];
};

#endif /* HVLENS_KVMLAT_H */
