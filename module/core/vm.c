// SPDX-License-Identifier: GPL-2.0-only
/* A VM's life: its LPID, and what is made and freed with it. */
#include <linux/kvm_host.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/reg.h>

#include "backend.h"
#include "core/hcalls.h"
#include "core/memslot.h"
#include "core/mmu.h"
#include "core/vm.h"
#include "irq/bypass.h"
#include "switch/switch.h"

/*
 * vm_init - KVM_CREATE_VM
 * Return: 0 or -ENOMEM (no LPID or no memory).
 */
int vm_init(struct kvm *kvm)
{
	long lpid;
	int err;

	mutex_init(&kvm->arch.mmu_setup_lock);

	lpid = kvmppc_alloc_lpid();
	if (lpid < 0)
		return -ENOMEM;
	kvm->arch.lpid = lpid;

	hcall_default_enabled(kvm->arch.enabled_hcalls);
	kvm->arch.host_lpid = mfspr(SPRN_LPID);
	kvm->arch.host_lpcr = mfspr(SPRN_LPCR);
	/* KVM_CAP_PPC_SMT; kvm.ko packs ids of vCPUs by them */
	kvm->arch.smt_mode = 1;
	kvm->arch.emul_smt_mode = 1;

	err = mmu_vm_init(kvm, host_switch->first_mmu);
	if (err) {
		kvmppc_free_lpid(lpid);
		return err;
	}
	host_switch->vm_init(kvm);
	return 0;
}

/*
 * vm_destroy - the last reference is gone: there is no vCPU, no notifier comes
 *
 * Once host_switch->vm_destroy() has returned, no MMU finds the tree or the table any more.
 */
void vm_destroy(struct kvm *kvm)
{
	irq_bypass_vm_destroy(kvm);
	host_switch->vm_destroy(kvm);
	mmu_vm_free(kvm);
	memslot_free_all(kvm);
	kvmppc_free_lpid(kvm->arch.lpid);
}
