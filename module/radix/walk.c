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
 * Return: as translate(). Context: as read_entry().
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

/* May the vCPU in its present state fetch an instruction from what the leaf @pte maps? */
static bool may_fetch(const struct kvm_vcpu *vcpu, u64 pte)
{
	bool problem_state = vcpu->arch.shregs.msr & MSR_PR;
	bool privileged_page = pte & _PAGE_PRIVILEGED;

	if (!(pte & _PAGE_READ) || !(pte & _PAGE_EXEC))
		return false;
	if (problem_state || privileged_page)
		return !problem_state || !privileged_page;
	/* key 0 of AMR and IAMR keeps privileged state out of problem-state pages */
	return !(vcpu->arch.amr & KEY0_NO_READ) && !(vcpu->arch.iamr & KEY0_NO_EXECUTE);
}

/*
 * Translates the address of an instruction.
 * @raddr: becomes the guest real address
 *
 * Return: 0; -EINVAL: a quadrant or table that the architecture does not have; -ENOENT: no
 * valid entry; -EPERM: the vCPU may not fetch from there; -EFAULT: as read_entry().
 * Context: as read_entry().
 */
static int translate(struct kvm_vcpu *vcpu, struct guest_memory *m, gva_t eaddr,
		     gpa_t *raddr)
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

	*raddr = page | (eaddr & (BIT_ULL(shift) - 1));
	return may_fetch(vcpu, pte) ? 0 : -EPERM;
}

/*
 * Reads the instruction at @eaddr. Return: 0 or a negative errno.
 * Context: as read_entry().
 */
static int fetch(struct kvm_vcpu *vcpu, struct guest_memory *m, gva_t eaddr, u32 *word)
{
	gpa_t raddr = eaddr & KVM_PAM;
	u32 __user *from;
	int ret = 0;

	if (vcpu->arch.shregs.msr & MSR_IR)
		ret = translate(vcpu, m, eaddr, &raddr);
	if (ret)
		return ret;
	from = guest_memory_at(m, raddr, false);
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
