// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to whole ranges of a hash guest's memory (memslot.c says when),
 * by way of the reverse map: from a page to the HPTEs that map it. An HPTE for a page
 * larger than the host's is in the chain of the first of them.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_ppc.h>

#include "hash/hash.h"

/* Pages that are visited with mmu_lock held before others get a turn */
#define CHUNK	4096

#define HPTE_RC	(HPTE_R_R | HPTE_R_C)

static unsigned long *rmap_of(const struct kvm_memory_slot *slot, gfn_t gfn)
{
	return &slot->arch.rmap[gfn - slot->base_gfn];
}

/*
 * Locks the first HPTE of the chain, and the chain. Return: its index, or -1, and
 * nothing is locked, when the chain is empty.
 */
static long lock_first(struct kvm *kvm, unsigned long *rmap)
{
	for (;;) {
		unsigned long index;
		__be64 *hptep;

		lock_rmap(rmap);
		if (!(*rmap & KVMPPC_RMAP_PRESENT)) {
			unlock_rmap(rmap);
			return -1;
		}
		index = *rmap & KVMPPC_RMAP_INDEX;
		hptep = hash_hptep(&kvm->arch.hpt, index);
		if (try_lock_hpte(hptep, HPTE_V_HVLOCK))
			return index;
		/* who holds it may want the chain */
		unlock_rmap(rmap);
		while (be64_to_cpu(READ_ONCE(hptep[0])) & HPTE_V_HVLOCK)
			cpu_relax();
	}
}

static void unlink_first(struct kvm *kvm, unsigned long *rmap, unsigned long index)
{
	struct revmap_entry *rev = kvm->arch.hpt.rev;
	unsigned int next = rev[index].forw, last = rev[index].back;

	if (next == index) {
		*rmap &= ~(KVMPPC_RMAP_PRESENT | KVMPPC_RMAP_INDEX);
		return;
	}
	rev[last].forw = next;
	rev[next].back = last;
	rev[index].forw = index;
	rev[index].back = index;
	*rmap = (*rmap & ~KVMPPC_RMAP_INDEX) | next;
}

/* R and C of an entry that no MMU uses any more go to the guest's view of it. */
static void collect_rc(struct kvm *kvm, unsigned long index, unsigned long rc)
{
	struct revmap_entry *rev = &kvm->arch.hpt.rev[index];

	if (!(rc & ~rev->guest_rpte))
		return;
	rev->guest_rpte |= rc;
	note_hpte_modification(kvm, rev);
}

/*
 * An HPTE gets C from the chain's head when it is made, if the guest wants it set. Where
 * the next store has to be seen the head must not have it.
 */
static void forget_change(unsigned long *rmap)
{
	if (!(READ_ONCE(*rmap) & (HPTE_R_C << KVMPPC_RMAP_RC_SHIFT)))
		return;
	lock_rmap(rmap);
	*rmap &= ~(HPTE_R_C << KVMPPC_RMAP_RC_SHIFT);
	unlock_rmap(rmap);
}

/*
 * Makes all HPTEs of the page absent. What the MMU wrote into them is final once
 * the invalidation is complete.
 */
static void unmap_page(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	unsigned long *rmap = rmap_of(slot, gfn);
	long index;

	while ((index = lock_first(kvm, rmap)) >= 0) {
		__be64 *hptep = hash_hptep(&kvm->arch.hpt, index);
		unsigned long rc;
		struct hpte e;

		unlink_first(kvm, rmap, index);
		hptep[0] |= cpu_to_be64(HPTE_V_ABSENT);
		kvmppc_invalidate_hpte(kvm, hptep, index);
		e = hash_read_hpte(hptep);
		rc = e.r & HPTE_RC;
		*rmap |= (rc & HPTE_R_R) << KVMPPC_RMAP_RC_SHIFT;
		if (rc & HPTE_R_C)
			kvmppc_update_dirty_map(slot, gfn,
						kvmppc_actual_pgsz(e.v, e.r));
		collect_rc(kvm, index, rc);
		/*
		 * Key 31 would say that there is no memory; R and C left here would
		 * outlive H_CLEAR_REF and H_CLEAR_MOD, which look at the guest's
		 */
		hptep[1] &= ~cpu_to_be64(HPTE_R_KEY_HI | HPTE_R_KEY_LO | HPTE_RC);
		unlock_rmap(rmap);
		hash_unlock_hpte(hptep);
	}
	forget_change(rmap);
}

/*
 * Calls @visit for each HPTE of the page, both locked, until it returns true.
 * It can be called for the same one again. Return: whether it did.
 */
static bool any_hpte(struct kvm *kvm, unsigned long *rmap,
		     bool (*visit)(struct kvm *kvm, __be64 *hptep, unsigned long index,
				   void *data), void *data)
{
	struct revmap_entry *rev = kvm->arch.hpt.rev;
	unsigned long index;
	bool done = false;
	long first;

again:
	first = lock_first(kvm, rmap);
	if (first < 0)
		return false;
	index = first;
	for (;;) {
		__be64 *hptep = hash_hptep(&kvm->arch.hpt, index);

		done = visit(kvm, hptep, index, data);
		hash_unlock_hpte(hptep);
		index = rev[index].forw;
		if (done || index == first)
			break;
		hptep = hash_hptep(&kvm->arch.hpt, index);
		if (!try_lock_hpte(hptep, HPTE_V_HVLOCK)) {
			unlock_rmap(rmap);
			while (be64_to_cpu(READ_ONCE(hptep[0])) & HPTE_V_HVLOCK)
				cpu_relax();
			goto again;
		}
	}
	unlock_rmap(rmap);
	return done;
}

