/* SPDX-License-Identifier: GPL-2.0-only */
/* The run loop of one vCPU. */
#ifndef HVLENS_RUN_H
#define HVLENS_RUN_H

#include <linux/kvm_host.h>

#include "backend.h"

int run_vcpu(struct kvm_vcpu *vcpu);
bool run_again(struct hv_vcpu *hv, u64 *limit);

#endif /* HVLENS_RUN_H */
