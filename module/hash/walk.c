// SPDX-License-Identifier: GPL-2.0-only
/* Effective addresses of a hash guest: translates by its SLB and its hashed page table. */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>

#include "core/guest_memory.h"
#include "hash/hash.h"

/*
 * Finds the segment of @eaddr.
 * @vsid: becomes the second doubleword of the segment's SLB entry
 *
 * Return: false if there is none.
 */
static bool find_segment(struct kvm_vcpu *vcpu, gva_t eaddr, u64 *vsid)
{
	int i;

	for (i = 0; i < vcpu->arch.slb_max; i++) {
		const struct kvmppc_slb *slb = &vcpu->arch.slb[i];
		u64 mask = slb->origv & SLB_VSID_B_1T ? ESID_MASK_1T : ESID_MASK;

		if (slb->orige & SLB_ESID_V && !((slb->orige ^ eaddr) & mask)) {
			*vsid = slb->origv;
			return true;
		}
	}
	return false;
}

/*
 * May the vCPU in its present state fetch an instruction from what an HPTE maps? Storage keys
 * do not count for that (ISA Book III, "Virtual Page Class Key Protection").
 * @vsid: second doubleword of the segment's SLB entry
 * @r: the HPTE's second doubleword
 */
static bool may_fetch(const struct kvm_vcpu *vcpu, u64 vsid, unsigned long r)
{
	u64 key = vsid & (vcpu->arch.shregs.msr & MSR_PR ? SLB_VSID_KP : SLB_VSID_KS);

	return hpte_read_permission(r & (HPTE_R_PP0 | HPTE_R_PP), key) &&
	       !(r & (HPTE_R_N | HPTE_R_G)) && !(vsid & SLB_VSID_N);
}

/*
 * Translates the address of an instruction.
 * @raddr: becomes the guest real address
 *
 * Return: false if there is none, or the vCPU may not fetch from there.
 */
static bool translate(struct kvm_vcpu *vcpu, gva_t eaddr, gpa_t *raddr)
{
	struct kvm *kvm = vcpu->kvm;
	u64 vsid = kvm->arch.vrma_slb_v;
	unsigned long size, rpte = 0;
	struct hpte e = { 0 };
	long index = -1;
	int idx;

	if (vcpu->arch.shregs.msr & MSR_IR && !find_segment(vcpu, eaddr, &vsid))
		return false;
	idx = srcu_read_lock(&kvm->srcu);
	if (!hash_table_stays(kvm))
		goto unlock;
	preempt_disable();
	index = kvmppc_hv_find_lock_hpte(kvm, eaddr, vsid, HPTE_V_VALID | HPTE_V_ABSENT);
	if (index >= 0) {
		__be64 *hptep = hash_hptep(&kvm->arch.hpt, index);

		e = hash_read_hpte(hptep);
		rpte = kvm->arch.hpt.rev[index].guest_rpte;
		hash_unlock_hpte(hptep);
	}
	preempt_enable();
unlock:
	srcu_read_unlock(&kvm->srcu, idx);
	if (index < 0)
		return false;

	size = kvmppc_actual_pgsz(e.v, rpte);
	*raddr = (rpte & HPTE_R_RPN & ~(size - 1)) | (eaddr & (size - 1));
	return may_fetch(vcpu, vsid, rpte);
}

int hash_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr, int size)
{
	gpa_t raddr;

	if (size != sizeof(u32) || !IS_ALIGNED(*eaddr, sizeof(u32)) ||
	    !translate(vcpu, *eaddr, &raddr) ||
	    guest_memory_read(vcpu->kvm, raddr, ptr, sizeof(u32)))
		return -EAGAIN;
	return 0;
}