static bool clear_reference(struct kvm *kvm, __be64 *hptep, unsigned long index,
			    void *data)
{
	bool *young = data;

	if (hash_read_hpte(hptep).r & HPTE_R_R) {
		kvmppc_clear_ref_hpte(kvm, hptep, index);
		collect_rc(kvm, index, HPTE_R_R);
		*young = true;
	}
	return false;
}

static bool age_page(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	unsigned long *rmap = rmap_of(slot, gfn);
	bool young;

	/* the guest may have cleared the entry's R, which left a note here */
	lock_rmap(rmap);
	young = *rmap & KVMPPC_RMAP_REFERENCED;
	*rmap &= ~KVMPPC_RMAP_REFERENCED;
	unlock_rmap(rmap);

	any_hpte(kvm, rmap, clear_reference, &young);
	return young;
}

static bool is_referenced(struct kvm *kvm, __be64 *hptep, unsigned long index,
			  void *data)
{
	return hash_read_hpte(hptep).r & HPTE_R_R;
}

static bool page_is_young(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	unsigned long *rmap = rmap_of(slot, gfn);

	return READ_ONCE(*rmap) & KVMPPC_RMAP_REFERENCED ||
	       any_hpte(kvm, rmap, is_referenced, NULL);
}

/*
 * Takes C. An MMU may write it back late: while vCPUs run another look comes, after
 * that only the invalidation makes sure. So does it that C is set anew by the next
 * store, which is why the entry is invalid meanwhile.
 */
static bool harvest_hpte(struct kvm *kvm, __be64 *hptep, unsigned long index,
			 void *data)
{
	struct hpte e = hash_read_hpte(hptep);
	unsigned long *size = data;

	if (!(e.r & HPTE_R_C) &&
	    (!hpte_is_writable(e.r) || atomic_read(&kvm->arch.vcpus_running)))
		return false;

	hptep[0] |= cpu_to_be64(HPTE_V_ABSENT);
	kvmppc_invalidate_hpte(kvm, hptep, index);
	if (be64_to_cpu(hptep[1]) & HPTE_R_C) {
		hptep[1] &= ~cpu_to_be64(HPTE_R_C);
		collect_rc(kvm, index, HPTE_R_C);
		*size = max(*size, kvmppc_actual_pgsz(e.v, e.r));
		eieio();
	}
	hptep[0] = (hptep[0] & ~cpu_to_be64(HPTE_V_ABSENT)) | cpu_to_be64(HPTE_V_VALID);
	return false;
}

static bool harvest_page(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	unsigned long size = 0;

	forget_change(rmap_of(slot, gfn));
	any_hpte(kvm, rmap_of(slot, gfn), harvest_hpte, &size);
	kvmppc_update_dirty_map(slot, gfn, size);
	return false;
}

/* Context: kvm->mmu_lock, which may be dropped in between if @yield. */
static bool visit_pages(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t start,
			gfn_t end, bool yield,
			bool (*visit)(struct kvm *kvm, struct kvm_memory_slot *slot,
				      gfn_t gfn))
{
	bool any = false;
	gfn_t gfn;

	for (gfn = start; gfn < end; gfn++) {
		any |= visit(kvm, slot, gfn);
		if (yield && !(gfn % CHUNK))
			cond_resched_lock(&kvm->mmu_lock);
	}
	return any;
}

static bool unmap_if_mapped(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	/* nothing new comes into the chain now, see memslot.c */
	if (READ_ONCE(*rmap_of(slot, gfn)) & KVMPPC_RMAP_PRESENT)
		unmap_page(kvm, slot, gfn);
	else
		forget_change(rmap_of(slot, gfn));
	return false;
}

/* The chain's lock orders this with a new HPTE that is just being linked. */
static bool unmap_locked(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	unmap_page(kvm, slot, gfn);
	return false;
}

void hash_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	visit_pages(kvm, range->slot, range->start, range->end, range->may_block,
		    unmap_locked);
}

bool hash_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	return visit_pages(kvm, range->slot, range->start, range->end, false, age_page);
}

bool hash_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range)
{
	return visit_pages(kvm, range->slot, range->start, range->end, false,
			   page_is_young);
}

static void visit_slot(struct kvm *kvm, struct kvm_memory_slot *slot,
		       bool (*visit)(struct kvm *kvm, struct kvm_memory_slot *slot,
				     gfn_t gfn))
{
	spin_lock(&kvm->mmu_lock);
	visit_pages(kvm, slot, slot->base_gfn, slot->base_gfn + slot->npages, true,
		    visit);
	spin_unlock(&kvm->mmu_lock);
}

void hash_flush_memslot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	visit_slot(kvm, slot, unmap_if_mapped);
}

void hash_harvest_dirty(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	visit_slot(kvm, slot, harvest_page);
}
