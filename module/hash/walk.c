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
 * Sets the access that an HPTE gives the vCPU in its present state: by page protection and
 * by the AMR bits of its storage key (ISA Book III, "Virtual Page Class Key Protection").
 * @vsid: second doubleword of the segment's SLB entry
 * @r: the HPTE's second doubleword
 * @keys: keys count: it is a data access with translation on
 */
static void set_access(struct kvm_vcpu *vcpu, struct kvmppc_pte *gpte, u64 vsid,
		       unsigned long r, bool keys)
{
	unsigned long pp = r & (HPTE_R_PP0 | HPTE_R_PP);
	u64 key = vsid & (vcpu->arch.shregs.msr & MSR_PR ? SLB_VSID_KP : SLB_VSID_KS);
	int amr = keys ? hpte_get_skey_perm(r, vcpu->arch.amr) : 0;

	gpte->may_execute = hpte_read_permission(pp, key) && !(r & (HPTE_R_N | HPTE_R_G)) &&
			    !(vsid & SLB_VSID_N);
	gpte->may_read = hpte_read_permission(pp, key) && !(amr & 1);
	gpte->may_write = hpte_write_permission(pp, key) && !(amr & 2);
}

int hash_xlate(struct kvm_vcpu *vcpu, gva_t eaddr, struct kvmppc_pte *gpte,
	       bool data, bool iswrite)
{
	struct kvm *kvm = vcpu->kvm;
	bool translated = vcpu->arch.shregs.msr & (data ? MSR_DR : MSR_IR);
	u64 vsid = kvm->arch.vrma_slb_v;
	unsigned long size, rpte = 0;
	struct hpte e = { 0 };
	long index = -1;
	int idx;

	if (translated && !find_segment(vcpu, eaddr, &vsid))
		return -EINVAL;
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
		return -ENOENT;

	size = kvmppc_actual_pgsz(e.v, rpte);
	gpte->eaddr = eaddr;
	gpte->vpage = (e.v & HPTE_V_AVPN) << 4 | (eaddr >> 12 & 0xfff);
	gpte->raddr = (rpte & HPTE_R_RPN & ~(size - 1)) | (eaddr & (size - 1));
	set_access(vcpu, gpte, vsid, rpte, data && translated);
	return 0;
}

int hash_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr, int size)
{
	struct kvmppc_pte gpte;

	if (size != sizeof(u32) || !IS_ALIGNED(*eaddr, sizeof(u32)) ||
	    hash_xlate(vcpu, *eaddr, &gpte, false, false) || !gpte.may_execute ||
	    guest_memory_read(vcpu->kvm, gpte.raddr, ptr, sizeof(u32)))
		return -EAGAIN;
	return 0;
}
