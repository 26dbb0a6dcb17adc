// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvlens: a KVM HV backend for 64-bit Book3S POWER that shows what happens at
 * every guest exit.  Load and unload.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <asm/cputable.h>
#include <asm/firmware.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/reg.h>

#include "backend.h"
#include "core/caps.h"
#include "core/hcalls.h"
#include "core/memslot.h"
#include "core/mmu.h"
#include "core/one_reg.h"
#include "core/run.h"
#include "core/sregs.h"
#include "core/vcpu.h"
#include "core/vcpu_kick.h"
#include "core/vcpu_sched.h"
#include "core/vm.h"
#include "hash/ioctls.h"
#include "irq/bypass.h"
#include "radix/radix.h"
#include "switch/emulator.h"
#include "switch/facilities.h"
#include "switch/fp_state.h"
#include "switch/switch.h"

static struct kvmppc_ops backend_ops = {
	.get_sregs		= sregs_get,
	.set_sregs		= sregs_set,
	.get_one_reg		= one_reg_get,
	.set_one_reg		= one_reg_set,
	.vcpu_load		= vcpu_sched_load,
	.vcpu_put		= vcpu_sched_put,
	.inject_interrupt	= kvmppc_inject_interrupt_hv,
	.set_msr		= kvmppc_set_msr_hv,
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
	.configure_mmu		= mmu_configure,
	.get_rmmu_info		= radix_get_rmmu_info,
	.create_vm_debugfs	= mmu_create_debugfs,
	.load_from_eaddr	= mmu_load_from_eaddr,
	.giveup_ext		= fp_state_giveup_ext,
	.hcall_implemented	= hcall_implemented,
	.get_smmu_info		= caps_smmu_info,
	.set_smt_mode		= caps_set_smt_mode,
	.enable_dawr1		= caps_enable_dawr1,
	.hash_v3_possible	= caps_hash_possible,
	.arch_vm_ioctl		= hash_vm_ioctl,
	.irq_bypass_add_producer = irq_bypass_add_producer,
	.irq_bypass_del_producer = irq_bypass_del_producer,
};

/* The kinds of host, the newest first: the first that is present counts. */
static const struct switch_ops *const kinds[] = {
	&switch_ops_p9,
	&switch_ops_p8,
};

const struct switch_ops *host_switch __ro_after_init;

static int choose_switch(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!kinds[i]->present())
			continue;
		host_switch = kinds[i];
		return host_switch->check();
	}
	pr_err("%s is not supported: POWER8, POWER9 or POWER10 is needed\n",
	       cur_cpu_spec->cpu_name);
	return -ENODEV;
}

/*
 * Can this backend run guests here?  If not, the log says what is missing.
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
	err = choose_switch();
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

static int __init backend_init(void)
{
	int err;

	err = check_host();
	if (err)
		return err;
	emulator_init();
	err = host_switch->init();
	if (err)
		return err;

	facilities_init();
	/* kvm.ko keeps the allocator, and does not give out LPID 0, the host's */
	kvmppc_init_lpid((1UL << mmu_lpid_bits) - host_switch->reserved_lpids);

	backend_ops.owner = THIS_MODULE;
	kvmppc_hv_ops = &backend_ops;
	pr_info("guest exits are traced as hvlens:exit (record version %d)\n",
		HVLENS_EXIT_VERSION);
	return 0;
}

static void __exit backend_exit(void)
{
	kvmppc_hv_ops = NULL;
	host_switch->exit();
}

module_init(backend_init);
module_exit(backend_exit);

MODULE_DESCRIPTION("hvlens: KVM HV backend for 64-bit Book3S that traces every guest exit");
MODULE_LICENSE("GPL");
MODULE_VERSION(HVLENS_VERSION);
MODULE_ALIAS_MISCDEV(KVM_MINOR);
MODULE_ALIAS("devname:kvm");
