/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A radix guest's memory: the partition-scoped tree, the faults that fill it, the notifiers
 * that empty it, the dirty log, and guest effective addresses.
 *
 *   tree.c     the tree: entries, levels, descend, install, unmap, free
 *   fault.c    HISI and HDSI
 *   memslot.c  MMU notifiers, memslot changes, dirty log (core/memslot.c calls it)
 *   debugfs.c  the tree as text
 *   walk.c     the guest's own (process-scoped) tables
 *   ops.c      struct mmu_ops
 */
#ifndef HVLENS_RADIX_H
#define HVLENS_RADIX_H

#include <linux/kvm_host.h>

/* Module load and unload. radix_init: 0 or -ENOMEM. No VM is left at unload. */
int radix_init(void);
void radix_exit(void);

/*
 * radix_vm_init: allocates the empty root (kvm->arch.pgtable). 0 or -ENOMEM.
 * kvm->arch.lpid must be set before the first entry is unmapped, not earlier.
 *
 * radix_vm_free: frees the whole tree; may sleep. Context: nothing may walk the tree any
 * more. So the caller has replaced or cleared the LPID's partition-table entry and flushed
 * what is cached for the LPID. Safe when radix_vm_init failed or never ran.
 */
int radix_vm_init(struct kvm *kvm);
void radix_vm_free(struct kvm *kvm);

/*
 * First doubleword of the VM's partition-table entry (CPU byte order):
 * HR = 1, RTS for a 52-bit tree, RPDB and RPDS of the root.
 */
u64 radix_partition_entry(struct kvm *kvm);

/*
 * The guest real address that a storage interrupt of the hypervisor is about.  ASDR holds
 * the page of the address, and above it bits that the architecture ignores.  If the access
 * was to one of the guest's tables, ASDR alone tells the place.
 */
static inline gpa_t radix_fault_gpa(const struct kvm_vcpu *vcpu,
				    unsigned long ea, unsigned long dsisr)
{
	gpa_t gpa = vcpu->arch.fault_gpa & 0x0ffffffffffff000UL;

	return dsisr & DSISR_PRTABLE_FAULT ? gpa : gpa | (ea & (SZ_4K - 1));
}

/*
 * HDSI or HISI of a radix guest. The trap (vcpu->arch.trap) tells which.
 *
 * @ea:    HDAR, or the guest's NIP for an HISI
 * @dsisr: HDSISR; for an HISI the HSRR1 bits at the same places
 *         (HSRR1 & DSISR_SRR1_MATCH_64S), plus DSISR_ISSTORE when
 *         HSRR1_HISI_WRITE is set
 * vcpu->arch.fault_gpa: ASDR as read
 *
 * Context: vCPU loaded, interrupts on, may sleep. Takes kvm->srcu itself; call
 * it without (kvm_vcpu_srcu_read_lock() would nest).
 *
 * Returns RESUME_GUEST or RESUME_GUEST_NV (mapped, emulated, or an interrupt was
 * queued for the guest), RESUME_HOST or RESUME_HOST_NV (run->exit_reason set:
 * MMIO, or what kvm.ko's emulation asked for), or a negative errno for KVM_RUN:
 * -EFAULT (the VMM's mapping does not back the page), -EINTR, -ENOMEM,
 * -EHWPOISON.
 */
int radix_page_fault(struct kvm_vcpu *vcpu, unsigned long ea,
		     unsigned long dsisr);

/* Guest real addresses end there: the tree's size. In pages. */
#define RADIX_BITS	52
#define RADIX_GFN_END	BIT_ULL(RADIX_BITS - PAGE_SHIFT)

/* struct mmu_ops, for core/memslot.c */
void radix_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range);
bool radix_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
bool radix_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
void radix_flush_memslot(struct kvm *kvm, struct kvm_memory_slot *memslot);
void radix_harvest_dirty(struct kvm *kvm, struct kvm_memory_slot *slot);

int radix_get_rmmu_info(struct kvm *kvm, struct kvm_ppc_rmmu_info *info);

/*
 * The file "radix" in the VM's debugfs directory. It has a line for each leaf: guest real
 * address, entry (both in hex), log2 of the leaf's size. It is not a snapshot: the tree may
 * change between two lines.
 */
void radix_create_debugfs(struct kvm *kvm);

/*
 * ops->load_from_eaddr: the word of an instruction at *@eaddr, as it is in memory, if
 * the guest's process table and the vCPU's current MSR[PR], AMR and IAMR permit it to fetch
 * that; kvm.ko asks for nothing else with an HV guest. Reference and change bits are not
 * updated. May sleep. 0; -EAGAIN: not possible, let the guest fetch it once more.
 *
 * There must be no other error: after one kvm.ko would call vcpu->arch.mmu.xlate, which
 * is NULL because nothing else calls it.
 */
int radix_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr,
			  int size);

#endif /* HVLENS_RADIX_H */
