// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU's context in the XIVE of the CPU that it runs on, around kvm.ko's
 * kvmppc_xive_push_vcpu() and kvmppc_xive_pull_vcpu().
 *
 * On POWER9 kvm.ko keeps words 0 and 1 of the context between two passes, in
 * vcpu->arch.xive_saved_state. On POWER10 the XIVE saves them itself if OPAL has
 * enabled that (save-restore, bit H of the CAM word), and kvm.ko neither reads nor
 * writes them. That leaves two problems, which this file solves:
 *
 * - An interrupt that comes between the guest's H_CEDE and the pull goes to the
 *   context and raises no escalation. Only the context shows it. A vCPU that does
 *   not look there sleeps until something else wakes it.
 *
 * - KVM_REG_PPC_VP_STATE is the saved state. A VMM would read what a new vCPU has,
 *   and what the VMM sets would never reach the XIVE: a guest that migrates to
 *   another host would lose its CPPR and its pending interrupts.
 */
#include <linux/io.h>
#include <linux/kvm_host.h>
#include <asm/kvm_ppc.h>
#include <asm/xive.h>
#include <asm/xive-regs.h>

#include "backend.h"
#include "irq/xive.h"

static bool has_save_restore(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.xive_cam_word & cpu_to_be32(TM_QW1W2_HO);
}

/* Words 0 and 1 of what is in this CPU's OS ring */
static union xive_tma_w01 context(void)
{
	void __iomem *tima = local_paca->kvm_hstate.xive_tima_virt;

	return (union xive_tma_w01){ .w01 = (__force __be64)__raw_readq(tima + TM_QW1_OS) };
}

/* Writes CPPR and IPB of @state to the pushed context. */
static void restore(void __iomem *tima, union xive_tma_w01 state)
{
	unsigned int priority;

	/*
	 * CPPR first: a CPPR that masks a priority does not withdraw an interrupt that
	 * has been presented already.
	 */
	__raw_writeb(state.cppr, tima + TM_QW1_OS + TM_CPPR);
	for (priority = 0; priority < 8; priority++) {
		if (!(state.ipb & (0x80 >> priority)))
			continue;
		eieio();
		__raw_writeb(priority, tima + TM_SPC_SET_OS_PENDING);
	}
	eieio();
}

/*
 * xive_push - load the vCPU's context, if it has one, into this CPU's XIVE
 *
 * Context: interrupts hard-disabled until xive_pull(); MMU on.
 */
void xive_push(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);

	lockdep_assert_irqs_disabled();
	if (!vcpu->arch.xive_cam_word)
		return;
	kvmppc_xive_push_vcpu(vcpu);
	/* a state that the last pull did not leave: a new vCPU's, or set by the VMM */
	if (has_save_restore(vcpu) && vcpu->arch.xive_pushed &&
	    vcpu->arch.xive_saved_state.w01 != hv->xive_pulled.w01)
		restore(local_paca->kvm_hstate.xive_tima_virt, vcpu->arch.xive_saved_state);
}

/*
 * xive_pull - take the vCPU's context out of this CPU's XIVE
 *
 * A hypercall to the interrupt controller must have been answered before: it uses the
 * context.
 *
 * Context: interrupts hard-disabled since xive_push(); MMU on.
 */
void xive_pull(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	union xive_tma_w01 state, late;

	lockdep_assert_irqs_disabled();
	if (!vcpu->arch.xive_pushed)
		return;
	if (!has_save_restore(vcpu)) {
		kvmppc_xive_pull_vcpu(vcpu);
		return;
	}

	/* before the pull: afterwards the registers are nobody's */
	state = context();
	kvmppc_xive_pull_vcpu(vcpu);
	vcpu->arch.xive_saved_state = state;
	hv->xive_pulled = state;
	if (!vcpu->arch.ceded)
		return;
	/*
	 * An interrupt that came in between can only be seen now, where the XIVE leaves the
	 * registers as they were.  A CPPR that is not the vCPU's shows that it does not.
	 */
	late = context();
	eieio();
	/* as an escalation sets it; the next push clears it and presents the interrupt */
	if (state.pipr < state.cppr || (late.cppr == state.cppr && late.pipr < late.cppr))
		vcpu->arch.irq_pending = 1;
}

/*
 * xive_pending - does XIVE hold an interrupt that the vCPU must be told of?
 *
 * Return: true if there is one that the vCPU's CPPR lets through. With save-restore
 * this is only known of a vCPU that has ceded; the next push presents the interrupts
 * of the others.
 * Context: the vCPU is not in the guest.
 */
bool xive_pending(const struct kvm_vcpu *vcpu)
{
	const union xive_tma_w01 *state = &vcpu->arch.xive_saved_state;

	if (!xics_on_xive())
		return false;
	return vcpu->arch.irq_pending ||
	       (!has_save_restore(vcpu) && state->pipr < state->cppr);
}
