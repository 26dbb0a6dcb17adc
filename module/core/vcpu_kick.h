/* SPDX-License-Identifier: GPL-2.0-only */
/* How a vCPU is made to notice what was stored for it. */
#ifndef HVLENS_VCPU_KICK_H
#define HVLENS_VCPU_KICK_H

#include <linux/kvm_host.h>

void vcpu_kick(struct kvm_vcpu *vcpu);
int vcpu_check_requests(struct kvm_vcpu *vcpu);

/* A directed privileged doorbell waits for the guest to take it. */
static inline bool vcpu_doorbell_pending(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.doorbell_request;
}

#endif /* HVLENS_VCPU_KICK_H */
