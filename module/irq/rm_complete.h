/* SPDX-License-Identifier: GPL-2.0-only */
/* POWER8: completes what vmlinux's XICS could not do in real mode. */
#ifndef HVLENS_IRQ_RM_COMPLETE_H
#define HVLENS_IRQ_RM_COMPLETE_H

#include <linux/types.h>

struct kvm_vcpu;

#define RM_COMPLETE_EXIT	0x5555	/* BOOK3S_INTERRUPT_HV_RM_HARD; no hypercall has it */

/* One call of kvm.ko's completion, as the tracepoint reports it */
struct rm_work {
	u32 hcall;	/* number, or RM_COMPLETE_EXIT */
	bool known;	/* the next four fields are valid */
	u32 pending;	/* bits of HVLENS_RM_ACTIONS that real mode left */
	u32 done;	/* bits of HVLENS_RM_ACTIONS that kvm.ko counted as done */
	u32 target;	/* vcpu_id of the vCPU to wake or resend to, or HVLENS_RM_NO_TARGET */
	u32 irq;	/* source whose EOI an irqfd was told of; 0: none */
	u64 ticks;	/* duration in timebase ticks */
};

long rm_complete_hcall(struct kvm_vcpu *vcpu, u32 nr);
void rm_complete_exit(struct kvm_vcpu *vcpu);

#endif /* HVLENS_IRQ_RM_COMPLETE_H */
