// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to whole ranges of guest memory: the host takes pages away
 * or asks for their age (MMU notifiers), the VMM changes memslots, reads the
 * dirty log. Each is a visitor of the tree's leaves.
 */
#include <linux/kvm_host.h>
#include <linux/uaccess.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/pgtable.h>

#include "backend.h"
#include "radix.h"
#include "radix_tree.h"

/*
 * How much guest memory is visited with mmu_lock held before others get a turn:
 * at most 16384 leaves.
 */
#define CHUNK	SZ_64M

/*
 * Visits @start to @end in chunks. @yield: mmu_lock may be dropped in between.
 * Context: kvm->mmu_lock held.
 */
static void visit_range(struct radix_visitor *v, gpa_t start, gpa_t end,
			bool yield)
{
	gpa_t gpa, next;

	for (gpa = start; gpa < end; gpa = next) {
		next = min(ALIGN_DOWN(gpa, CHUNK) + CHUNK, end);
		radix_visit(v, gpa, next);
		radix_flush(v->kvm, &v->flush);
		if (yield)
			cond_resched_lock(&v->kvm->mmu_lock);
	}
}

/* As above for a whole slot; takes mmu_lock. */
static void visit_slot(struct radix_visitor *v)
{
	gpa_t start = v->slot->base_gfn << PAGE_SHIFT;

	spin_lock(&v->kvm->mmu_lock);
	visit_range(v, start, start + (v->slot->npages << PAGE_SHIFT), true);
	spin_unlock(&v->kvm->mmu_lock);
}

static void visit_gfn_range(struct radix_visitor *v,
			    const struct kvm_gfn_range *range)
{
	visit_range(v, range->start << PAGE_SHIFT, range->end << PAGE_SHIFT,
		    range->may_block);
}

/*
 * The range can't be mapped again before the notifier's end: faults see
 * kvm->mmu_invalidate_in_progress. So the lock may be dropped on the way.
 */
bool radix_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	struct radix_visitor v = {
		.leaf = radix_unmap_leaf,
		.kvm = kvm,
		.slot = range->slot,
	};

	visit_gfn_range(&v, range);
	return false;
}

static void age_leaf(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
		     int level)
{
	if (radix_update(entry, _PAGE_ACCESSED, 0) & _PAGE_ACCESSED)
		v->young = true;
}

bool radix_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	struct radix_visitor v = { .leaf = age_leaf, .kvm = kvm };

	visit_gfn_range(&v, range);
	return v.young;
}

static void test_age_leaf(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
			  int level)
{
	if (be64_to_cpu(READ_ONCE(*entry)) & _PAGE_ACCESSED)
		v->young = true;
}

bool radix_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	struct radix_visitor v = { .leaf = test_age_leaf, .kvm = kvm };

	visit_gfn_range(&v, range);
	return v.young;
}

/*
 * A fault looks its slot up and installs the leaf in one kvm->srcu read-side
 * section, and kvm.ko waits for those between the change of a slot and this. So
 * no leaf of the slot as it was comes after.
 */
void radix_flush_memslot(struct kvm *kvm, struct kvm_memory_slot *memslot)
{
	struct radix_visitor v = {
		.leaf = radix_unmap_leaf,
		.kvm = kvm,
		.slot = memslot,
	};

	visit_slot(&v);
}

/*
 * A slot may be a device's registers, those of the XIVE for one: the guest's
 * to access, but not for the host to read as memory in the guest's name.  A load of
 * a wrong size, or from a wrong place, is a machine check of the host's.
 *
 * A radix VM has no use for the slot's reverse map, a pointer: here it says
 * whether the slot is such a one.
 */
static unsigned long device_slot;

static bool is_device(const struct kvm_memory_slot *slot)
{
	return slot->arch.rmap == &device_slot;
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

/*
 * radix_memory_slot - the slot of @gfn, if it is one of memory; else NULL
 * Context: kvm->srcu.
 */
struct kvm_memory_slot *radix_memory_slot(struct kvm *kvm, gfn_t gfn)
{
	struct kvm_memory_slot *slot = gfn_to_memslot(kvm, gfn);

	return slot && !is_device(slot) ? slot : NULL;
}

/*
 * radix_is_memory - may the host read and write [@gpa, @gpa + @size)?
 * @size: up to a few pages; not 0
 * Context: takes kvm->srcu itself.
 */
bool radix_is_memory(struct kvm *kvm, gpa_t gpa, size_t size)
{
	gfn_t gfn = gpa_to_gfn(gpa), last = gpa_to_gfn(gpa + size - 1);
	int idx = srcu_read_lock(&kvm->srcu);
	bool memory = gfn <= last;

	for (; memory && gfn <= last; gfn++)
		memory = radix_memory_slot(kvm, gfn);
	srcu_read_unlock(&kvm->srcu, idx);
	return memory;
}

int radix_prepare_memory_region(struct kvm *kvm,
				const struct kvm_memory_slot *old,
				struct kvm_memory_slot *new,
				enum kvm_mr_change change)
{
	if (!new)
		return 0;
	if (new->base_gfn + new->npages > BIT_ULL(RADIX_BITS - PAGE_SHIFT))
		return -EINVAL;
	new->arch.rmap = holds_device(kvm, new) ? &device_slot : NULL;
	return 0;
}

/*
 * Creation has nothing mapped, deletion and move were flushed by kvm.ko before.
 * When the dirty log is switched on, large leaves and leaves whose C bit is set
 * have to go; when it is switched off, small ones make room for large ones. What
 * was written before counts for the log that was in force then: @old's.
 */
void radix_commit_memory_region(struct kvm *kvm, struct kvm_memory_slot *old,
				const struct kvm_memory_slot *new,
				enum kvm_mr_change change)
{
	if (change == KVM_MR_FLAGS_ONLY &&
	    (old->flags ^ new->flags) & KVM_MEM_LOG_DIRTY_PAGES)
		radix_flush_memslot(kvm, old);
}

/* The tree belongs to the VM: nothing hangs on a slot. */
void radix_free_memslot(struct kvm_memory_slot *slot)
{
}

/*
 * Moves the leaf's C bit to the dirty bitmap and takes write access away, so
 * that the next store is seen. An MMU would set C again by itself, but QEMU's
 * does not where it has a load's translation cached: a migration in the emulated
 * host then loses stores.
 */
static void harvest_leaf(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
			 int level)
{
	if (!(be64_to_cpu(READ_ONCE(*entry)) & _PAGE_DIRTY))
		return;
	radix_update(entry, _PAGE_WRITE | _PAGE_DIRTY, 0);
	radix_flush_add(&v->flush, gpa, level);
	radix_mark_dirty(v->slot, gpa, level);
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

int radix_get_dirty_log(struct kvm *kvm, struct kvm_dirty_log *log)
{
	struct radix_visitor v = { .leaf = harvest_leaf, .kvm = kvm };
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

	v.slot = slot;
	visit_slot(&v);
	vpa_harvest_dirty(kvm, slot);
	ret = drain_bitmap(slot, log->dirty_bitmap);
unlock:
	mutex_unlock(&kvm->slots_lock);
	return ret;
}
