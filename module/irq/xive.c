// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU's context in the XIVE of the CPU that it runs on, around kvm.ko's
 * kvmppc_xive_push_vcpu() and kvmppc_xive_pull_vcpu().
 *
 * On POWER9 kvm.ko keeps words 0 and 1 of the context between two passes:
 * vcpu->arch.xive_saved_state.  On POWER10 the XIVE does that itself when OPAL
 * has switched it on (save-restore, bit H of the CAM word), and kvm.ko neither
 * reads nor writes them.  Two things go wrong then, both mended here:
 *
 * - An interrupt that comes between the guest's H_CEDE and the pull goes to the
 *   context and raises no escalation.  Only the context tells of it.  A vCPU
 *   that is not told sleeps until something else wakes it.
 *
 * - KVM_REG_PPC_VP_STATE is the saved state.  A VMM would get what a new vCPU
 *   has, and what it sets would never reach the XIVE: a guest that moved to
 *   another host would lose its CPPR and the interrupts that are under way.
 */
#include <linux/io.h>
#include <linux/kvm_host.h>
#include <asm/kvm_ppc.h>
#include <asm/xive.h>
#include <asm/xive-regs.h>

#include "backend.h"

static bool has_save_restore(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.xive_cam_word & cpu_to_be32(TM_QW1W2_HO);
}

/* Gives the context, which is pushed and holds what the XIVE saved, CPPR and IPB. */
static void restore(void __iomem *tima, union xive_tma_w01 state)
{
	unsigned int priority;

	/* CPPR first: one that closes does not take back what was presented */
	__raw_writeb(state.cppr, tima + TM_QW1_OS + TM_CPPR);
	for (priority = 0; priority < 8; priority++) {
		if (!(state.ipb & (0x80 >> priority)))
			continue;
		eieio();
		__raw_writeb(priority, tima + TM_SPC_SET_OS_PENDING);
	}
	eieio();
}

/**
 * xive_push - the vCPU is about to run here
 * @vcpu: its KVM_RUN, with a XIVE context or without
 *
 * Context: interrupts hard-disabled until xive_pull(), MMU on.
 */
void xive_push(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);

	if (!vcpu->arch.xive_cam_word)
		return;
	kvmppc_xive_push_vcpu(vcpu);
	/* other than at the last pull: a new vCPU's or the VMM's */
	if (has_save_restore(vcpu) && vcpu->arch.xive_pushed &&
	    vcpu->arch.xive_saved_state.w01 != hv->xive_pulled.w01)
		restore(local_paca->kvm_hstate.xive_tima_virt, vcpu->arch.xive_saved_state);
}

/**
 * xive_pull - the vCPU has left the guest
 * @vcpu: the one of xive_push(); its hypercall, if it made one of those to the
 * interrupt controller, has been answered
 *
 * Context: interrupts hard-disabled, MMU on.
 */
void xive_pull(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	union xive_tma_w01 state;

	if (!vcpu->arch.xive_pushed)
		return;
	kvmppc_xive_pull_vcpu(vcpu);
	if (!has_save_restore(vcpu))
		return;

	/* the registers keep what they had, with save-restore or without */
	state.w01 = (__force __be64)
		__raw_readq(local_paca->kvm_hstate.xive_tima_virt + TM_QW1_OS);
	eieio();
	vcpu->arch.xive_saved_state = state;
	hv->xive_pulled = state;
	/* like an escalation: the next push clears it, and presents the interrupt */
	if (vcpu->arch.ceded && state.pipr < state.cppr)
		vcpu->arch.irq_pending = 1;
}

/**
 * xive_pending - must the vCPU be told of an interrupt that XIVE holds for it?
 * @vcpu: any that is not in the guest
 *
 * Return: true when it has one that its CPPR lets through.  With save-restore
 * only a vCPU that has ceded needs to know; others are told by the next push.
 */
bool xive_pending(const struct kvm_vcpu *vcpu)
{
	const union xive_tma_w01 *state = &vcpu->arch.xive_saved_state;

	if (!xics_on_xive())
		return false;
	return vcpu->arch.irq_pending ||
	       (!has_save_restore(vcpu) && state->pipr < state->cppr);
}
