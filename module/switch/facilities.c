// SPDX-License-Identifier: GPL-2.0-only
/*
 * HFSCR: which facilities a guest has.  The performance monitor and event-based branches are
 * given on demand: a guest that never uses them does not pay for the exchange of their
 * registers at each entry and exit.
 *
 * This needs a processor that enforces HFSCR, so that the first access exits.  QEMU does not do
 * so for these two facilities.  A guest could use them without anybody knowing: a VMM that saves
 * the guest would lose their registers, and the next guest would find them.  On an emulated host
 * each guest has both facilities from the start.
 */
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <asm/cputable.h>
#include <asm/reg.h>

#include "switch/emulator.h"
#include "switch/facilities.h"
#include "switch/switch.h"

u64 facilities_on_demand __ro_after_init;

static int hfscr_enforced __ro_after_init = -1;
module_param(hfscr_enforced, int, 0444);
MODULE_PARM_DESC(hfscr_enforced, "1: the processor enforces HFSCR; 0: not for PM and EBB (QEMU); -1, the default: find out at load");

/* facilities_init - at load, once host_switch is known, after emulator_init() */
void __init facilities_init(void)
{
	if (hfscr_enforced < 0)
		hfscr_enforced = !on_emulator();
	facilities_on_demand = hfscr_enforced ? host_switch->on_demand : 0;
}

/*
 * facilities_vcpu_init - set a new vCPU's HFSCR
 *
 * It has what the host has, without msgsndp: the vCPUs of an emulated core are not threads of
 * one real core, so doorbell.c emulates it.
 */
void facilities_vcpu_init(struct kvm_vcpu *vcpu)
{
	u64 hfscr = HFSCR_TAR | HFSCR_EBB | HFSCR_PM | HFSCR_BHRB | HFSCR_DSCR |
		    HFSCR_VECVSX | HFSCR_FP;

	if (cpu_has_feature(CPU_FTR_ARCH_31))
		hfscr |= HFSCR_PREFIX;
	if (host_switch->transactions && cpu_has_feature(CPU_FTR_TM))
		hfscr |= HFSCR_TM;
	vcpu->arch.hfscr_permitted = hfscr & mfspr(SPRN_HFSCR);
	vcpu->arch.hfscr = vcpu->arch.hfscr_permitted & ~facilities_on_demand;
}
