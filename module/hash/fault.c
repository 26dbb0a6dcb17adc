// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypervisor storage interrupts of a hash guest: the MMU found no valid HPTE, or
 * one that does not allow the access. vmlinux's search (kvmppc_hpte_hv_fault)
 * says whose fault it is: the guest's, which gets it, or ours, because the host's
 * page was not there, or was read-only, or there is no memory.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/pgtable.h>

#include "core/fault.h"
#include "core/mmio.h"
#include "hash/hash.h"
#include "radix/radix.h"

/* What kvmppc_hpte_hv_fault() says apart from a status for the guest */
#define SEARCH_RETRY	0	/* it is there by now */
#define SEARCH_OURS	-1
#define SEARCH_MMIO	-2	/* ours, and it is a data access with translation */

struct hash_fault {
	struct fault f;
	unsigned long index;		/* the HPTE's */
	struct hpte found;		/* as the search found it */
	unsigned long rpte;		/* the guest's second doubleword */
	unsigned long size;		/* of the guest's page, bytes */
};

/*
 * The second doubleword for the MMU: the host's page, and what the guest said of it
 * as far as the host goes along. R and C are set only if both the guest and the
 * reverse map know of them already, so that the MMU tells when it sets them.
 * Return: 0, or -EFAULT where guest and host can't agree on the page.
 */
static int real_rpte(const struct hash_fault *h, u64 host, unsigned int host_shift,
		     unsigned long *r)
{
	const struct fault *f = &h->f;
	unsigned long host_size = BIT_ULL(host_shift);
	bool is_ci = pte_ci(__pte(host));
	unsigned long ra;

	if (h->size > host_size)
		return -EFAULT;

	ra = (host & PTE_RPN_MASK & ~(host_size - 1)) | (f->hva & (host_size - 1)) |
	     (f->gpa & ~PAGE_MASK);
	ra &= ~(h->size - 1);
	*r = h->rpte & (HPTE_R_PP0 | HPTE_R_KEY_HI | (h->size - 1));
	if (!hpte_cache_flags_ok(*r, is_ci)) {
		if (is_ci)
			return -EFAULT;
		/* the guest thinks that emulated memory is a device's */
		*r = (*r & ~(HPTE_R_W | HPTE_R_I | HPTE_R_G)) | HPTE_R_M;
	}
	*r |= ra;
	if (hpte_is_writable(*r) && !fault_host_writable(f, host))
		*r = hpte_make_readonly(*r);
	return 0;
}

/*
 * Puts @r into the HPTE, if it is still the one that was found and no notifier came.
 * Return: 0 or -EAGAIN.
 */
static int set_hpte(struct hash_fault *h, unsigned long r)
{
	struct fault *f = &h->f;
	struct kvm *kvm = f->vcpu->kvm;
	struct revmap_entry *rev = &kvm->arch.hpt.rev[h->index];
	gfn_t first = gpa_to_gfn(f->gpa & ~(h->size - 1));
	unsigned long *rmap = &f->slot->arch.rmap[first - f->slot->base_gfn];
	__be64 *hptep = hash_hptep(&kvm->arch.hpt, h->index);
	struct hpte now;
	int ret = -EAGAIN;

	preempt_disable();
	hash_lock_hpte(hptep);
	now = hash_read_hpte(hptep);
	if (now.v != h->found.v || now.r != h->found.r || rev->guest_rpte != h->rpte)
		goto unlock;

	lock_rmap(rmap);
	/* a notifier that comes later finds it in the chain */
	if (mmu_invalidate_retry(kvm, f->seq)) {
		unlock_rmap(rmap);
		goto unlock;
	}
	r &= (*rmap >> KVMPPC_RMAP_RC_SHIFT) | ~(HPTE_R_R | HPTE_R_C);
	if (now.v & HPTE_V_VALID) {
		/* read-only until now; it is in the chain already */
		unlock_rmap(rmap);
		hptep[0] |= cpu_to_be64(HPTE_V_ABSENT);
		kvmppc_invalidate_hpte(kvm, hptep, h->index);
		r |= be64_to_cpu(hptep[1]) & (HPTE_R_R | HPTE_R_C);
	} else {
		kvmppc_add_revmap_chain(kvm, rev, rmap, h->index, false);
	}
	now.v = (now.v & ~HPTE_V_ABSENT) | HPTE_V_VALID;
	now.r = r;
	hash_write_hpte(hptep, now);
	preempt_enable();
	return 0;
unlock:
	hash_unlock_hpte(hptep);
	preempt_enable();
	return ret;
}

