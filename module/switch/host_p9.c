// SPDX-License-Identifier: GPL-2.0-only
/*
 * POWER9 and POWER10, whose threads run guests independently of each other.  A guest is
 * entered with this module's code (switch/p9.c), its interrupts come by XIVE.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <asm/book3s/64/mmu.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/reg.h>
#include <asm/smp.h>
#include <asm/xive.h>
#include <trace/events/ipi.h>

#include "core/mmu.h"
#include "radix/radix.h"
#include "switch/p9.h"
#include "switch/switch.h"
#include "switch/vmlinux_code.h"

static bool present_p9(void)
{
	return cpu_has_feature(CPU_FTR_ARCH_300);
}

static int check_p9(void)
{
	if (cpu_has_feature(CPU_FTR_P9_RADIX_PREFETCH_BUG)) {
		pr_err("this POWER9 (PVR 0x%lx) has the radix prefetch defect: DD2.2 or later is needed\n",
		       mfspr(SPRN_PVR));
		return -ENODEV;
	}
	if (!radix_enabled()) {
		pr_err("the host runs with the hash MMU: boot it without disable_radix\n");
		return -ENODEV;
	}
	return 0;
}

static int init_p9(void)
{
	int err = vmlinux_code_init();

	if (!err)
		err = switch_p9_init();
	if (err)
		return err;
	err = radix_init();
	if (err)
		switch_p9_exit();
	return err;
}

static void exit_p9(void)
{
	radix_exit();
	switch_p9_exit();
}

/*
 * HVICE lets the host's interrupts from XIVE end the guest's run, HEIC keeps the guest's
 * interrupts out of the host, and LPES gives 0x500 to the guest if XIVE delivers it.
 */
static unsigned long lpcr_p9(void)
{
	return LPCR_HVICE | LPCR_HEIC | (xics_on_xive() ? LPCR_LPES : 0);
}

static unsigned int max_smt_mode_p9(void)
{
	return MAX_SMT_THREADS;
}

/*
 * The partition-table entry (ISA Book III, "Partition Table"): where the partition-scoped
 * tree or the hashed page table is, and the guest's process table.
 */
static void set_partition_table_p9(struct kvm *kvm)
{
	const struct mmu_ops *mmu = mmu_of(kvm);

	mmu_partition_table_set_entry(kvm->arch.lpid, mmu->partition_entry(kvm),
				      mmu->partition_flags | kvm->arch.process_table, true);
}

static void vm_init_p9(struct kvm *kvm)
{
	/* what tlbiel has to walk; ISA 3.1 takes all sets at once */
	kvm->arch.tlb_sets = cpu_has_feature(CPU_FTR_ARCH_31) ? 1 : POWER9_TLB_SETS_RADIX;
	set_partition_table_p9(kvm);
	kvm->arch.mmu_ready = 1;
}

/*
 * With the entry goes every cached translation of the LPID, so that the tree's pages can be
 * freed and the LPID can be used again.
 */
static void vm_destroy_p9(struct kvm *kvm)
{
	mmu_partition_table_set_entry(kvm->arch.lpid, 0, 0, true);
}

/* The administrator may have switched a mitigation on or off. */
static void load_flushes_p9(struct hv_vcpu *hv)
{
	vmlinux_code_flushes(&hv->flush_slots, &hv->landing.flush);
}

static void kick_cpu_p9(struct kvm_vcpu *vcpu, int cpu)
{
	smp_send_reschedule(cpu);
}

const struct switch_ops switch_ops_p9 = {
	.present		= present_p9,
	.check			= check_p9,
	.init			= init_p9,
	.exit			= exit_p9,
	.process_table		= true,
	.on_demand		= HFSCR_PM | HFSCR_EBB,
	.id_taken		= -EINVAL,
	.first_mmu		= &radix_mmu,
	.lpcr			= lpcr_p9,
	.max_smt_mode		= max_smt_mode_p9,
	.vm_init		= vm_init_p9,
	.vm_destroy		= vm_destroy_p9,
	.set_partition_table	= set_partition_table_p9,
	.vcpu_init		= switch_p9_vcpu_init,
	.vcpu_load		= load_flushes_p9,
	.kick_cpu		= kick_cpu_p9,
	.enter			= switch_p9,
};
