// SPDX-License-Identifier: GPL-2.0-only
/* A hash guest's translation: entries in the table of its VM */
#include "hpt.h"
#include "mmu.h"
#include "tap.h"

/* The same page protection for both kinds of MMU */
static const struct {
	u64 pte, hpte;
} protections[] = {
	{ PTE_PRIV | PTE_READ | PTE_WRITE,	HPTE_PP_PRIV },
	{ PTE_PRIV | PTE_READ,			HPTE_PP_PRIV_READ },
	{ PTE_READ | PTE_WRITE,			HPTE_PP_ALL },
	{ PTE_READ,				HPTE_PP_READ },
};

static u64 attributes(u64 pte)
{
	u64 bits = HPTE_REFERENCED | HPTE_CHANGED;
	unsigned int i;

	bits |= pte & PTE_IO ? HPTE_INHIBITED | HPTE_GUARDED : HPTE_COHERENT;
	if (!(pte & PTE_EXEC))
		bits |= HPTE_NO_EXEC;
	for (i = 0; i < ARRAY_SIZE(protections); i++)
		if (protections[i].pte == (pte & (PTE_PRIV | PTE_READ | PTE_WRITE)))
			return bits | protections[i].hpte;
	tap_bail("no page protection of a hash guest is like %#lx", pte);
}

void mmu_hash_map(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa, u64 size, u64 pte)
{
	u64 base = pid ? 0 : KERNEL_EA;

	if (ea < base || ea - base >= SEGMENT_SIZE || size > SEGMENT_SIZE - (ea - base))
		tap_bail("process %u has no segment at %#lx", pid, ea);
	hpt_map(mmu->vm, hpt_vsid(pid), ea - base, gpa, size, attributes(pte));
}
