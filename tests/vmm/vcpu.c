// SPDX-License-Identifier: GPL-2.0-only
/* vCPU: registers and running */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "hpt.h"
#include "tap.h"
#include "vmm.h"

int vcpu_ioctl(struct vcpu *vcpu, unsigned long request, void *arg)
{
	int rc = ioctl(vcpu->fd, request, arg);

	return rc < 0 ? -errno : rc;
}

int vcpu_enable_cap(struct vcpu *vcpu, u32 cap, u64 arg0, u64 arg1)
{
	struct kvm_enable_cap enable = { .cap = cap, .args = { arg0, arg1 } };

	return vcpu_ioctl(vcpu, KVM_ENABLE_CAP, &enable);
}

int vcpu_create_bare(struct vm *vm, struct vcpu *vcpu, u32 id)
{
	int size;

	memset(vcpu, 0, sizeof(*vcpu));
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (u64)id);
	if (vcpu->fd < 0)
		return -errno;
	size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		tap_bail("KVM_GET_VCPU_MMAP_SIZE: %s", strerror(errno));
	vcpu->run_size = size;
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		tap_bail("mmap of vCPU %u: %s", id, strerror(errno));
	return 0;
}

void vcpu_create(struct vm *vm, struct vcpu *vcpu, u32 id)
{
	int rc = vcpu_create_bare(vm, vcpu, id);

	if (rc)
		tap_bail("KVM_CREATE_VCPU %u: %s", id, strerror(-rc));
	rc = vcpu_enable_cap(vcpu, KVM_CAP_PPC_PAPR, 0, 0);
	if (rc)
		tap_bail("vCPU %u: KVM_CAP_PPC_PAPR: %s", id, strerror(-rc));
	vcpu_set_reg(vcpu, KVM_REG_PPC_LPCR_64,
		     vcpu_reg(vcpu, KVM_REG_PPC_LPCR_64) | LPCR_ILE);
	/* without this DEC starts as minus the timebase, of which the guest sees 32 bits */
	vcpu_set_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + (1u << 30));
	if (vm->hpt)
		hpt_segments(vcpu);
}

void vcpu_destroy(struct vcpu *vcpu)
{
	munmap(vcpu->run, vcpu->run_size);
	close(vcpu->fd);
}

void vcpu_get_regs(struct vcpu *vcpu, struct kvm_regs *regs)
{
	int rc = vcpu_ioctl(vcpu, KVM_GET_REGS, regs);

	if (rc)
		tap_bail("vCPU %u: KVM_GET_REGS: %s", vcpu->id, strerror(-rc));
}

void vcpu_set_regs(struct vcpu *vcpu, const struct kvm_regs *regs)
{
	int rc = vcpu_ioctl(vcpu, KVM_SET_REGS, (void *)regs);

	if (rc)
		tap_bail("vCPU %u: KVM_SET_REGS: %s", vcpu->id, strerror(-rc));
}

void vcpu_set_entry(struct vcpu *vcpu, u64 pc, u64 msr)
{
	struct kvm_regs regs;

	vcpu_get_regs(vcpu, &regs);
	regs.pc = pc;
	regs.msr = msr;
	vcpu_set_regs(vcpu, &regs);
}

void vcpu_set_gpr(struct vcpu *vcpu, unsigned int gpr, u64 value)
{
	struct kvm_regs regs;

	vcpu_get_regs(vcpu, &regs);
	regs.gpr[gpr] = value;
	vcpu_set_regs(vcpu, &regs);
}

u64 vcpu_gpr(struct vcpu *vcpu, unsigned int gpr)
{
	struct kvm_regs regs;

	vcpu_get_regs(vcpu, &regs);
	return regs.gpr[gpr];
}

int vcpu_get_one(struct vcpu *vcpu, u64 id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (u64)value };

	return vcpu_ioctl(vcpu, KVM_GET_ONE_REG, &reg);
}

int vcpu_set_one(struct vcpu *vcpu, u64 id, const void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (u64)value };

	return vcpu_ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

static bool is_u32(u64 id)
{
	return (id & KVM_REG_SIZE_MASK) == KVM_REG_SIZE_U32;
}

