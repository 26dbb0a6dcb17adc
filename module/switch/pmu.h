/* SPDX-License-Identifier: GPL-2.0-only */
/* The performance monitor in the switch. */
#ifndef HVLENS_PMU_H
#define HVLENS_PMU_H

#include "backend.h"

void pmu_to_guest(struct hv_vcpu *hv);
void pmu_to_host(struct hv_vcpu *hv);

#endif /* HVLENS_PMU_H */
