// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM is offered: the answer of each capability and the result of enabling it, MMU and CPU
 * descriptions, the ids that vCPUs can have. For parity.t: one line per fact, "KEY: ANSWER", the
 * same in each run on the same machine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "answer.h"
#include "tap.h"
#include "vmm.h"

#define CAPS		300	/* capability numbers to ask for */
static void capabilities(void)
{
	struct vm vm;
	int cap;

	vm_create_bare(&vm);
	for (cap = 0; cap < CAPS; cap++) {
		int system = ioctl(vm.kvm, KVM_CHECK_EXTENSION, (long)cap);
		int one_vm = ioctl(vm.fd, KVM_CHECK_EXTENSION, (long)cap);

		if (system || one_vm)
			printf("cap %d: system %d vm %d\n", cap, system, one_vm);
	}
	vm_destroy(&vm);
}

static int vm_enable_cap(struct vm *vm, u32 cap, u64 arg0, u64 arg1)
{
	struct kvm_enable_cap enable = { .cap = cap, .args = { arg0, arg1 } };

	return vm_ioctl(vm, KVM_ENABLE_CAP, &enable);
}

/* Enables each capability for the VM and for a vCPU; @arg is the value of all arguments. */
static void enable_each(u64 arg)
{
	struct vcpu vcpu;
	struct vm vm;
	u32 cap;

	vm_create_bare(&vm);
	if (vcpu_create_bare(&vm, &vcpu, 0))
		tap_bail("KVM_CREATE_VCPU");
	for (cap = 0; cap < CAPS; cap++) {
		struct kvm_enable_cap enable = {
			.cap = cap, .args = { arg, arg, arg, arg },
		};

		printf("enable vm %u %" PRIx64 ": %s\n", cap, arg,
		       vmm_answer(vm_ioctl(&vm, KVM_ENABLE_CAP, &enable)));
		printf("enable vcpu %u %" PRIx64 ": %s\n", cap, arg,
		       vmm_answer(vcpu_ioctl(&vcpu, KVM_ENABLE_CAP, &enable)));
		enable.flags = 1;
		printf("enable flag %u %" PRIx64 ": %s\n", cap, arg,
		       vmm_answer(vm_ioctl(&vm, KVM_ENABLE_CAP, &enable)));
	}
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

static void enabling(void)
{
	static const u64 modes[] = { 0, 1, 2, 3, 4, 8, 16, 1ull << 63 };
	struct vcpu vcpu;
	struct vm vm;
	size_t i;

	vm_create_bare(&vm);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		printf("enable smt %#" PRIx64 ": %s", modes[i],
		       vmm_answer(vm_enable_cap(&vm, KVM_CAP_PPC_SMT, modes[i], 0)));
		printf(" now %d\n",
		       ioctl(vm.fd, KVM_CHECK_EXTENSION, (long)KVM_CAP_PPC_SMT));
	}
	printf("enable smt with a flag: %s\n",
	       vmm_answer(vm_enable_cap(&vm, KVM_CAP_PPC_SMT, 1, 1)));
	printf("enable dawr1: %s\n",
	       vmm_answer(vm_enable_cap(&vm, KVM_CAP_PPC_DAWR1, 1, 0)));

	vcpu_create(&vm, &vcpu, 0);
	printf("enable smt with a vcpu: %s\n",
	       vmm_answer(vm_enable_cap(&vm, KVM_CAP_PPC_SMT, 1, 0)));
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

static void mmu_info(struct vm *vm)
{
	struct kvm_ppc_smmu_info smmu = { };
	struct kvm_ppc_rmmu_info rmmu = { };
	unsigned int i, j;

	printf("smmu: %s\n", vmm_answer(vm_ioctl(vm, KVM_PPC_GET_SMMU_INFO, &smmu)));
	printf("smmu flags: %" PRIx64 "\n", smmu.flags);
	printf("smmu sizes: slb %u keys %u %u\n", smmu.slb_size, smmu.data_keys,
	       smmu.instr_keys);
	for (i = 0; i < KVM_PPC_PAGE_SIZES_MAX_SZ; i++) {
		if (!smmu.sps[i].page_shift)
			continue;
		printf("smmu segment %u: %u slb %x", i, smmu.sps[i].page_shift,
		       smmu.sps[i].slb_enc);
		for (j = 0; j < KVM_PPC_PAGE_SIZES_MAX_SZ; j++)
			if (smmu.sps[i].enc[j].page_shift)
				printf(" %u pte %x", smmu.sps[i].enc[j].page_shift,
				       smmu.sps[i].enc[j].pte_enc);
		printf("\n");
	}

	printf("rmmu: %s\n", vmm_answer(vm_ioctl(vm, KVM_PPC_GET_RMMU_INFO, &rmmu)));
	for (i = 0; i < ARRAY_SIZE(rmmu.geometries); i++)
		if (rmmu.geometries[i].page_shift)
			printf("rmmu page %u: %u %u %u %u\n", rmmu.geometries[i].page_shift,
			       rmmu.geometries[i].level_bits[0],
			       rmmu.geometries[i].level_bits[1],
			       rmmu.geometries[i].level_bits[2],
			       rmmu.geometries[i].level_bits[3]);
	for (i = 0; i < ARRAY_SIZE(rmmu.ap_encodings); i++)
		if (rmmu.ap_encodings[i])
			printf("rmmu ap %u: %08x\n", i, rmmu.ap_encodings[i]);
}

static void cpu_characteristics(struct vm *vm)
{
	struct kvm_ppc_cpu_char cpu = { };

	printf("cpu char: %s\n", vmm_answer(vm_ioctl(vm, KVM_PPC_GET_CPU_CHAR, &cpu)));
	printf("cpu character: %" PRIx64 " of %" PRIx64 "\n", (u64)cpu.character,
	       (u64)cpu.character_mask);
	printf("cpu behaviour: %" PRIx64 " of %" PRIx64 "\n", (u64)cpu.behaviour,
	       (u64)cpu.behaviour_mask);
}

static void configure_mmu(struct vm *vm)
{
	static const struct {
		u64 flags, table;
	} tries[] = {
		{ KVM_PPC_MMUV3_RADIX, 1ull << 63 },
		{ KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE, 1ull << 63 },
		{ KVM_PPC_MMUV3_RADIX, 1ull << 63 | 24 },
		{ KVM_PPC_MMUV3_RADIX, 1ull << 63 | 25 },
		{ KVM_PPC_MMUV3_RADIX, 0 },
		{ 0, 1ull << 63 },
		{ 4, 0 },
		{ KVM_PPC_MMUV3_RADIX | 1ull << 63, 1ull << 63 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		struct kvm_ppc_mmuv3_cfg cfg = {
			.flags = tries[i].flags,
			.process_table = tries[i].table,
		};

		printf("mmu flags %" PRIx64 " table %" PRIx64 ": %s\n", tries[i].flags,
		       tries[i].table,
		       vmm_answer(vm_ioctl(vm, KVM_PPC_CONFIGURE_V3_MMU, &cfg)));
	}
}

/* The ioctls for hash tables, called on a VM with a radix guest */
static void hash_table(struct vm *vm)
{
	struct kvm_get_htab_fd htab = { };
	struct kvm_ppc_resize_hpt resize = { .shift = 24 };
	u32 order = 24;
	int fd = vm_ioctl(vm, KVM_PPC_GET_HTAB_FD, &htab);

	printf("hash fd: %s\n", fd < 0 ? vmm_answer(fd) : "given");
	if (fd >= 0)
		close(fd);
	htab.flags = ~0ull;
	printf("hash fd, bad flags: %s\n",
	       vmm_answer(vm_ioctl(vm, KVM_PPC_GET_HTAB_FD, &htab)));
	printf("hash resize prepare: %s\n",
	       vmm_answer(vm_ioctl(vm, KVM_PPC_RESIZE_HPT_PREPARE, &resize)));
	/* before a vCPU has run, the stock backend logs a WARNING for a hash guest */
	if (!vmm_hash_guests())
		printf("hash resize commit: %s\n",
		       vmm_answer(vm_ioctl(vm, KVM_PPC_RESIZE_HPT_COMMIT, &resize)));
	printf("hash allocate: %s\n",
	       vmm_answer(vm_ioctl(vm, KVM_PPC_ALLOCATE_HTAB, &order)));
	printf("hash svm off: %s\n", vmm_answer(vm_ioctl(vm, KVM_PPC_SVM_OFF, NULL)));
	printf("hash unknown request: %s\n",
	       vmm_answer(vm_ioctl(vm, _IO(KVMIO, 0xf0), NULL)));
}

static void vms(void)
{
	struct vm vm;

	vm_create_bare(&vm);
	mmu_info(&vm);
	cpu_characteristics(&vm);
	configure_mmu(&vm);
	hash_table(&vm);
	vm_destroy(&vm);
}

/*
 * Which vCPU ids exist, with a VM for each mode. Ids at which the stock backend's kernel warns,
 * like 4095 in mode 8, are left out.
 */
static void vcpu_ids(void)
{
	static const u64 modes[] = { 1, 2, 8 };
	static const u32 ids[] = {
		0, 1, 1, 5, 8, 2047, 2048, 4088, 4091, 4096, 16376, 16384, ~0u,
	};
	struct vcpu vcpu;
	struct vm vm;
	size_t i, j;
	int rc, mode;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		vm_create_bare(&vm);
		mode = vm_enable_cap(&vm, KVM_CAP_PPC_SMT, modes[i], 0);
		printf("vcpu smt %" PRIu64 ": %s\n", modes[i], vmm_answer(mode));
		for (j = 0; !mode && j < ARRAY_SIZE(ids); j++) {
			rc = vcpu_create_bare(&vm, &vcpu, ids[j]);
			printf("vcpu smt %" PRIu64 " step %zu id %u: %s\n", modes[i], j, ids[j],
			       vmm_answer(rc));
			if (!rc)
				vcpu_destroy(&vcpu);
		}
		vm_destroy(&vm);
	}
}

int main(void)
{
	tap_start(60);
	capabilities();
	enable_each(0);
	enable_each(1);
	enable_each(~0ull);
	enabling();
	vms();
	vcpu_ids();
	return fflush(stdout) ? 1 : 0;
}
