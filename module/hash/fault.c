// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypervisor storage interrupts of a hash guest: the MMU found no valid HPTE, or
 * one that does not allow the access. vmlinux searches the table (kvmppc_hpte_hv_fault())
 * and tells the cause. Either the guest has made no such HPTE, or not for this access:
 * then the guest gets the fault. Or it has, but the host's page was not there or was
 * read-only, or there is no memory at the address: then the host handles the fault.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/pgtable.h>

#include "core/fault.h"
#include "core/mmio.h"
#include "hash/hash.h"
#include "trace/trace_kvm_hv.h"

/* What kvmppc_hpte_hv_fault() returns; any other value is a status for the guest */
#define SEARCH_RETRY	0	/* the HPTE is valid by now: the guest tries again */
#define SEARCH_HOST	-1	/* the host handles the fault */
#define SEARCH_MMIO	-2	/* the same, for a data access with translation to MMIO */

struct hash_fault {
	struct fault f;
	unsigned long index;		/* the HPTE's */
	struct hpte found;		/* as the search found it */
	unsigned long rpte;		/* the second doubleword as the guest made it */
	unsigned long size;		/* of the guest's page, bytes */
	unsigned long dsisr;
};

/*
 * Makes the HPTE's second doubleword for the MMU: the address of the host's page, and the
 * attributes of the guest that the host's entry allows. R and C are the guest's; set_hpte()
 * clears those that the host has to see the MMU set.
 * @r: becomes the doubleword
 *
 * Return: 0, or -EFAULT if the host's page is too small, or if it is a device's and the
 * guest wants another kind of caching.
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
		/* it is memory, but the guest takes it for a device: no caching inhibited */
		*r = (*r & ~(HPTE_R_W | HPTE_R_I | HPTE_R_G)) | HPTE_R_M;
	}
	*r |= ra;
	if (hpte_is_writable(*r) && !fault_host_writable(f, host))
		*r = hpte_make_readonly(*r);
	return 0;
}

/*
 * Writes @r to the HPTE, if the HPTE is unchanged since the search and no MMU notifier has
 * come. R and C are set only if both the guest and the chain's head have them set already.
 * Otherwise the MMU sets them when the guest accesses the page, so that the host sees it.
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
	/* a notifier that comes from now on waits for the chain and finds the HPTE there */
	if (mmu_invalidate_retry(kvm, f->seq)) {
		unlock_rmap(rmap);
		goto unlock;
	}
	r &= (*rmap >> KVMPPC_RMAP_RC_SHIFT) | ~(HPTE_R_R | HPTE_R_C);
	if (now.v & HPTE_V_VALID) {
		/* the HPTE was read-only until now, and is in the chain already */
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

/* fault->map() of a hash guest */
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

/*
 * Maps the HPTE that the search found.
 * Return: as fault_map(), or -ENXIO: there is no memory. Context: kvm->srcu.
 */
static int map_found(struct hash_fault *h, unsigned long ea)
{
	struct kvm_vcpu *vcpu = h->f.vcpu;
	struct kvm *kvm = vcpu->kvm;
	unsigned long hpte[3];		/* for the tracepoints */
	__be64 *hptep;
	struct hpte now;
	gfn_t first;
	int ret;

	lockdep_assert_held(&kvm->srcu);
	h->index = vcpu->arch.pgfault_index;
	h->found.v = vcpu->arch.pgfault_hpte[0];
	h->found.r = vcpu->arch.pgfault_hpte[1];
	/* the table may have been exchanged for a smaller one since real mode searched it */
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
		/* the search caches MMIO addresses, which may be out of date */
		atomic64_inc(&kvm->arch.mmio_update);
		return RESUME_GUEST;
	}

	h->size = kvmppc_actual_pgsz(now.v, h->rpte);
	h->f.gpa = (h->rpte & HPTE_R_RPN & ~(h->size - 1)) | (ea & (h->size - 1));
	h->f.slot = gfn_to_memslot(kvm, gpa_to_gfn(h->f.gpa));
	hpte[0] = now.v;
	hpte[1] = now.r;
	hpte[2] = h->rpte;
	trace_kvm_page_fault_enter(vcpu, hpte, h->f.slot, ea, h->dsisr);
	if (!h->f.slot)
		return -ENXIO;
	if (h->f.slot->flags & KVM_MEMSLOT_INVALID)
		return RESUME_GUEST;	/* being moved or deleted: the guest tries again */
	/* H_ENTER has checked that, but the slots may have changed since */
	first = gpa_to_gfn(h->f.gpa & ~(h->size - 1));
	if (first < h->f.slot->base_gfn || !hash_slot_fits(h->f.slot, h->size))
		return -EFAULT;
	ret = fault_map(&h->f);
	trace_kvm_page_fault_exit(vcpu, hpte, ret);
	return ret;
}

/*
 * Searches the guest's table for the HPTE of @ea. On POWER8 vmlinux has searched it in real
 * mode, and gives the guest its faults there: those that arrive here are the host's.
 * Return: SEARCH_* or a status for the guest.
 */
static long search_table(struct kvm_vcpu *vcpu, unsigned long ea, unsigned long dsisr,
			 bool fetch)
{
	bool translated = vcpu->arch.shregs.msr & (fetch ? MSR_IR : MSR_DR);
	unsigned long segment = vcpu->kvm->arch.vrma_slb_v;
	long found;

	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		return SEARCH_HOST;
	/* ASDR has the segment, in the form of an SLB entry's second doubleword */
	if (translated)
		segment = vcpu->arch.fault_gpa;
	preempt_disable();
	found = kvmppc_hpte_hv_fault(vcpu, ea, segment, dsisr, !fetch);
	preempt_enable();
	return found;
}

int hash_page_fault(struct kvm_vcpu *vcpu, unsigned long ea, unsigned long dsisr)
{
	struct kvm *kvm = vcpu->kvm;
	struct hash_fault h = {
		.f.vcpu = vcpu,
		.f.map = map_from_host,
		.f.write = dsisr & DSISR_ISSTORE,
		.f.fetch = vcpu->arch.trap == BOOK3S_INTERRUPT_H_INST_STORAGE,
		.dsisr = dsisr,
	};
	unsigned long search = h.f.fetch ? SRR1_ISI_NOPT : DSISR_NOHPTE | DSISR_PROTFAULT;
	int idx, ret;
	long found;

	lockdep_assert_not_held(&kvm->srcu);
	/* other causes need no search: they are the guest's */
	if (!(dsisr & search))
		return fault_reflect(&h.f, ea, dsisr);
	idx = srcu_read_lock(&kvm->srcu);
	if (!hash_table_stays(kvm)) {
		srcu_read_unlock(&kvm->srcu, idx);
		return RESUME_GUEST;
	}

	found = search_table(vcpu, ea, dsisr, h.f.fetch);
	switch (found) {
	case SEARCH_RETRY:
		ret = RESUME_GUEST;
		break;
	case SEARCH_HOST:
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
