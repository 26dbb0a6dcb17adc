// SPDX-License-Identifier: GPL-2.0-only
/* Hypervisor storage interrupts: what is the same for radix and hash guests. */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/pgtable.h>
#include <asm/pte-walk.h>

#include "core/fault.h"

/*
 * fault_host_entry - the host's page-table entry for an address of the VMM
 * @shift: becomes log2 of the size that the entry maps
 *
 * Return: the entry; 0: there is none that the guest may use.
 * Context: the entry stays valid as long as the caller holds kvm->mmu_lock.
 */
u64 fault_host_entry(struct mm_struct *mm, unsigned long hva,
		     unsigned int *shift)
{
	const u64 usable = _PAGE_PRESENT | _PAGE_PTE | _PAGE_READ;
	unsigned long flags;
	u64 entry = 0;
	pte_t *pte;

	/* with interrupts off no page-table page is freed */
	local_irq_save(flags);
	pte = find_linux_pte(mm->pgd, hva, NULL, shift);
	if (pte)
		entry = pte_val(READ_ONCE(*pte));
	local_irq_restore(flags);

	if ((entry & usable) != usable || (entry & _PAGE_PRIVILEGED))
		return 0;
	if (!*shift)
		*shift = PAGE_SHIFT;
	return entry;
}

/*
 * Has the host's fault handler make the page accessible. The handler gives write access
 * for a load too, if that needs no copy of the page.
 * Return: 0, -EINTR, -EHWPOISON or -EFAULT.
 */
static int fault_in_host(struct fault *f)
{
	bool writable = false;
	kvm_pfn_t pfn;

	pfn = __gfn_to_pfn_memslot(f->slot, f->gpa >> PAGE_SHIFT, false, true,
				   NULL, f->write, &writable, NULL);
	if (is_sigpending_pfn(pfn))
		return -EINTR;
	if (pfn == KVM_PFN_ERR_HWPOISON)
		return -EHWPOISON;
	if (is_error_noslot_pfn(pfn))
		return -EFAULT;

	if (writable)
		kvm_release_pfn_dirty(pfn);
	else
		kvm_release_pfn_clean(pfn);
	f->host_marked_dirty = writable;
	return 0;
}

/*
 * fault_map - map the page by f->map(), after the host has made it accessible if need be
 *
 * Return: RESUME_GUEST or a negative errno for KVM_RUN; run->exit_reason is set if it has
 * more to say.
 * Context: kvm->srcu; may sleep.
 */
int fault_map(struct fault *f)
{
	struct kvm_vcpu *vcpu = f->vcpu;
	int ret;

	lockdep_assert_held(&vcpu->kvm->srcu);
	lockdep_assert_preemption_enabled();
	f->hva = gfn_to_hva_memslot(f->slot, f->gpa >> PAGE_SHIFT);
	f->seq = vcpu->kvm->mmu_invalidate_seq;
	/* the sequence number is read before anything about the page */
	smp_rmb();

	ret = f->map(f);
	if (ret == -ENOENT) {
		ret = fault_in_host(f);
		if (!ret)
			ret = f->map(f);
	}

	switch (ret) {
	case 0:
	case -EAGAIN:
	case -ENOENT:	/* the host's entry has gone again, for instance by a THP collapse */
		return RESUME_GUEST;
	case -EINTR:
		vcpu->run->exit_reason = KVM_EXIT_INTR;
		vcpu->stat.signal_exits++;
		return ret;
	case -EFAULT:
	case -EHWPOISON:
		kvm_prepare_memory_fault_exit(vcpu, f->gpa & PAGE_MASK,
					      PAGE_SIZE, f->write, f->fetch,
					      false);
		return ret;
	default:
		return ret;
	}
}

/*
 * fault_reflect - give the fault to the guest as a DSI or ISI
 *
 * Return: RESUME_GUEST.
 */
int fault_reflect(const struct fault *f, unsigned long ea, unsigned long dsisr)
{
	struct kvm_vcpu *vcpu = f->vcpu;
	u64 prefixed = vcpu->arch.shregs.msr & SRR1_PREFIXED;

	if (f->fetch)
		kvmppc_core_queue_inst_storage(vcpu, prefixed |
					       (dsisr & DSISR_SRR1_MATCH_64S));
	else
		kvmppc_core_queue_data_storage(vcpu, prefixed, ea, dsisr);
	return RESUME_GUEST;
}
