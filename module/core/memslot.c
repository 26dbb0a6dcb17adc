// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots: what radix and hash guests have in common.
 */
#include <linux/kvm_host.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>

#include "backend.h"
#include "hash/hash.h"
#include "core/memslot.h"
#include "core/vpa.h"
#include "radix/radix.h"

/*
 * What hangs on a slot.  vmlinux's hypercalls for hash guests know rmap as
 * slot->arch.rmap: for each page the chain of hashed page-table entries that map it.
 * Every slot has one, since a guest says late which kind of MMU it wants.
 */
struct slot_extra {
	/*
	 * The slot is a device's registers, those of the XIVE for one: the
	 * guest's to access, but not for the host to read as memory in the guest's
	 * name.  A load of a wrong size, or from a wrong place, is a machine
	 * check of the host's.
	 */
	unsigned long device;
	unsigned long rmap[];
};

static struct slot_extra *extra(const struct kvm_memory_slot *slot)
{
	return container_of((void *)slot->arch.rmap, struct slot_extra, rmap);
}

static bool holds_device(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	unsigned long start = slot->userspace_addr;
	unsigned long end = start + (slot->npages << PAGE_SHIFT);
	struct vm_area_struct *vma;
	struct vma_iterator vmi;
	bool device = false;

	mmap_read_lock(kvm->mm);
	vma_iter_init(&vmi, kvm->mm, start);
	for_each_vma_range(vmi, vma, end)
		device |= vma->vm_flags & (VM_IO | VM_PFNMAP);
	mmap_read_unlock(kvm->mm);
	return device;
}

struct kvm_memory_slot *memslot_of_memory(struct kvm *kvm, gfn_t gfn)
{
	struct kvm_memory_slot *slot = gfn_to_memslot(kvm, gfn);

	return slot && !extra(slot)->device ? slot : NULL;
}

bool memslot_is_memory(struct kvm *kvm, gpa_t gpa, size_t size)
{
	gfn_t gfn = gpa_to_gfn(gpa), last = gpa_to_gfn(gpa + size - 1);
	int idx = srcu_read_lock(&kvm->srcu);
	bool memory = gfn <= last;

	for (; memory && gfn <= last; gfn++)
		memory = memslot_of_memory(kvm, gfn);
	srcu_read_unlock(&kvm->srcu, idx);
	return memory;
}

void __user *memslot_user_address(struct kvm *kvm, gpa_t gpa)
{
	struct kvm_memory_slot *slot = memslot_of_memory(kvm, gpa_to_gfn(gpa));
	unsigned long hva;

	if (!slot)
		return NULL;
	hva = gfn_to_hva_memslot(slot, gpa_to_gfn(gpa));
	if (kvm_is_error_hva(hva))
		return NULL;
	return (void __user *)(hva + offset_in_page(gpa));
}

/*
 * vmlinux's real-mode hypercalls (POWER8: H_REMOVE, H_CLEAR_MOD and others)
 * store to the dirty bitmap by its effective address. kvm.ko has it from vmalloc(), but in
 * real mode only an address of the linear mapping leads to the memory that it stands for
 * (ISA 2.07 Book III, "Hypervisor Real Mode": bits 4 to 63 are the real address). The CPU
 * would not come back. So the bitmap moves to the linear mapping; kvm.ko would vfree() it:
 * dirty_bitmap_free() comes before.
 */
static int dirty_bitmap_to_linear_mapping(struct kvm_memory_slot *slot)
{
	void *bitmap;

	if (cpu_has_feature(CPU_FTR_ARCH_300) || !is_vmalloc_addr(slot->dirty_bitmap))
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

int memslot_prepare(struct kvm *kvm, const struct kvm_memory_slot *old,
		    struct kvm_memory_slot *new, enum kvm_mr_change change)
{
	struct slot_extra *x;

	if (change == KVM_MR_DELETE)
		return 0;
	if (new->base_gfn + new->npages > RADIX_GFN_END)
		return -EINVAL;
	if (change != KVM_MR_CREATE) {
		new->arch.rmap = old->arch.rmap;
		return dirty_bitmap_to_linear_mapping(new);
	}
	/* vmlinux finds real addresses in it the way of vmalloc's memory */
	x = __vmalloc(struct_size(x, rmap, new->npages),
		      GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!x)
		return -ENOMEM;
	/* the last that may fail: kvm.ko vfree()s the bitmap then */
	if (dirty_bitmap_to_linear_mapping(new)) {
		vfree(x);
		return -ENOMEM;
	}
	x->device = holds_device(kvm, new);
	new->arch.rmap = x->rmap;
	return 0;
}

/*
 * Creation has nothing mapped, deletion and move were flushed by kvm.ko before.
 * When the dirty log is switched on, large leaves and leaves whose C bit is set
 * have to go; when it is switched off, small ones make room for large ones. What
 * was written before counts for the log that was in force then: @old's.
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

void memslot_free_bitmaps(struct kvm *kvm)
{
	struct kvm_memory_slot *slot;
	int bkt;

	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm))
		dirty_bitmap_free(slot);
}

void memslot_free(struct kvm_memory_slot *slot)
{
	if (!slot->arch.rmap)
		return;
	vfree(extra(slot));
	slot->arch.rmap = NULL;
}

/*
 * The range can't be mapped again before the notifier's end: faults see
 * kvm->mmu_invalidate_in_progress. So the lock may be dropped on the way.
 */
bool memslot_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	if (kvm_is_radix(kvm))
		radix_unmap_gfn_range(kvm, range);
	else
		hash_unmap_gfn_range(kvm, range);
	return false;
}

bool memslot_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	return kvm_is_radix(kvm) ? radix_age_gfn(kvm, range) :
				   hash_age_gfn(kvm, range);
}

bool memslot_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	return kvm_is_radix(kvm) ? radix_test_age_gfn(kvm, range) :
				   hash_test_age_gfn(kvm, range);
}

/*
 * A fault looks its slot up and installs the leaf in one kvm->srcu read-side
 * section, and kvm.ko waits for those between the change of a slot and this. So
 * no leaf of the slot as it was comes after.
 */
void memslot_flush(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	if (kvm_is_radix(kvm))
		radix_flush_memslot(kvm, slot);
	else
		hash_flush_memslot(kvm, slot);
}

void memslot_flush_all(struct kvm *kvm)
{
	struct kvm_memory_slot *slot;
	int bkt, idx = srcu_read_lock(&kvm->srcu);

	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm))
		memslot_flush(kvm, slot);
	srcu_read_unlock(&kvm->srcu, idx);
}

/*
 * Takes what the bitmap holds and gives it to user space; what user space
 * does not get goes back. The bitmap's second half (kvm.ko allocates two) is the
 * buffer. Context: kvm->slots_lock.
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

	if (kvm_is_radix(kvm))
		radix_harvest_dirty(kvm, slot);
	else
		hash_harvest_dirty(kvm, slot);
	vpa_harvest_dirty(kvm, slot);
	ret = drain_bitmap(slot, log->dirty_bitmap);
unlock:
	mutex_unlock(&kvm->slots_lock);
	return ret;
}
