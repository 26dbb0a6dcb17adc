// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on ranges of a hash guest's memory; core/memslot.c calls them. The reverse map
 * (rmap) leads from a page to the chain of HPTEs that map it. An HPTE for a page that is
 * larger than the host's pages is in the chain of the first of these.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_ppc.h>

#include "hash/hash.h"

/* Pages that are visited before others can have mmu_lock */
#define CHUNK	4096

#define HPTE_RC	(HPTE_R_R | HPTE_R_C)

static unsigned long *rmap_of(const struct kvm_memory_slot *slot, gfn_t gfn)
{
	return &slot->arch.rmap[gfn - slot->base_gfn];
}

/* Waits until the HPTE is not locked, without locking it. */
static void wait_for_hpte(__be64 *hptep)
{
	while (be64_to_cpu(READ_ONCE(hptep[0])) & HPTE_V_HVLOCK)
		cpu_relax();
}

/*
 * Locks the chain and its first HPTE.
 * Return: the HPTE's index; -1: the chain is empty, and nothing is locked.
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
		/* the HPTE's lock comes before the chain's: its holder may wait for the chain */
		unlock_rmap(rmap);
		wait_for_hpte(hptep);
	}
}

/*
 * Takes the first HPTE, @index, out of the chain. A chain is a ring of indices: forw and
 * back are an HPTE's neighbours, and the rmap leads to the first one. The only HPTE of a
 * chain is its own neighbour.
 * Context: the chain is locked.
 */
static void chain_drop_first(struct kvm *kvm, unsigned long *rmap, unsigned long index)
{
	struct revmap_entry *rev = kvm->arch.hpt.rev, *first = &rev[index];
	unsigned long head = 0;

	if (first->forw != index)
		head = KVMPPC_RMAP_PRESENT | first->forw;
	*rmap = (*rmap & ~(KVMPPC_RMAP_PRESENT | KVMPPC_RMAP_INDEX)) | head;

	rev[first->back].forw = first->forw;
	rev[first->forw].back = first->back;
	first->forw = index;
	first->back = index;
}

/* Adds R and C, which the MMU has set in an HPTE, to the guest's copy of the HPTE. */
static void collect_rc(struct kvm *kvm, unsigned long index, unsigned long rc)
{
	struct revmap_entry *rev = &kvm->arch.hpt.rev[index];

	if (!(rc & ~rev->guest_rpte))
		return;
	rev->guest_rpte |= rc;
	note_hpte_modification(kvm, rev);
}

/*
 * Clears C in the chain's head. A new HPTE gets C set only if both the guest and the head
 * have it set, and then the MMU does not tell of the first store.
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
 * Makes all HPTEs of the page absent. R and C are read after the invalidation, when the
 * MMU cannot set them any more.
 */
static void unmap_page(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	unsigned long *rmap = rmap_of(slot, gfn);
	long index;

	while ((index = lock_first(kvm, rmap)) >= 0) {
		__be64 *hptep = hash_hptep(&kvm->arch.hpt, index);
		unsigned long rc;
		struct hpte e;

		chain_drop_first(kvm, rmap, index);
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
		 * The key goes because key 31 in an absent HPTE means MMIO. R and C go
		 * because H_CLEAR_REF and H_CLEAR_MOD clear them in the guest's copy
		 * only.
		 */
		hptep[1] &= ~cpu_to_be64(HPTE_R_KEY_HI | HPTE_R_KEY_LO | HPTE_RC);
		unlock_rmap(rmap);
		hash_unlock_hpte(hptep);
	}
	forget_change(rmap);
}

/*
 * Calls @visit for each HPTE of the chain until it returns true. The HPTE and the chain
 * are locked then. @visit can be called more than once for an HPTE.
 * Return: whether @visit has returned true.
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
			wait_for_hpte(hptep);
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

	/* H_CLEAR_REF notes here that R was set when the guest cleared it */
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
 * Clears C and notes the page's size if C was set.
 *
 * An MMU may set C in the table some time after the store; the invalidation makes it do so.
 * While vCPUs run, an HPTE without C is skipped, because a later harvest finds C. When no
 * vCPU runs this harvest may be the last one, so each writable HPTE is invalidated. The
 * HPTE stays invalid until C is cleared, so that the next store sets C again.
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

/*
 * Calls @visit for each page. Return: whether one call has returned true.
 * Context: kvm->mmu_lock; with @yield it may be dropped in between.
 */
static bool visit_pages(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t start,
			gfn_t end, bool yield,
			bool (*visit)(struct kvm *kvm, struct kvm_memory_slot *slot,
				      gfn_t gfn))
{
	bool any = false;
	gfn_t gfn;

	lockdep_assert_held(&kvm->mmu_lock);
	for (gfn = start; gfn < end; gfn++) {
		any |= visit(kvm, slot, gfn);
		if (yield && !(gfn % CHUNK))
			cond_resched_lock(&kvm->mmu_lock);
	}
	return any;
}

static bool unmap_if_mapped(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t gfn)
{
	/* no HPTE is added to the chain now: see memslot_flush() */
	if (READ_ONCE(*rmap_of(slot, gfn)) & KVMPPC_RMAP_PRESENT)
		unmap_page(kvm, slot, gfn);
	else
		forget_change(rmap_of(slot, gfn));
	return false;
}

/* Takes the chain's lock in any case: an HPTE may be just being added to the chain. */
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
