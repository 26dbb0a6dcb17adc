// SPDX-License-Identifier: GPL-2.0-only
/*
 * What to do about an exit: one handler for each class of exit_reasons.def.
 *
 * Handlers run with interrupts and preemption on and may sleep.  They return
 * RESUME_GUEST (enter again), RESUME_HOST (run->exit_reason says why KVM_RUN
 * returns) or a negative errno for KVM_RUN to return.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <asm/disassemble.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/reg.h>

#include "backend.h"
#include "core/doorbell.h"
#include "core/exits.h"
#include "core/hcalls.h"
#include "core/mce.h"
#include "core/mmu.h"
#include "irq/rm_complete.h"
#include "trace/trace_kvm_hv.h"

static unsigned long unknown_exits;
module_param(unknown_exits, ulong, 0444);
MODULE_PARM_DESC(unknown_exits, "exits with a trap that has no handler, since load");

/* The one way out for exits without a handler: it ends the guest, not the host. */
static int exit_unknown(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	unknown_exits++;
	pr_err_once("unexpected exit: trap 0x%x nip 0x%lx msr 0x%llx lr 0x%lx ctr 0x%lx r3 0x%lx srr0 0x%llx srr1 0x%llx; counted in the parameter unknown_exits, not printed again\n",
		    vcpu->arch.trap, vcpu->arch.regs.nip,
		    vcpu->arch.shregs.msr, vcpu->arch.regs.link,
		    vcpu->arch.regs.ctr, kvmppc_get_gpr(vcpu, 3),
		    vcpu->arch.shregs.srr0, vcpu->arch.shregs.srr1);
	run->exit_reason = KVM_EXIT_UNKNOWN;
	run->hw.hardware_exit_reason = vcpu->arch.trap;
	return RESUME_HOST;
}

/* The replay has served the host; count the statistics as the stock backend does. */
static int exit_host(struct kvm_vcpu *vcpu)
{
	switch (vcpu->arch.trap) {
	case BOOK3S_INTERRUPT_HV_DECREMENTER:
		vcpu->stat.dec_exits++;
		break;
	case BOOK3S_INTERRUPT_EXTERNAL:
	case BOOK3S_INTERRUPT_H_DOORBELL:
	case BOOK3S_INTERRUPT_H_VIRT:
		vcpu->stat.ext_intr_exits++;
		break;
	}
	return RESUME_GUEST;
}

static int exit_hcall(struct kvm_vcpu *vcpu)
{
	int r;

	/* PAPR has hypercalls for privileged state only */
	if (unlikely(vcpu->arch.shregs.msr & MSR_PR)) {
		mmu_of(vcpu->kvm)->refuse_hcall(vcpu);
		return RESUME_GUEST;
	}

	trace_kvm_hcall_enter(vcpu);
	r = hcall_handle(vcpu);
	trace_kvm_hcall_exit(vcpu, r);
	return r;
}

static int exit_mmu(struct kvm_vcpu *vcpu)
{
	return mmu_of(vcpu->kvm)->page_fault(vcpu, vcpu->arch.fault_dar,
					     vcpu->arch.fault_dsisr);
}

static int illegal_instruction(struct kvm_vcpu *vcpu)
{
	kvmppc_core_queue_program(vcpu, SRR1_PROGILL |
				  (vcpu->arch.shregs.msr & SRR1_PREFIXED));
	return RESUME_GUEST;
}

/*
 * KVM_GUESTDBG_USE_SW_BP: the VMM's breakpoint is an illegal instruction.  HEIR has the
 * instruction as the host would load it from memory.
 */
static bool at_software_breakpoint(struct kvm_vcpu *vcpu)
{
	u64 inst = vcpu->arch.emul_inst;

	if (!(vcpu->guest_debug & KVM_GUESTDBG_USE_SW_BP))
		return false;
	if (kvmppc_need_byteswap(vcpu))
		inst = swab32(inst);
	return inst == KVMPPC_INST_SW_BREAKPOINT;
}

/* As KVM_RUN's interface wants it. */
static int exit_debug(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_DEBUG;
	run->debug.arch.address = kvmppc_get_pc(vcpu);
	run->debug.arch.status = 0;
	return RESUME_HOST;
}

