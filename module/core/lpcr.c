// SPDX-License-Identifier: GPL-2.0-only
/*
 * LPCR: what the VM has by the kind of host and MMU, and which fields user space can set.
 * All other bits are the hypervisor's.
 */
#include <linux/kvm_host.h>

#include <asm/cputable.h>
#include <asm/reg.h>

#include "core/lpcr.h"
#include "core/mmu.h"
#include "switch/switch.h"

static bool any_value(const struct kvm *kvm, unsigned long value)
{
	return true;
}

static bool hash_guest(const struct kvm *kvm, unsigned long value)
{
	return mmu_of(kvm) == &hash_mmu;
}

/* 1 is reserved, 2 not offered to guests */
static bool ail_0_or_3(const struct kvm *kvm, unsigned long value)
{
	return value == 0 || value == LPCR_AIL_3;
}

static bool isa_3_0(const struct kvm *kvm, unsigned long value)
{
	return cpu_has_feature(CPU_FTR_ARCH_300);
}

static const struct {
	unsigned long field;
	bool (*allowed)(const struct kvm *kvm, unsigned long value);
} user_fields[] = {
	{ LPCR_DPFD,	any_value },	/* default prefetch depth */
	{ LPCR_ILE,	any_value },	/* endianness of interrupt handlers */
	{ LPCR_TC,	hash_guest },	/* translation control: searches of the hash table */
	{ LPCR_AIL,	ail_0_or_3 },	/* alternate interrupt location */
	{ LPCR_LD,	isa_3_0 },	/* large decrementer */
};

/*
 * lpcr_set_user - set a vCPU's LPCR as far as user space may
 * @lpcr: the value wanted; a field that the guest can't have so becomes 0
 * @mask: the bits that @lpcr has a meaning for
 *
 * MSR[LE] of the interrupts that KVM delivers follows ILE.
 * Context: the vCPU's mutex.
 */
void lpcr_set_user(struct kvm_vcpu *vcpu, u64 lpcr, u64 mask)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	size_t i;

	lockdep_assert_held(&vcpu->mutex);
	for (i = 0; i < ARRAY_SIZE(user_fields); i++) {
		unsigned long field = user_fields[i].field;
		unsigned long value = lpcr & field;

		if (!(mask & field))
			continue;
		if (!user_fields[i].allowed(vcpu->kvm, value))
			value = 0;
		hv->user_lpcr = (hv->user_lpcr & ~field) | value;
	}
	hv->core.lpcr = lpcr_of(hv);
	if (hv->user_lpcr & LPCR_ILE)
		vcpu->arch.intr_msr |= MSR_LE;
	else
		vcpu->arch.intr_msr &= ~MSR_LE;
}

/*
 * lpcr_new_vm - the VM's part of LPCR, once its kind of MMU is known
 *
 * Of the host's LPCR the VM has what wakes the CPU from power saving (PECE) and LPES.
 * HDICE lets the host's timer end the guest's run.
 */
unsigned long lpcr_new_vm(const struct kvm *kvm)
{
	return (kvm->arch.host_lpcr & (LPCR_PECE | LPCR_LPES)) | LPCR_HDICE | LPCR_ONL |
	       host_switch->lpcr() | mmu_of(kvm)->lpcr(kvm);
}

/*
 * lpcr_update_vm - change bits of the VM's part
 * @lpcr: new values of the bits in @mask
 *
 * A running vCPU takes the value at its next entry.  Context: kvm->arch.mmu_setup_lock.
 */
void lpcr_update_vm(struct kvm *kvm, unsigned long lpcr, unsigned long mask)
{
	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	WRITE_ONCE(kvm->arch.lpcr, (kvm->arch.lpcr & ~mask) | lpcr);
}
