/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's life; members of struct kvmppc_ops. */
#ifndef HVLENS_VM_H
#define HVLENS_VM_H

#include <linux/kvm_host.h>

int vm_init(struct kvm *kvm);
void vm_destroy(struct kvm *kvm);

#endif /* HVLENS_VM_H */