/* Turn a facility on at its first use, if the guest can have it. */
static int grant_facility(struct kvm_vcpu *vcpu, u64 facility)
{
	if (!(vcpu->arch.hfscr_permitted & facility))
		return illegal_instruction(vcpu);
	vcpu->arch.hfscr |= facility;
	return RESUME_GUEST;
}

static int facility_unavailable(struct kvm_vcpu *vcpu)
{
	int r;

	switch (vcpu->arch.hfscr >> 56) {	/* HFSCR[IC] */
	case FSCR_PM_LG:
		return grant_facility(vcpu, HFSCR_PM);
	case FSCR_EBB_LG:
		return grant_facility(vcpu, HFSCR_EBB);
	case FSCR_MSGP_LG:
		r = doorbell_emulate(vcpu);
		return r == EMULATE_FAIL ? illegal_instruction(vcpu) : r;
	}
	return illegal_instruction(vcpu);
}

/*
 * POWER9's soft patch interrupt is for instructions of transactional memory.  It has the address
 * of the next instruction in HSRR0; the guest's program interrupt is at the instruction itself.
 */
static void point_at_instruction(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.trap == BOOK3S_INTERRUPT_HV_SOFTPATCH &&
	    cpu_has_feature(CPU_FTR_P9_TM_HV_ASSIST))
		kvmppc_set_pc(vcpu, kvmppc_get_pc(vcpu) - 4);
}

static int exit_emul(struct kvm_vcpu *vcpu)
{
	point_at_instruction(vcpu);
	if (vcpu->arch.trap == BOOK3S_INTERRUPT_H_FAC_UNAVAIL)
		return facility_unavailable(vcpu);
	if (at_software_breakpoint(vcpu))
		return exit_debug(vcpu);
	return illegal_instruction(vcpu);
}

/* SRR1 bits that say what a program interrupt is for (ISA Book III, 0x700) */
#define SRR1_PROGRAM_CAUSE	(SRR1_PROGFPE | SRR1_PROGILL | SRR1_PROGPRIV |	\
				 SRR1_PROGTRAP | SRR1_PROGADDR | SRR1_PREFIXED)

/*
 * Interrupts that go to the guest without an exit.  One of them can come here all the same:
 * old firmware makes a program interrupt of an emulation assistance interrupt.  The guest
 * gets it with its cause.
 */
static int exit_guest(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.trap != BOOK3S_INTERRUPT_PROGRAM)
		return exit_unknown(vcpu);
	kvmppc_core_queue_program(vcpu, vcpu->arch.shregs.msr & SRR1_PROGRAM_CAUSE);
	return RESUME_GUEST;
}

/*
 * HV_RM_HARD: vmlinux's XICS in real mode gave the guest a passed-through interrupt, and
 * left the rest to the host.  With XIVE nothing does that.
 */
static int exit_realmode(struct kvm_vcpu *vcpu)
{
	if (xics_on_xive() || !kvmppc_xics_enabled(vcpu))
		return exit_unknown(vcpu);
	rm_complete_exit(vcpu);
	return RESUME_GUEST;
}

#define CLASS_HOST(vcpu)	exit_host(vcpu)
#define CLASS_MCE(vcpu)		mce_handle(vcpu)
#define CLASS_HCALL(vcpu)	exit_hcall(vcpu)
#define CLASS_MMU(vcpu)		exit_mmu(vcpu)
#define CLASS_EMUL(vcpu)	exit_emul(vcpu)
#define CLASS_GUEST(vcpu)	exit_guest(vcpu)
#define CLASS_REALMODE(vcpu)	exit_realmode(vcpu)
#define CLASS_SPECIAL(vcpu)	exit_unknown(vcpu)

/* exits_handle - handle the exit in vcpu->arch.trap; the top says what it returns */
int exits_handle(struct kvm_vcpu *vcpu)
{
	lockdep_assert_irqs_enabled();
	lockdep_assert_preemption_enabled();
	vcpu->stat.sum_exits++;
	if (unlikely(vcpu->arch.shregs.msr & MSR_HV)) {
		exit_unknown(vcpu);
		vcpu->run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
		return RESUME_HOST;
	}

	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	vcpu->run->ready_for_interrupt_injection = 1;
	switch (vcpu->arch.trap) {
#define HVLENS_EXIT(number, symbol, name, class, help)			\
	case number:							\
		return CLASS_##class(vcpu);
#include <hvlens/exit_reasons.def>
#undef HVLENS_EXIT
	default:
		return exit_unknown(vcpu);
	}
}
