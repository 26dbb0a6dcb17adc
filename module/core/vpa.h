/* SPDX-License-Identifier: GPL-2.0-only */
/* The areas that a virtual processor shares with the hypervisor: VPA, DTL, SLB shadow. */
#ifndef HVLENS_VPA_H
#define HVLENS_VPA_H

#include <linux/kvm_host.h>
#include <asm/lppaca.h>

/* Numbered as H_REGISTER_VPA's subfunctions that register an area */
enum area_kind { AREA_NONE, AREA_VPA, AREA_DTL, AREA_SLB, AREA_KINDS };

void vpa_vcpu_init(struct kvm_vcpu *vcpu);
void vpa_vcpu_free(struct kvm_vcpu *vcpu);
void vpa_update_areas(struct kvm_vcpu *vcpu);
void vpa_dispatch_areas(struct kvm_vcpu *vcpu, struct lppaca *lp, u64 now);
bool vpa_yield_count_is(struct kvm_vcpu *vcpu, u32 count);
long vpa_h_register(struct kvm_vcpu *target, unsigned long flags,
		    unsigned long gpa);
void vpa_get(struct kvm_vcpu *vcpu, enum area_kind kind, u64 *gpa, u64 *len);
int vpa_set(struct kvm_vcpu *vcpu, enum area_kind kind, u64 gpa, u64 len);
void vpa_harvest_dirty(struct kvm *kvm, const struct kvm_memory_slot *slot);

/* vpa_update_pending - were areas registered since the last vpa_update()? */
static inline bool vpa_update_pending(const struct kvm_vcpu *vcpu)
{
	return unlikely(READ_ONCE(vcpu->arch.vpa.update_pending) |
			READ_ONCE(vcpu->arch.dtl.update_pending) |
			READ_ONCE(vcpu->arch.slb_shadow.update_pending));
}

/*
 * vpa_update - take over the areas that were registered since the last entry
 *
 * Context: the vCPU's thread, before each entry; may sleep.
 */
static inline void vpa_update(struct kvm_vcpu *vcpu)
{
	if (vpa_update_pending(vcpu))
		vpa_update_areas(vcpu);
}

/*
 * vpa_dispatch - tell the guest that the vCPU is dispatched
 * @now: the guest's timebase
 *
 * Context: before each entry, interrupts disabled.
 */
static inline void vpa_dispatch(struct kvm_vcpu *vcpu, u64 now)
{
	struct lppaca *lp = vcpu->arch.vpa.pinned_addr;

	if (lp)
		vpa_dispatch_areas(vcpu, lp, now);
}

/*
 * vpa_yield_count_inc - count an entry or an exit: the count is even while the vCPU runs
 *
 * Context: right before the guest is entered and right after it was left. It only
 * touches memory, so RCU need not watch.
 */
static __always_inline void vpa_yield_count_inc(struct kvm_vcpu *vcpu)
{
	struct lppaca *lp = vcpu->arch.vpa.pinned_addr;

	if (lp) {
		lp->yield_count = cpu_to_be32(be32_to_cpu(lp->yield_count) + 1);
		vcpu->arch.vpa.dirty = true;
	}
}

#endif /* HVLENS_VPA_H */
