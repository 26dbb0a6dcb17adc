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
 * Free what belongs to the slots.
 *
 * kvm.ko can't free the dirty bitmaps on POWER8.  It would have the rest freed by
 * memslot_free(), but only after it has put its reference to this module, when the module
 * may be unloaded.  memslot_free() then finds nothing to free, and does not sleep.  So it
 * is over before the grace period of RCU ends for which an unload waits, if the kernel is
 * not preemptible.
 *
 * Context: the VM goes, nobody has a reference to it; kvm->lock.  May sleep.
 */
void memslot_free_all(struct kvm *kvm);
int memslot_get_dirty_log(struct kvm *kvm, struct kvm_dirty_log *log);

/* Unmap all of the guest; the dirty logs keep what was written.  May sleep. */
void memslot_flush_all(struct kvm *kvm);

#endif /* HVLENS_MEMSLOT_H */
