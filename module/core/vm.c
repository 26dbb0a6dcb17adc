// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's life: its LPID, its kind of MMU and entry in the partition table, its LPCR.
 */
#include <linux/kvm_host.h>
#include <linux/slab.h>
#include <asm/book3s/64/mmu.h>
#include <asm/cputable.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/reg.h>
#include <asm/xive.h>

#include "backend.h"
#include "hash/hash.h"
#include "core/hcalls.h"
#include "core/memslot.h"
#include "irq/bypass.h"
#include "radix/radix.h"

/* Sets that tlbiel has to walk (ISA 3.1 takes them all at once). */
static unsigned int tlb_sets(void)
{
	return cpu_has_feature(CPU_FTR_ARCH_31) ? 1 :
	       cpu_has_feature(CPU_FTR_ARCH_300) ? POWER9_TLB_SETS_RADIX : POWER8_TLB_SETS;
}

/*
 * vm_set_partition_table - write the VM's partition-table entry (ISA Book III,
 * "Partition Table"): where the partition-scoped tree or the hashed page table is,
 * and the guest's process table
 *
 * It also invalidates all that is cached for the LPID. POWER8 has SDR1 instead, which
 * real mode loads at each entry; what is cached goes at the next one, core by core.
 */
void vm_set_partition_table(struct kvm *kvm)
{
	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		cpumask_setall(&kvm->arch.need_tlb_flush);
	else if (kvm_is_radix(kvm))
		mmu_partition_table_set_entry(kvm->arch.lpid, radix_partition_entry(kvm),
					      PATB_GR | kvm->arch.process_table, true);
	else
		mmu_partition_table_set_entry(kvm->arch.lpid, hash_partition_entry(kvm),
					      kvm->arch.process_table, true);
}

/*
 * The bits of LPCR that go with the kind of MMU.  HAIL is as in the host, for
 * interrupts of the host's while the guest's LPCR is loaded; a hash guest's arrive
 * with the MMU off.
 */
#define LPCR_MMU	(LPCR_VPM1 | LPCR_UPRT | LPCR_GTSE | LPCR_HR | \
			 (cpu_has_feature(CPU_FTR_ARCH_31) ? LPCR_HAIL : 0))

static unsigned long radix_lpcr(struct kvm *kvm)
{
	return (LPCR_UPRT | LPCR_GTSE | LPCR_HR | (kvm->arch.host_lpcr & LPCR_HAIL)) &
	       LPCR_MMU;
}

/*
 * LPCR of the VM's vCPUs.  Of the host's only what wakes it from power saving
 * (PECE).  HDICE and HVICE let the host's interrupts through; HEIC keeps the
 * guest's out of the host; LPES gives 0x500 to the guest when XIVE delivers
 * it.  HAIL is as in the host, for interrupts of the host's while the guest's
 * LPCR is loaded.  On POWER8 VPM0 asks for the VRMA, and 0x500 is the host's.
 */
static unsigned long initial_lpcr(struct kvm *kvm)
{
	unsigned long lpcr = kvm->arch.host_lpcr & (LPCR_PECE | LPCR_LPES);

	lpcr |= (4UL << LPCR_DPFD_SH) | LPCR_HDICE | LPCR_ONL;
	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		return lpcr | LPCR_VPM0 | LPCR_VPM1;
	lpcr |= LPCR_HVICE | LPCR_HEIC | radix_lpcr(kvm);
	if (xics_on_xive())
		lpcr |= LPCR_LPES;
	return lpcr;
}

/*
 * vm_init - KVM_CREATE_VM
 * Return: 0 or -ENOMEM (no LPID or no memory).
 */
