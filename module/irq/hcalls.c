// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls to the guest's interrupt controller, a XICS. On a host with XIVE kvm.ko
 * makes the guest's XICS out of the XIVE. On a host without XIVE, vmlinux emulates it in
 * real mode and leaves some work to kvm.ko.
 */
#include <linux/kvm_host.h>
#include <asm/hvcall.h>
#include <asm/kvm_ppc.h>

#include "core/hcall_handlers.h"
#include "irq/bypass.h"
#include "irq/rm_complete.h"

/*
 * h_xics_on_xive - all hypercalls, on a host with XIVE
 *
 * kvm.ko uses the XIVE of the CPU that it runs on, so the vCPU's context must be loaded
 * there. While the sources of a passed-through device are exchanged the guest repeats the
 * hypercall.
 */
long h_xics_on_xive(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!kvmppc_xics_enabled(vcpu) || !xics_on_xive())
		return H_TOO_HARD;
	if (!vcpu->arch.xive_pushed)
		return H_HARDWARE;
	if (irq_bypass_exchanging(vcpu->kvm)) {
		vcpu->arch.regs.nip -= 4;
		return vcpu->arch.regs.gpr[3];
	}
	return kvmppc_xive_xics_hcall(vcpu, vcpu->arch.regs.gpr[3]);
}

/* h_xics_rest - what real mode left over from a hypercall, on a host without XIVE */
long h_xics_rest(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!kvmppc_xics_enabled(vcpu) || xics_on_xive())
		return H_TOO_HARD;
	return rm_complete_hcall(vcpu, vcpu->arch.regs.gpr[3]);
}

/* h_xics_whole - a hypercall that has no part in real mode, on a host without XIVE */
long h_xics_whole(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!kvmppc_xics_enabled(vcpu) || xics_on_xive())
		return H_TOO_HARD;
	return kvmppc_xics_hcall(vcpu, vcpu->arch.regs.gpr[3]);
}
