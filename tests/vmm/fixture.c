// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

static void start(struct fixture *f, const char *image, const char *end, u64 base, u64 msr)
{
	vcpu_create(&f->vm, &f->vcpu, 0);
	vm_load(&f->vm, GUEST_CODE, image, end);
	vcpu_set_gpr(&f->vcpu, 31, base + FIXTURE_DATA);
	vcpu_set_entry(&f->vcpu, base + GUEST_CODE, msr);
}

void fixture_real_image(struct fixture *f, const char *image, const char *end)
{
	vm_create(&f->vm, FIXTURE_RAM);
	start(f, image, end, 0, MSR_REAL);
}

void fixture_virt_image(struct fixture *f, const char *image, const char *end)
{
	vm_create(&f->vm, FIXTURE_RAM);
	mmu_create(&f->mmu, &f->vm, FIXTURE_TABLES, FIXTURE_TABLES_SIZE);
	mmu_map(&f->mmu, 0, KERNEL_EA, 0, FIXTURE_RAM, PAGE_64K, PTE_KERNEL);
	mmu_map(&f->mmu, 0, KERNEL_EA + FIXTURE_MMIO, FIXTURE_MMIO, PAGE_64K, PAGE_64K,
		PTE_MMIO);
	start(f, image, end, KERNEL_EA, MSR_VIRT);
}

u64 *fixture_data(struct fixture *f, unsigned int index)
{
	return (u64 *)vm_ptr(&f->vm, FIXTURE_DATA + index * sizeof(u64), sizeof(u64));
}

void fixture_end(struct fixture *f)
{
	vcpu_destroy(&f->vcpu);
	vm_destroy(&f->vm);
}
