/* SPDX-License-Identifier: GPL-2.0-only */
/* The C half of the world switch on POWER8. */
#ifndef HVLENS_SWITCH_P8_H
#define HVLENS_SWITCH_P8_H

#include "backend.h"

int switch_p8(struct hv_vcpu *hv, u64 limit, unsigned long lpcr, unsigned long msr);

#endif /* HVLENS_SWITCH_P8_H */
