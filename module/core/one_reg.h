/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM_GET_ONE_REG and KVM_SET_ONE_REG. */
#ifndef HVLENS_ONE_REG_H
#define HVLENS_ONE_REG_H

#include <linux/kvm_host.h>
#include <asm/kvm_ppc.h>

int one_reg_get(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val);
int one_reg_set(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val);

#endif /* HVLENS_ONE_REG_H */
