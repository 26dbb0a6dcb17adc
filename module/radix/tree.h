/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VM's partition-scoped radix tree: four levels of big-endian doublewords
 * (Power ISA v3.1 Book III, 6.7.10). Level 3 is the root, a leaf is at level 2
 * (1 GiB), 1 (2 MiB) or 0 (PAGE_SIZE).
 *
 * Who may touch it: everyone under kvm->mmu_lock, the MMUs of all host CPUs at
 * any time. The MMUs set R and C in valid leaves, nothing else; an entry that is
 * not valid (V = 0) may have R or C all the same and counts as empty. All changes
 * to a valid entry are therefore atomic read-modify-writes.
 *
 * When the TLB is to be told (Book III, 6.10 Translation Table Update
 * Synchronization Requirements):
 *   not valid -> valid            nothing. An MMU that has not seen the store yet
 *                                 takes a fault more, which finds the entry there.
 *   valid, more access, R or C    nothing. An MMU that takes an access fault reads
 *                                 the entry again.
 *   not valid, less access        ptesync; tlbie; eieio; tlbsync; ptesync before
 *                                 anyone may rely on it: struct radix_flush.
 *   R cleared                     nothing. The page looks unused for as long as a
 *                                 translation stays cached; so do the host's own.
 *   a table unlinked              as for an entry made invalid, and the
 *                                 page-walk caches too, before it is freed.
 */
#ifndef HVLENS_RADIX_TREE_H
#define HVLENS_RADIX_TREE_H

#include <linux/kvm_host.h>

#include "radix/radix.h"

#define RADIX_LEVELS	4

/* log2 of what one entry of @level (0 to 3) maps, in bytes */
static inline unsigned int radix_shift(int level)
{
	static const u8 shift[RADIX_LEVELS] = { PAGE_SHIFT, 21, 30, 39 };

	return shift[level];
}

/*
 * TLB entries to be invalidated. Every change that needs it is added, then one
 * radix_flush() before mmu_lock is dropped; many pages become one flush of the
 * LPID. All-zero is an empty one.
 */
#define RADIX_FLUSH_PAGES	32	/* more than that: the whole LPID */

struct radix_flush {
	unsigned int pages;
	struct {
		gpa_t gpa;
		unsigned int shift;
	} page[RADIX_FLUSH_PAGES];
};

void radix_flush_add(struct radix_flush *flush, gpa_t gpa, int level);
void radix_flush(struct kvm *kvm, struct radix_flush *flush);

/*
 * What to do with the leaves of a range: called for each valid one, with the
 * address that the leaf starts at, in ascending order.
 */
struct radix_visitor {
	void (*leaf)(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
		     int level);
	struct kvm *kvm;
	const struct kvm_memory_slot *slot;	/* that the range lies in */
	struct radix_flush flush;
	bool young;			/* the test-and-age visitors' answer */
};

/*
 * Visits the leaves that map a byte of [@start, @end); a leaf that reaches over
 * the border is visited too. Context: kvm->mmu_lock.
 */
void radix_visit(struct radix_visitor *v, gpa_t start, gpa_t end);

/*
 * The leaf that maps *@gpa, or the next one above: where it starts, its entry
 * (CPU byte order) and level. False: there is none. Context: kvm->mmu_lock.
 */
bool radix_next_leaf(struct kvm *kvm, gpa_t *gpa, u64 *value, int *level);

/* A visitor: makes the leaf invalid, keeps its C bit in the slot's dirty log. */
void radix_unmap_leaf(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
		      int level);

/* Changes bits of an entry atomically, returns it as it was. */
u64 radix_update(__be64 *entry, u64 clear, u64 set);

/* Marks what the leaf covers of the slot in the slot's dirty bitmap, if any. */
void radix_mark_dirty(const struct kvm_memory_slot *slot, gpa_t gpa, int level);

/* Tables kept ready for radix_install(), which cannot allocate: by level. */
struct radix_spare {
	__be64 *table[RADIX_LEVELS - 1];
};

/* Allocates what is missing from @level up. 0 or -ENOMEM. May sleep. */
int radix_spare_fill(struct radix_spare *spare, int level);
void radix_spare_free(struct radix_spare *spare);

/*
 * Maps the leaf @entry (CPU byte order) at @gpa and @level (0 to 2).
 * A leaf that is there already for the same page gains the access, R and C that
 * @entry has; anything else there is removed, the TLB flushed.
 * @slot: the memslot that covers the whole leaf.
 * @spare: takes what it needs from there; NULL: nothing.
 * 0; -ENOMEM: @spare lacks a table, fill it and call again (the memory that it
 * is about may have changed meanwhile).
 * Context: kvm->mmu_lock.
 */
int radix_install(struct kvm *kvm, const struct kvm_memory_slot *slot,
		  gpa_t gpa, int level, u64 entry, struct radix_spare *spare);

#endif /* HVLENS_RADIX_TREE_H */
