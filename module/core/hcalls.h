/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypercalls: the table and its dispatch. */
#ifndef HVLENS_HCALLS_H
#define HVLENS_HCALLS_H

#include <linux/kvm_host.h>

bool hcall_at_once(struct kvm_vcpu *vcpu);
bool hcall_early(struct kvm_vcpu *vcpu);
int hcall_handle(struct kvm_vcpu *vcpu);
int hcall_implemented(unsigned long nr);
void hcall_default_enabled(unsigned long *bitmap);

#endif /* HVLENS_HCALLS_H */
