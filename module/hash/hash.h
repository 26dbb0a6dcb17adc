/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest with a hashed page table (HPT). The host owns the table. The guest makes and
 * removes its entries (HPTEs) by hypercalls, which vmlinux carries out (kvmppc_h_enter()
 * and so on). These files do the rest:
 *
 *   table.c    the table's life: allocation, reset, resizing, the virtual real mode
 *              area (VRMA)
 *   ioctls.c   the VMM's requests about the table
 *   hcalls.c   the guest's hypercalls
 *   fault.c    HISI and HDSI
 *   rmap.c     MMU notifiers, dirty log
 *   walk.c     guest effective addresses
 *   stream.c   the table as a stream, for migration
 *   debugfs.c  the table as text
 *   ops.c      struct mmu_ops
 *
 * The states of an HPTE are vmlinux's (arch/powerpc/kvm/book3s_hv_rm_mmu.c):
 *   V = 1          The MMU may use it. It is in the chain of its page's rmap and
 *                  holds a real address of the host.
 *   ABSENT = 1     V = 0: the guest has made it, but the host's page is not there,
 *                  or no memory slot has the address (then its key is 31).
 *   HVLOCK         Locked for a change. The lock is taken before the rmap's lock;
 *                  who holds that only tries this one. Both spin: preemption is off.
 *   rev.guest_rpte The second doubleword as the guest made it, with R and C collected.
 * On POWER9 and later, entries in the table have the format of ISA 3.0 (B in the second
 * doubleword). Everything else has the older format, which the hypercalls keep.
 */
#ifndef HVLENS_HASH_H
#define HVLENS_HASH_H

#include <linux/kvm_host.h>
#include <asm/kvm_book3s.h>

#include "core/mmu.h"

/* An HPTE in the older format, CPU byte order */
struct hpte {
	unsigned long v, r;
};

static inline __be64 *hash_hptep(const struct kvm_hpt_info *hpt, unsigned long index)
{
	return (__be64 *)hpt->virt + 2 * index;
}

static inline struct hpte hash_read_hpte(const __be64 *hptep)
{
	struct hpte e = {
		.v = be64_to_cpu(READ_ONCE(hptep[0])) & ~HPTE_V_HVLOCK,
		.r = be64_to_cpu(READ_ONCE(hptep[1])),
	};

	if (cpu_has_feature(CPU_FTR_ARCH_300)) {
		e.v = hpte_new_to_old_v(e.v, e.r);
		e.r = hpte_new_to_old_r(e.r);
	}
	return e;
}

/*
 * Writes @e into a locked entry whose V is 0, and unlocks it. The second
 * doubleword has to be there before V = 1 is seen (ISA Book III, "Adding a Page
 * Table Entry": eieio), and the entry before the guest runs on (ptesync).
 */
static inline void hash_write_hpte(__be64 *hptep, struct hpte e)
{
	if (cpu_has_feature(CPU_FTR_ARCH_300)) {
		e.r = hpte_old_to_new_r(e.v, e.r);
		e.v = hpte_old_to_new_v(e.v);
	}
	hptep[1] = cpu_to_be64(e.r);
	eieio();
	__unlock_hpte(hptep, e.v);
	asm volatile("ptesync" : : : "memory");
}

/* Context: preemption off. */
static inline void hash_lock_hpte(__be64 *hptep)
{
	lockdep_assert_preemption_disabled();
	while (!try_lock_hpte(hptep, HPTE_V_HVLOCK))
		cpu_relax();
}

/* Gives the entry back as it is. */
static inline void hash_unlock_hpte(__be64 *hptep)
{
	unlock_hpte(hptep, be64_to_cpu(hptep[0]));
}

/*
 * hash_table_set_order - KVM_PPC_ALLOCATE_HTAB: an empty table of 2^@order bytes
 * 18 to 46. 0; -EINVAL; -ENOMEM: the table is as it was.
 * Context: no vCPU runs, kvm->arch.mmu_setup_lock. A radix guest gets the table before
 * it becomes a hash guest.
 */
int hash_table_set_order(struct kvm *kvm, u32 order);

/*
 * hash_table_ready - before the first entry: make a table if user space made none, and
 * the VRMA's entries
 * 0; -ENOMEM; -EINVAL: there is no memory at guest real address 0.
 * Context: as above.
 */
int hash_table_ready(struct kvm *kvm);

/* Frees the table. Context: nothing is mapped any more, no MMU looks at it. */
void hash_table_free(struct kvm *kvm);

