/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's context in the XIVE of the CPU that it runs on. */
#ifndef HVLENS_IRQ_XIVE_H
#define HVLENS_IRQ_XIVE_H

#include <linux/kvm_host.h>

void xive_push(struct kvm_vcpu *vcpu);
void xive_pull(struct kvm_vcpu *vcpu);
bool xive_pending(const struct kvm_vcpu *vcpu);

#endif /* HVLENS_IRQ_XIVE_H */
