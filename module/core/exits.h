/* SPDX-License-Identifier: GPL-2.0-only */
/* What to do about an exit. */
#ifndef HVLENS_EXITS_H
#define HVLENS_EXITS_H

struct kvm_vcpu;

int exits_handle(struct kvm_vcpu *vcpu);

#endif /* HVLENS_EXITS_H */
