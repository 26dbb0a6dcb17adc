// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this backend offers, and the capabilities that a VMM switches on.  kvm.ko reports
 * what has no function here (nested guests, secure guests) as absent.
 */
#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/log2.h>
#include <linux/mutex.h>

#include <asm/book3s/64/mmu-hash.h>
#include <asm/cputable.h>
#include <asm/kvm_book3s_64.h>

#include "core/caps.h"
#include "switch/switch.h"

#define SHIFT_4K	12
#define SHIFT_64K	16
#define SHIFT_16M	24

/* Base page sizes of segments */
static const struct {
	u32 shift;
	u32 slb_enc;
} seg_sizes[] = {
	{ SHIFT_4K,	0 },
	{ SHIFT_64K,	SLB_VSID_L | SLB_VSID_LP_01 },
	{ SHIFT_16M,	SLB_VSID_L },
};

/*
 * caps_smmu_info - describe the segment MMU
 * @kvm: the VM
 * @info: all zeroes; the answer
 *
 * VMMs compare it with the CPU model that they present even when the guest uses
 * radix.
 *
 * Return: 0.
 */
int caps_smmu_info(struct kvm *kvm, struct kvm_ppc_smmu_info *info)
{
	size_t i;

	info->flags = KVM_PPC_PAGE_SIZES_REAL | KVM_PPC_1T_SEGMENTS;
	info->slb_size = 32;
	info->data_keys = 32;
	info->instr_keys = 32;

	for (i = 0; i < ARRAY_SIZE(seg_sizes); i++) {
		struct kvm_ppc_one_seg_page_size *sps = &info->sps[i];
		u32 shift = seg_sizes[i].shift;

		sps->page_shift = shift;
		sps->slb_enc = seg_sizes[i].slb_enc;
		sps->enc[0].page_shift = shift;
		sps->enc[0].pte_enc = kvmppc_pgsize_lp_encoding(shift, shift);
		if (shift == SHIFT_16M)
			continue;
		/* 16M pages in a segment of smaller ones */
		sps->enc[1].page_shift = SHIFT_16M;
		sps->enc[1].pte_enc = kvmppc_pgsize_lp_encoding(shift,
								SHIFT_16M);
	}
	return 0;
}

/*
 * caps_set_smt_mode - choose how many threads a virtual core shows
 * @kvm: the VM, before its first vCPU
 * @mode: threads a core: a power of 2 up to 8
 * @flags: must be 0
 *
 * Each vCPU is a virtual core with one thread in every mode.  The mode only says which
 * vCPUs msgsndp reaches.
 *
 * Return: 0, -EINVAL for an argument out of range, -EBUSY when there are vCPUs.
 */
int caps_set_smt_mode(struct kvm *kvm, unsigned long mode, unsigned long flags)
{
	unsigned long max = host_switch->max_smt_mode();
	int ret = -EBUSY;

	if (flags || mode > max || !is_power_of_2(mode))
		return -EINVAL;

	mutex_lock(&kvm->lock);
	if (!kvm->arch.online_vcores) {
		kvm->arch.smt_mode = 1;
		kvm->arch.emul_smt_mode = mode;
		ret = 0;
	}
	mutex_unlock(&kvm->lock);
	return ret;
}

/*
 * caps_enable_dawr1 - offer the second data watchpoint
 * @kvm: the VM, NULL to ask only
 *
 * Return: 0, or -ENODEV if the processor has one only.
 */
int caps_enable_dawr1(struct kvm *kvm)
{
	if (!cpu_has_feature(CPU_FTR_DAWR1))
		return -ENODEV;
	if (kvm)
		kvm->arch.dawr1_enabled = true;
	return 0;
}

/*
 * caps_hash_possible - KVM_CAP_PPC_MMU_HASH_V3: a VM can have a hash guest of ISA 3.0
 *
 * Its table is found by the partition table, so the processor walks it on a radix host too.
 */
bool caps_hash_possible(void)
{
	return host_switch->process_table;
}
