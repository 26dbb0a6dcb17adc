/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every file of the backend shares: the private state of one vCPU.  The functions that
 * a file offers are in the header of the same name, and have that name as prefix.
 */
#ifndef HVLENS_BACKEND_H
#define HVLENS_BACKEND_H

#include <linux/kvm_host.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>

#include <hvlens/exit_record.h>

#include "landing.h"
#include "switch/vmlinux_code.h"

/* What the run loop has done about a hypercall before the exit is over */
enum hcall_state { HCALL_UNTRIED, HCALL_ANSWERED, HCALL_TRIED };

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
	enum hcall_state hcall;		/* of the exit's hypercall */
	u32 index;			/* of all vCPUs of the host that exist */
	struct hvlens_exit records[2];	/* the pass under way and the one before it, by turns */
	struct hvlens_exit *rec;	/* of the pass under way; NULL: nobody listens */
	const struct hvlens_exit *emitted;	/* the last record that was emitted; NULL: none */
	u64 woken;	/* when the sleeping vCPU was first kicked, or its timer due; 0: neither */
	struct hv_landing landing;
	struct flush_slots flush_slots;
	struct pmu_host pmu;
	union xive_tma_w01 xive_pulled;	/* as the last pull left it (save-restore) */
	struct kvmppc_icp *no_presenter;	/* POWER8, see irq/stand_in.c */
};

#define TB_NIL	(~0ULL)	/* no timebase value: nothing is being timed */

static inline struct hv_vcpu *to_hv_vcpu(struct kvm_vcpu *vcpu)
{
	return container_of(vcpu->arch.vcore, struct hv_vcpu, core);
}

#endif /* HVLENS_BACKEND_H */