u64 vcpu_reg(struct vcpu *vcpu, u64 id)
{
	u64 value = 0;
	u32 value32 = 0;
	int rc = vcpu_get_one(vcpu, id, is_u32(id) ? (void *)&value32 : &value);

	if (rc)
		tap_bail("vCPU %u: KVM_GET_ONE_REG %#lx: %s", vcpu->id, id, strerror(-rc));
	return is_u32(id) ? value32 : value;
}

void vcpu_set_reg(struct vcpu *vcpu, u64 id, u64 value)
{
	u32 value32 = value;
	int rc = vcpu_set_one(vcpu, id, is_u32(id) ? (void *)&value32 : &value);

	if (rc)
		tap_bail("vCPU %u: KVM_SET_ONE_REG %#lx to %#lx: %s", vcpu->id, id, value,
			 strerror(-rc));
}

int vcpu_ran(struct vcpu *vcpu, int rc)
{
	if (rc == -EINTR) {
		vcpu->interrupted++;
		return rc;
	}
	if (rc < 0) {
		vcpu->failed++;
		return rc;
	}
	if (vcpu->run->exit_reason < VMM_EXITS)
		vcpu->exits[vcpu->run->exit_reason]++;
	return vcpu->run->exit_reason;
}

int vcpu_run(struct vcpu *vcpu)
{
	return vcpu_ran(vcpu, vcpu_ioctl(vcpu, KVM_RUN, NULL));
}

u64 vcpu_run_hcall(struct vcpu *vcpu)
{
	int rc;

	do {
		rc = vcpu_run(vcpu);
	} while (rc == -EINTR);

	if (rc == KVM_EXIT_PAPR_HCALL)
		return vcpu->run->papr_hcall.nr;
	if (rc < 0)
		tap_diag("vCPU %u: KVM_RUN: %s", vcpu->id, strerror(-rc));
	else
		tap_diag("vCPU %u: KVM_RUN ended with %s", vcpu->id, vmm_exit_name(rc));
	vcpu_show(vcpu);
	return HCALL_NONE;
}

u64 vcpu_hcall_arg(struct vcpu *vcpu, unsigned int index)
{
	return vcpu->run->papr_hcall.args[index];
}

void vcpu_hcall_return(struct vcpu *vcpu, u64 r3)
{
	vcpu->run->papr_hcall.ret = r3;
}

void vcpu_show(struct vcpu *vcpu)
{
	struct kvm_regs regs;
	unsigned int i;

	vcpu_get_regs(vcpu, &regs);
	tap_diag("vCPU %u: nip %016lx msr %016lx lr %016lx ctr %016lx", vcpu->id,
		 regs.pc, regs.msr,
		 regs.lr, regs.ctr);
	tap_diag("  srr0 %016lx srr1 %016lx dar %016lx dsisr %08lx",
		 regs.srr0, regs.srr1,
		 vcpu_reg(vcpu, KVM_REG_PPC_DAR), vcpu_reg(vcpu, KVM_REG_PPC_DSISR));
	for (i = 0; i < 32; i += 4)
		tap_diag("  r%-2u %016lx %016lx %016lx %016lx", i,
			 regs.gpr[i], regs.gpr[i + 1],
			 regs.gpr[i + 2], regs.gpr[i + 3]);
}

const char *vmm_exit_name(u32 exit_reason)
{
	static const char * const names[VMM_EXITS] = {
		[KVM_EXIT_UNKNOWN]		= "KVM_EXIT_UNKNOWN",
		[KVM_EXIT_EXCEPTION]		= "KVM_EXIT_EXCEPTION",
		[KVM_EXIT_DEBUG]		= "KVM_EXIT_DEBUG",
		[KVM_EXIT_MMIO]			= "KVM_EXIT_MMIO",
		[KVM_EXIT_INTR]			= "KVM_EXIT_INTR",
		[KVM_EXIT_FAIL_ENTRY]		= "KVM_EXIT_FAIL_ENTRY",
		[KVM_EXIT_INTERNAL_ERROR]	= "KVM_EXIT_INTERNAL_ERROR",
		[KVM_EXIT_PAPR_HCALL]		= "KVM_EXIT_PAPR_HCALL",
		[KVM_EXIT_NMI]			= "KVM_EXIT_NMI",
		[KVM_EXIT_SYSTEM_EVENT]		= "KVM_EXIT_SYSTEM_EVENT",
	};

	if (exit_reason >= VMM_EXITS || !names[exit_reason])
		return "an exit reason without a name here";
	return names[exit_reason];
}
