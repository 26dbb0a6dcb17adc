// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which bits of LPCR, the logical partition control register, a guest can have
 * and which of them user space can set.
 */
#include <linux/kvm_host.h>
#include <linux/spinlock.h>

#include <asm/cputable.h>
#include <asm/reg.h>

#include "backend.h"

/*
 * Default prefetch depth, interrupt endianness, translation control, alternate
 * interrupt location, large decrementer.  All else is the hypervisor's.
 */
#define LPCR_USER	(LPCR_DPFD | LPCR_ILE | LPCR_TC | LPCR_AIL | LPCR_LD)

/**
 * lpcr_filter - drop what this guest can't have on this processor
 * @kvm: the VM
 * @lpcr: the LPCR wanted
 *
 * Return: the LPCR that can be loaded.
 */
unsigned long lpcr_filter(struct kvm *kvm, unsigned long lpcr)
{
	/* Translation control speaks of hash-table searches */
	if (kvm_is_radix(kvm))
		lpcr &= ~LPCR_TC;

	/* AIL 1 is reserved, AIL 2 not offered to guests */
	if ((lpcr & LPCR_AIL) != LPCR_AIL_3)
		lpcr &= ~LPCR_AIL;

	/*
	 * With AIL these processors can start a hypervisor interrupt with
	 * translation on while PIDR is still the guest's, and so cache
	 * translations of a host process that doesn't exist.
	 */
	if (kvm_is_radix(kvm) && cpu_has_feature(CPU_FTR_P9_RADIX_PREFETCH_BUG))
		lpcr &= ~LPCR_AIL;

	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		lpcr &= ~LPCR_LD;

	return lpcr;
}

/**
 * lpcr_set_user - set a vCPU's LPCR as far as user space may
 * @vcpu: the vCPU; the caller holds its mutex
 * @lpcr: the value wanted
 * @mask: the bits that @lpcr has a meaning for
 *
 * MSR[LE] of the interrupts that KVM delivers follows ILE.
 */
void lpcr_set_user(struct kvm_vcpu *vcpu, u64 lpcr, u64 mask)
{
	struct kvmppc_vcore *core = vcpu->arch.vcore;

	mask &= LPCR_USER;

	spin_lock(&core->lock);
	core->lpcr = lpcr_filter(vcpu->kvm,
				 (core->lpcr & ~mask) | (lpcr & mask));
	if (core->lpcr & LPCR_ILE)
		vcpu->arch.intr_msr |= MSR_LE;
	else
		vcpu->arch.intr_msr &= ~MSR_LE;
	spin_unlock(&core->lock);
}
