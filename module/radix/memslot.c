// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on ranges of a radix guest's memory; core/memslot.c calls them. Each is a
 * visitor of the tree's leaves.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/pgtable.h>

#include "radix/radix.h"
#include "radix/tree.h"
#include "switch/emulator.h"

/* Entries of the tree that are looked at before others can have mmu_lock */
#define CHUNK	16384

/*
 * Visits @start to @end in chunks.
 * Context: kvm->mmu_lock; with @yield it may be dropped between two chunks.
 */
static void visit_range(struct radix_visitor *v, gpa_t start, gpa_t end,
			bool yield)
{
	gpa_t gpa = start;

	while (gpa < end) {
		v->budget = CHUNK;
		gpa = radix_visit(v, gpa, end);
		radix_flush(v->kvm, &v->flush);
		if (yield)
			cond_resched_lock(&v->kvm->mmu_lock);
	}
}

/* Visits a whole slot. Context: takes mmu_lock. */
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

void radix_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	struct radix_visitor v = {
		.leaf = radix_unmap_leaf,
		.kvm = kvm,
		.slot = range->slot,
	};

	visit_gfn_range(&v, range);
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
 * Moves the leaf's C bit to the dirty bitmap. The next store sets it again, or is a fault if
 * the MMU cannot (ISA Book III, "Reference and Change Recording"; DSISR_SET_RC). QEMU's MMU
 * does neither if it has cached the translation of a load, and a migration in the emulated
 * host would lose stores. There write access goes too, so that the next store is a fault.
 */
static void harvest_leaf(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
			 int level)
{
	if (!(be64_to_cpu(READ_ONCE(*entry)) & _PAGE_DIRTY))
		return;
	radix_update(entry, _PAGE_DIRTY | (on_emulator() ? _PAGE_WRITE : 0), 0);
	radix_flush_add(&v->flush, gpa, level);
	radix_mark_dirty(v->slot, gpa, level);
}

void radix_harvest_dirty(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct radix_visitor v = {
		.leaf = harvest_leaf,
		.kvm = kvm,
		.slot = slot,
	};

	visit_slot(&v);
}
