/* SPDX-License-Identifier: GPL-2.0-only */
/* The C half of the world switch on POWER9 and later. */
#ifndef HVLENS_SWITCH_P9_H
#define HVLENS_SWITCH_P9_H

#include "backend.h"

int switch_p9_init(void);
void switch_p9_exit(void);
void switch_p9_vcpu_init(struct hv_vcpu *hv);
int switch_p9(struct hv_vcpu *hv, u64 limit, unsigned long lpcr, unsigned long msr);

#endif /* HVLENS_SWITCH_P9_H */
