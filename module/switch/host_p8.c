// SPDX-License-Identifier: GPL-2.0-only
/*
 * POWER8: guests are entered and left by vmlinux's real-mode code, one vCPU at a time on
 * each core (switch/cores.c), and have hashed page tables only.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <linux/of.h>
#include <asm/cputhreads.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/paca.h>
#include <asm/reg.h>
#include <asm/smp.h>
#include <asm/xics.h>
#include <trace/events/ipi.h>

#include "core/mmu.h"
#include "core/vcpu_kick.h"
#include "switch/cores.h"
#include "switch/p8.h"
#include "switch/switch.h"

static bool present_p8(void)
{
	return cpu_has_feature(CPU_FTR_ARCH_207S);
}

/* Real-mode code delivers interrupts from the host's controller to the guest. */
static int check_p8(void)
{
	struct device_node *np;

	if (local_paca->kvm_hstate.xics_phys)
		return 0;
	np = of_find_compatible_node(NULL, NULL, "ibm,opal-intc");
	if (!np) {
		pr_err("the host's interrupt controller can't be reached in real mode\n");
		return -ENODEV;
	}
	of_node_put(np);
	return 0;
}

/* VPM0 asks for the VRMA.  LPES stays 0: 0x500 is the host's. */
static unsigned long lpcr_p8(void)
{
	return LPCR_VPM0;
}

static unsigned int max_smt_mode_p8(void)
{
	return threads_per_subcore;
}

/* Real mode loads SDR1 at each entry, and flushes a core that has its bit set here. */
static void set_partition_table_p8(struct kvm *kvm)
{
	cpumask_setall(&kvm->arch.need_tlb_flush);
}

static void vm_init_p8(struct kvm *kvm)
{
	kvm->arch.tlb_sets = POWER8_TLB_SETS;
	kvm->arch.host_sdr1 = mfspr(SPRN_SDR1);
	/* the LPID's last user may have left something in the TLBs */
	set_partition_table_p8(kvm);
	/* keeps the cores' other threads offline */
	kvm_hv_vm_activated();
}

/* No CPU looks at the table any more.  The LPID's next user flushes what is cached. */
static void vm_destroy_p8(struct kvm *kvm)
{
	kvm_hv_vm_deactivated();
}

/*
 * Real mode answers an IPI without a message by looking at the interrupts that are pending
 * for the guest.  It does not look at doorbells: for these the guest has to be left.
 */
static void kick_cpu_p8(struct kvm_vcpu *vcpu, int cpu)
{
	if (paca_ptrs[cpu]->kvm_hstate.xics_phys && !vcpu_doorbell_pending(vcpu))
		xics_wake_cpu(cpu);
	else
		smp_send_reschedule(cpu);
}

const struct switch_ops switch_ops_p8 = {
	.present		= present_p8,
	.check			= check_p8,
	.init			= cores_init,
	.exit			= cores_exit,
	.real_mode		= true,
	.transactions		= true,
	/* real mode uses the last one between two others */
	.reserved_lpids		= 1,
	.id_taken		= -EEXIST,
	.first_mmu		= &hash_mmu,
	.lpcr			= lpcr_p8,
	.max_smt_mode		= max_smt_mode_p8,
	.vm_init		= vm_init_p8,
	.vm_destroy		= vm_destroy_p8,
	.set_partition_table	= set_partition_table_p8,
	/* another vCPU may have sent the vCPU an interrupt in real mode */
	.vcpu_free		= cores_settle,
	.kick_cpu		= kick_cpu_p8,
	.take			= cores_take,
	.give_back		= cores_give_back,
	.enter			= switch_p8,
};
