/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash guest's table (hashed page table, HPT). The VMM makes the entries in the way that it
 * restores those of a migrated guest (KVM_PPC_GET_HTAB_FD).
 *
 * All segments have 2^40 bytes. All pages have the host's page size: KVM accepts no pages
 * larger than those that map the VMM's memory.
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
 * @attributes. They replace earlier entries for the same offsets.
 */
void hpt_map(struct vm *vm, u64 vsid, u64 offset, u64 gpa, u64 size, u64 attributes);

/*
 * Maps [@gpa, @gpa + @size) for the guest's real mode where it is not mapped yet. Leaves out
 * addresses from SEGMENT_SIZE on and a device's registers, since real mode is cached.
 */
void hpt_map_real(struct vm *vm, u64 gpa, u64 size);

/*
 * The arguments of the guest's H_ENTER for a page: the first entry of the page's group, and
 * the first doubleword of the page's entry
 */
u64 hpt_group(struct vm *vm, u64 vsid, u64 offset);
u64 hpt_first_doubleword(struct vm *vm, u64 vsid, u64 offset);

/* Did the VMM make entry @index?  @index may be any number. */
bool hpt_made_here(struct vm *vm, u64 index);

/* How many of the VMM's entries are no longer in their group, at whatever place */
unsigned int hpt_lost(struct vm *vm);

/* Virtual segment identifier of process @pid's segment; the operands of slbmte for it */
u64 hpt_vsid(unsigned int pid);
u64 hpt_slb_vsid(u64 vsid);

/* The vCPU's SLB: process 0 from KERNEL_EA on, process 1 from 0 on */
void hpt_segments(struct vcpu *vcpu);

#endif
