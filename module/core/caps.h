/* SPDX-License-Identifier: GPL-2.0-only */
/* What this backend offers; members of struct kvmppc_ops. */
#ifndef HVLENS_CAPS_H
#define HVLENS_CAPS_H

#include <linux/kvm_host.h>

int caps_smmu_info(struct kvm *kvm, struct kvm_ppc_smmu_info *info);
int caps_set_smt_mode(struct kvm *kvm, unsigned long mode,
		      unsigned long flags);
int caps_enable_dawr1(struct kvm *kvm);
bool caps_hash_possible(void);

#endif /* HVLENS_CAPS_H */
