/* SPDX-License-Identifier: GPL-2.0-only */
/* Host interrupts that made the guest exit: marked now, replayed later. */
#ifndef HVLENS_REPLAY_H
#define HVLENS_REPLAY_H

struct hv_vcpu;
struct hvlens_exit;

void replay_hmi(struct hv_vcpu *hv);
void replay_mark(int trap, struct hvlens_exit *rec);

#endif /* HVLENS_REPLAY_H */
