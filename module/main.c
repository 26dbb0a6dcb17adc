// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvlens: a KVM HV backend for 64-bit Book3S POWER that shows what happens at
 * every guest exit.  Load and unload.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/of.h>
#include <asm/asm-prototypes.h>
#include <asm/code-patching.h>
#include <asm/cputable.h>
#include <asm/firmware.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/reg.h>

#include "backend.h"
#include "core/hcalls.h"
#include "switch/cores.h"
#include "landing.h"
#include "core/memslot.h"
#include "core/mmio.h"
#include "core/one_reg.h"
#include "core/sregs.h"
#include "irq/bypass.h"
#include "radix/radix.h"
#include "switch/switch.h"

static struct kvmppc_ops backend_ops = {
	.get_sregs		= sregs_get,
	.set_sregs		= sregs_set,
	.get_one_reg		= one_reg_get,
	.set_one_reg		= one_reg_set,
	.vcpu_load		= vcpu_load_cpu,
	.vcpu_put		= vcpu_put_cpu,
	.inject_interrupt	= kvmppc_inject_interrupt_hv,
	.set_msr		= vcpu_set_msr,
	.vcpu_run		= run_vcpu,
	.vcpu_create		= vcpu_create,
	.vcpu_free		= vcpu_free,
	.check_requests		= vcpu_check_requests,
	.fast_vcpu_kick		= vcpu_kick,
	.get_dirty_log		= memslot_get_dirty_log,
	.flush_memslot		= memslot_flush,
	.prepare_memory_region	= memslot_prepare,
	.commit_memory_region	= memslot_commit,
	.free_memslot		= memslot_free,
	.unmap_gfn_range	= memslot_unmap_gfn_range,
	.age_gfn		= memslot_age_gfn,
	.test_age_gfn		= memslot_test_age_gfn,
	.init_vm		= vm_init,
	.destroy_vm		= vm_destroy,
	.configure_mmu		= vm_configure_mmu,
	.get_rmmu_info		= radix_get_rmmu_info,
	.create_vm_debugfs	= vm_create_debugfs,
	.load_from_eaddr	= vcpu_load_from_eaddr,
	.emulate_op		= mmio_emulate_op,
	.emulate_mtspr		= mmio_emulate_mtspr,
	.emulate_mfspr		= mmio_emulate_mfspr,
	.hcall_implemented	= hcall_implemented,
	.get_smmu_info		= caps_smmu_info,
	.set_smt_mode		= caps_set_smt_mode,
	.enable_dawr1		= caps_enable_dawr1,
	.hash_v3_possible	= caps_hash_possible,
	.arch_vm_ioctl		= caps_vm_ioctl,
	.irq_bypass_add_producer = irq_bypass_add_producer,
	.irq_bypass_del_producer = irq_bypass_del_producer,
};

/* POWER8: the guest's interrupts are delivered by real-mode code, the host's controller to it. */
static int check_power8(void)
{
	struct device_node *np;

	if (!cpu_has_feature(CPU_FTR_ARCH_207S)) {
		pr_err("%s is not supported: POWER8, POWER9 or POWER10 is needed\n",
		       cur_cpu_spec->cpu_name);
		return -ENODEV;
	}
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

static int check_power9(void)
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

/*
 * Can this backend run guests here?  Each "no" says what is missing.
 * Return: 0, -ENODEV or -EBUSY.
 */
static int check_host(void)
{
	int err;

	if (firmware_has_feature(FW_FEATURE_LPAR) ||
	    !cpu_has_feature(CPU_FTR_HVMODE)) {
		pr_err("this kernel does not run in hypervisor mode (it is itself a guest): KVM HV needs a bare-metal (powernv) host\n");
		return -ENODEV;
	}
	err = cpu_has_feature(CPU_FTR_ARCH_300) ? check_power9() : check_power8();
	if (err)
		return err;
	if (!tlbie_capable) {
		pr_err("the host cannot use tlbie: boot it without disable_tlbie\n");
		return -ENODEV;
	}
	if (kvmppc_hv_ops) {
		pr_err("another KVM HV backend is loaded: stop its guests and unload it first (modprobe -r kvm-hv)\n");
		return -EBUSY;
	}
	return 0;
}

/*
 * asm/switch_p9.S builds the stack frame that vmlinux's exit code unwinds.
 * vmlinux's own entry, kvmppc_p9_enter_guest, builds the same one: its stdu
 * says how large this kernel wants it.
 */
static int check_frame(void)
{
	const u32 *code = (const u32 *)ppc_function_entry(kvmppc_p9_enter_guest);
	const u32 want = 0xf8210001 | (-VMLINUX_FRAME_SIZE & 0xfffc); /* stdu r1,-size(r1) */
	int i;

	for (i = 0; i < 8; i++)
		if (code[i] == want)
			return 0;
	pr_err("this kernel's guest exit code wants another stack frame than %d bytes: it is newer than this module knows\n",
	       VMLINUX_FRAME_SIZE);
	return -ENODEV;
}

/* What the processor's kind of switch needs.  Return: 0, or -errno and nothing is left. */
static int switches_init(void)
{
	int err;

	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		return cores_init();
	err = check_frame();
	if (!err)
		err = switch_init();
	if (err)
		return err;
	err = radix_init();
	if (err)
		switch_exit();
	return err;
}

static void switches_exit(void)
{
	if (!cpu_has_feature(CPU_FTR_ARCH_300)) {
		cores_exit();
		return;
	}
	radix_exit();
	switch_exit();
}

static int __init backend_init(void)
{
	int err;

	err = check_host();
	if (!err)
		err = switches_init();
	if (err)
		return err;

	/*
	 * LPID 0 is the host's; kvm.ko keeps the allocator.  On the way between two others
	 * POWER8's real-mode code uses the last one.
	 */
	kvmppc_init_lpid((1UL << mmu_lpid_bits) - !cpu_has_feature(CPU_FTR_ARCH_300));

	backend_ops.owner = THIS_MODULE;
	kvmppc_hv_ops = &backend_ops;
	pr_info("guest exits are traced as hvlens:exit (record version %d)\n",
		HVLENS_EXIT_VERSION);
	return 0;
}

static void __exit backend_exit(void)
{
	kvmppc_hv_ops = NULL;
	switches_exit();
}

module_init(backend_init);
module_exit(backend_exit);

MODULE_DESCRIPTION("hvlens: KVM HV backend for 64-bit Book3S that traces every guest exit");
MODULE_LICENSE("GPL");
MODULE_VERSION(HVLENS_VERSION);
MODULE_ALIAS_MISCDEV(KVM_MINOR);
MODULE_ALIAS("devname:kvm");
