/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LPCR, the logical partition control register.  The VM's part is in kvm->arch.lpcr, the
 * vCPU's part in hv_vcpu.user_lpcr.  They have no bit in common.
 */
#ifndef HVLENS_LPCR_H
#define HVLENS_LPCR_H

#include <linux/kvm_host.h>
#include <asm/reg.h>

#include "backend.h"

/* user_lpcr of a new vCPU: the default prefetch depth */
#define LPCR_USER_RESET	(4UL << LPCR_DPFD_SH)

unsigned long lpcr_new_vm(const struct kvm *kvm);
void lpcr_update_vm(struct kvm *kvm, unsigned long lpcr, unsigned long mask);
void lpcr_set_user(struct kvm_vcpu *vcpu, u64 lpcr, u64 mask);

/* What the vCPU's next entry loads. */
static inline unsigned long lpcr_of(const struct hv_vcpu *hv)
{
	return READ_ONCE(hv->core.kvm->arch.lpcr) | hv->user_lpcr;
}

#endif /* HVLENS_LPCR_H */
