/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's floating point, VMX and VSX registers, on POWER9 and later. They stay in the
 * CPU from one exit to the next entry.
 *
 * The kernel knows whose values these registers hold. The bits FP and VEC of the current
 * task's MSR (thread.regs->msr) say that they are the task's. Whoever else wants the registers
 * saves them first and clears the bit: a context switch (giveup_all()), or the kernel for its
 * own use (enable_kernel_fp(), enable_kernel_altivec(), enable_kernel_vsx()), in a soft
 * interrupt as well. thread.fp_save_area and thread.vr_save_area say where values are saved
 * that are not the task's own.
 *
 * So there are two states of the vCPU's thread:
 *   - no save area: the bits are about the VMM's values;
 *   - the save areas are vcpu->arch.fp and vcpu->arch.vr: the bits are about the guest's, and
 *     the VMM's are in thread.fp_state and thread.vr_state.
 * fp_state_take() leads from the first to the second, fp_state_give_back() back. The second
 * state ends whenever the thread loses its CPU, because the kernel loads the VMM's values
 * when it gets a CPU again (restore_math()), and when KVM_RUN ends.
 */
#ifndef HVLENS_FP_STATE_H
#define HVLENS_FP_STATE_H

#include <linux/kvm_host.h>
#include <linux/sched.h>
#include <asm/ptrace.h>
#include <asm/reg.h>
#include <asm/switch_to.h>

#define MSR_FACILITIES	(MSR_FP | MSR_VEC | MSR_VSX)

void fp_state_take(struct kvm_vcpu *vcpu);
void fp_state_save(void);
void fp_state_giveup_ext(struct kvm_vcpu *vcpu, ulong msr);

/* fp_state_taken - are the bits of the task's MSR about the guest's values? */
static __always_inline bool fp_state_taken(void)
{
	return current->thread.fp_save_area;
}

/*
 * fp_state_give_back - save the guest's values; from now on the kernel saves the VMM's
 *
 * Context: any thread, in the second state or not; preemption off.
 */
static __always_inline void fp_state_give_back(void)
{
	if (fp_state_taken())
		fp_state_save();
}

/*
 * fp_state_load - load what the registers do not hold already, before the guest is entered
 *
 * Context: in the switch, after fp_state_take(); MSR[FP,VEC,VSX] set. Nothing uses the
 * registers until the guest runs, so the bits are true afterwards.
 */
static __always_inline void fp_state_load(struct kvm_vcpu *vcpu)
{
	struct pt_regs *regs = current->thread.regs;
	unsigned long msr = regs->msr;

	if (likely((msr & MSR_FACILITIES) == MSR_FACILITIES))
		return;
	if (!(msr & MSR_FP))
		load_fp_state(&vcpu->arch.fp);
	if (!(msr & MSR_VEC))
		load_vr_state(&vcpu->arch.vr);
	regs->msr = msr | MSR_FACILITIES;
}

#endif /* HVLENS_FP_STATE_H */
