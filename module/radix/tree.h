/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VM's partition-scoped radix tree: four levels of big-endian doublewords
 * (Power ISA v3.1 Book III, 6.7.10). Level 3 is the root, a leaf is at level 2
 * (1 GiB), 1 (2 MiB) or 0 (PAGE_SIZE).
 *
 * The host reads and changes the tree under kvm->mmu_lock. The MMUs of all host CPUs use
 * it at any time, and set R and C in valid leaves, so each change of a valid entry is an
 * atomic read-modify-write. An entry that is not valid (V = 0) counts as empty, also if R
 * or C is set in it.
 *
 * What a change of an entry needs (Book III, 6.10 Translation Table Update
 * Synchronization Requirements):
 *   not valid -> valid            nothing. An MMU that does not see the store yet
 *                                 raises a fault, whose handler finds the entry.
 *   more access, R or C set       nothing. An MMU reads the entry again before it
 *                                 raises a fault for the access.
 *   made invalid, less access     ptesync; tlbie; eieio; tlbsync; ptesync before
 *                                 anyone relies on the change: struct radix_flush.
 *   R cleared                     nothing. While a translation is cached, the page
 *                                 looks unused, which the host accepts for its pages too.
 *   table unlinked                as for an entry made invalid, and a flush of the
 *                                 page-walk caches, before the table is freed.
 */
#ifndef HVLENS_RADIX_TREE_H
#define HVLENS_RADIX_TREE_H

#include <linux/kvm_host.h>

#include "radix/radix.h"

#define RADIX_LEVELS	4

/* radix_shift - log2 of the bytes that an entry of @level (0 to 3) maps */
static inline unsigned int radix_shift(int level)
{
	static const u8 shift[RADIX_LEVELS] = { PAGE_SHIFT, 21, 30, 39 };

	return shift[level];
}

/*
 * TLB entries to be invalidated. All zeroes: none. Each change that needs it is added
 * (radix_flush_add()), and radix_flush() flushes them all before mmu_lock is dropped. For
 * many pages it flushes the LPID.
 */
#define RADIX_FLUSH_PAGES	32	/* if there are more: the whole LPID */

struct radix_flush {
	unsigned int pages;
	struct {
		gpa_t gpa;
		unsigned int shift;
	} page[RADIX_FLUSH_PAGES];
};

/* radix_flush_add - note that the translation of a leaf has to be invalidated */
void radix_flush_add(struct radix_flush *flush, gpa_t gpa, int level);

/* radix_flush - invalidate what was noted. Context: kvm->mmu_lock. */
void radix_flush(struct kvm *kvm, struct radix_flush *flush);

/* What to do with the leaves of a range */
struct radix_visitor {
	/* Called for each valid leaf in ascending order. @gpa: where the leaf starts. */
	void (*leaf)(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
		     int level);
	struct kvm *kvm;
	const struct kvm_memory_slot *slot;	/* has the range; NULL if leaf() needs none */
	unsigned int budget;			/* entries that may still be looked at */
	struct radix_flush flush;
	bool young;			/* set by the visitors that age and test */
};

/*
 * radix_visit - visit the leaves that map a byte of [@start, @end)
 *
 * @end: up to 2^RADIX_BITS
 *
 * A leaf that begins before @start or ends behind @end is visited too. An entry of a higher
 * level that is not valid counts as one entry, whatever its size.
 *
 * Return: @end, or the address where v->budget was used up, from which to go on.
 * Context: kvm->mmu_lock.
 */
gpa_t radix_visit(struct radix_visitor *v, gpa_t start, gpa_t end);

/*
 * radix_next_leaf - find the leaf that maps *@gpa, or the next one above it
 * @gpa: becomes the address where the leaf starts
 * @value: becomes the leaf's entry in CPU byte order
 * @level: becomes its level
 *
 * Return: false if there is none.
 * Context: kvm->mmu_lock.
 */
bool radix_next_leaf(struct kvm *kvm, gpa_t *gpa, u64 *value, int *level);

/* radix_unmap_leaf - a visitor: make the leaf invalid, move its C bit to the dirty log */
void radix_unmap_leaf(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
		      int level);

/* radix_update - change bits of an entry atomically. Return: the entry's previous value. */
u64 radix_update(__be64 *entry, u64 clear, u64 set);

/* radix_mark_dirty - mark the leaf's pages in the slot's dirty bitmap, if it has one */
void radix_mark_dirty(const struct kvm_memory_slot *slot, gpa_t gpa, int level);

/* Tables for radix_install(), which cannot allocate, by level */
struct radix_spare {
	__be64 *table[RADIX_LEVELS - 1];
};

/*
 * radix_spare_fill - allocate the tables from @level up that are missing
 *
 * Return: 0 or -ENOMEM.
 * Context: may sleep.
 */
int radix_spare_fill(struct radix_spare *spare, int level);

/* radix_spare_free - free the tables that radix_install() has left */
void radix_spare_free(struct radix_spare *spare);

/*
 * radix_install - map a leaf
 * @slot: the memory slot that covers the whole leaf
 * @level: 0 to 2
 * @entry: the leaf in CPU byte order
 * @spare: tables to take if the tree needs some; NULL: none
 *
 * A leaf that already maps the same page gains the access, R and C that @entry has.
 * Anything else at that place is removed, and the TLB flushed.
 *
 * Return: 0; -ENOMEM: @spare lacks a table. The caller then fills @spare and calls again
 * with a new @entry, because the page may have changed meanwhile.
 * Context: kvm->mmu_lock.
 */
int radix_install(struct kvm *kvm, const struct kvm_memory_slot *slot,
		  gpa_t gpa, int level, u64 entry, struct radix_spare *spare);

#endif /* HVLENS_RADIX_TREE_H */
