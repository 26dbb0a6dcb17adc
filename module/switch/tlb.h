/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest TLB entries and the CPUs that a vCPU leaves. */
#ifndef HVLENS_TLB_H
#define HVLENS_TLB_H

#include <linux/kvm_host.h>
#include <linux/percpu-defs.h>

/* The VM whose guest this CPU runs, or is about to run; NULL: none */
DECLARE_PER_CPU(struct kvm *, loaded_vm);

void tlb_flush_local(struct kvm *kvm);
void tlb_vcpu_moves(struct kvm_vcpu *vcpu, int cpu);

#endif /* HVLENS_TLB_H */
