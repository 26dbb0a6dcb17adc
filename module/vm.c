// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's life: its LPID, its entry in the partition table, its LPCR.
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
#include "radix.h"

/* Sets that tlbiel has to walk (ISA 3.1 takes them all at once). */
static unsigned int tlb_sets(void)
{
	return cpu_has_feature(CPU_FTR_ARCH_31) ? 1 : POWER9_TLB_SETS_RADIX;
}

/*
 * The partition-table entry (ISA Book III, "Partition Table"): where the
 * partition-scoped tree is, and the guest's process table.  Writing it also
 * invalidates all that is cached for the LPID.
 */
static void set_partition_table(struct kvm *kvm)
{
	mmu_partition_table_set_entry(kvm->arch.lpid, radix_partition_entry(kvm),
				      PATB_GR | kvm->arch.process_table, true);
}

/*
 * LPCR of the VM's vCPUs.  Of the host's only what wakes it from power saving
 * (PECE).  HDICE and HVICE let the host's interrupts through; HEIC keeps the
 * guest's out of the host; LPES gives 0x500 to the guest when XIVE delivers
 * it.  HAIL is as in the host, for interrupts of the host's while the guest's
 * LPCR is loaded.
 */
static unsigned long initial_lpcr(struct kvm *kvm)
{
	unsigned long lpcr = kvm->arch.host_lpcr & (LPCR_PECE | LPCR_LPES);

	lpcr |= (4UL << LPCR_DPFD_SH) | LPCR_HDICE | LPCR_HVICE | LPCR_HEIC |
		LPCR_ONL | LPCR_UPRT | LPCR_GTSE | LPCR_HR;
	if (xics_on_xive())
		lpcr |= LPCR_LPES;
	if (cpu_has_feature(CPU_FTR_ARCH_31))
		lpcr |= kvm->arch.host_lpcr & LPCR_HAIL;
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
	kvm->arch.radix = 1;

	err = radix_vm_init(kvm);
	if (err) {
		kvmppc_free_lpid(lpid);
		return err;
	}
	set_partition_table(kvm);
	kvm->arch.mmu_ready = 1;

	return 0;
}

/*
 * vm_destroy - the last reference is gone: no vCPU runs, no notifier comes
 *
 * The partition-table entry goes first; with it every cached translation of
 * the LPID (mmu_partition_table_set_entry() flushes), so that the tree's
 * pages can be freed and the LPID used again.
 */
void vm_destroy(struct kvm *kvm)
{
	int i;

	kvm->arch.process_table = 0;
	mmu_partition_table_set_entry(kvm->arch.lpid, 0, 0, true);
	radix_vm_free(kvm);
	kvmppc_free_lpid(kvm->arch.lpid);

	for (i = 0; i < KVM_MAX_VCORES; i++) {
		if (!kvm->arch.vcores[i])
			continue;
		kfree(container_of(kvm->arch.vcores[i], struct hv_vcpu, core));
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
 * vm_configure_mmu - KVM_PPC_CONFIGURE_V3_MMU: the guest's process table
 *
 * Return: 0; -EINVAL for unknown flags, a table larger than 2^36 bytes, or a
 * hash guest.
 */
int vm_configure_mmu(struct kvm *kvm, struct kvm_ppc_mmuv3_cfg *cfg)
{
	if (cfg->flags & ~(KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE))
		return -EINVAL;
	if (!(cfg->flags & KVM_PPC_MMUV3_RADIX) || !(cfg->process_table & PATB_GR))
		return -EINVAL;
	if ((cfg->process_table & PRTS_MASK) > 24)
		return -EINVAL;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	kvm->arch.process_table = cfg->process_table;
	set_partition_table(kvm);
	vm_update_lpcr(kvm, cfg->flags & KVM_PPC_MMUV3_GTSE ? LPCR_GTSE : 0,
		       LPCR_GTSE);
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return 0;
}
