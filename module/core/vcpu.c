// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU's creation and end, and whether it can run at all. */
#include <linux/bitrev.h>
#include <linux/idr.h>
#include <linux/kvm_host.h>
#include <linux/slab.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/reg.h>

#include "backend.h"
#include "core/lpcr.h"
#include "core/mmu.h"
#include "core/vcpu.h"
#include "core/vpa.h"
#include "irq/stand_in.h"
#include "switch/facilities.h"
#include "switch/switch.h"

/* The lowest free numbers are given first, so consumers of records can index arrays by them. */
static DEFINE_IDA(indexes);

/*
 * Is there a core for this id?  kvm.ko packs ids (kvmppc_pack_vcpu_id(), also used for
 * interrupt servers): each further block of KVM_MAX_VCPUS ids goes between the blocks
 * before it, at an offset that is the block's number with its three bits reversed.
 * kvm.ko warns about an id that ends up past the last core.
 */
static bool id_has_core(struct kvm *kvm, u32 id)
{
	u32 stride = kvm->arch.emul_smt_mode;
	u32 block = id / KVM_MAX_VCPUS * (MAX_SMT_THREADS / stride);

	return id < KVM_MAX_VCPUS * stride &&
	       id % KVM_MAX_VCPUS + (bitrev8(block) >> 5) < KVM_MAX_VCPUS;
}

/*
 * Put the core at the place in kvm->arch.vcores that the vCPU's id says.
 * Return: 0, -EINVAL: no place for this id, or host_switch->id_taken.
 */
static int place_core(struct hv_vcpu *hv)
{
	struct kvm *kvm = hv->core.kvm;
	u32 core = KVM_MAX_VCORES;
	int err = 0;

	/* until the first core is there, KVM_CAP_PPC_SMT can change the range of ids */
	mutex_lock(&kvm->lock);
	if (id_has_core(kvm, hv->vcpu->vcpu_id))
		core = kvmppc_pack_vcpu_id(kvm, hv->vcpu->vcpu_id);
	if (core >= KVM_MAX_VCORES) {
		err = -EINVAL;
	} else if (kvm->arch.vcores[core]) {
		err = host_switch->id_taken;
	} else {
		kvm->arch.vcores[core] = &hv->core;
		kvm->arch.online_vcores++;
	}
	mutex_unlock(&kvm->lock);
	return err;
}

/* Give the vCPU its virtual core and index.  Return: 0, -ENOMEM or what place_core() returns. */
static int create_core(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv;
	int err;

	hv = kzalloc(sizeof(*hv), GFP_KERNEL_ACCOUNT);
	if (!hv)
		return -ENOMEM;
	err = ida_alloc(&indexes, GFP_KERNEL_ACCOUNT);
	if (err < 0) {
		kfree(hv);
		return err;
	}
	hv->index = err;
	hv->vcpu = vcpu;
	hv->core.kvm = vcpu->kvm;
	hv->user_lpcr = LPCR_USER_RESET;
	hv->core.lpcr = lpcr_of(hv);
	if (host_switch->vcpu_init)
		host_switch->vcpu_init(hv);

	err = stand_in_create(hv);
	if (!err)
		err = place_core(hv);
	if (err) {
		kfree(hv->no_presenter);
		ida_free(&indexes, hv->index);
		kfree(hv);
		return err;
	}
	vcpu->arch.vcore = &hv->core;
	return 0;
}

/*
 * vcpu_create - KVM_CREATE_VCPU: reset state, before the vCPU is visible
 *
 * Return: 0, -EINVAL (the id is out of range or taken), -EEXIST (taken), -ENOMEM.
 */
int vcpu_create(struct kvm_vcpu *vcpu)
{
	int err;

	/* kvm.ko reads the guest's MSR and SRRs there */
	vcpu->arch.shared = &vcpu->arch.shregs;
	vcpu->arch.mmcr[0] = MMCR0_FC;
	if (cpu_has_feature(CPU_FTR_ARCH_31)) {
		vcpu->arch.mmcr[0] |= MMCR0_PMCCEXT;
		vcpu->arch.mmcra = MMCRA_BHRB_DISABLE;
	}
	vcpu->arch.ctrl = CTRL_RUNLATCH;
	vcpu->arch.pvr = mfspr(SPRN_PVR);
	vcpu->arch.shregs.msr = MSR_ME;
	vcpu->arch.intr_msr = MSR_SF | MSR_ME;
	vcpu->arch.busy_preempt = TB_NIL;
	/* vmlinux saves and loads that many SLB entries */
	vcpu->arch.slb_nr = 32;
	facilities_vcpu_init(vcpu);
	vpa_vcpu_init(vcpu);

	err = create_core(vcpu);
	if (err)
		return err;

	vcpu->arch.state = KVMPPC_VCPU_NOTREADY;
	vcpu->arch.thread_cpu = -1;
	vcpu->arch.prev_cpu = -1;
	/* kvmppc_sanity_check() looks at it */
	vcpu->arch.cpu_type = KVM_CPU_3S_64;
	kvmppc_sanity_check(vcpu);
	return 0;
}

/*
 * vcpu_free - free the vCPU and its core, so that a new vCPU can have its id
 *
 * KVM_CREATE_VCPU may fail after vcpu_create(), for instance because the VMM has too many open
 * files.  Otherwise the VM is being destroyed.
 */
void vcpu_free(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	struct kvm *kvm = vcpu->kvm;

	if (host_switch->vcpu_free)
		host_switch->vcpu_free();
	vpa_vcpu_free(vcpu);

	mutex_lock(&kvm->lock);
	kvm->arch.vcores[kvmppc_pack_vcpu_id(kvm, vcpu->vcpu_id)] = NULL;
	kvm->arch.online_vcores--;
	mutex_unlock(&kvm->lock);
	kfree(hv->no_presenter);
	ida_free(&indexes, hv->index);
	kfree(hv);
}

/*
 * vcpu_msr_possible - can the vCPU run with its MSR?
 *
 * Not with a transaction under way (MSR[TS]) where guests have no transactional memory: a guest
 * that comes from a host that has it.  Without its transaction it would go on with wrong state,
 * and hrfid to such an MSR is illegal: the program interrupt that it ends in stops the CPU.
 */
bool vcpu_msr_possible(const struct kvm_vcpu *vcpu)
{
	return !(vcpu->arch.shregs.msr & MSR_TS_MASK) ||
	       vcpu->arch.hfscr_permitted & HFSCR_TM;
}
