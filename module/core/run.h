/* SPDX-License-Identifier: GPL-2.0-only */
/* The run loop of one vCPU. */
#ifndef HVLENS_RUN_H
#define HVLENS_RUN_H

#include <linux/kvm_host.h>
#include <asm/hw_irq.h>
#include <asm/paca.h>
#include <asm/time.h>

int run_vcpu(struct kvm_vcpu *vcpu);

/* A host timer that is due need not wait for the DEC exception. */
static inline void run_host_timer(void)
{
	if (mftb() >= timer_get_next_tb())
		local_paca->irq_happened |= PACA_IRQ_DEC;
}

#endif /* HVLENS_RUN_H */
