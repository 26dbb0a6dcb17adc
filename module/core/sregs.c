// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_SREGS and KVM_SET_SREGS: the processor version and the SLB.
 */
#include <linux/kvm_host.h>
#include <linux/string.h>

#include <asm/book3s/64/mmu-hash.h>

#include "core/sregs.h"

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

/*
 * An SLB entry's second doubleword that the processor knows: a segment of 256 MiB or
 * 1 TiB, a base page size that there is (L || LP: 4K, 64K, 16M, 16G), nothing reserved.
 * slbmte of another one is undefined (ISA Book III, "SLB Move To Entry"); QEMU's takes
 * the host down.
 */
static bool slb_known(u64 slbv)
{
	const u64 known = SLB_VSID_B_1T | GENMASK_ULL(61, SLB_VSID_SHIFT) | SLB_VSID_KS |
			  SLB_VSID_KP | SLB_VSID_N | SLB_VSID_LLP | SLB_VSID_C;
	u64 size = slbv & SLB_VSID_LLP;

	return !(slbv & ~known) && (!size || (size & SLB_VSID_L &&
					      (size & SLB_VSID_LP) != SLB_VSID_LP_11));
}

/**
 * sregs_set - set the SLB
 * @vcpu: the vCPU; the caller holds its mutex
 * @sregs: the values wanted; any may come
 *
 * Entries that aren't valid, or that the processor does not know, are left out: the guest
 * takes a segment interrupt.
 *
 * Return: 0, or -EINVAL when the processor version isn't the host's: a guest sees the real
 * PVR.
 */
int sregs_set(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs)
{
	int i, valid = 0;

	if (sregs->pvr != vcpu->arch.pvr)
		return -EINVAL;

	for (i = 0; i < vcpu->arch.slb_nr; i++) {
		u64 slbe = sregs->u.s.ppc64.slb[i].slbe;
		u64 slbv = sregs->u.s.ppc64.slb[i].slbv;

		if (!(slbe & SLB_ESID_V) || !slb_known(slbv))
			continue;
		/* where slbmte wants the index */
		vcpu->arch.slb[valid].orige = (slbe & (ESID_MASK | SLB_ESID_V)) | i;
		vcpu->arch.slb[valid].origv = slbv;
		valid++;
	}
	vcpu->arch.slb_max = valid;
	return 0;
}
