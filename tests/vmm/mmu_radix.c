// SPDX-License-Identifier: GPL-2.0-only
/*
 * A radix guest's process-scoped translation, built in guest memory: a process table and trees
 * of 52 bits (13, 9, 9 and 5 bits; pages of 64 KiB, 2 MiB and 1 GiB).
 */
#include <endian.h>
#include <string.h>

#include "mmu.h"
#include "tap.h"

#define PROCESS_TABLE_SIZE	4096ull	/* 256 entries of 16 bytes */
#define ROOT_BITS		13
/* RTS: the tree translates 2^(31 + 21) bytes */
#define RTS_52_BITS		(2ull << 61 | 5ull << 5)

#define ENTRY_VALID		(1ull << 63)
#define ENTRY_LEAF		(1ull << 62)
#define ENTRY_NEXT_ADDRESS	0x0fffffffffffff00ull

/* From the root down: how many bits of the address a level takes, from where */
static const struct level {
	unsigned int bits, shift;
} levels[] = {
	{ ROOT_BITS, 39 }, { 9, 30 }, { 9, 21 }, { 5, 16 },
};

#define LEVELS	ARRAY_SIZE(levels)

static u64 allocate(struct guest_mmu *mmu, u64 size)
{
	u64 gpa = (mmu->next + size - 1) & -size;

	if (gpa + size > mmu->end)
		tap_bail("guest page tables need more than the test gave them");
	mmu->next = gpa + size;
	memset(vm_ptr(mmu->vm, gpa, size), 0, size);
	return gpa;
}

static u64 *process_entry(struct guest_mmu *mmu, unsigned int pid)
{
	return vm_ptr(mmu->vm, mmu->process_table + pid * 16ull, 16);
}

static u64 *entry_of(struct guest_mmu *mmu, u64 table, unsigned int level, u64 ea)
{
	u64 index = ea >> levels[level].shift & ((1ull << levels[level].bits) - 1);

	return vm_ptr(mmu->vm, table + index * sizeof(u64), sizeof(u64));
}

void mmu_radix_create(struct guest_mmu *mmu, u64 gpa, size_t size)
{
	int rc;

	mmu->next = gpa;
	mmu->end = gpa + size;
	mmu->process_table = allocate(mmu, PROCESS_TABLE_SIZE);
	rc = vm_configure_radix(mmu->vm, mmu->process_table, 0);
	if (rc)
		tap_bail("KVM_PPC_CONFIGURE_V3_MMU: %s", strerror(-rc));
}

static void map_page(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa,
		     u64 page, u64 pte)
{
	u64 *root = process_entry(mmu, pid);
	u64 table;
	unsigned int level;

	if (!*root)
		*root = htobe64(RTS_52_BITS | ROOT_BITS |
				allocate(mmu, sizeof(u64) << ROOT_BITS));
	table = be64toh(*root) & ENTRY_NEXT_ADDRESS;

	for (level = 0; level < LEVELS; level++) {
		u64 *entry = entry_of(mmu, table, level, ea);

		if (page == 1ull << levels[level].shift) {
			*entry = htobe64(ENTRY_VALID | ENTRY_LEAF | gpa | pte |
					 PTE_REFERENCED | PTE_CHANGED);
			return;
		}
		if (!*entry && level + 1 < LEVELS)
			*entry = htobe64(ENTRY_VALID | levels[level + 1].bits |
					 allocate(mmu, sizeof(u64) << levels[level + 1].bits));
		table = be64toh(*entry) & ENTRY_NEXT_ADDRESS;
	}
	tap_bail("no level of the guest's radix tree maps pages of %#lx bytes", page);
}

void mmu_radix_map(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa, u64 size,
		   u64 page, u64 pte)
{
	u64 offset;

	for (offset = 0; offset < size; offset += page)
		map_page(mmu, pid, ea + offset, gpa + offset, page, pte);
}

u64 mmu_radix_leaf(struct guest_mmu *mmu, unsigned int pid, u64 ea)
{
	u64 table = be64toh(*process_entry(mmu, pid)) & ENTRY_NEXT_ADDRESS;
	unsigned int level;

	for (level = 0; level < LEVELS; level++) {
		u64 *entry = entry_of(mmu, table, level, ea);

		if (be64toh(*entry) & ENTRY_LEAF)
			return (char *)entry - (char *)mmu->vm->ram;
		table = be64toh(*entry) & ENTRY_NEXT_ADDRESS;
	}
	tap_bail("the guest's radix tree does not map %#lx", ea);
}
