// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypervisor storage interrupts of a radix guest: the partition-scoped tree does not map
 * the guest real address that the guest accessed, or not for that kind of access.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/pgtable.h>

#include "core/fault.h"
#include "core/mmio.h"
#include "radix/radix.h"
#include "radix/tree.h"

/*
 * Causes that are the guest's fault: no entry in the tree removes them. The right entry in
 * the tree removes all others: no entry, no access, R or C not set, process table not
 * mapped.
 */
#define CAUSE_GUEST		(DSISR_BAD_FAULT_64S & ~DSISR_PRTABLE_FAULT)
#define CAUSE_GUEST_FETCH	(CAUSE_GUEST | DSISR_NOEXEC_OR_G)

/*
 * The level of the largest leaf that a host entry of 2^@host_shift bytes can back. The
 * guest's and the VMM's address must have the same offset in it, and all of it must be in
 * the slot. Dirty pages are logged one by one, so a slot with a dirty log has small leaves
 * only.
 */
static int leaf_level(const struct fault *f, unsigned int host_shift)
{
	gfn_t slot_end = f->slot->base_gfn + f->slot->npages;
	int level;

	if (f->slot->dirty_bitmap)
		return 0;
	for (level = RADIX_LEVELS - 2; level > 0; level--) {
		u64 size = BIT_ULL(radix_shift(level));
		gfn_t first = ALIGN_DOWN(f->gpa, size) >> PAGE_SHIFT;

		if (radix_shift(level) <= host_shift &&
		    !((f->gpa ^ f->hva) & (size - 1) & PAGE_MASK) &&
		    first >= f->slot->base_gfn &&
		    first + (size >> PAGE_SHIFT) <= slot_end)
			break;
	}
	return level;
}

/*
 * Makes the guest's leaf from the host's entry: same page, same storage control
 * attributes, no software bits. R is set because the guest is about to access the page. C
 * is set together with write access: the MMU then never has to set C, and the dirty log
 * does not depend on it. So if stores are logged, a load gets no write access.
 */
static u64 leaf_entry(const struct fault *f, u64 host, unsigned int host_shift,
		      int level)
{
	u64 within = f->hva & (BIT_ULL(host_shift) - 1);
	u64 ra = (host & PTE_RPN_MASK & ~(BIT_ULL(host_shift) - 1)) |
		 ALIGN_DOWN(within, BIT_ULL(radix_shift(level)));
	u64 entry = _PAGE_PRESENT | _PAGE_PTE | _PAGE_ACCESSED | _PAGE_READ |
		    _PAGE_EXEC | ra | (host & _PAGE_TOLERANT);

	if (fault_host_writable(f, host) && (f->write || !f->slot->dirty_bitmap))
		entry |= _PAGE_WRITE | _PAGE_DIRTY;
	return entry;
}

/*
 * Maps the page as the host's entry has it now.
 * @spare: tables for the tree; NULL: none
 * @level: becomes the leaf's level
 *
 * Return: 0; -EAGAIN: the host's mapping is changing; -ENOENT: the host's entry does not
 * allow the access; -ENOMEM: @spare lacks a table at *@level or above.
 */
static int map_once(struct fault *f, struct radix_spare *spare, int *level)
{
	struct kvm *kvm = f->vcpu->kvm;
	unsigned int host_shift;
	u64 host, entry;
	int ret = -EAGAIN;

	spin_lock(&kvm->mmu_lock);
	if (mmu_invalidate_retry(kvm, f->seq))
		goto unlock;
	ret = -ENOENT;
	host = fault_host_entry(kvm->mm, f->hva, &host_shift);
	if (!host)
		goto unlock;
	*level = leaf_level(f, host_shift);
	entry = leaf_entry(f, host, host_shift, *level);
	if (f->write && !(entry & _PAGE_WRITE))
		goto unlock;
	ret = radix_install(kvm, f->slot, f->gpa, *level, entry, spare);
unlock:
	spin_unlock(&kvm->mmu_lock);
	return ret;
}

/* map_once() with tables for @level and above. Return: -ENOMEM if there is no memory. */
static noinline int map_with_tables(struct fault *f, int level)
{
	struct radix_spare spare = {};
	int ret;

	do {
		if (radix_spare_fill(&spare, level)) {
			ret = -ENOMEM;
			break;
		}
		ret = map_once(f, &spare, &level);
	} while (ret == -ENOMEM);
	radix_spare_free(&spare);
	return ret;
}

static int map_from_host(struct fault *f)
{
	int level;
	int ret = map_once(f, NULL, &level);

	return ret == -ENOMEM ? map_with_tables(f, level) : ret;
}

int radix_page_fault(struct kvm_vcpu *vcpu, unsigned long ea,
		     unsigned long dsisr)
{
	struct kvm *kvm = vcpu->kvm;
	struct fault f = {
		.vcpu = vcpu,
		.map = map_from_host,
		.gpa = radix_fault_gpa(vcpu, ea, dsisr),
		.write = dsisr & DSISR_ISSTORE,
		.fetch = vcpu->arch.trap == BOOK3S_INTERRUPT_H_INST_STORAGE,
	};
	int idx, ret;

	lockdep_assert_not_held(&kvm->srcu);
	if (dsisr & (f.fetch ? CAUSE_GUEST_FETCH : CAUSE_GUEST))
		return fault_reflect(&f, ea, dsisr);

	idx = srcu_read_lock(&kvm->srcu);
	f.slot = gfn_to_memslot(kvm, f.gpa >> PAGE_SHIFT);
	if (!f.slot)
		ret = -ENXIO;
	else if (f.slot->flags & KVM_MEMSLOT_INVALID)
		ret = RESUME_GUEST;	/* being moved or deleted: the guest tries again */
	else
		ret = fault_map(&f);
	srcu_read_unlock(&kvm->srcu, idx);

	if (ret != -ENXIO)
		return ret;
	if (f.fetch || (dsisr & (DSISR_PRTABLE_FAULT | DSISR_SET_RC)))
		return fault_reflect(&f, ea, dsisr);
	return mmio_emulate(vcpu, f.gpa, ea, f.write);
}
