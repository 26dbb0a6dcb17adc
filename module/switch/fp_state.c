// SPDX-License-Identifier: GPL-2.0-only
/* Whose floating point, VMX and VSX registers the CPU holds, see fp_state.h. */
#include <linux/irqflags.h>

#include "switch/fp_state.h"
#include "switch/switch.h"

/*
 * fp_state_take - save the VMM's values if the registers hold them; from now on the kernel
 * saves the guest's
 *
 * vmlinux's code for POWER8 loads and saves the guest's registers itself. There the registers
 * stay the VMM's.
 *
 * Context: the vCPU's thread, interrupts hard-disabled, MSR[FP,VEC,VSX] set.
 */
void fp_state_take(struct kvm_vcpu *vcpu)
{
	struct thread_struct *thread = &current->thread;

	if (thread->regs->msr & MSR_FACILITIES)
		kvmppc_save_user_regs();
	if (host_switch->real_mode)
		return;
	thread->fp_save_area = &vcpu->arch.fp;
	thread->vr_save_area = &vcpu->arch.vr;
}

/*
 * The rest of fp_state_give_back(). A soft interrupt that uses the registers must not come between
 * the look at the bits and the save.
 */
void fp_state_save(void)
{
	struct thread_struct *thread = &current->thread;
	unsigned long flags;

	local_irq_save(flags);
	if ((mfmsr() & MSR_FACILITIES) != MSR_FACILITIES)
		msr_check_and_set(MSR_FACILITIES);
	if (thread->regs->msr & MSR_FP)
		store_fp_state(thread->fp_save_area);
	if (thread->regs->msr & MSR_VEC)
		store_vr_state(thread->vr_save_area);
	regs_set_return_msr(thread->regs, thread->regs->msr & ~MSR_FACILITIES);
	thread->fp_save_area = NULL;
	thread->vr_save_area = NULL;
	local_irq_restore(flags);
}

/*
 * fp_state_giveup_ext - ops->giveup_ext: kvm.ko is about to read or change the guest's values in
 * vcpu->arch, for a load or store that it emulates
 *
 * @msr: which of them. All are saved.
 *
 * Context: the vCPU's thread, interrupts on.
 */
void fp_state_giveup_ext(struct kvm_vcpu *vcpu, ulong msr)
{
	preempt_disable();
	fp_state_give_back();
	preempt_enable();
}
