/* SPDX-License-Identifier: GPL-2.0-only */
/* Which facilities a guest has, and which of them only from its first access on. */
#ifndef HVLENS_FACILITIES_H
#define HVLENS_FACILITIES_H

#include <linux/kvm_host.h>

/* HFSCR: facilities that a guest gets with its first access, which exits */
extern u64 facilities_on_demand;

void facilities_init(void);
void facilities_vcpu_init(struct kvm_vcpu *vcpu);

#endif /* HVLENS_FACILITIES_H */
