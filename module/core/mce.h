/* SPDX-License-Identifier: GPL-2.0-only */
/* Machine checks that hit the guest; contracts stand in mce.c. */
#ifndef HVLENS_MCE_H
#define HVLENS_MCE_H

struct kvm_vcpu;

void mce_take_event(struct kvm_vcpu *vcpu);
int mce_handle(struct kvm_vcpu *vcpu);

#endif /* HVLENS_MCE_H */
