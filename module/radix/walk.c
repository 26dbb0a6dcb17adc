// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest effective addresses: walks the process-scoped radix tables of the guest in
 * software.
 *
 * The hardware could walk them (quadrants 1 and 2: loads with the guest's LPID and PID in
 * the host's registers). But each use costs two heavy synchronizations, runs the host with
 * the guest's PID, and ends in a fault if the guest's translation has any defect. Only one
 * instruction fetch per MMIO access needs a walk: six loads from memory cost no more, and
 * they cannot fault.
 *
 * All loads of a walk are in one user-access window, because closing a window may flush
 * the L1 data cache (uaccess_flush). Their addresses come from memory slots, and kvm.ko has
 * checked that those are in user space.
 */
#include <linux/kvm_host.h>
#include <linux/uaccess.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/pgtable.h>

#include "core/guest_memory.h"
#include "radix/geometry.h"
#include "radix/radix.h"

/* A page-table entry's real page number, and the key bits of AMR and IAMR. */
#define GUEST_RPN		0x01fffffffffff000UL
#define KEY0_NO_WRITE		PPC_BIT(0)
#define KEY0_NO_READ		PPC_BIT(1)
#define KEY0_NO_EXECUTE		PPC_BIT(1)

/* The largest process table: 2^(12 + 24) bytes */
#define PRTS_MAX	24

/* Bits of effective address that a tree translates, by the first doubleword of its entry. */
static unsigned int tree_bits(u64 root)
{
	return 31 + (((root & RTS1_MASK) >> RTS1_SHIFT) << 3 |
		     (root & RTS2_MASK) >> RTS2_SHIFT);
}

/*
 * Reads an entry of a table. Return: 0, or -EFAULT if @gpa is not in guest memory, or not
 * there at the moment.
 * Context: guest_memory_begin(), user-access window.
 */
static int read_entry(struct guest_memory *m, gpa_t gpa, u64 *entry)
{
	u64 __user *from = guest_memory_at(m, gpa, false);
	u64 value;

	if (!from)
		return -EFAULT;
	unsafe_get_user(value, from, fault);
	*entry = be64_to_cpu((__force __be64)value);
	return 0;
fault:
	return -EFAULT;
}

/*
 * Finds the leaf for @eaddr in a tree.
 * @pde: first doubleword of the process-table entry, which leads to the tree's root
 * @pte: becomes the leaf
 * @shift: becomes log2 of the page size
 *
 * Return: as radix_xlate(). Context: as read_entry().
 */
static int walk_tree(struct guest_memory *m, gva_t eaddr, u64 pde, u64 *pte,
		     unsigned int *shift)
{
	unsigned int level;

	if (tree_bits(pde) != GUEST_EA_BITS)
		return -EINVAL;

	*shift = GUEST_EA_BITS;
	for (level = 0; level < GUEST_LEVELS; level++) {
		unsigned int bits = pde & RPDS_MASK;
		gpa_t table = pde & RPDB_MASK;
		u64 index;
		int ret;

		if (bits != guest_levels[level].bits &&
		    bits != guest_levels[level].other_bits)
			return -EINVAL;
		if (!IS_ALIGNED(table, sizeof(u64) << bits))
			return -EINVAL;

		*shift -= bits;
		index = (eaddr >> *shift) & (BIT_ULL(bits) - 1);
		ret = read_entry(m, table + index * sizeof(u64), &pde);
		if (ret)
			return ret;
		if (!(pde & _PAGE_PRESENT))
			return -ENOENT;
		if (pde & _PAGE_PTE) {
			*pte = pde;
			return level > 0 ? 0 : -EINVAL;
		}
	}
	return -EINVAL;		/* the entry of the last level is no leaf */
}

/*
 * Finds the guest real address of @pid's entry in the guest's process table.
 * Return: 0, or -EINVAL if the table ends before it.
 */
static int process_entry(struct kvm *kvm, u32 pid, gpa_t *gpa)
{
	u64 table = kvm->arch.process_table;
	unsigned int prts = table & PRTS_MASK;
	u64 offset = (u64)pid * sizeof(struct prtb_entry);

	if (prts > PRTS_MAX || offset >= BIT_ULL(12 + prts))
		return -EINVAL;
	*gpa = (table & PRTB_MASK) + offset;
	return 0;
}

/* Sets the access that the leaf @pte gives the vCPU in its present state. */
static void set_access(struct kvm_vcpu *vcpu, struct kvmppc_pte *gpte, u64 pte)
{
	bool problem_state = vcpu->arch.shregs.msr & MSR_PR;
	bool privileged_page = pte & _PAGE_PRIVILEGED;

	gpte->may_read = pte & _PAGE_READ;
	gpte->may_write = pte & _PAGE_WRITE;
	gpte->may_execute = pte & _PAGE_EXEC;

	if (problem_state && privileged_page) {
		gpte->may_read = false;
		gpte->may_write = false;
		gpte->may_execute = false;
	} else if (!problem_state && !privileged_page) {
		/* key 0 of AMR and IAMR keeps privileged state out of problem-state pages */
		if (vcpu->arch.amr & KEY0_NO_READ)
			gpte->may_read = false;
		if (vcpu->arch.amr & KEY0_NO_WRITE)
			gpte->may_write = false;
		if (vcpu->arch.iamr & KEY0_NO_EXECUTE)
			gpte->may_execute = false;
	}
}

static u8 page_size_index(unsigned int shift)
{
	int i;

	for (i = 0; i < MMU_PAGE_COUNT; i++)
		if (mmu_psize_defs[i].shift == shift)
			break;
	return i;
}

/* radix_xlate() in the context of read_entry() */
static int translate(struct kvm_vcpu *vcpu, struct guest_memory *m, gva_t eaddr,
		     struct kvmppc_pte *gpte)
{
	unsigned int shift;
	u64 root, pte, page;
	gpa_t gpa;
	u32 pid;
	int ret;

	switch (eaddr >> 62) {
	case 0:
		pid = vcpu->arch.pid;
		break;
	case 3:
		pid = 0;
		break;
	default:
		return -EINVAL;
	}
	/* bits between the quadrant and those that the tree translates must be 0 */
	if (eaddr & GENMASK_ULL(61, GUEST_EA_BITS))
		return -EINVAL;

	ret = process_entry(vcpu->kvm, pid, &gpa);
	if (!ret)
		ret = read_entry(m, gpa, &root);
	if (!ret)
		ret = walk_tree(m, eaddr, root, &pte, &shift);
	if (ret)
		return ret;

	page = pte & GUEST_RPN;
	if (!IS_ALIGNED(page, BIT_ULL(shift)))
		return -EINVAL;

	gpte->eaddr = eaddr;
	gpte->raddr = page | (eaddr & (BIT_ULL(shift) - 1));
	gpte->page_shift = shift;
	gpte->page_size = page_size_index(shift);
	gpte->rc = pte & (_PAGE_ACCESSED | _PAGE_DIRTY);
	set_access(vcpu, gpte, pte);
	return 0;
}

int radix_xlate(struct kvm_vcpu *vcpu, gva_t eaddr, struct kvmppc_pte *gpte,
		bool data, bool iswrite)
{
	struct guest_memory m;
	int ret;

	do {
		ret = -EFAULT;
		guest_memory_begin(&m, vcpu->kvm);
		if (user_read_access_begin(NULL, 0)) {
			ret = translate(vcpu, &m, eaddr, gpte);
			user_read_access_end();
		}
	} while (guest_memory_end(&m, ret == -EFAULT));
	return ret;
}

/*
 * Reads the instruction at @eaddr. Return: 0 or a negative errno.
 * Context: as read_entry().
 */
static int fetch(struct kvm_vcpu *vcpu, struct guest_memory *m, gva_t eaddr, u32 *word)
{
	struct kvmppc_pte gpte = {
		.raddr = eaddr & KVM_PAM,
		.may_read = true,
		.may_execute = true,
	};
	u32 __user *from;
	int ret = 0;

	if (vcpu->arch.shregs.msr & MSR_IR)
		ret = translate(vcpu, m, eaddr, &gpte);
	if (ret)
		return ret;
	if (!gpte.may_read || !gpte.may_execute)
		return -EPERM;
	from = guest_memory_at(m, gpte.raddr, false);
	if (!from)
		return -EFAULT;
	unsafe_get_user(*word, from, fault);
	return 0;
fault:
	return -EFAULT;
}

int radix_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr,
			  int size)
{
	struct guest_memory m;
	int ret;

	if (size != sizeof(u32) || !IS_ALIGNED(*eaddr, sizeof(u32)))
		return -EAGAIN;

	do {
		ret = -EFAULT;
		guest_memory_begin(&m, vcpu->kvm);
		if (user_read_access_begin(NULL, 0)) {
			ret = fetch(vcpu, &m, *eaddr, ptr);
			user_read_access_end();
		}
	} while (guest_memory_end(&m, ret == -EFAULT));
	return ret ? -EAGAIN : 0;
}
