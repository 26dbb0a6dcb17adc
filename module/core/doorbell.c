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
#include "core/vcpu_kick.h"

/* A message, in RB of msgsndp and msgclrp: its type and the thread that it is for */
#define MSG_TYPE(msg)	((msg) >> 27 & 0x1f)
#define MSG_THREAD(msg)	((msg) & 0x7f)

/* The number of the vCPU's thread in its virtual core. */
static unsigned int thread_of(const struct kvm_vcpu *vcpu)
{
	return vcpu->vcpu_id & (vcpu->kvm->arch.emul_smt_mode - 1);
}

/* The vCPU that is a thread of the same virtual core, or NULL. */
static struct kvm_vcpu *sibling(struct kvm_vcpu *vcpu, unsigned int thread)
{
	if (thread >= vcpu->kvm->arch.emul_smt_mode)
		return NULL;
	return kvm_get_vcpu_by_id(vcpu->kvm, vcpu->vcpu_id - thread_of(vcpu) + thread);
}

static void msgsndp(struct kvm_vcpu *vcpu, u32 inst)
{
	unsigned long msg = kvmppc_get_gpr(vcpu, get_rb(inst));
	struct kvm_vcpu *target;

	if (MSG_TYPE(msg) != PPC_DBELL_SERVER)
		return;
	target = sibling(vcpu, MSG_THREAD(msg));
	if (!target || target->arch.doorbell_request)
		return;
	target->arch.doorbell_request = 1;
	vcpu_kick(target);
}

/* It is for the executing thread, whatever thread the message names. */
static void msgclrp(struct kvm_vcpu *vcpu, u32 inst)
{
	unsigned long msg = kvmppc_get_gpr(vcpu, get_rb(inst));

	if (MSG_TYPE(msg) == PPC_DBELL_SERVER)
		vcpu->arch.doorbell_request = 0;
}

static void read_tir(struct kvm_vcpu *vcpu, u32 inst)
{
	kvmppc_set_gpr(vcpu, get_rt(inst), thread_of(vcpu));
}

/* Runs on a sibling's CPU, which takes this IPI by an exit from the guest. */
static void left_guest(void *unused)
{
}

/* DPDES has one bit per thread of the virtual core: a doorbell is pending. */
static void read_dpdes(struct kvm_vcpu *vcpu, u32 inst)
{
	unsigned long dpdes = 0;
	struct kvm_vcpu *other;
	unsigned int thread;
	int cpu;

	for (thread = 0; thread < vcpu->kvm->arch.emul_smt_mode; thread++) {
		other = sibling(vcpu, thread);
		if (!other)
			continue;
		/* a vCPU that is in the guest has its doorbell in the CPU's DPDES: make it exit */
		cpu = READ_ONCE(other->cpu);
		if (other != vcpu && cpu >= 0)
			smp_call_function_single(cpu, left_guest, NULL, 1);
		if (vcpu_doorbell_pending(other))
			dpdes |= 1UL << thread;
	}
	kvmppc_set_gpr(vcpu, get_rt(inst), dpdes);
}

#define OPCODES		0xfc0007fe	/* primary and extended opcode */
#define OPCODES_SPR	0xfc1ffffe	/* and the number of an SPR */

static const struct {
	u32 mask;
	u32 value;
	void (*emulate)(struct kvm_vcpu *vcpu, u32 inst);
} instructions[] = {
	{ OPCODES,	PPC_RAW_MSGSNDP(0),		msgsndp },
	{ OPCODES,	PPC_RAW_MSGCLRP(0),		msgclrp },
	{ OPCODES_SPR,	PPC_RAW_MFSPR(0, SPRN_TIR),	read_tir },
	{ OPCODES_SPR,	PPC_RAW_MFSPR(0, SPRN_DPDES),	read_dpdes },
};

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
	unsigned int i;
	u32 inst;

	lockdep_assert_irqs_enabled();
	if (vcpu->arch.shregs.msr & MSR_PR)
		return EMULATE_FAIL;
	if (kvmppc_get_last_inst(vcpu, INST_GENERIC, &fetched) != EMULATE_DONE)
		return RESUME_GUEST;
	inst = ppc_inst_val(fetched);
	for (i = 0; i < ARRAY_SIZE(instructions); i++) {
		if ((inst & instructions[i].mask) != instructions[i].value)
			continue;
		instructions[i].emulate(vcpu, inst);
		kvmppc_set_pc(vcpu, kvmppc_get_pc(vcpu) + 4);
		return RESUME_GUEST;
	}
	return EMULATE_FAIL;
}
