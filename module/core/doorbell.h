/* SPDX-License-Identifier: GPL-2.0-only */
/* Directed privileged doorbells between the threads of a virtual core. */
#ifndef HVLENS_DOORBELL_H
#define HVLENS_DOORBELL_H

#include <linux/kvm_host.h>

int doorbell_emulate(struct kvm_vcpu *vcpu);

#endif /* HVLENS_DOORBELL_H */
