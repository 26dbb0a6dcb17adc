/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash guest's table (hashed page table, HPT), whose entries the VMM makes, as it
 * would restore those of a guest that was migrated (KVM_PPC_GET_HTAB_FD).
 *
 * All segments are of 2^40 bytes, all pages the host's: KVM takes no larger ones
 * than those that the VMM's memory is mapped with.
 */
#ifndef TESTS_HPT_H
#define TESTS_HPT_H

#include "vmm.h"

#define SEGMENT_SHIFT	40
#define SEGMENT_SIZE	(1ull << SEGMENT_SHIFT)

/* Bits of an entry's second doubleword (Power ISA) */
#define HPTE_PP0	(1ull << 63)	/* with HPTE_PP_READ: not in problem state */
#define HPTE_REFERENCED	0x100ull
#define HPTE_CHANGED	0x080ull
#define HPTE_INHIBITED	0x020ull	/* I: caching */
#define HPTE_COHERENT	0x010ull	/* M */
#define HPTE_GUARDED	0x008ull	/* G */
#define HPTE_NO_EXEC	0x004ull	/* N */
#define HPTE_PP_PRIV	0x0ull		/* supervisor state loads and stores */
#define HPTE_PP_ALL	0x2ull		/* problem state too */
#define HPTE_PP_READ	0x3ull		/* all load */
#define HPTE_PP_PRIV_READ	(HPTE_PP0 | 0x2)	/* supervisor state loads */

#define HPT_TABLE_ORDER	22	/* log2 of the table's size in bytes */

/* KVM_PPC_ALLOCATE_HTAB; @vm->hpt from now on */
void hpt_create(struct vm *vm);
void hpt_destroy(struct vm *vm);

/*
 * Maps [@offset, @offset + @size) of segment @vsid to @gpa with entries of these
 * @attributes; what was mapped there before is so no longer.
 */
void hpt_map(struct vm *vm, u64 vsid, u64 offset, u64 gpa, u64 size, u64 attributes);

/*
 * Lets the guest in real mode see [@gpa, @gpa + @size), as far as it does not yet, as
 * it is below SEGMENT_SIZE, and as it is no device's registers: real mode is cached.
 */
void hpt_map_real(struct vm *vm, u64 gpa, u64 size);

/*
 * What the guest's H_ENTER wants for a page: the first entry of the group that it may be in,
 * and the entry's first doubleword
 */
u64 hpt_group(struct vm *vm, u64 vsid, u64 offset);
u64 hpt_first_doubleword(struct vm *vm, u64 vsid, u64 offset);

/* Is entry @index one of those made here? Any number may come. */
bool hpt_made_here(struct vm *vm, u64 index);

/* How many of them are in their group no more, be it at another place */
unsigned int hpt_lost(struct vm *vm);

/* Virtual segment identifier of process @pid's segment; what slbmte wants for it */
u64 hpt_vsid(unsigned int pid);
u64 hpt_slb_vsid(u64 vsid);

/* The vCPU's SLB: process 0 from KERNEL_EA on, process 1 from 0 on */
void hpt_segments(struct vcpu *vcpu);

#endif
