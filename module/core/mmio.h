/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest accesses to addresses that no memory slot backs. */
#ifndef HVLENS_MMIO_H
#define HVLENS_MMIO_H

#include <linux/kvm_host.h>

int mmio_emulate(struct kvm_vcpu *vcpu, gpa_t gpa, gva_t ea, bool is_store);

#endif /* HVLENS_MMIO_H */
