// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directed privileged doorbells between the threads of an emulated core.
 *
 * Here each vCPU is a thread of its own, but user space may tell the guest
 * that several make a core (KVM_CAP_PPC_SMT).  Then HFSCR[MSGP] is off and
 * msgsndp, msgclrp and reads of TIR and DPDES arrive as hypervisor facility
 * unavailable.
 */
#include <linux/kvm_host.h>
#include <linux/smp.h>
#include <asm/dbell.h>
#include <asm/disassemble.h>
#include <asm/ppc-opcode.h>

#include "backend.h"
#include "core/vcpu_kick.h"

/* The thread number that a doorbell message in RB names, or -1. */
static int doorbell_thread(unsigned long msg)
{
	unsigned long type = (msg >> 27) & 0x1f;

	return type == PPC_DBELL_SERVER ? (int)(msg & 0x7f) : -1;
}

static struct kvm_vcpu *doorbell_sibling(struct kvm_vcpu *vcpu, int thread)
{
	int threads = vcpu->kvm->arch.emul_smt_mode;

	if (thread < 0 || thread >= threads)
		return NULL;
	return kvm_get_vcpu_by_id(vcpu->kvm,
			 (vcpu->vcpu_id & ~(threads - 1)) + thread);
}

static void doorbell_send(struct kvm_vcpu *vcpu, unsigned long msg)
{
	struct kvm_vcpu *target;

	target = doorbell_sibling(vcpu, doorbell_thread(msg));
	if (!target || target->arch.doorbell_request)
		return;
	target->arch.doorbell_request = 1;
	vcpu_kick(target);
}

static void doorbell_clear(struct kvm_vcpu *vcpu, unsigned long msg)
{
	/* any thread number: msgclrp is about the executing thread */
	if (doorbell_thread(msg) < 0)
		return;
	vcpu->arch.vcore->dpdes = 0;
	vcpu->arch.doorbell_request = 0;
}

static void doorbell_sync(void *unused)
{
}

/* A bit for each thread of the emulated core that has a doorbell pending. */
static unsigned long doorbell_pending_mask(struct kvm_vcpu *vcpu)
{
	unsigned long mask = 0;
	struct kvm_vcpu *sibling;
	int thread, cpu;

	for (thread = 0; thread < vcpu->kvm->arch.emul_smt_mode; thread++) {
		sibling = doorbell_sibling(vcpu, thread);
		if (!sibling)
			continue;
		/* one that is in the guest shows its DPDES after an exit only */
		cpu = READ_ONCE(sibling->cpu);
		if (sibling != vcpu && cpu >= 0)
			smp_call_function_single(cpu, doorbell_sync, NULL, 1);
		if (vcpu_doorbell_pending(sibling))
			mask |= 1UL << thread;
	}
	return mask;
}

static int doorbell_mfspr(struct kvm_vcpu *vcpu, u32 inst)
{
	unsigned long val;

	switch (get_sprn(inst)) {
	case SPRN_TIR:
		val = vcpu->vcpu_id & (vcpu->kvm->arch.emul_smt_mode - 1);
		break;
	case SPRN_DPDES:
		val = doorbell_pending_mask(vcpu);
		break;
	default:
		return EMULATE_FAIL;
	}
	kvmppc_set_gpr(vcpu, get_rt(inst), val);
	return EMULATE_DONE;
}

/*
 * Stand in for the instruction that HFSCR[MSGP] stopped.  Process context,
 * interrupts enabled.  Returns RESUME_GUEST, past the instruction or at it
 * again when it could not be fetched, or EMULATE_FAIL when it is none of these or
 * comes from problem state.
 */
int doorbell_emulate(struct kvm_vcpu *vcpu)
{
	ppc_inst_t fetched;
	u32 inst;

	if (vcpu->arch.shregs.msr & MSR_PR)
		return EMULATE_FAIL;
	if (kvmppc_get_last_inst(vcpu, INST_GENERIC, &fetched) != EMULATE_DONE)
		return RESUME_GUEST;
	inst = ppc_inst_val(fetched);
	if (get_op(inst) != 31)
		return EMULATE_FAIL;

	switch (get_xop(inst)) {
	case OP_31_XOP_MSGSNDP:
		doorbell_send(vcpu, kvmppc_get_gpr(vcpu, get_rb(inst)));
		break;
	case OP_31_XOP_MSGCLRP:
		doorbell_clear(vcpu, kvmppc_get_gpr(vcpu, get_rb(inst)));
		break;
	case OP_31_XOP_MFSPR:
		if (doorbell_mfspr(vcpu, inst) != EMULATE_DONE)
			return EMULATE_FAIL;
		break;
	default:
		return EMULATE_FAIL;
	}
	kvmppc_set_pc(vcpu, kvmppc_get_pc(vcpu) + 4);
	return RESUME_GUEST;
}
