// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls by which the guest's virtual processors give up and get the host's CPUs, and
 * register the areas that tell the guest about it.
 */
#include <linux/kvm_host.h>
#include <asm/hvcall.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>

#include "backend.h"
#include "core/hcall_handlers.h"
#include "core/vcpu_kick.h"
#include "core/vpa.h"

/* The vCPU that the guest names by its processor id, or NULL. */
static struct kvm_vcpu *vcpu_named(struct kvm_vcpu *vcpu, unsigned long id)
{
	if (id == vcpu->vcpu_id)
		return vcpu;
	return id > INT_MAX ? NULL : kvm_get_vcpu_by_id(vcpu->kvm, id);
}

/*
 * Uses up a prod that came before H_CEDE. The caller has set ceded, and clears it if
 * there was a prod.
 */
static bool take_prod(struct kvm_vcpu *vcpu)
{
	if (!vcpu->arch.prodded)
		return false;
	vcpu->arch.prodded = 0;
	/* while ceded is set, a prod that comes after this kicks: none is lost */
	smp_mb();
	return true;
}

/*
 * h_cede - the vCPU has nothing to do until an interrupt or H_PROD comes
 *
 * PAPR enables external interrupts. vcpu->arch.ceded tells the run loop that the vCPU may
 * block.
 */
long h_cede(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	bool prodded, escalated;

	vcpu->arch.shregs.msr |= MSR_EE;
	/* stores ceded, then looks at prodded; h_prod() stores prodded, then looks at ceded */
	smp_store_mb(vcpu->arch.ceded, 1);
	prodded = take_prod(vcpu);
	/* an escalation interrupt that has been raised already will not come again */
	escalated = !kvmppc_xive_rearm_escalation(vcpu);
	if (prodded || escalated)
		vcpu->arch.ceded = 0;
	return H_SUCCESS;
}

/*
 * h_prod - wake a vCPU, or have its next H_CEDE return at once
 *
 * args: processor id.
 */
long h_prod(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct kvm_vcpu *target = vcpu_named(vcpu, args[0]);

	if (!target)
		return H_PARAMETER;
	/* pairs with h_cede() */
	smp_store_mb(target->arch.prodded, 1);
	if (target->arch.ceded)
		vcpu_kick(target);
	return H_SUCCESS;
}

/*
 * h_confer - give the CPU to a vCPU that was preempted
 *
 * args: processor id or -1 (any); the target's yield count when the caller looked. With
 * another yield count the target has run since then, or is running.
 */
long h_confer(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct kvm_vcpu *target;

	if (args[0] == -1UL)
		return H_SUCCESS;
	target = vcpu_named(vcpu, args[0]);
	if (!target)
		return H_PARAMETER;
	if (vpa_yield_count_is(target, args[1]))
		kvm_vcpu_yield_to(target);
	return H_SUCCESS;
}

/*
 * h_register_vpa - register or deregister one of a vCPU's areas
 *
 * args: flags, processor id, guest real address.
 */
long h_register_vpa(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct kvm_vcpu *target = vcpu_named(vcpu, args[1]);

	if (!target)
		return H_PARAMETER;
	return vpa_h_register(target, args[0], args[2]);
}