static int map_from_host(struct fault *f)
{
	struct hash_fault *h = container_of(f, struct hash_fault, f);
	struct kvm *kvm = f->vcpu->kvm;
	unsigned int host_shift;
	unsigned long r;
	int ret = -EAGAIN;
	u64 host = 0;

	spin_lock(&kvm->mmu_lock);
	if (!mmu_invalidate_retry(kvm, f->seq)) {
		ret = -ENOENT;
		host = fault_host_entry(kvm->mm, f->hva, &host_shift);
	}
	spin_unlock(&kvm->mmu_lock);
	if (!host)
		return ret;
	if (f->write && !fault_host_writable(f, host))
		return -ENOENT;
	ret = real_rpte(h, host, host_shift, &r);
	return ret ? ret : set_hpte(h, r);
}

/* Maps what the search found. -ENXIO: there is no memory. Context: kvm->srcu. */
static int map_found(struct hash_fault *h, unsigned long ea)
{
	struct kvm_vcpu *vcpu = h->f.vcpu;
	struct kvm *kvm = vcpu->kvm;
	__be64 *hptep;
	struct hpte now;
	gfn_t first;

	h->index = vcpu->arch.pgfault_index;
	h->found.v = vcpu->arch.pgfault_hpte[0];
	h->found.r = vcpu->arch.pgfault_hpte[1];
	/* since real mode searched it the table may have become a smaller one */
	if (h->index >= kvmppc_hpt_npte(&kvm->arch.hpt))
		return RESUME_GUEST;
	hptep = hash_hptep(&kvm->arch.hpt, h->index);

	preempt_disable();
	hash_lock_hpte(hptep);
	now = hash_read_hpte(hptep);
	h->rpte = kvm->arch.hpt.rev[h->index].guest_rpte;
	hash_unlock_hpte(hptep);
	preempt_enable();
	if (now.v != h->found.v || now.r != h->found.r) {
		/* what the search remembers of MMIO may be of the past */
		atomic64_inc(&kvm->arch.mmio_update);
		return RESUME_GUEST;
	}

	h->size = kvmppc_actual_pgsz(now.v, h->rpte);
	h->f.gpa = (h->rpte & HPTE_R_RPN & ~(h->size - 1)) | (ea & (h->size - 1));
	h->f.slot = gfn_to_memslot(kvm, gpa_to_gfn(h->f.gpa));
	if (!h->f.slot)
		return -ENXIO;
	if (h->f.slot->flags & KVM_MEMSLOT_INVALID)
		return RESUME_GUEST;	/* being moved or deleted: try again */
	/* H_ENTER saw to it, but with the slots of that time */
	first = gpa_to_gfn(h->f.gpa & ~(h->size - 1));
	if (first < h->f.slot->base_gfn || !hash_slot_fits(h->f.slot, h->size))
		return -EFAULT;
	return fault_map(&h->f);
}

int hash_page_fault(struct kvm_vcpu *vcpu, unsigned long ea, unsigned long dsisr)
{
	struct kvm *kvm = vcpu->kvm;
	struct hash_fault h = {
		.f.vcpu = vcpu,
		.f.map = map_from_host,
		.f.write = dsisr & DSISR_ISSTORE,
		.f.fetch = vcpu->arch.trap == BOOK3S_INTERRUPT_H_INST_STORAGE,
	};
	bool translated = vcpu->arch.shregs.msr & (h.f.fetch ? MSR_IR : MSR_DR);
	unsigned long ours = h.f.fetch ? SRR1_ISI_NOPT : DSISR_NOHPTE | DSISR_PROTFAULT;
	unsigned long segment;
	int idx, ret;
	long found;

	if (!(dsisr & ours))
		return fault_reflect(&h.f, ea, dsisr);
	idx = srcu_read_lock(&kvm->srcu);
	if (!hash_table_stays(kvm)) {
		srcu_read_unlock(&kvm->srcu, idx);
		return RESUME_GUEST;
	}

	if (cpu_has_feature(CPU_FTR_ARCH_300)) {
		/* ASDR: the segment as an SLB entry's second doubleword */
		segment = translated ? vcpu->arch.fault_gpa : kvm->arch.vrma_slb_v;
		preempt_disable();
		found = kvmppc_hpte_hv_fault(vcpu, ea, segment, dsisr, !h.f.fetch);
		preempt_enable();
	} else {
		/* real mode has searched, or there were no exit */
		found = SEARCH_OURS;
	}

	switch (found) {
	case SEARCH_RETRY:
		ret = RESUME_GUEST;
		break;
	case SEARCH_OURS:
	case SEARCH_MMIO:
		ret = map_found(&h, ea);
		break;
	default:
		ret = fault_reflect(&h.f, ea, found);
		break;
	}
	srcu_read_unlock(&kvm->srcu, idx);

	if (ret != -ENXIO)
		return ret;
	if (h.f.fetch)
		return fault_reflect(&h.f, ea, SRR1_ISI_N_G_OR_CIP);
	return mmio_emulate(vcpu, h.f.gpa, ea, h.f.write);
}