/*
 * hash_table_vrma - the VRMA has pages of 2^@shift bytes: 12, 16 or 24
 * Context: kvm->arch.mmu_setup_lock, no vCPU runs.
 */
void hash_table_vrma(struct kvm *kvm, unsigned int shift);

/* First doubleword of the partition-table entry: HR = 0; 0 if there is no table. */
u64 hash_partition_entry(struct kvm *kvm);

/*
 * hash_resize_prepare, hash_resize_commit - KVM_PPC_RESIZE_HPT_*
 * prepare: 0: a new table of that size can be committed; a shift of 0 drops the one that
 * was prepared. -EINVAL, -ENOMEM.
 * commit: 0; -ENXIO: no such table was prepared; -ENOSPC: a group of the new table has
 * too few places for the bolted entries; -EINVAL; -EIO: no vCPU has run yet. May sleep.
 */
int hash_resize_prepare(struct kvm *kvm, const struct kvm_ppc_resize_hpt *rhpt);
int hash_resize_commit(struct kvm *kvm, const struct kvm_ppc_resize_hpt *rhpt);

/* Context: kvm->arch.mmu_setup_lock. */
static inline bool hash_has_table(const struct kvm *kvm)
{
	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	return mmu_of(kvm) == &hash_mmu && kvm->arch.hpt.virt;
}

/*
 * True: the table stays the same one as long as kvm->srcu is held. False: the table is
 * being exchanged, so let the guest try again. hash_resize_commit() clears mmu_ready, and
 * then waits for those who did not see that (synchronize_srcu()).
 * Context: kvm->srcu.
 */
static inline bool hash_table_stays(const struct kvm *kvm)
{
	lockdep_assert_held(&kvm->srcu);
	return READ_ONCE(kvm->arch.mmu_ready);
}

/*
 * Can a guest page of @size bytes lie anywhere in @slot? An HPTE has the address of a
 * whole page. So the page must begin at a multiple of its size in the guest, in the VMM
 * and in the host.
 */
static inline bool hash_slot_fits(struct kvm_memory_slot *slot, unsigned long size)
{
	return size <= PAGE_SIZE || (slot_is_aligned(slot, size) &&
				     IS_ALIGNED(slot->userspace_addr, size));
}

/*
 * hash_enter - H_ENTER, for the guest or in its place
 * @place: the HPTE's index, if the result is H_SUCCESS
 * H_SUCCESS, H_PARAMETER, H_PTEG_FULL. Context: kvm->srcu.
 */
long hash_enter(struct kvm *kvm, unsigned long flags, unsigned long index,
		struct hpte e, unsigned long *place);

/* hypercall handlers, see hcalls.c */
long hash_h_enter(struct kvm_vcpu *vcpu, const unsigned long *args);
long hash_h_remove(struct kvm_vcpu *vcpu, const unsigned long *args);
long hash_h_bulk_remove(struct kvm_vcpu *vcpu, const unsigned long *args);
long hash_h_protect(struct kvm_vcpu *vcpu, const unsigned long *args);
long hash_h_read(struct kvm_vcpu *vcpu, const unsigned long *args);
long hash_h_clear_ref(struct kvm_vcpu *vcpu, const unsigned long *args);
long hash_h_clear_mod(struct kvm_vcpu *vcpu, const unsigned long *args);

/*
 * HDSI or HISI of a hash guest; arguments, returns and context as those of
 * radix_page_fault(). vcpu->arch.fault_gpa: ASDR as read, the segment.
 */
int hash_page_fault(struct kvm_vcpu *vcpu, unsigned long ea,
		    unsigned long dsisr);

/* struct mmu_ops, for core/memslot.c */
void hash_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range);
bool hash_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
bool hash_test_age_gfn(struct kvm *kvm, struct kvm_gfn_range *range);
void hash_flush_memslot(struct kvm *kvm, struct kvm_memory_slot *slot);
void hash_harvest_dirty(struct kvm *kvm, struct kvm_memory_slot *slot);

/* as radix_load_from_eaddr() */
int hash_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr,
			 int size);

/*
 * The file "htab" in the VM's debugfs directory. It has a line for each entry of the table:
 * index, both doublewords as the guest made them with R and C (all in hex), and "valid", or
 * "absent" if the host's page is not there or there is no memory. It is not a snapshot.
 */
void hash_create_debugfs(struct kvm *kvm);

/*
 * hash_fd_create - KVM_PPC_GET_HTAB_FD
 * The descriptor's number; -EINVAL, -ENOMEM, -EMFILE.
 */
int hash_fd_create(struct kvm *kvm, const struct kvm_get_htab_fd *ghf);

#endif /* HVLENS_HASH_H */
