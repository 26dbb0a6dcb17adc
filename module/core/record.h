/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit record of a pass, while somebody listens. */
#ifndef HVLENS_RECORD_H
#define HVLENS_RECORD_H

#include "backend.h"

struct hvlens_exit *record_begin(struct hv_vcpu *hv);
void record_why(struct hv_vcpu *hv, struct hvlens_exit *rec);
void record_end(struct hv_vcpu *hv, struct hvlens_exit *rec);

#endif /* HVLENS_RECORD_H */
