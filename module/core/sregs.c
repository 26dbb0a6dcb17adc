// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_SREGS and KVM_SET_SREGS: the processor version and the SLB.
 */
#include <linux/kvm_host.h>
#include <linux/string.h>

#include <asm/book3s/64/mmu-hash.h>

#include "core/sregs.h"

/*
 * sregs_get - report the processor version and the valid SLB entries; the rest is 0
 *
 * Return: 0.
 * Context: vcpu->mutex.
 */
int sregs_get(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs)
{
	const struct kvmppc_slb *slb = vcpu->arch.slb, *end = slb + vcpu->arch.slb_max;
	typeof(sregs->u.s.ppc64.slb[0]) *to = sregs->u.s.ppc64.slb;

	lockdep_assert_held(&vcpu->mutex);
	memset(sregs, 0, sizeof(*sregs));
	sregs->pvr = vcpu->arch.pvr;
	for (; slb < end; slb++, to++) {
		to->slbe = slb->orige;
		to->slbv = slb->origv;
	}
	return 0;
}

/*
 * Does the processor know an SLB entry with this second doubleword? It needs a segment of
 * 256 MiB or 1 TiB, an existing base page size (L || LP: 4K, 64K, 16M, 16G) and zeroes in
 * the reserved bits. slbmte of anything else is undefined (ISA Book III, "SLB Move To
 * Entry"); in QEMU it takes the host down.
 */
static bool slb_known(u64 slbv)
{
	const u64 known = SLB_VSID_B_1T | GENMASK_ULL(61, SLB_VSID_SHIFT) | SLB_VSID_KS |
			  SLB_VSID_KP | SLB_VSID_N | SLB_VSID_LLP | SLB_VSID_C;
	u64 size = slbv & SLB_VSID_LLP;

	return !(slbv & ~known) && (!size || (size & SLB_VSID_L &&
					      (size & SLB_VSID_LP) != SLB_VSID_LP_11));
}

/*
 * sregs_set - set the SLB
 * @sregs: any values
 *
 * Entries that are not valid, or that the processor does not know, are left out. The
 * guest takes a segment interrupt when it needs them.
 *
 * Return: 0, or -EINVAL if the processor version is not the host's, which a guest reads
 * in PVR.
 * Context: vcpu->mutex.
 */
int sregs_set(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs)
{
	int i, valid = 0;

	lockdep_assert_held(&vcpu->mutex);
	if (sregs->pvr != vcpu->arch.pvr)
		return -EINVAL;

	for (i = 0; i < vcpu->arch.slb_nr; i++) {
		u64 slbe = sregs->u.s.ppc64.slb[i].slbe;
		u64 slbv = sregs->u.s.ppc64.slb[i].slbv;

		if (!(slbe & SLB_ESID_V) || !slb_known(slbv))
			continue;
		/* slbmte takes the index from the low bits */
		vcpu->arch.slb[valid].orige = (slbe & (ESID_MASK | SLB_ESID_V)) | i;
		vcpu->arch.slb[valid].origv = slbv;
		valid++;
	}
	vcpu->arch.slb_max = valid;
	return 0;
}
