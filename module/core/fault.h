/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypervisor storage interrupts: what is the same for radix and hash guests.
 *
 * The guest's mapping is a copy of the host's page-table entry for the VMM's address. The
 * copy is made while kvm->mmu_lock is held and no invalidation is under way, and the MMU
 * notifiers remove the guest's mapping before the host's entry changes. So the guest's
 * mapping needs no reference to the page, and the host's fault handler runs only if the
 * host's entry does not allow the access yet.
 */
#ifndef HVLENS_FAULT_H
#define HVLENS_FAULT_H

#include <linux/kvm_host.h>

struct fault {
	/* set by the caller */
	struct kvm_vcpu *vcpu;
	struct kvm_memory_slot *slot;
	gpa_t gpa;			/* the byte that was accessed */
	bool write;
	bool fetch;			/* HISI */
	/*
	 * Maps the page. Return: 0; -EAGAIN: the host's mapping, or the guest's, is
	 * changing; -ENOENT: the host's entry does not allow the access; another
	 * negative errno is for KVM_RUN.
	 */
	int (*map)(struct fault *f);
	/* set by fault_map() */
	unsigned long hva;		/* of the page */
	unsigned long seq;		/* kvm->mmu_invalidate_seq */
	bool host_marked_dirty;		/* the host has marked the page dirty for the guest */
};

u64 fault_host_entry(struct mm_struct *mm, unsigned long hva,
		     unsigned int *shift);

/*
 * fault_host_writable - can the guest get write access with the host's @entry?
 *
 * The host must have marked the page dirty, because it does not see the guest's stores.
 */
static inline bool fault_host_writable(const struct fault *f, u64 entry)
{
	return (entry & _PAGE_WRITE) &&
	       (f->host_marked_dirty || (entry & _PAGE_DIRTY));
}

int fault_map(struct fault *f);
int fault_reflect(const struct fault *f, unsigned long ea, unsigned long dsisr);

#endif /* HVLENS_FAULT_H */
