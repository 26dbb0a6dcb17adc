// SPDX-License-Identifier: GPL-2.0-only
#include "mmu.h"

void mmu_create(struct guest_mmu *mmu, struct vm *vm, u64 gpa, size_t size)
{
	*mmu = (struct guest_mmu){ .vm = vm };
	if (!vm->hpt)
		mmu_radix_create(mmu, gpa, size);
}

void mmu_map(struct guest_mmu *mmu, unsigned int pid, u64 ea, u64 gpa, u64 size,
	     u64 page, u64 pte)
{
	if (mmu->vm->hpt)
		mmu_hash_map(mmu, pid, ea, gpa, size, pte);
	else
		mmu_radix_map(mmu, pid, ea, gpa, size, page, pte);
}
