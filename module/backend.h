/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the backend share: one virtual CPU's private state and the
 * functions that one file offers the others.  Functions carry their file's
 * name as prefix; their contracts stand at their definitions.
 */
#ifndef HVLENS_BACKEND_H
#define HVLENS_BACKEND_H

#include <linux/kvm_host.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>

#include <hvlens/exit_record.h>

#include "landing.h"

/* The host's performance monitor while the guest runs (pmu.c). */
struct pmu_host {
	bool switched;
	u32 pmc[6];
	u64 mmcr0, mmcr1, mmcr2, mmcr3, mmcra;
	u64 siar, sdar, sier[3];
};

/*
 * A vCPU's state that struct kvm_vcpu_arch has no room for.  kvm.ko reaches
 * the virtual core through vcpu->arch.vcore; a core has exactly one thread
 * here (POWER9 and later run each thread of a core independently), so the
 * private state is allocated around it.
 */
struct hv_vcpu {
	struct kvmppc_vcore core;
	struct kvm_vcpu *vcpu;
	u64 seq;			/* exits so far */
	struct hvlens_exit rec;		/* the pass under way */
	bool recording;			/* rec is being filled for a listener */
	struct {			/* of the last record that was emitted */
		u64 seq;		/* 0: none yet */
		u64 hcall;
		u64 t3;
		u64 t6;
		u32 outcome;
		u32 trap;
		u32 exit_reason;
	} recorded;
	u64 woken;			/* since it blocked: first kick or timer due; 0: none */
	struct hv_landing landing;
	struct pmu_host pmu;
	union xive_tma_w01 xive_pulled;	/* as the last pull left it (save-restore) */
	struct kvmppc_icp *no_presenter;	/* POWER8, see irq/stand_in.c */
};

#define TB_NIL	(~0ULL)	/* no timebase value: nothing is being timed */

static inline struct hv_vcpu *to_hv_vcpu(struct kvm_vcpu *vcpu)
{
	return container_of(vcpu->arch.vcore, struct hv_vcpu, core);
}

/* core/vcpu.c */
int vcpu_create(struct kvm_vcpu *vcpu);
void vcpu_free(struct kvm_vcpu *vcpu);
void vcpu_load_cpu(struct kvm_vcpu *vcpu, int cpu);
void vcpu_put_cpu(struct kvm_vcpu *vcpu);
void vcpu_kick(struct kvm_vcpu *vcpu);
void vcpu_set_msr(struct kvm_vcpu *vcpu, u64 msr);
int vcpu_check_requests(struct kvm_vcpu *vcpu);
int vcpu_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr, int size);
struct kvm_vcpu *vcpu_find(struct kvm *kvm, int id);

/* A directed privileged doorbell waits to be taken by the guest. */
static inline bool vcpu_doorbell_pending(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.doorbell_request;
}

/* core/vm.c */
int vm_init(struct kvm *kvm);
void vm_destroy(struct kvm *kvm);
int vm_configure_mmu(struct kvm *kvm, struct kvm_ppc_mmuv3_cfg *cfg);
int vm_allocate_htab(struct kvm *kvm, u32 order);
int vm_create_debugfs(struct kvm *kvm);
int vm_stop_mmu(struct kvm *kvm);
int vm_setup_mmu(struct kvm *kvm);
void vm_mmu_is_ready(struct kvm *kvm);
void vm_set_partition_table(struct kvm *kvm);
void vm_update_lpcr(struct kvm *kvm, unsigned long lpcr, unsigned long mask);

/* core/run.c */
int run_vcpu(struct kvm_vcpu *vcpu);

/* core/exits.c */
int exits_handle(struct kvm_vcpu *vcpu);

/* core/lpcr.c */
unsigned long lpcr_filter(struct kvm *kvm, unsigned long lpcr);
void lpcr_set_user(struct kvm_vcpu *vcpu, u64 lpcr, u64 mask);

/* core/arch_compat.c */
int arch_compat_set(struct kvm_vcpu *vcpu, u32 pvr);

/* core/caps.c */
int caps_smmu_info(struct kvm *kvm, struct kvm_ppc_smmu_info *info);
int caps_set_smt_mode(struct kvm *kvm, unsigned long mode,
		      unsigned long flags);
int caps_enable_dawr1(struct kvm *kvm);
bool caps_hash_possible(void);
int caps_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg);

#endif /* HVLENS_BACKEND_H */