int vm_init(struct kvm *kvm)
{
	long lpid;
	int err;

	mutex_init(&kvm->arch.mmu_setup_lock);
	mutex_init(&kvm->arch.uvmem_lock);
	INIT_LIST_HEAD(&kvm->arch.uvmem_pfns);

	lpid = kvmppc_alloc_lpid();
	if (lpid < 0)
		return -ENOMEM;
	kvm->arch.lpid = lpid;

	hcall_default_enabled(kvm->arch.enabled_hcalls);
	kvm->arch.host_lpid = mfspr(SPRN_LPID);
	kvm->arch.host_lpcr = mfspr(SPRN_LPCR);
	kvm->arch.lpcr = initial_lpcr(kvm);
	kvm->arch.tlb_sets = tlb_sets();
	kvm->arch.smt_mode = 1;
	kvm->arch.emul_smt_mode = 1;

	if (!cpu_has_feature(CPU_FTR_ARCH_300)) {
		kvm->arch.host_sdr1 = mfspr(SPRN_SDR1);
		/* the LPID's last user may have left something in the TLBs */
		vm_set_partition_table(kvm);
		/* keeps the cores' other threads offline */
		kvm_hv_vm_activated();
		return 0;
	}

	kvm->arch.radix = 1;
	err = radix_vm_init(kvm);
	if (err) {
		kvmppc_free_lpid(lpid);
		return err;
	}
	vm_set_partition_table(kvm);
	kvm->arch.mmu_ready = 1;

	return 0;
}

/*
 * vm_destroy - the last reference is gone: no vCPU runs, no notifier comes
 *
 * The partition-table entry goes first; with it every cached translation of
 * the LPID (mmu_partition_table_set_entry() flushes), so that the tree's
 * pages can be freed and the LPID used again.  On POWER8 the next user of the LPID
 * flushes.
 */
void vm_destroy(struct kvm *kvm)
{
	int i;

	irq_bypass_vm_destroy(kvm);
	memslot_free_bitmaps(kvm);
	kvm->arch.process_table = 0;
	if (cpu_has_feature(CPU_FTR_ARCH_300)) {
		mmu_partition_table_set_entry(kvm->arch.lpid, 0, 0, true);
		radix_vm_free(kvm);
	} else {
		kvm_hv_vm_deactivated();
	}
	hash_table_free(kvm);
	kvmppc_free_lpid(kvm->arch.lpid);

	for (i = 0; i < KVM_MAX_VCORES; i++) {
		struct hv_vcpu *hv;

		if (!kvm->arch.vcores[i])
			continue;
		hv = container_of(kvm->arch.vcores[i], struct hv_vcpu, core);
		kfree(hv->no_presenter);
		kfree(hv);
		kvm->arch.vcores[i] = NULL;
	}
	kvm->arch.online_vcores = 0;
}

/*
 * vm_update_lpcr - change bits of the VM's LPCR, now and for later vCPUs
 * @lpcr: new values of the bits in @mask; already filtered
 *
 * The caller holds kvm->arch.mmu_setup_lock.  A running vCPU takes the value
 * at its next entry.
 */
void vm_update_lpcr(struct kvm *kvm, unsigned long lpcr, unsigned long mask)
{
	int i;

	if ((kvm->arch.lpcr & mask) == lpcr)
		return;
	kvm->arch.lpcr = (kvm->arch.lpcr & ~mask) | lpcr;
	for (i = 0; i < KVM_MAX_VCORES; i++) {
		struct kvmppc_vcore *core = kvm->arch.vcores[i];

		if (!core)
			continue;
		spin_lock(&core->lock);
		core->lpcr = (core->lpcr & ~mask) | lpcr;
		spin_unlock(&core->lock);
	}
}

/*
 * vm_stop_mmu - no vCPU runs from here on, until vm_setup_mmu()
 *
 * Return: 0, or -EBUSY: one is running.  Context: kvm->arch.mmu_setup_lock.
 */
int vm_stop_mmu(struct kvm *kvm)
{
	int was_ready = kvm->arch.mmu_ready;

	WRITE_ONCE(kvm->arch.mmu_ready, 0);
	/* Orders this before the look at who runs; run_vcpu() has it the other way. */
	smp_mb();
	if (!atomic_read(&kvm->arch.vcpus_running))
		return 0;
	WRITE_ONCE(kvm->arch.mmu_ready, was_ready);
	return -EBUSY;
}

/* vm_mmu_is_ready - vCPUs can run from here on.  Context: as above. */
void vm_mmu_is_ready(struct kvm *kvm)
{
	vm_set_partition_table(kvm);
	/* all that a vCPU needs is seen before this */
	smp_store_release(&kvm->arch.mmu_ready, 1);
}

