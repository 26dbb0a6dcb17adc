/* SPDX-License-Identifier: GPL-2.0-only */
/* The C half of the world switch and what it needs from other files. */
#ifndef HVLENS_SWITCH_H
#define HVLENS_SWITCH_H

#include "backend.h"

/*
 * HSRR1 bits 33:36 and 42:47: what an interrupt says of its cause there (ISA Book III,
 * "Interrupt Definitions").  The MSR has no such bits.
 */
#define HSRR1_CAUSE	0x783f0000UL

/* switch/p9.c */
DECLARE_PER_CPU(struct kvm *, switch_running);
int switch_init(void);
void switch_exit(void);
void switch_vcpu_init(struct hv_vcpu *hv);
int switch_p9(struct hv_vcpu *hv, u64 now, u64 limit, unsigned long lpcr,
	      unsigned long msr);

/* switch/p8.c */
int switch_p8(struct hv_vcpu *hv);

/* switch/mitigation.c */
int mitigation_init(void);
u64 mitigation_flush(void);

/* switch/pmu.c */
void pmu_to_guest(struct hv_vcpu *hv);
void pmu_to_host(struct hv_vcpu *hv);

/* switch/tlb.c */
void tlb_flush_local(struct kvm *kvm);
void tlb_vcpu_moves(struct kvm_vcpu *vcpu, int cpu);

#endif /* HVLENS_SWITCH_H */
