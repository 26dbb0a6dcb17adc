// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a VM gets its kind of MMU, changes it, and stops its vCPUs for that; what is asked of
 * the kind on the way from kvm.ko.
 */
#include <linux/kvm_host.h>
#include <asm/book3s/64/mmu.h>
#include <asm/kvm_book3s.h>
#include <asm/mmu.h>
#include <asm/reg.h>

#include "core/lpcr.h"
#include "core/memslot.h"
#include "core/mmu.h"
#include "switch/switch.h"

/* The bits of LPCR that go with the kind of MMU */
#define LPCR_MMU	(LPCR_VPM1 | LPCR_UPRT | LPCR_GTSE | LPCR_HR | LPCR_HAIL)

/* Bytes of a guest's process table, log2: 12 plus PRTS, which is 24 at most */
#define PRTS_MAX	24

static const struct mmu_ops *const kinds[] = { &radix_mmu, &hash_mmu };

/*
 * mmu_vm_init - a new VM has this kind of MMU at first
 * Return: 0 or -ENOMEM.
 */
int mmu_vm_init(struct kvm *kvm, const struct mmu_ops *mmu)
{
	kvm->arch.radix = mmu == &radix_mmu;
	kvm->arch.lpcr = lpcr_new_vm(kvm);
	return mmu->init(kvm);
}

void mmu_vm_free(struct kvm *kvm)
{
	size_t i;

	might_sleep();
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		kinds[i]->free(kvm);
}

/*
 * mmu_set_partition_table - let the CPUs find the VM's tree or table
 *
 * It also invalidates all that is cached for the LPID.
 */
void mmu_set_partition_table(struct kvm *kvm)
{
	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	host_switch->set_partition_table(kvm);
}

/*
 * mmu_stop - no vCPU runs from here on, until mmu_setup()
 *
 * Return: 0, or -EBUSY: one is running.
 */
int mmu_stop(struct kvm *kvm)
{
	int was_ready = kvm->arch.mmu_ready;

	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	WRITE_ONCE(kvm->arch.mmu_ready, 0);
	/* Orders this before the look at who runs; run_vcpu() has it the other way. */
	smp_mb();
	if (!atomic_read(&kvm->arch.vcpus_running))
		return 0;
	WRITE_ONCE(kvm->arch.mmu_ready, was_ready);
	return -EBUSY;
}

/* mmu_is_ready - vCPUs can run from here on */
void mmu_is_ready(struct kvm *kvm)
{
	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	mmu_set_partition_table(kvm);
	/* all that a vCPU needs is seen before this */
	smp_store_release(&kvm->arch.mmu_ready, 1);
}

/*
 * mmu_setup - a vCPU wants to run and the MMU is not ready
 *
 * Return: 0, or what mmu_ops.ready returns.  Takes mmu_setup_lock.  May sleep.
 */
int mmu_setup(struct kvm *kvm)
{
	int err = 0;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (!kvm->arch.mmu_ready) {
		if (mmu_of(kvm)->ready)
			err = mmu_of(kvm)->ready(kvm);
		if (!err)
			mmu_is_ready(kvm);
	}
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}

/* Notifiers look the kind up under mmu_lock. */
static void set_kind(struct kvm *kvm, const struct mmu_ops *mmu)
{
	spin_lock(&kvm->mmu_lock);
	kvm->arch.radix = mmu == &radix_mmu;
	spin_unlock(&kvm->mmu_lock);
	lpcr_update_vm(kvm, mmu->lpcr(kvm), LPCR_MMU);
}

/*
 * mmu_change - give the VM the other kind of MMU: nothing stays mapped
 *
 * The old tree or table is freed when the partition table does not lead there any more.
 * Context: mmu_stop() returned 0, too.  Return: 0 or -ENOMEM.
 */
int mmu_change(struct kvm *kvm, const struct mmu_ops *mmu)
{
	const struct mmu_ops *old = mmu_of(kvm);
	int err = mmu->init(kvm);

	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	if (err)
		return err;
	memslot_flush_all(kvm);
	set_kind(kvm, mmu);
	kvm->arch.process_table = 0;
	mmu_set_partition_table(kvm);
	old->free(kvm);
	return 0;
}

/*
 * mmu_configure - KVM_PPC_CONFIGURE_V3_MMU: radix or hash, and the guest's process table
 *
 * Return: 0; -ENODEV: the processor has no process table; -EINVAL for unknown flags, a
 * table of another kind or larger than 2^36 bytes; -EBUSY: the kind changes and a vCPU is
 * running; -ENOMEM.
 */
int mmu_configure(struct kvm *kvm, struct kvm_ppc_mmuv3_cfg *cfg)
{
	bool radix = cfg->flags & KVM_PPC_MMUV3_RADIX;
	const struct mmu_ops *mmu = radix ? &radix_mmu : &hash_mmu;
	bool ready;
	int err = 0;

	if (!host_switch->process_table)
		return -ENODEV;
	if (cfg->flags & ~(KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE))
		return -EINVAL;
	if (radix != !!(cfg->process_table & PATB_GR))
		return -EINVAL;
	if ((cfg->process_table & PRTS_MASK) > PRTS_MAX)
		return -EINVAL;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (mmu != mmu_of(kvm)) {
		ready = kvm->arch.mmu_ready;
		err = mmu_stop(kvm);
		if (!err)
			err = mmu_change(kvm, mmu);
		if (err)
			WRITE_ONCE(kvm->arch.mmu_ready, ready);
	}
	if (!err) {
		kvm->arch.process_table = cfg->process_table;
		mmu_set_partition_table(kvm);
		lpcr_update_vm(kvm, cfg->flags & KVM_PPC_MMUV3_GTSE ? LPCR_GTSE : 0,
			       LPCR_GTSE);
	}
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}

/* mmu_create_debugfs - the VM's files, in the directory that kvm.ko made.  Return: 0. */
int mmu_create_debugfs(struct kvm *kvm)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		kinds[i]->create_debugfs(kvm);
	return 0;
}

/* mmu_load_from_eaddr - ops->load_from_eaddr, see radix_load_from_eaddr() */
int mmu_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr, int size)
{
	return mmu_of(vcpu->kvm)->load_from_eaddr(vcpu, eaddr, ptr, size);
}
