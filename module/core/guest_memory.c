// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory that the host reads and writes in the guest's place. */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "core/guest_memory.h"

void guest_memory_begin(struct guest_memory *m, struct kvm *kvm)
	__acquires(&kvm->srcu)
{
	m->kvm = kvm;
	m->slot = NULL;
	m->vma = NULL;
	m->pages = 0;
	m->srcu = srcu_read_lock(&kvm->srcu);
	mmap_read_lock(kvm->mm);
	pagefault_disable();
}

/*
 * Looks slot and mapping up. m->slot and m->vma become NULL if the host must not access the page.
 */
static noinline void look_up(struct guest_memory *m, gfn_t gfn)
{
	m->vma = NULL;
	m->slot = gfn_to_memslot(m->kvm, gfn);
	if (m->slot && !(m->slot->flags & KVM_MEMSLOT_INVALID))
		m->vma = vma_lookup(m->kvm->mm, __gfn_to_hva_memslot(m->slot, gfn));
	/* drivers map registers with these flags, and nobody else sets VM_IO */
	if (!m->vma || m->vma->vm_flags & (VM_IO | VM_PFNMAP)) {
		m->slot = NULL;
		m->vma = NULL;
	}
}

/* The VMM's address of a page of guest memory, if it is where the last one was; else 0. */
static __always_inline unsigned long same_place(const struct guest_memory *m, gfn_t gfn)
{
	unsigned long hva;

	if (!m->vma || gfn - m->slot->base_gfn >= m->slot->npages)
		return 0;
	hva = __gfn_to_hva_memslot(m->slot, gfn);
	return hva - m->vma->vm_start < m->vma->vm_end - m->vma->vm_start ? hva : 0;
}

/* The VMM's address of a page of guest memory; an error if the host must not access it. */
static __always_inline unsigned long page_address_of(struct guest_memory *m, gfn_t gfn)
{
	unsigned long hva = same_place(m, gfn);

	if (unlikely(!hva)) {
		look_up(m, gfn);
		hva = same_place(m, gfn);
	}
	return hva ?: KVM_HVA_ERR_BAD;
}

void __user *guest_memory_at(struct guest_memory *m, gpa_t gpa, bool write)
{
	unsigned long hva = page_address_of(m, gpa_to_gfn(gpa));

	m->pages = 0;
	if (kvm_is_error_hva(hva))
		return NULL;
	m->first = gpa_to_gfn(gpa);
	m->pages = 1;
	m->write = write;
	return (void __user *)(hva + offset_in_page(gpa));
}

/*
 * Makes the range accessible that was asked for last.
 * @moved: becomes true if mmap_lock was dropped, and mappings may have changed
 *
 * Return: false if there is a page that can't be made accessible.
 * Context: page faults enabled; mmap_lock may be dropped on the way.
 */
static bool fault_in(struct guest_memory *m, bool *moved)
{
	unsigned int flags = m->write ? FAULT_FLAG_WRITE : 0;
	bool dropped;
	gfn_t i;

	*moved = false;
	for (i = 0; i < m->pages; i++) {
		unsigned long hva = page_address_of(m, m->first + i);

		dropped = false;
		if (kvm_is_error_hva(hva) ||
		    fixup_user_fault(m->kvm->mm, hva, flags, &dropped))
			return false;
		if (dropped)
			m->vma = NULL;
		*moved |= dropped;
	}
	return m->pages && !fatal_signal_pending(current);
}

bool guest_memory_end(struct guest_memory *m, bool failed)
	__releases(&m->kvm->srcu)
{
	bool again, moved;

	pagefault_enable();
	again = failed && fault_in(m, &moved);
	mmap_read_unlock(m->kvm->mm);
	srcu_read_unlock(&m->kvm->srcu, m->srcu);
	return again;
}

bool guest_memory_ready(struct guest_memory *m, gpa_t gpa, size_t size, bool write)
{
	gfn_t last = gpa_to_gfn(gpa + size - 1);
	bool ready, moved;

	m->first = gpa_to_gfn(gpa);
	m->pages = last < m->first ? 0 : last - m->first + 1;
	m->write = write;

	pagefault_enable();
	do {
		ready = fault_in(m, &moved);
	} while (ready && moved);
	pagefault_disable();
	return ready;
}

int guest_memory_read(struct kvm *kvm, gpa_t gpa, void *to, size_t size)
{
	struct guest_memory m;
	const void __user *from;
	bool failed;

	do {
		guest_memory_begin(&m, kvm);
		from = guest_memory_at(&m, gpa, false);
		failed = !from || copy_from_user(to, from, size);
	} while (guest_memory_end(&m, failed));
	return failed ? -EFAULT : 0;
}

int guest_memory_write(struct kvm *kvm, gpa_t gpa, const void *from, size_t size)
{
	struct guest_memory m;
	void __user *to;
	bool failed;

	do {
		guest_memory_begin(&m, kvm);
		to = guest_memory_at(&m, gpa, true);
		failed = !to || copy_to_user(to, from, size);
		if (!failed)
			mark_page_dirty(kvm, gpa_to_gfn(gpa));
	} while (guest_memory_end(&m, failed));
	return failed ? -EFAULT : 0;
}
