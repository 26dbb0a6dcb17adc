// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls for what the hypervisor keeps of the processor: its modes, its debug
 * registers, its random number generator.
 */
#include <linux/kvm_host.h>
#include <asm/archrandom.h>
#include <asm/asm-prototypes.h>
#include <asm/hvcall.h>

#include "backend.h"
#include "core/hcall_handlers.h"

static bool guest_has_isa_207(struct kvm_vcpu *vcpu)
{
	u32 compat = vcpu->arch.vcore->arch_compat;

	return !compat || compat >= PVR_ARCH_207;
}

/* The host disables DAWR on a POWER9 where DAWR can hang the machine. */
static bool guest_has_dawr(struct kvm_vcpu *vcpu)
{
	return guest_has_isa_207(vcpu) && ppc_breakpoint_available();
}

static long set_mode_ciabr(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	unsigned long mflags = args[0], ciabr = args[2];

	if (!guest_has_isa_207(vcpu))
		return H_P2;
	if (args[3])
		return H_P4;
	if (mflags)
		return H_UNSUPPORTED_FLAG_START;
	/* a breakpoint in hypervisor state would be one in the host */
	if ((ciabr & CIABR_PRIV) == CIABR_PRIV_HYPER)
		return H_P3;
	vcpu->arch.ciabr = ciabr;
	return H_SUCCESS;
}

static long set_mode_dawr(const unsigned long *args, unsigned long *dawr,
			  unsigned long *dawrx)
{
	if (args[0])
		return H_UNSUPPORTED_FLAG_START;
	if (args[3] & DABRX_HYP)
		return H_P4;
	*dawr = args[2];
	*dawrx = args[3];
	return H_SUCCESS;
}

static long set_mode_dawr0(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!guest_has_dawr(vcpu))
		return H_P2;
	return set_mode_dawr(args, &vcpu->arch.dawr0, &vcpu->arch.dawrx0);
}

static long set_mode_dawr1(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!guest_has_dawr(vcpu) || !cpu_has_feature(CPU_FTR_DAWR1))
		return H_P2;
	if (!vcpu->kvm->arch.dawr1_enabled)
		return H_FUNCTION;
	return set_mode_dawr(args, &vcpu->arch.dawr1, &vcpu->arch.dawrx1);
}

/*
 * h_set_mode - set a resource of the vCPU
 *
 * args: mflags, resource, value1, value2. User space has the other resources,
 * LPCR[AIL] among them.
 */
long h_set_mode(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	switch (args[1]) {
	case H_SET_MODE_RESOURCE_SET_CIABR:
		return set_mode_ciabr(vcpu, args);
	case H_SET_MODE_RESOURCE_SET_DAWR0:
		return set_mode_dawr0(vcpu, args);
	case H_SET_MODE_RESOURCE_SET_DAWR1:
		return set_mode_dawr1(vcpu, args);
	default:
		return H_TOO_HARD;
	}
}

/* h_set_dabr - args: DABR. vmlinux sets DAWR instead, where there is no DABR. */
long h_set_dabr(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_set_dabr(vcpu, args[0]);
}

/* h_set_xdabr - args: DABR, DABRX */
long h_set_xdabr(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_set_xdabr(vcpu, args[0], args[1]);
}

/* h_random - the guest gets a random number in r4 */
long h_random(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	unsigned long seed;

	if (!arch_get_random_seed_longs(&seed, 1))
		return H_HARDWARE;
	kvmppc_set_gpr(vcpu, 4, seed);
	return H_SUCCESS;
}
