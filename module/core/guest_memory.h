/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory that the host reads and writes in the guest's place: arguments of
 * hypercalls, page tables, instructions.
 *
 * Registers of a device can be in a memory slot, too. The guest may access them, but the
 * host must not: a load of a wrong size, or from a wrong place, is a machine check that
 * hits the host. The VMM can map registers over the slot's memory at any time, so a look
 * at the mapping is worth something only while the mapping can't change. Between
 * guest_memory_begin() and guest_memory_end() mmap_lock is held for that.
 *
 * Page faults are disabled meanwhile, because the fault handler would take mmap_lock once
 * more. If an access fails, guest_memory_end() makes the page accessible and asks for
 * another try:
 *
 *	do {
 *		guest_memory_begin(&m, kvm);
 *		from = guest_memory_at(&m, gpa, false);
 *		failed = !from || get_user(value, from);
 *	} while (guest_memory_end(&m, failed));
 */
#ifndef HVLENS_GUEST_MEMORY_H
#define HVLENS_GUEST_MEMORY_H

#include <linux/kvm_host.h>

struct guest_memory {
	struct kvm *kvm;
	int srcu;
	/* what was looked at last, or NULL: most accesses are to the same slot and mapping */
	const struct kvm_memory_slot *slot;
	const struct vm_area_struct *vma;
	bool write;			/* of the range that was asked for last: */
	gfn_t first, pages;
};

/*
 * guest_memory_begin, guest_memory_end - hold the VMM's mappings as they are, and let go
 * @failed: an access to the range that was asked for last failed
 *
 * Return: true: the page is accessible now, try again from guest_memory_begin() on. False:
 * nothing failed, or the range can't be made accessible, or the thread is being killed.
 * Context: a thread of the VMM; end may sleep. In between no page fault is handled, and the
 * thread may sleep.
 */
void guest_memory_begin(struct guest_memory *m, struct kvm *kvm) __acquires(&kvm->srcu);
bool guest_memory_end(struct guest_memory *m, bool failed) __releases(&m->kvm->srcu);

/*
 * guest_memory_at - the VMM's address of @gpa, for an access within the page
 * @write: what failing accesses are: stores
 *
 * Return: NULL if the host must not access it.
 * Context: between guest_memory_begin() and guest_memory_end(); does not sleep.
 */
void __user *guest_memory_at(struct guest_memory *m, gpa_t gpa, bool write);

/*
 * guest_memory_ready - make [@gpa, @gpa + @size) accessible, for code that can't try again
 * @size: up to a few pages; not 0
 *
 * An access can still fail, but only if the host takes a page away at that moment.
 *
 * Return: false if the host must not, or can't, access it.
 * Context: as guest_memory_at(); may sleep.
 */
bool guest_memory_ready(struct guest_memory *m, gpa_t gpa, size_t size, bool write);

/*
 * guest_memory_read, guest_memory_write - copy @size bytes within a page
 *
 * Return: 0, or -EFAULT if the host must not, or can't, access it.
 * Context: a thread of the VMM; may sleep.
 */
int guest_memory_read(struct kvm *kvm, gpa_t gpa, void *to, size_t size);
int guest_memory_write(struct kvm *kvm, gpa_t gpa, const void *from, size_t size);

#endif /* HVLENS_GUEST_MEMORY_H */
