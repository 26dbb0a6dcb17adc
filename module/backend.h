/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every file of the backend shares: the private state of one vCPU.  The functions that
 * a file offers are in the header of the same name, and have that name as prefix.
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

/* The host's performance monitor registers while the guest runs (switch/pmu.c). */
struct pmu_host {
	bool switched;
	u32 pmc[6];
	u64 mmcr0, mmcr1, mmcr2, mmcr3, mmcra;
	u64 siar, sdar, sier[3];
};

/*
 * A vCPU's state that struct kvm_vcpu_arch has no room for.  vmlinux and kvm.ko reach the
 * virtual core through vcpu->arch.vcore.  Each vCPU is a virtual core with one thread here,
 * on POWER8 too, so the private state is allocated around the core.
 *
 * core.lpcr is made anew from the parts of VM and vCPU at each entry (lpcr_of()).  vmlinux
 * reads AIL there when it delivers an interrupt, and loads it on POWER8.
 */
struct hv_vcpu {
	struct kvmppc_vcore core;
	struct kvm_vcpu *vcpu;
	unsigned long user_lpcr;	/* the fields of LPCR that user space sets, see lpcr.c */
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
	u64 woken;			/* when the sleeping vCPU was first kicked, or its timer due; 0 */
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

/* trace/debugfs.c */
int vm_debugfs_open(struct inode *inode, struct file *file,
		    const struct seq_operations *ops, int size);
int vm_debugfs_release(struct inode *inode, struct file *file);

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

#endif /* HVLENS_BACKEND_H */
