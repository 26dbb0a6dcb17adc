/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's creation and end. */
#ifndef HVLENS_VCPU_H
#define HVLENS_VCPU_H

#include <linux/kvm_host.h>

int vcpu_create(struct kvm_vcpu *vcpu);
void vcpu_free(struct kvm_vcpu *vcpu);
void vcpu_set_msr(struct kvm_vcpu *vcpu, u64 msr);

#endif /* HVLENS_VCPU_H */
