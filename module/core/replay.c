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

#include "backend.h"
#include "core/replay.h"

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
 * replay_hmi - let firmware repair what a maintenance interrupt tells of
 *
 * vmlinux's handler does the same, in real mode, when such an interrupt hits the host.  The
 * cause may be an error of the timebase: firmware sets it then, to the host's time.  So this
 * comes before the timebase is used for anything that outlives the exit, and what the switch
 * has derived from it is derived again.  The guest's DEC counts on from what it was.
 *
 * HMER is and-ed with what is written.  The debug trigger is a processor's workaround and no
 * error, and firmware knows nothing of it: as long as it is set, the interrupt comes again.
 *
 * Context: right after the switch, with the host's timebase; interrupts hard-disabled, RCU
 * watching.  Not on POWER8, where vmlinux does all of it in real mode.
 */
void replay_hmi(struct hv_vcpu *hv)
{
	u64 causes = mfspr(SPRN_HMER) & mfspr(SPRN_HMEER);

	local_paca->hmi_irqs++;
	if (causes & HMER_DEBUG_TRIG)
		mtspr(SPRN_HMER, ~HMER_DEBUG_TRIG);
	if (causes != HMER_DEBUG_TRIG && ppc_md.hmi_exception_early)
		ppc_md.hmi_exception_early(NULL);
	hv->vcpu->arch.dec_expires = mftb() + hv->core.tb_offset + hv->landing.dec;
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
	/* the most frequent one is none of the host's */
	for (i = 0; i < ARRAY_SIZE(replayed) && trap != BOOK3S_INTERRUPT_SYSCALL; i++)
		if (replayed[i].trap == trap)
			local_paca->irq_happened |= replayed[i].bit;
	if (trap == BOOK3S_INTERRUPT_SYSTEM_RESET)
		replay_system_reset();

	if (rec) {
		rec->irq_before = before;
		rec->irq_after = local_paca->irq_happened;
		rec->irq_replayed = rec->irq_after & ~PACA_IRQ_HARD_DIS;
	}
}
