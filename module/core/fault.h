/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypervisor storage interrupts: what is the same for radix and hash guests.
 *
 * What the host's own page table says of the page is the truth: its entry is
 * copied while kvm->mmu_lock is held and no invalidation is under way, and the
 * MMU notifiers take it away again. So the guest's mapping needs no reference to
 * the page, and the host's fault handler runs only when the host's table does
 * not allow the access yet.
 */
#ifndef HVLENS_FAULT_H
#define HVLENS_FAULT_H

#include <linux/kvm_host.h>

struct fault {
	/* set by the caller */
	struct kvm_vcpu *vcpu;
	struct kvm_memory_slot *slot;
	gpa_t gpa;			/* what was touched, to the byte */
	bool write;
	bool fetch;			/* HISI */
	/*
	 * Maps the page.  0: done.  -EAGAIN: the host's mapping, or the guest's, is
	 * changing.  -ENOENT: the host's table does not allow the access.  Another
	 * -errno: for KVM_RUN.
	 */
	int (*map)(struct fault *f);
	/* set by fault_map() */
	unsigned long hva;		/* of the page */
	unsigned long seq;		/* kvm->mmu_invalidate_seq */
	bool host_marked_dirty;		/* the host knows of the coming writes */
};

/*
 * The host's entry for @hva and log2 of the size it maps, 0 when there is none
 * that the guest may use.  What it says stays true as long as the caller holds
 * kvm->mmu_lock.
 */
u64 fault_host_entry(struct mm_struct *mm, unsigned long hva,
		     unsigned int *shift);

/*
 * May the guest have write access with this entry of the host's? The host has
 * to know that the page is dirty, since the guest's stores won't tell it.
 */
static inline bool fault_host_writable(const struct fault *f, u64 entry)
{
	return (entry & _PAGE_WRITE) &&
	       (f->host_marked_dirty || (entry & _PAGE_DIRTY));
}

/*
 * Maps the page by f->map, after the host made it accessible if need be.
 * RESUME_GUEST or a negative errno for KVM_RUN; run->exit_reason is set where
 * that says more.  Context: kvm->srcu held; may sleep.
 */
int fault_map(struct fault *f);

/* The guest shall see the fault as its own DSI or ISI.  RESUME_GUEST. */
int fault_reflect(const struct fault *f, unsigned long ea, unsigned long dsisr);

#endif /* HVLENS_FAULT_H */
