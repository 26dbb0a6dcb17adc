/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's own translation, built by the VMM in guest memory: a process
 * table and radix trees of 52 bits (13, 9, 9 and 5 bits; pages of 64 KiB, 2 MiB
 * and 1 GiB).
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
	u64 next, end;		/* guest real memory left for tables */
	u64 process_table;
};

/*
 * Builds an empty process table in guest real memory [@gpa, @gpa + @size) and
 * tells KVM about it.  The range is 64 KiB aligned; a tree needs 64 KiB for its
 * root and a bit for what hangs on it.
 */
void mmu_create(struct guest_mmu *mmu, struct vm *vm, u64 gpa, size_t size);

/*
 * Maps [@ea, @ea + @size) to @gpa for process @pid (below 256) with pages of
 * @page bytes, @pte being PTE_* bits.  All are multiples of @page.
 */
void mmu_map(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa, u64 size,
	     u64 page, u64 pte);

/* The PTE that maps @ea for @pid: big-endian, in guest memory; NULL if none */
u64 *mmu_pte(struct guest_mmu *mmu, unsigned int pid, u64 ea);

#endif
