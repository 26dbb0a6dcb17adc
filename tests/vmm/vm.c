// SPDX-License-Identifier: GPL-2.0-only
/* VM: memory, MMU set-up */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "hpt.h"
#include "mmu.h"
#include "tap.h"
#include "vmm.h"

#define PROCESS_TABLE_RADIX	(1ull << 63)

GUEST(vectors);

static int result(long rc)
{
	return rc < 0 ? -errno : (int)rc;
}

int vm_ioctl(struct vm *vm, unsigned long request, void *arg)
{
	return result(ioctl(vm->fd, request, arg));
}

void vm_create_bare(struct vm *vm)
{
	memset(vm, 0, sizeof(*vm));
	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		tap_bail("/dev/kvm: %s: is a backend loaded?", strerror(errno));
	/* type 1: the HV backend */
	vm->fd = ioctl(vm->kvm, KVM_CREATE_VM, 1);
	if (vm->fd < 0)
		tap_bail("KVM_CREATE_VM: %s", strerror(errno));
}

bool vmm_hash_guests(void)
{
	const char *mmu = getenv("mmu");
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int radix = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_PPC_MMU_RADIX);

	close(kvm);
	return radix <= 0 || (mmu && !strcmp(mmu, "hash"));
}

void vm_create(struct vm *vm, size_t ram_size)
{
	int rc;

	vm_create_bare(vm);
	vm->ram_size = ram_size;
	vm->ram = vmm_memory(ram_size, 2ul << 20);
	rc = vm_set_slot(vm, 0, 0, vm->ram, ram_size, 0);
	if (rc)
		tap_bail("memory slot 0: %s", strerror(-rc));
	if (vmm_hash_guests()) {
		hpt_create(vm);
		hpt_map_real(vm, 0, ram_size);
		hpt_map_real(vm, FIXTURE_MMIO, PAGE_64K);
	} else {
		rc = vm_configure_radix(vm, 0, 0);
		if (rc)
			tap_bail("KVM_PPC_CONFIGURE_V3_MMU: %s", strerror(-rc));
	}
	vm_load_guest(vm, 0, vectors);
}

void vm_destroy(struct vm *vm)
{
	close(vm->fd);
	close(vm->kvm);
	hpt_destroy(vm);
	if (vm->ram)
		munmap(vm->ram, vm->ram_size);
}

int vm_set_slot(struct vm *vm, u32 slot, u64 gpa, void *hva, size_t size, u32 flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (u64)hva,
	};

	int rc = vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region);

	if (!rc && vm->hpt)
		hpt_map_real(vm, gpa, size);
	return rc;
}

int vm_dirty_log(struct vm *vm, u32 slot, void *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return vm_ioctl(vm, KVM_GET_DIRTY_LOG, &log);
}

int vm_configure_radix(struct vm *vm, u64 table, unsigned int size_order)
{
	struct kvm_ppc_mmuv3_cfg cfg = {
		.flags = KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE,
		.process_table = PROCESS_TABLE_RADIX | table | size_order,
	};

	return vm_ioctl(vm, KVM_PPC_CONFIGURE_V3_MMU, &cfg);
}

void *vm_ptr(struct vm *vm, u64 gpa, size_t size)
{
	if (gpa > vm->ram_size || size > vm->ram_size - gpa)
		tap_bail("guest real address %#lx + %#zx is not in slot 0", gpa, size);
	return (char *)vm->ram + gpa;
}

void vm_load(struct vm *vm, u64 gpa, const void *start, const void *end)
{
	size_t size = (const char *)end - (const char *)start;
	char *to = vm_ptr(vm, gpa, size);

	memcpy(to, start, size);
	__builtin___clear_cache(to, to + size);
}

void *vmm_memory(size_t size, size_t align)
{
	size_t slack = size + align;
	char *p = mmap(NULL, slack, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *start, *end;

	if (p == MAP_FAILED)
		tap_bail("mmap of %zu bytes: %s", slack, strerror(errno));
	start = (char *)(((u64)p + align - 1) & -(u64)align);
	end = start + size;
	if (start > p)
		munmap(p, start - p);
	if (end < p + slack)
		munmap(end, p + slack - end);
	return start;
}
