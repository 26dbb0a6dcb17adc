/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's creation and end, and whether it can run at all. */
#ifndef HVLENS_VCPU_H
#define HVLENS_VCPU_H

#include <linux/kvm_host.h>

int vcpu_create(struct kvm_vcpu *vcpu);
void vcpu_free(struct kvm_vcpu *vcpu);
bool vcpu_msr_possible(const struct kvm_vcpu *vcpu);

#endif /* HVLENS_VCPU_H */