/*
 * vm_setup_mmu - a vCPU wants to run and the MMU is not ready
 *
 * Return: 0, or what hash_table_ready() returns.  May sleep.
 */
int vm_setup_mmu(struct kvm *kvm)
{
	int err = 0;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (!kvm->arch.mmu_ready) {
		if (!kvm_is_radix(kvm))
			err = hash_table_ready(kvm);
		if (!err)
			vm_mmu_is_ready(kvm);
	}
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}

/* Which kind it is, the notifiers look up under mmu_lock. */
static void set_radix(struct kvm *kvm, bool radix)
{
	spin_lock(&kvm->mmu_lock);
	kvm->arch.radix = radix;
	spin_unlock(&kvm->mmu_lock);
	vm_update_lpcr(kvm, radix ? radix_lpcr(kvm) : LPCR_VPM1, LPCR_MMU);
}

/*
 * From one kind of MMU to the other: nothing stays mapped.  The old tree or table is
 * freed when the partition table does not lead there any more.
 * Context: vm_stop_mmu() returned 0, mmu_setup_lock.  Return: 0 or -ENOMEM.
 */
static int switch_mmu(struct kvm *kvm, bool radix)
{
	int err = radix ? radix_vm_init(kvm) : 0;

	if (err)
		return err;
	memslot_flush_all(kvm);
	set_radix(kvm, radix);
	kvm->arch.process_table = 0;
	vm_set_partition_table(kvm);
	if (radix)
		hash_table_free(kvm);
	else
		radix_vm_free(kvm);
	return 0;
}

/*
 * vm_configure_mmu - KVM_PPC_CONFIGURE_V3_MMU: radix or hash, and the guest's
 * process table
 *
 * Return: 0; -ENODEV: the processor has no process table; -EINVAL for unknown flags, a
 * table of another kind or larger than 2^36 bytes; -EBUSY: the kind changes and a vCPU is
 * running; -ENOMEM.
 */
int vm_configure_mmu(struct kvm *kvm, struct kvm_ppc_mmuv3_cfg *cfg)
{
	bool radix = cfg->flags & KVM_PPC_MMUV3_RADIX;
	bool ready;
	int err = 0;

	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		return -ENODEV;
	if (cfg->flags & ~(KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE))
		return -EINVAL;
	if (radix != !!(cfg->process_table & PATB_GR))
		return -EINVAL;
	if ((cfg->process_table & PRTS_MASK) > 24)
		return -EINVAL;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (radix != kvm_is_radix(kvm)) {
		ready = kvm->arch.mmu_ready;
		err = vm_stop_mmu(kvm);
		if (!err)
			err = switch_mmu(kvm, radix);
		if (err)
			WRITE_ONCE(kvm->arch.mmu_ready, ready);
	}
	if (!err) {
		kvm->arch.process_table = cfg->process_table;
		vm_set_partition_table(kvm);
		vm_update_lpcr(kvm, cfg->flags & KVM_PPC_MMUV3_GTSE ? LPCR_GTSE : 0,
			       LPCR_GTSE);
	}
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}

/*
 * vm_allocate_htab - KVM_PPC_ALLOCATE_HTAB: a hash guest from now on, with an empty
 * table of 2^@order bytes
 *
 * Return: 0; -EBUSY: a vCPU is running; -EINVAL, -ENOMEM. After an error all is as it was.
 */
int vm_allocate_htab(struct kvm *kvm, u32 order)
{
	bool ready;
	int err;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	ready = kvm->arch.mmu_ready;
	err = vm_stop_mmu(kvm);
	if (!err)
		err = hash_table_set_order(kvm, order);
	if (!err && kvm_is_radix(kvm))
		err = switch_mmu(kvm, false);
	if (err)
		WRITE_ONCE(kvm->arch.mmu_ready, ready);
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}

/* vm_create_debugfs - the VM's own files, in the directory that kvm.ko made.  0. */
int vm_create_debugfs(struct kvm *kvm)
{
	radix_create_debugfs(kvm);
	hash_create_debugfs(kvm);
	return 0;
}
