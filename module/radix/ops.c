// SPDX-License-Identifier: GPL-2.0-only
/* A radix guest's struct mmu_ops. */
#include <linux/kvm_host.h>
#include <asm/book3s/64/mmu.h>
#include <asm/kvm_ppc.h>
#include <asm/reg.h>

#include "core/mmu.h"
#include "radix/radix.h"

/*
 * HAIL is as in the host's LPCR, because interrupts of the host come while the guest's LPCR
 * is loaded.
 */
static unsigned long radix_lpcr(const struct kvm *kvm)
{
	unsigned long hail = cpu_has_feature(CPU_FTR_ARCH_31) ? LPCR_HAIL : 0;

	return LPCR_UPRT | LPCR_GTSE | LPCR_HR | (kvm->arch.host_lpcr & hail);
}

/* A radix guest has no use for sc 1 in problem state. */
static void radix_refuse_hcall(struct kvm_vcpu *vcpu)
{
	kvmppc_core_queue_program(vcpu, SRR1_PROGPRIV);
}

const struct mmu_ops radix_mmu = {
	.guest_tables		= true,
	.lpcr			= radix_lpcr,
	.init			= radix_vm_init,
	.free			= radix_vm_free,
	.create_debugfs		= radix_create_debugfs,
	.partition_entry	= radix_partition_entry,
	.partition_flags	= PATB_GR,
	.unmap_gfn_range	= radix_unmap_gfn_range,
	.age_gfn		= radix_age_gfn,
	.test_age_gfn		= radix_test_age_gfn,
	.flush_memslot		= radix_flush_memslot,
	.harvest_dirty		= radix_harvest_dirty,
	.page_fault		= radix_page_fault,
	.fault_gpa		= radix_fault_gpa,
	.load_from_eaddr	= radix_load_from_eaddr,
	.refuse_hcall		= radix_refuse_hcall,
};
