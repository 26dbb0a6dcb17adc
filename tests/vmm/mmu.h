/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's process-scoped translation, of the kind that its VM has: a process table and radix
 * trees in guest memory (mmu_radix.c), or segments and entries of its hash table (mmu_hash.c).
 */
#ifndef TESTS_MMU_H
#define TESTS_MMU_H

#include "vmm.h"

#define PAGE_64K	(1ull << 16)
#define PAGE_2M		(1ull << 21)
#define PAGE_1G		(1ull << 30)

/* Radix PTE: encoded access authority and storage attributes (Power ISA) */
#define PTE_PRIV	0x8ull		/* not in problem state */
#define PTE_READ	0x4ull
#define PTE_WRITE	0x2ull
#define PTE_EXEC	0x1ull
#define PTE_IO		0x20ull		/* non-idempotent I/O: MMIO */
#define PTE_REFERENCED	0x100ull
#define PTE_CHANGED	0x80ull

#define PTE_KERNEL	(PTE_PRIV | PTE_READ | PTE_WRITE | PTE_EXEC)
#define PTE_USER	(PTE_READ | PTE_WRITE | PTE_EXEC)
#define PTE_MMIO	(PTE_PRIV | PTE_READ | PTE_WRITE | PTE_IO)

/* Effective addresses from here on are translated by the tree of PID 0 */
#define KERNEL_EA	0xc000000000000000ull

struct guest_mmu {
	struct vm *vm;
	/* radix */
	u64 next, end;		/* guest real memory left for tables */
	u64 process_table;
};

/*
 * Radix: builds an empty process table in guest real memory [@gpa, @gpa + @size)
 * and tells KVM about it.  The range is 64 KiB aligned; a tree needs 64 KiB for its
 * root and a bit for what hangs on it.  Hash: the VM has its table.
 */
void mmu_create(struct guest_mmu *mmu, struct vm *vm, u64 gpa, size_t size);

/*
 * Maps [@ea, @ea + @size) to @gpa for process @pid (below 256) with pages of
 * @page bytes, @pte being PTE_* bits.  All are multiples of @page.
 *
 * Hash: the pages have the host's page size, whatever @page says; @ea is below 2^40 or from
 * KERNEL_EA on, and no vCPU may be in KVM_RUN.  A vCPU starts with the segments of processes
 * 0 and 1.
 */
void mmu_map(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa, u64 size,
	     u64 page, u64 pte);

/* Radix: the guest real address of the leaf that maps @ea for process @pid */
u64 mmu_radix_leaf(struct guest_mmu *mmu, unsigned int pid, u64 ea);

/* --- for mmu.c ----------------------------------------------------------- */

void mmu_radix_create(struct guest_mmu *mmu, u64 gpa, size_t size);
void mmu_radix_map(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa, u64 size,
		   u64 page, u64 pte);
void mmu_hash_map(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa, u64 size,
		  u64 pte);

#endif
