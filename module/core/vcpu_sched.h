/* SPDX-License-Identifier: GPL-2.0-only */
/* The vCPU's thread gets a CPU, or loses it. */
#ifndef HVLENS_VCPU_SCHED_H
#define HVLENS_VCPU_SCHED_H

#include <linux/kvm_host.h>

void vcpu_sched_load(struct kvm_vcpu *vcpu, int cpu);
void vcpu_sched_put(struct kvm_vcpu *vcpu);

#endif /* HVLENS_VCPU_SCHED_H */
