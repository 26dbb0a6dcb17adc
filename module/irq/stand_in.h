/* SPDX-License-Identifier: GPL-2.0-only */
/* POWER8: a stand-in for the interrupt presenter of a vCPU that has none. */
#ifndef HVLENS_IRQ_STAND_IN_H
#define HVLENS_IRQ_STAND_IN_H

struct hv_vcpu;
struct kvm_vcpu;

int stand_in_create(struct hv_vcpu *hv);
void stand_in_insert(struct kvm_vcpu *vcpu);
void stand_in_remove(struct kvm_vcpu *vcpu);

#endif /* HVLENS_IRQ_STAND_IN_H */
