// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exit for a host interrupt is not handled in the exit path.  The interrupt's bit in the
 * PACA's irq_happened says that it came.  When interrupts are enabled, the kernel's replay
 * (arch/powerpc/kernel/irq_64.c) runs the handler, with a full kernel context and where
 * tracing and accounting expect it.
 */
#include <linux/kvm_host.h>
#include <asm/hw_irq.h>
#include <asm/interrupt.h>
#include <asm/kvm_asm.h>
#include <asm/machdep.h>
#include <asm/paca.h>

#include "core/replay.h"
#include "switch/switch.h"

static const struct {
	int trap;
	u8 bit;
} replayed[] = {
	{ BOOK3S_INTERRUPT_EXTERNAL,	PACA_IRQ_EE },
	/* the same handler: it asks the interrupt controller (masked_Hinterrupt) */
	{ BOOK3S_INTERRUPT_H_VIRT,	PACA_IRQ_EE },
	{ BOOK3S_INTERRUPT_H_DOORBELL,	PACA_IRQ_DBELL },
	{ BOOK3S_INTERRUPT_HMI,		PACA_IRQ_HMI },
};

/*
 * vmlinux lets firmware look for the cause of a maintenance interrupt in real mode, before
 * it handles the event.  If the interrupt hits a guest, firmware is asked here, because it
 * may set the timebase, which must be the host's.
 */
static void hmi_early(void)
{
	local_paca->hmi_irqs++;
	if (ppc_md.hmi_exception_early)
		ppc_md.hmi_exception_early(NULL);
}

/*
 * replay_mark - set the interrupt's bit in irq_happened, and record it
 *
 * A system reset cannot wait: its handler runs here.
 *
 * Context: interrupts hard-disabled, RCU watching.
 */
void replay_mark(int trap, struct hvlens_exit *rec)
{
	u8 before = local_paca->irq_happened;
	int i;

	lockdep_assert_irqs_disabled();
	for (i = 0; i < ARRAY_SIZE(replayed); i++)
		if (replayed[i].trap == trap)
			local_paca->irq_happened |= replayed[i].bit;
	if (trap == BOOK3S_INTERRUPT_HMI && !host_switch->real_mode)
		hmi_early();
	else if (trap == BOOK3S_INTERRUPT_SYSTEM_RESET)
		replay_system_reset();

	if (rec) {
		rec->irq_before = before;
		rec->irq_after = local_paca->irq_happened;
		rec->irq_replayed = rec->irq_after & ~PACA_IRQ_HARD_DIS;
	}
}
