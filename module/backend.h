/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the backend share: one virtual CPU's private state and the
 * functions that one file offers the others.  Functions carry their file's
 * name as prefix; their contracts stand at their definitions.
 */
#ifndef HVLENS_BACKEND_H
#define HVLENS_BACKEND_H

#include <linux/kvm_host.h>
#include <linux/seq_file.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/lppaca.h>

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

/* trace/debugfs.c */
int vm_debugfs_open(struct inode *inode, struct file *file,
		    const struct seq_operations *ops, int size);
int vm_debugfs_release(struct inode *inode, struct file *file);

/* core/run.c */
int run_vcpu(struct kvm_vcpu *vcpu);

/* core/exits.c */
int exits_handle(struct kvm_vcpu *vcpu);

/* core/hcalls.c */
bool hcall_early(struct kvm_vcpu *vcpu);
int hcall_handle(struct kvm_vcpu *vcpu);
int hcall_implemented(unsigned long hcall);
void hcall_default_enabled(unsigned long *bitmap);

/* irq/rm_complete.c */
long completion_hcall(struct kvm_vcpu *vcpu, u32 nr);
void completion_exit(struct kvm_vcpu *vcpu);

/* irq/stand_in.c */
int presenter_create(struct hv_vcpu *hv);
void presenter_borrow(struct kvm_vcpu *vcpu);
void presenter_return(struct kvm_vcpu *vcpu);

/* core/vpa.c */
void vpa_vcpu_init(struct kvm_vcpu *vcpu);
void vpa_vcpu_free(struct kvm_vcpu *vcpu);
void vpa_update_areas(struct kvm_vcpu *vcpu);
void vpa_dispatch_areas(struct kvm_vcpu *vcpu, struct lppaca *lp, u64 now);
u32 vpa_yield_count(struct kvm_vcpu *vcpu);
long vpa_h_register(struct kvm_vcpu *target, unsigned long flags,
		    unsigned long gpa);
int vpa_set(struct kvm_vcpu *vcpu, struct kvmppc_vpa *area, unsigned long gpa,
	    unsigned long len);
void vpa_harvest_dirty(struct kvm *kvm, const struct kvm_memory_slot *slot);

/* Before each entry, where sleeping is still allowed: see vpa_update_areas. */
static inline void vpa_update(struct kvm_vcpu *vcpu)
{
	if (unlikely(READ_ONCE(vcpu->arch.vpa.update_pending) |
		     READ_ONCE(vcpu->arch.dtl.update_pending) |
		     READ_ONCE(vcpu->arch.slb_shadow.update_pending)))
		vpa_update_areas(vcpu);
}

/* At each dispatch, interrupts disabled; @now in the guest's timebase. */
static inline void vpa_dispatch(struct kvm_vcpu *vcpu, u64 now)
{
	struct lppaca *lp = vcpu->arch.vpa.pinned_addr;

	if (lp)
		vpa_dispatch_areas(vcpu, lp, now);
}

/*
 * Right before the guest is entered and right after it was left: the count is
 * even while the vCPU runs.  In the switch window: touches memory only.
 */
static __always_inline void vpa_yield_count_inc(struct kvm_vcpu *vcpu)
{
	struct lppaca *lp = vcpu->arch.vpa.pinned_addr;

	if (lp) {
		lp->yield_count = cpu_to_be32(be32_to_cpu(lp->yield_count) + 1);
		vcpu->arch.vpa.dirty = true;
	}
}

/* core/doorbell.c */
int doorbell_emulate(struct kvm_vcpu *vcpu);

/* core/one_reg.c */
int one_reg_get(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val);
int one_reg_set(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val);

/* core/sregs.c */
int sregs_get(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs);
int sregs_set(struct kvm_vcpu *vcpu, struct kvm_sregs *sregs);

/* core/lpcr.c */
unsigned long lpcr_filter(struct kvm *kvm, unsigned long lpcr);
void lpcr_set_user(struct kvm_vcpu *vcpu, u64 lpcr, u64 mask);

/* core/arch_compat.c */
int arch_compat_set(struct kvm_vcpu *vcpu, u32 pvr);

/* irq/xive.c */
void xive_push(struct kvm_vcpu *vcpu);
void xive_pull(struct kvm_vcpu *vcpu);
bool xive_pending(const struct kvm_vcpu *vcpu);

/* irq/bypass.c */
int irq_bypass_add_producer(struct irq_bypass_consumer *cons,
			    struct irq_bypass_producer *prod);
void irq_bypass_del_producer(struct irq_bypass_consumer *cons,
			     struct irq_bypass_producer *prod);

/* irq/bypass_xive.c */
bool irq_bypass_exchanging(const struct kvm *kvm);

/* irq/bypass_xics.c */
void irq_bypass_check_map(struct kvm_vcpu *vcpu);
void irq_bypass_vm_destroy(struct kvm *kvm);

/* When KVM_RUN begins: may vmlinux's real-mode code use the VM's map? */
static inline void irq_bypass_run(struct kvm_vcpu *vcpu)
{
	const struct kvmppc_passthru_irqmap *map = READ_ONCE(vcpu->kvm->arch.pimap);

	if (unlikely(map && READ_ONCE(map->n_mapped)))
		irq_bypass_check_map(vcpu);
}

/* core/caps.c */
int caps_smmu_info(struct kvm *kvm, struct kvm_ppc_smmu_info *info);
int caps_set_smt_mode(struct kvm *kvm, unsigned long mode,
		      unsigned long flags);
int caps_enable_dawr1(struct kvm *kvm);
bool caps_hash_possible(void);
int caps_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg);

#endif /* HVLENS_BACKEND_H */
