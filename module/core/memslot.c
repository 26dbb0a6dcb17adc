// SPDX-License-Identifier: GPL-2.0-only
/* Memory slots: what radix and hash guests have in common. */
#include <linux/kvm_host.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>

#include "backend.h"
#include "core/memslot.h"
#include "core/mmu.h"
#include "core/vpa.h"
#include "radix/radix.h"
#include "switch/switch.h"

/*
 * vmlinux's real-mode hypercalls (POWER8: H_REMOVE, H_CLEAR_MOD and others) store to the
 * dirty bitmap by its effective address.  kvm.ko allocates it with vmalloc(), but in real
 * mode only addresses of the linear mapping lead to the memory that is meant (ISA 2.07
 * Book III, "Hypervisor Real Mode": bits 4 to 63 are the real address).  With any other
 * the CPU would hang.  So the bitmap moves to the linear mapping.  kvm.ko would vfree() it
 * there: dirty_bitmap_free() frees it first.
 */
static int dirty_bitmap_to_linear_mapping(struct kvm_memory_slot *slot)
{
	void *bitmap;

	if (!host_switch->real_mode || !is_vmalloc_addr(slot->dirty_bitmap))
		return 0;
	bitmap = kmemdup(slot->dirty_bitmap, 2 * kvm_dirty_bitmap_bytes(slot),
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!bitmap)
		return -ENOMEM;
	vfree(slot->dirty_bitmap);
	slot->dirty_bitmap = bitmap;
	return 0;
}

static void dirty_bitmap_free(struct kvm_memory_slot *slot)
{
	kvfree(slot->dirty_bitmap);
	slot->dirty_bitmap = NULL;
}

/*
 * vmlinux's hypercalls for hash guests know the rmap as slot->arch.rmap: for each page the
 * chain of hashed page-table entries that map it.  Every slot has one, because a VM may
 * become a hash guest later.  __vmalloc() refuses an rmap that is larger than the host's
 * memory.
 */
int memslot_prepare(struct kvm *kvm, const struct kvm_memory_slot *old,
		    struct kvm_memory_slot *new, enum kvm_mr_change change)
{
	unsigned long *rmap;

	if (change == KVM_MR_DELETE)
		return 0;
	if (new->base_gfn + new->npages > RADIX_GFN_END)
		return -EINVAL;
	if (change != KVM_MR_CREATE) {
		new->arch.rmap = old->arch.rmap;
		return dirty_bitmap_to_linear_mapping(new);
	}
	/* vmlinux computes real addresses in it as those of memory from vmalloc() */
	rmap = __vmalloc(array_size(new->npages, sizeof(*rmap)),
			 GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
	if (!rmap)
		return -ENOMEM;
	/* the last step that may fail: after a failure kvm.ko vfree()s the bitmap */
	if (dirty_bitmap_to_linear_mapping(new)) {
		vfree(rmap);
		return -ENOMEM;
	}
	new->arch.rmap = rmap;
	return 0;
}

/*
 * Only a change of the dirty log needs a flush: a new slot has nothing mapped, and kvm.ko
 * has flushed a slot that is deleted or moved.  When the log is switched on, large leaves
 * and leaves whose C bit is set have to go; when it is switched off, small leaves make room
 * for large ones.  Earlier writes count for the log of @old.
 */
void memslot_commit(struct kvm *kvm, struct kvm_memory_slot *old,
		    const struct kvm_memory_slot *new, enum kvm_mr_change change)
{
	if (change == KVM_MR_FLAGS_ONLY &&
	    (old->flags ^ new->flags) & KVM_MEM_LOG_DIRTY_PAGES)
		memslot_flush(kvm, old);
	if (old && !(new && new->dirty_bitmap))
		dirty_bitmap_free(old);
}

void memslot_free(struct kvm_memory_slot *slot)
{
	if (!slot->arch.rmap)
		return;
	vfree(slot->arch.rmap);
	slot->arch.rmap = NULL;
}

void memslot_free_all(struct kvm *kvm)
{
	struct kvm_memory_slot *slot;
	int bkt;

	mutex_lock(&kvm->slots_lock);
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		dirty_bitmap_free(slot);
		memslot_free(slot);
	}
	mutex_unlock(&kvm->slots_lock);
}

/*
 * The lock may be dropped on the way: faults see kvm->mmu_invalidate_in_progress, and so
 * don't map the range again before the notifier ends.
 */
bool memslot_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	lockdep_assert_held(&kvm->mmu_lock);
	mmu_of(kvm)->unmap_gfn_range(kvm, range);
	return false;
}

bool memslot_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	lockdep_assert_held(&kvm->mmu_lock);
	return mmu_of(kvm)->age_gfn(kvm, range);
}

bool memslot_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	lockdep_assert_held(&kvm->mmu_lock);
	return mmu_of(kvm)->test_age_gfn(kvm, range);
}

/*
 * A fault looks its slot up and installs the leaf in one kvm->srcu read-side section.
 * kvm.ko changes the slot, waits for these sections to end, and then calls this.  So no
 * fault can install a leaf of the old slot afterwards.
 */
void memslot_flush(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	mmu_of(kvm)->flush_memslot(kvm, slot);
}

void memslot_flush_all(struct kvm *kvm)
{
	struct kvm_memory_slot *slot;
	int bkt, idx = srcu_read_lock(&kvm->srcu);

	might_sleep();
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm))
		memslot_flush(kvm, slot);
	srcu_read_unlock(&kvm->srcu, idx);
}

/*
 * Move the bitmap's content to user space, or put it back if user space can't get it.  The
 * second half of the bitmap is the buffer; kvm.ko allocates both.
 * Context: kvm->slots_lock.
 */
static int drain_bitmap(struct kvm_memory_slot *slot, void __user *user)
{
	unsigned long bytes = kvm_dirty_bitmap_bytes(slot);
	unsigned long n = bytes / sizeof(long);
	unsigned long *bitmap = slot->dirty_bitmap;
	unsigned long *taken = kvm_second_dirty_bitmap(slot);
	unsigned long i;

	for (i = 0; i < n; i++)
		taken[i] = READ_ONCE(bitmap[i]) ? xchg(&bitmap[i], 0) : 0;

	if (!copy_to_user(user, taken, bytes))
		return 0;
	for (i = 0; i < n; i++)
		if (taken[i])
			atomic_long_or(taken[i], (atomic_long_t *)&bitmap[i]);
	return -EFAULT;
}

int memslot_get_dirty_log(struct kvm *kvm, struct kvm_dirty_log *log)
{
	struct kvm_memory_slot *slot;
	int ret;

	if (log->slot >= KVM_USER_MEM_SLOTS)
		return -EINVAL;

	mutex_lock(&kvm->slots_lock);
	slot = id_to_memslot(kvm_memslots(kvm), log->slot);
	if (!slot || !slot->dirty_bitmap) {
		ret = -ENOENT;
		goto unlock;
	}

	mmu_of(kvm)->harvest_dirty(kvm, slot);
	vpa_harvest_dirty(kvm, slot);
	ret = drain_bitmap(slot, log->dirty_bitmap);
unlock:
	mutex_unlock(&kvm->slots_lock);
	return ret;
}
