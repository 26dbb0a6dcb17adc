/* SPDX-License-Identifier: GPL-2.0-only */
/* What kvm.ko finished of what real mode left. */
#ifndef HVLENS_COMPLETION_H
#define HVLENS_COMPLETION_H

#include <linux/types.h>

#define COMPLETION_EXIT	0x5555	/* BOOK3S_INTERRUPT_HV_RM_HARD, not a hypercall's number */

/* One call of kvmppc_xics_rm_complete() */
struct rm_work {
	u32 hcall;	/* number, or COMPLETION_EXIT */
	bool known;	/* do the next four hold? */
	u32 pending;	/* bits of HVLENS_RM_ACTIONS */
	u32 done;	/* of these */
	u32 target;	/* vcpu_id, or HVLENS_RM_NO_TARGET */
	u32 irq;	/* whose end an irqfd is told; 0: nobody is told of any */
	u64 ticks;	/* of the timebase, that the call took */
};

#endif /* HVLENS_COMPLETION_H */
