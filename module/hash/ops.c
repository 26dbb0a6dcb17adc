// SPDX-License-Identifier: GPL-2.0-only
/* A hash guest's struct mmu_ops. */
#include <linux/kvm_host.h>
#include <asm/kvm_ppc.h>
#include <asm/reg.h>

#include "core/mmu.h"
#include "hash/hash.h"

/* Storage interrupts of the guest's virtual pages go to the hypervisor first. */
static unsigned long hash_lpcr(const struct kvm *kvm)
{
	return LPCR_VPM1;
}

/* The table is made when its size is known, or before the first entry (ready). */
static int no_table_yet(struct kvm *kvm)
{
	return 0;
}

const struct mmu_ops hash_mmu = {
	.lpcr			= hash_lpcr,
	.init			= no_table_yet,
	.free			= hash_table_free,
	.ready			= hash_table_ready,
	.create_debugfs		= hash_create_debugfs,
	.partition_entry	= hash_partition_entry,
	.unmap_gfn_range	= hash_unmap_gfn_range,
	.age_gfn		= hash_age_gfn,
	.test_age_gfn		= hash_test_age_gfn,
	.flush_memslot		= hash_flush_memslot,
	.harvest_dirty		= hash_harvest_dirty,
	.page_fault		= hash_page_fault,
	.load_from_eaddr	= hash_load_from_eaddr,
	/* the guest may be a host of KVM PR, whose guests run in problem state */
	.refuse_hcall		= kvmppc_core_queue_syscall,
};
