/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's kind of MMU: what both kinds, radix and hash, have to do, and how a VM gets
 * one and changes it.
 */
#ifndef HVLENS_MMU_H
#define HVLENS_MMU_H

#include <linux/kvm_host.h>
#include <asm/kvm_ppc.h>

/* One kind.  Members without a comment: see the function of that name in radix.h. */
struct mmu_ops {
	/*
	 * The guest translates by tables that it makes itself.  It also invalidates what
	 * CPUs have cached of them, on one CPU only where it can.
	 */
	bool guest_tables;
	/* its part of the VM's LPCR, within LPCR_MMU */
	unsigned long (*lpcr)(const struct kvm *kvm);

	/* The VM gets this kind: make what is empty at first.  0 or -ENOMEM. */
	int (*init)(struct kvm *kvm);
	/* Free all of it.  Nothing is mapped any more, no MMU looks at it.  May sleep. */
	void (*free)(struct kvm *kvm);
	/* Before the first entry; 0 or -errno.  Context: mmu_setup_lock.  May be NULL. */
	int (*ready)(struct kvm *kvm);
	void (*create_debugfs)(struct kvm *kvm);

	/* The partition-table entry: first doubleword, and the second without process_table. */
	u64 (*partition_entry)(struct kvm *kvm);
	u64 partition_flags;

	/* core/memslot.c calls these; see the contracts in memslot.h */
	void (*unmap_gfn_range)(struct kvm *kvm, struct kvm_gfn_range *range);
	bool (*age_gfn)(struct kvm *kvm, struct kvm_gfn_range *range);
	bool (*test_age_gfn)(struct kvm *kvm, struct kvm_gfn_range *range);
	void (*flush_memslot)(struct kvm *kvm, struct kvm_memory_slot *slot);
	/* moves what the MMU noted to the slot's dirty bitmap */
	void (*harvest_dirty)(struct kvm *kvm, struct kvm_memory_slot *slot);

	int (*page_fault)(struct kvm_vcpu *vcpu, unsigned long ea, unsigned long dsisr);
	/* The guest real address that the fault is about; NULL if the CPU does not tell. */
	gpa_t (*fault_gpa)(const struct kvm_vcpu *vcpu, unsigned long ea,
			   unsigned long dsisr);
	int (*load_from_eaddr)(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr, int size);
	/* sc 1 in problem state: the interrupt that the guest gets instead of a hypercall */
	void (*refuse_hcall)(struct kvm_vcpu *vcpu);
};

extern const struct mmu_ops radix_mmu;	/* radix/ops.c */
extern const struct mmu_ops hash_mmu;	/* hash/ops.c */

/*
 * mmu_of - the VM's kind of MMU.  struct kvm_arch has no room for a pointer, and kvm.ko and
 * vmlinux read its radix, so the choice is made here.
 *
 * The kind changes while no vCPU runs, under mmu_setup_lock and mmu_lock.
 */
static inline const struct mmu_ops *mmu_of(const struct kvm *kvm)
{
	return kvm->arch.radix ? &radix_mmu : &hash_mmu;
}

/* At the VM's creation and end; see mmu_ops.init and mmu_ops.free. */
int mmu_vm_init(struct kvm *kvm, const struct mmu_ops *mmu);
void mmu_vm_free(struct kvm *kvm);

/* Context of these: kvm->arch.mmu_setup_lock. */
int mmu_stop(struct kvm *kvm);
void mmu_is_ready(struct kvm *kvm);
int mmu_change(struct kvm *kvm, const struct mmu_ops *mmu);
void mmu_set_partition_table(struct kvm *kvm);

int mmu_setup(struct kvm *kvm);

/* members of struct kvmppc_ops */
int mmu_configure(struct kvm *kvm, struct kvm_ppc_mmuv3_cfg *cfg);
int mmu_create_debugfs(struct kvm *kvm);
int mmu_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr, int size);

#endif /* HVLENS_MMU_H */
