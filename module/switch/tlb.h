/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest TLB entries and the CPUs that a vCPU leaves. */
#ifndef HVLENS_TLB_H
#define HVLENS_TLB_H

#include <linux/kvm_host.h>

void tlb_flush_local(struct kvm *kvm);
void tlb_vcpu_moves(struct kvm_vcpu *vcpu, int cpu);

#endif /* HVLENS_TLB_H */
