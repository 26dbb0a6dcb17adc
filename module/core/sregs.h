/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM_GET_SREGS and KVM_SET_SREGS. */
#ifndef HVLENS_SREGS_H
#define HVLENS_SREGS_H

#include <linux/kvm_host.h>

int sregs_get(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs);
int sregs_set(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs);

#endif /* HVLENS_SREGS_H */
