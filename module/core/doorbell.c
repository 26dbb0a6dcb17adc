// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directed privileged doorbells between the threads of a virtual core.
 *
 * Each vCPU runs as a separate hardware thread, but user space may tell the guest that
 * several vCPUs are the threads of one core (KVM_CAP_PPC_SMT). So HFSCR[MSGP] is off, and
 * msgsndp, msgclrp and reads of TIR and DPDES end in a hypervisor facility unavailable
 * interrupt.
 */
#include <linux/kvm_host.h>
#include <linux/smp.h>
#include <asm/dbell.h>
#include <asm/disassemble.h>
#include <asm/ppc-opcode.h>

#include "backend.h"
#include "core/doorbell.h"

/* The thread that the message in RB names; -1: it is no message to a thread. */
static int doorbell_thread(unsigned long msg)
{
	unsigned long type = (msg >> 27) & 0x1f;

	return type == PPC_DBELL_SERVER ? (int)(msg & 0x7f) : -1;
}

/* The vCPU that is this thread of the virtual core, or NULL. */
static struct kvm_vcpu *doorbell_sibling(struct kvm_vcpu *vcpu, int thread)
{
	int threads = vcpu->kvm->arch.emul_smt_mode;

	if (thread < 0 || thread >= threads)
		return NULL;
	return vcpu_find(vcpu->kvm,
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
	/* msgclrp is for the executing thread, whatever thread RB names */
	if (doorbell_thread(msg) < 0)
		return;
	vcpu->arch.doorbell_request = 0;
}

/* Runs on a sibling's CPU, which takes this IPI by an exit from the guest. */
static void doorbell_left_guest(void *unused)
{
}

/* One bit per thread of the virtual core: does it have a doorbell pending? */
static unsigned long doorbell_pending_mask(struct kvm_vcpu *vcpu)
{
	unsigned long mask = 0;
	struct kvm_vcpu *sibling;
	int thread, cpu;

	for (thread = 0; thread < vcpu->kvm->arch.emul_smt_mode; thread++) {
		sibling = doorbell_sibling(vcpu, thread);
		if (!sibling)
			continue;
		/* a vCPU that is in the guest has its doorbell in DPDES: make it exit */
		cpu = READ_ONCE(sibling->cpu);
		if (sibling != vcpu && cpu >= 0)
			smp_call_function_single(cpu, doorbell_left_guest, NULL, 1);
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
 * doorbell_emulate - carry out the instruction that HFSCR[MSGP] stopped
 *
 * Return: RESUME_GUEST: the guest goes on after the instruction, or repeats an instruction
 * that could not be fetched. EMULATE_FAIL: it is none of the instructions above, or comes
 * from problem state.
 * Context: the vCPU's thread, interrupts enabled.
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
