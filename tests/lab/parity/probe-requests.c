// SPDX-License-Identifier: GPL-2.0-only
/*
 * The answers to a VMM's ioctls with harmless arguments: those of Linux's KVM on any
 * architecture, on /dev/kvm, a VM and a vCPU. For parity.t: one line per fact, "KEY: ANSWER", the
 * same in each run on the same machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "answer.h"
#include "tap.h"
#include "vmm.h"

#define ARGUMENT_SIZE	(64u << 10)	/* more than any ioctl reads or writes */

#define REQUEST(name)	{ #name, name }

/*
 * For ioctls that some headers lack, or whose argument has a struct that they lack
 * (linux-libc-dev of 6.12 has no struct kvm_s390_interrupt for powerpc), with the size of the
 * argument in bytes
 */
#define BY_NUMBER(name, direction, number, size) \
	{ #name, _IOC(direction, KVMIO, number, size) }

struct request {
	const char *name;
	unsigned long number;
};

static const struct request of_system[] = {
	REQUEST(KVM_GET_API_VERSION), REQUEST(KVM_GET_VCPU_MMAP_SIZE),
	REQUEST(KVM_S390_ENABLE_SIE),
};

/*
 * Not KVM_PPC_ALLOCATE_HTAB: for a table of order 0 the stock backend clears
 * memory at address 0 (probe-capabilities.c asks for a table).
 */
static const struct request of_vm[] = {
	REQUEST(KVM_SET_NR_MMU_PAGES), REQUEST(KVM_GET_NR_MMU_PAGES),
	REQUEST(KVM_GET_DIRTY_LOG), REQUEST(KVM_CLEAR_DIRTY_LOG),
	REQUEST(KVM_SET_USER_MEMORY_REGION),
	BY_NUMBER(KVM_SET_USER_MEMORY_REGION2, _IOC_WRITE, 0x49, 160),
	REQUEST(KVM_CREATE_IRQCHIP), REQUEST(KVM_IRQ_LINE), REQUEST(KVM_IRQ_LINE_STATUS),
	REQUEST(KVM_GET_IRQCHIP), REQUEST(KVM_SET_IRQCHIP), REQUEST(KVM_SET_GSI_ROUTING),
	REQUEST(KVM_REGISTER_COALESCED_MMIO), REQUEST(KVM_UNREGISTER_COALESCED_MMIO),
	REQUEST(KVM_REINJECT_CONTROL), REQUEST(KVM_IRQFD), REQUEST(KVM_IOEVENTFD),
	REQUEST(KVM_SET_BOOT_CPU_ID), REQUEST(KVM_SET_CLOCK), REQUEST(KVM_GET_CLOCK),
	REQUEST(KVM_SIGNAL_MSI), REQUEST(KVM_CREATE_SPAPR_TCE),
	REQUEST(KVM_CREATE_SPAPR_TCE_64), REQUEST(KVM_ALLOCATE_RMA),
	REQUEST(KVM_PPC_GET_PVINFO), REQUEST(KVM_PPC_GET_SMMU_INFO),
	REQUEST(KVM_PPC_GET_HTAB_FD),
	REQUEST(KVM_PPC_RTAS_DEFINE_TOKEN), REQUEST(KVM_PPC_RESIZE_HPT_PREPARE),
	REQUEST(KVM_PPC_RESIZE_HPT_COMMIT), REQUEST(KVM_PPC_CONFIGURE_V3_MMU),
	REQUEST(KVM_PPC_GET_RMMU_INFO), REQUEST(KVM_PPC_GET_CPU_CHAR),
	REQUEST(KVM_PPC_SVM_OFF), REQUEST(KVM_CREATE_DEVICE),
	REQUEST(KVM_SET_DEVICE_ATTR), REQUEST(KVM_GET_DEVICE_ATTR),
	REQUEST(KVM_HAS_DEVICE_ATTR), REQUEST(KVM_MEMORY_ENCRYPT_OP),
	REQUEST(KVM_MEMORY_ENCRYPT_REG_REGION), REQUEST(KVM_RESET_DIRTY_RINGS),
	BY_NUMBER(KVM_SET_MEMORY_ATTRIBUTES, _IOC_WRITE, 0xd2, 32),
	BY_NUMBER(KVM_CREATE_GUEST_MEMFD, _IOC_READ | _IOC_WRITE, 0xd4, 64),
	REQUEST(KVM_ENABLE_CAP), REQUEST(KVM_GET_STATS_FD), REQUEST(KVM_RUN),
	REQUEST(KVM_GET_REGS), REQUEST(KVM_GET_ONE_REG),
};

static const struct request of_vcpu[] = {
	REQUEST(KVM_RUN), REQUEST(KVM_GET_REGS), REQUEST(KVM_SET_REGS),
	REQUEST(KVM_GET_SREGS), REQUEST(KVM_SET_SREGS), REQUEST(KVM_TRANSLATE),
	REQUEST(KVM_INTERRUPT), REQUEST(KVM_SET_SIGNAL_MASK), REQUEST(KVM_GET_FPU),
	REQUEST(KVM_SET_FPU), REQUEST(KVM_GET_MP_STATE), REQUEST(KVM_SET_MP_STATE),
	REQUEST(KVM_NMI), REQUEST(KVM_SMI), REQUEST(KVM_SET_GUEST_DEBUG),
	REQUEST(KVM_ENABLE_CAP),
	REQUEST(KVM_DIRTY_TLB), REQUEST(KVM_GET_ONE_REG), REQUEST(KVM_SET_ONE_REG),
	REQUEST(KVM_KVMCLOCK_CTRL), REQUEST(KVM_GET_REG_LIST),
	BY_NUMBER(KVM_S390_INTERRUPT, _IOC_WRITE, 0x94, 16), REQUEST(KVM_S390_INITIAL_RESET),
	REQUEST(KVM_GET_STATS_FD),
	BY_NUMBER(KVM_PRE_FAULT_MEMORY, _IOC_READ | _IOC_WRITE, 0xd5, 64),
	REQUEST(KVM_SET_DEVICE_ATTR), REQUEST(KVM_GET_DEVICE_ATTR),
	REQUEST(KVM_HAS_DEVICE_ATTR),
};

/* The answer for a new file is the same, whatever its number. */
static const char *result(int rc)
{
	if (rc < 0)
		return vmm_answer(-errno);
	if (rc <= STDERR_FILENO || close(rc))
		return vmm_answer(rc);
	return "given";
}

/* How many bytes of @argument, which was filled with @fill, the kernel has written */
static size_t written(const u8 *argument, u8 fill)
{
	size_t size = ARGUMENT_SIZE;

	while (size && argument[size - 1] == fill)
		size--;
	return size;
}

static void ask(const char *on, int fd, const struct request *request, u8 *argument, u8 fill)
{
	int rc;

	memset(argument, fill, ARGUMENT_SIZE);
	rc = ioctl(fd, request->number, argument);
	printf("ioctl %s %s of %02x: %s", on, request->name, fill, result(rc));
	printf(" writes %zu\n", written(argument, fill));
}

static void ask_all(const char *on, int fd, const struct request *requests, size_t count)
{
	static u8 argument[ARGUMENT_SIZE];
	size_t i;

	for (i = 0; i < count; i++) {
		/* the stock backend logs a WARNING for a hash guest, since no vCPU has run */
		if (requests[i].number != KVM_PPC_RESIZE_HPT_COMMIT || !vmm_hash_guests())
			ask(on, fd, &requests[i], argument, 0);
		ask(on, fd, &requests[i], argument, 0xff);
		printf("ioctl %s %s of nothing: %s\n", on, requests[i].name,
		       result(ioctl(fd, requests[i].number, NULL)));
	}
}

static void system_and_types(void)
{
	static const long types[] = { 0, 1, 2, 3, -1 };
	struct vm vm;
	size_t i;

	vm_create_bare(&vm);
	ask_all("system", vm.kvm, of_system, ARRAY_SIZE(of_system));
	for (i = 0; i < ARRAY_SIZE(types); i++)
		printf("ioctl system KVM_CREATE_VM type %ld: %s\n", types[i],
		       result(ioctl(vm.kvm, KVM_CREATE_VM, types[i])));
	vm_destroy(&vm);
}

static void vm_and_vcpu(void)
{
	struct vcpu vcpu;
	struct vm vm;

	vm_create_bare(&vm);
	ask_all("vm", vm.fd, of_vm, ARRAY_SIZE(of_vm));
	if (vcpu_create_bare(&vm, &vcpu, 0))
		tap_bail("KVM_CREATE_VCPU");
	/* KVM_RUN returns at once, unless it is refused before */
	vcpu.run->immediate_exit = 1;
	ask_all("vcpu", vcpu.fd, of_vcpu, ARRAY_SIZE(of_vcpu));
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

static void devices(void)
{
	struct vm vm;
	u32 type;

	for (type = 0; type < 16; type++) {
		struct kvm_create_device device = {
			.type = type, .flags = KVM_CREATE_DEVICE_TEST,
		};
		u32 group, attr;

		vm_create_bare(&vm);
		printf("device %u: %s", type,
		       result(ioctl(vm.fd, KVM_CREATE_DEVICE, &device)));
		device.flags = 0;
		printf(" %s\n", result(ioctl(vm.fd, KVM_CREATE_DEVICE, &device)));
		for (group = 0; device.fd > 2 && group < 8; group++) {
			for (attr = 0; attr < 5; attr++) {
				struct kvm_device_attr query = { .group = group, .attr = attr };

				printf("device %u group %u attribute %u: %s\n", type, group,
				       attr, result(ioctl(device.fd, KVM_HAS_DEVICE_ATTR,
							  &query)));
			}
		}
		if (device.fd > 2)
			close(device.fd);
		vm_destroy(&vm);
	}
}

static void run_states(void)
{
	struct vcpu vcpu;
	struct vm vm;
	int rc;

	vm_create(&vm, 1ul << 20);
	if (vcpu_create_bare(&vm, &vcpu, 0))
		tap_bail("KVM_CREATE_VCPU");
	printf("run without PAPR: %s", vmm_answer(vcpu_ioctl(&vcpu, KVM_RUN, NULL)));
	printf(" %s\n", vmm_exit_name(vcpu.run->exit_reason));
	rc = vcpu_enable_cap(&vcpu, KVM_CAP_PPC_PAPR, 0, 0);
	printf("run PAPR: %s\n", vmm_answer(rc));
	vcpu.run->immediate_exit = 1;
	printf("run and exit: %s", vmm_answer(vcpu_ioctl(&vcpu, KVM_RUN, NULL)));
	printf(" %s\n", vmm_exit_name(vcpu.run->exit_reason));
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

static void interrupts_and_debug(void)
{
	static const u32 irqs[] = { 0, 1, KVM_INTERRUPT_SET, KVM_INTERRUPT_UNSET,
				    KVM_INTERRUPT_SET_LEVEL };
	struct vcpu vcpu;
	struct vm vm;
	u32 i;

	vm_create(&vm, 1ul << 20);
	vcpu_create(&vm, &vcpu, 0);
	for (i = 0; i < ARRAY_SIZE(irqs); i++) {
		struct kvm_interrupt irq = { .irq = irqs[i] };

		printf("interrupt %#x: %s\n", irqs[i],
		       vmm_answer(vcpu_ioctl(&vcpu, KVM_INTERRUPT, &irq)));
	}
	for (i = 0; i < 20; i++) {
		struct kvm_guest_debug debug = { .control = i ? KVM_GUESTDBG_ENABLE | 1u << i : 0 };

		printf("debug %#x: %s\n", debug.control,
		       vmm_answer(vcpu_ioctl(&vcpu, KVM_SET_GUEST_DEBUG, &debug)));
	}
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

int main(void)
{
	tap_start(60);
	system_and_types();
	vm_and_vcpu();
	devices();
	run_states();
	interrupts_and_debug();
	return fflush(stdout) ? 1 : 0;
}
