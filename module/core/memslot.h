/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory slots: what the VMM changes about them, what the host's memory management asks of
 * them, their dirty logs.  struct mmu_ops does the part that depends on the guest's MMU.
 */
#ifndef HVLENS_MEMSLOT_H
#define HVLENS_MEMSLOT_H

#include <linux/kvm_host.h>

/*
 * struct kvmppc_ops members with these names and signatures.  The notifier
 * hooks run under kvm->mmu_lock, which unmap may drop when range->may_block.  They
 * flush the TLB themselves.  age and test_age: was a page of the range touched
 * since it was last aged?
 */
bool memslot_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range);
bool memslot_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
bool memslot_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
void memslot_flush(struct kvm *kvm, struct kvm_memory_slot *slot);
int memslot_prepare(struct kvm *kvm, const struct kvm_memory_slot *old,
		    struct kvm_memory_slot *new, enum kvm_mr_change change);
void memslot_commit(struct kvm *kvm, struct kvm_memory_slot *old,
		    const struct kvm_memory_slot *new, enum kvm_mr_change change);
void memslot_free(struct kvm_memory_slot *slot);

/*
 * Free the slots' dirty bitmaps, because kvm.ko can't free them on POWER8.
 * Context: the VM goes, nobody has a reference to it.
 */
void memslot_free_bitmaps(struct kvm *kvm);
int memslot_get_dirty_log(struct kvm *kvm, struct kvm_dirty_log *log);

/* Unmap all of the guest; the dirty logs keep what was written.  May sleep. */
void memslot_flush_all(struct kvm *kvm);

/*
 * memslot_of_memory - the slot of @gfn, if it is one of memory; else NULL
 * Context: kvm->srcu.
 */
struct kvm_memory_slot *memslot_of_memory(struct kvm *kvm, gfn_t gfn);

/*
 * memslot_is_memory - may the host read and write [@gpa, @gpa + @size)?
 * @size: up to a few pages; not 0
 * Context: takes kvm->srcu itself.
 */
bool memslot_is_memory(struct kvm *kvm, gpa_t gpa, size_t size);

/*
 * memslot_user_address - where the VMM has the guest real address @gpa
 * NULL if no slot of memory has it.  Context: kvm->srcu.
 */
void __user *memslot_user_address(struct kvm *kvm, gpa_t gpa);

#endif /* HVLENS_MEMSLOT_H */
