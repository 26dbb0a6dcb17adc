/* SPDX-License-Identifier: GPL-2.0-only */
/* Compatibility modes. */
#ifndef HVLENS_ARCH_COMPAT_H
#define HVLENS_ARCH_COMPAT_H

#include <linux/kvm_host.h>

int arch_compat_set(struct kvm_vcpu *vcpu, u32 pvr);

#endif /* HVLENS_ARCH_COMPAT_H */
