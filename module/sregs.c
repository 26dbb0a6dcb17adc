// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_SREGS and KVM_SET_SREGS: the processor version and the SLB.
 */
#include <linux/kvm_host.h>
#include <linux/string.h>

#include <asm/book3s/64/mmu-hash.h>

#include "backend.h"

/**
 * sregs_get - report the processor version and the valid SLB entries
 * @vcpu: the vCPU; the caller holds its mutex
 * @sregs: where they go; everything else in it becomes 0
 *
 * Return: 0.
 */
int sregs_get(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs)
{
	int i;

	memset(sregs, 0, sizeof(*sregs));
	sregs->pvr = vcpu->arch.pvr;
	for (i = 0; i < vcpu->arch.slb_max; i++) {
		sregs->u.s.ppc64.slb[i].slbe = vcpu->arch.slb[i].orige;
		sregs->u.s.ppc64.slb[i].slbv = vcpu->arch.slb[i].origv;
	}
	return 0;
}

/**
 * sregs_set - set the SLB
 * @vcpu: the vCPU; the caller holds its mutex
 * @sregs: the values wanted; entries that aren't valid are skipped
 *
 * Return: 0, or -EINVAL when the processor version isn't the host's: a guest
 * sees the real PVR.
 */
int sregs_set(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs)
{
	int i, valid = 0;

	if (sregs->pvr != vcpu->arch.pvr)
		return -EINVAL;

	for (i = 0; i < vcpu->arch.slb_nr; i++) {
		if (!(sregs->u.s.ppc64.slb[i].slbe & SLB_ESID_V))
			continue;
		vcpu->arch.slb[valid].orige = sregs->u.s.ppc64.slb[i].slbe;
		vcpu->arch.slb[valid].origv = sregs->u.s.ppc64.slb[i].slbv;
		valid++;
	}
	vcpu->arch.slb_max = valid;
	return 0;
}
