// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest accesses to addresses without a memslot. kvm.ko decodes and emulates
 * the instruction (kvmppc_emulate_mmio); here is what has to be true before.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/sstep.h>

#include "core/mmio.h"

/*
 * Another vCPU may have put another instruction there since the fault. The
 * access was checked for one direction, so only one that goes the same way may be
 * carried out. What is neither a load nor a store is for kvm.ko to refuse.
 */
static bool same_direction(struct kvm_vcpu *vcpu, ppc_inst_t inst, bool is_store)
{
	struct instruction_op op;
	int type;

	vcpu->arch.regs.msr = vcpu->arch.shregs.msr;
	if (analyse_instr(&op, &vcpu->arch.regs, inst))
		return true;
	type = GETTYPE(op.type);
	if (!OP_IS_LOAD_STORE(type))
		return true;
	return OP_IS_STORE(type) == is_store;
}

/* An ioeventfd that asks for no data: the value stored need not be known. */
static bool fast_mmio(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	int idx = srcu_read_lock(&vcpu->kvm->srcu);
	int ret = kvm_io_bus_write(vcpu, KVM_FAST_MMIO_BUS, gpa, 0, NULL);

	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	return !ret;
}

int mmio_emulate(struct kvm_vcpu *vcpu, gpa_t gpa, gva_t ea, bool is_store)
{
	bool prefixed = vcpu->arch.shregs.msr & SRR1_PREFIXED;
	ppc_inst_t inst;

	if (is_store && fast_mmio(vcpu, gpa)) {
		kvmppc_set_pc(vcpu, kvmppc_get_pc(vcpu) + (prefixed ? 8 : 4));
		return RESUME_GUEST;
	}

	/*
	 * When the instruction can't be read any more, or is not of the length
	 * that the interrupt reported, the guest changed it or its mapping: let
	 * it execute what is there now.
	 */
	if (kvmppc_get_last_inst(vcpu, INST_GENERIC, &inst) != EMULATE_DONE)
		return RESUME_GUEST;
	if (ppc_inst_prefixed(inst) != prefixed)
		return RESUME_GUEST;
	if (!same_direction(vcpu, inst, is_store))
		return RESUME_GUEST;

	vcpu->arch.paddr_accessed = gpa;
	vcpu->arch.vaddr_accessed = ea;
	return kvmppc_emulate_mmio(vcpu);
}

int mmio_emulate_op(struct kvm_vcpu *vcpu, unsigned int inst, int *advance)
{
	return EMULATE_FAIL;
}

int mmio_emulate_mtspr(struct kvm_vcpu *vcpu, int sprn, ulong spr_val)
{
	return EMULATE_FAIL;
}

int mmio_emulate_mfspr(struct kvm_vcpu *vcpu, int sprn, ulong *spr_val)
{
	return EMULATE_FAIL;
}
