// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hash guest's hypercalls for its page table. vmlinux carries them out. The handlers make
 * sure that the table stays the same one meanwhile, and that the page can be mapped. In a
 * radix guest they return H_FUNCTION.
 */
#include <linux/kvm_host.h>

#include <asm/hvcall.h>
#include <asm/kvm_ppc.h>

#include "hash/hash.h"

/*
 * Makes @call with preemption off, because it takes bit spin locks. While the table is
 * being exchanged the guest repeats the hypercall instead.
 */
#define WITH_TABLE(vcpu, call) ({					\
	struct kvm *kvm = (vcpu)->kvm;					\
	int idx = srcu_read_lock(&kvm->srcu);				\
	long ret;							\
									\
	if (hash_table_stays(kvm)) {					\
		preempt_disable();					\
		ret = call;						\
		preempt_enable();					\
	} else {							\
		(vcpu)->arch.regs.nip -= 4;				\
		ret = (vcpu)->arch.regs.gpr[3];				\
	}								\
	srcu_read_unlock(&kvm->srcu, idx);				\
	ret;								\
})

/*
 * A page is refused if its slot is not aligned to the page size. vmlinux ORs the host's
 * address into the HPTE. If the VMM's memory is not aligned, low bits of that address get
 * into the bits that encode the page size (LP). On a host with 4K pages 64K could become
 * 16G that way, and a processor that takes the size from these bits only would give the
 * guest the host's memory.
 */
long hash_enter(struct kvm *kvm, unsigned long flags, unsigned long index,
		struct hpte e, unsigned long *place)
{
	unsigned long size = kvmppc_actual_pgsz(e.v, e.r);
	struct kvm_memory_slot *slot;
	long ret;

	lockdep_assert_held(&kvm->srcu);
	if (size > PAGE_SIZE) {
		slot = gfn_to_memslot(kvm, hpte_rpn(e.r, size));
		if (slot && !hash_slot_fits(slot, size))
			return H_PARAMETER;
	}
	preempt_disable();
	ret = kvmppc_do_h_enter(kvm, flags, index, e.v, e.r, kvm->mm->pgd, false, place);
	preempt_enable();
	return ret;
}

long hash_h_enter(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct hpte e = { .v = args[2], .r = args[3] };

	return WITH_TABLE(vcpu, hash_enter(vcpu->kvm, args[0], args[1], e,
					   &vcpu->arch.regs.gpr[4]));
}

long hash_h_remove(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return WITH_TABLE(vcpu, kvmppc_h_remove(vcpu, args[0], args[1], args[2]));
}

/* vmlinux reads the arguments from the vCPU, and writes the results to the same registers. */
long hash_h_bulk_remove(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return WITH_TABLE(vcpu, kvmppc_h_bulk_remove(vcpu));
}

long hash_h_protect(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return WITH_TABLE(vcpu, kvmppc_h_protect(vcpu, args[0], args[1], args[2]));
}

long hash_h_read(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return WITH_TABLE(vcpu, kvmppc_h_read(vcpu, args[0], args[1]));
}

long hash_h_clear_ref(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return WITH_TABLE(vcpu, kvmppc_h_clear_ref(vcpu, args[0], args[1]));
}

long hash_h_clear_mod(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return WITH_TABLE(vcpu, kvmppc_h_clear_mod(vcpu, args[0], args[1]));
}
