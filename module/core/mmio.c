// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest accesses to addresses that no memory slot backs. kvm.ko decodes and emulates the
 * instruction (kvmppc_emulate_mmio()), but only knows what the instruction in memory is
 * now. The storage interrupt told more: direction and length of what the guest executed.
 * Another vCPU may have changed the instruction, or its mapping, in between.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/sstep.h>

#include "core/mmio.h"

static bool is_prefixed(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.shregs.msr & SRR1_PREFIXED;
}

/*
 * Does @inst access memory in the direction for which the MMU has checked the access?
 * kvm.ko refuses what is neither a load nor a store, so the answer is true for that.
 */
static bool same_direction(struct kvm_vcpu *vcpu, ppc_inst_t inst, bool is_store)
{
	struct instruction_op op;
	int type;

	vcpu->arch.regs.msr = vcpu->arch.shregs.msr;
	if (analyse_instr(&op, &vcpu->arch.regs, inst))
		return true;
	type = GETTYPE(op.type);
	return !OP_IS_LOAD_STORE(type) || OP_IS_STORE(type) == is_store;
}

/* Can the instruction in memory be the one that the interrupt was about? */
static bool instruction_fits(struct kvm_vcpu *vcpu, bool is_store)
{
	ppc_inst_t inst;

	return kvmppc_get_last_inst(vcpu, INST_GENERIC, &inst) == EMULATE_DONE &&
	       ppc_inst_prefixed(inst) == is_prefixed(vcpu) &&
	       same_direction(vcpu, inst, is_store);
}

/*
 * Signals the ioeventfd that stands at @gpa without data to match, so that the value
 * stored need not be known, nor the instruction. Return: false if there is none.
 */
static bool signal_ioeventfd(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	int idx = srcu_read_lock(&vcpu->kvm->srcu);
	int err = kvm_io_bus_write(vcpu, KVM_FAST_MMIO_BUS, gpa, 0, NULL);

	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	return !err;
}

/*
 * mmio_emulate - emulate the access that ended in a hypervisor data storage interrupt
 * @gpa: what was accessed; no memory slot backs it
 * @ea: its effective address
 * @is_store: the direction of the access
 *
 * An instruction that does not fit the interrupt is not emulated: the guest executes what
 * is in memory now.
 *
 * Return: as radix_page_fault().
 * Context: the vCPU's thread, without kvm->srcu; may sleep.
 */
int mmio_emulate(struct kvm_vcpu *vcpu, gpa_t gpa, gva_t ea, bool is_store)
{
	lockdep_assert_not_held(&vcpu->kvm->srcu);
	if (is_store && signal_ioeventfd(vcpu, gpa)) {
		kvmppc_set_pc(vcpu, kvmppc_get_pc(vcpu) + (is_prefixed(vcpu) ? 8 : 4));
		return RESUME_GUEST;
	}
	if (!instruction_fits(vcpu, is_store))
		return RESUME_GUEST;

	vcpu->arch.paddr_accessed = gpa;
	vcpu->arch.vaddr_accessed = ea;
	return kvmppc_emulate_mmio(vcpu);
}
