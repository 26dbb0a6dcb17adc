// SPDX-License-Identifier: GPL-2.0-only
/*
 * The areas that a virtual processor shares with the hypervisor (PAPR,
 * H_REGISTER_VPA): the virtual processor area (VPA), the dispatch trace log
 * (DTL) and the SLB shadow buffer.
 *
 * A request can come from another vCPU or from user space, so it only notes the guest
 * real address and the length, under vpa_update_lock. The vCPU takes the request over
 * before its next entry, where it may sleep. Only the vCPU's thread changes what the
 * switch reads: pinned_addr, pinned_end, dtl_ptr. An area never crosses a page boundary,
 * so one pinned page holds it.
 */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <asm/dtl.h>
#include <asm/hvcall.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/lppaca.h>

#include "core/vpa.h"

/* H_REGISTER_VPA's subfunction is the kind, with this bit to deregister the area. */
#define AREA_DEREGISTER	4

static const struct area_type {
	size_t offset;		/* of the struct kvmppc_vpa in struct kvm_vcpu_arch */
	size_t min;		/* shortest length in bytes */
	size_t unit;		/* lengths are rounded down to a multiple of it */
	bool half;		/* the guest writes the length in 2 bytes, not in 4 */
} area_types[AREA_KINDS] = {
	[AREA_VPA] = {
		.offset	= offsetof(struct kvm_vcpu_arch, vpa),
		.min	= sizeof(struct lppaca),
		.unit	= 1,
		.half	= true,
	},
	[AREA_DTL] = {
		.offset	= offsetof(struct kvm_vcpu_arch, dtl),
		.min	= sizeof(struct dtl_entry),
		.unit	= sizeof(struct dtl_entry),
	},
	/* on POWER8 vmlinux refills the guest's SLB from it after a machine check */
	[AREA_SLB] = {
		.offset	= offsetof(struct kvm_vcpu_arch, slb_shadow),
		.min	= offsetof(struct slb_shadow, reserved),
		.unit	= 1,
	},
};

static_assert(AREA_VPA == H_VPA_REG_VPA);
static_assert(AREA_DTL == H_VPA_REG_DTL);
static_assert(AREA_SLB == H_VPA_REG_SLB);
static_assert((AREA_VPA | AREA_DEREGISTER) == H_VPA_DEREG_VPA);
static_assert((AREA_DTL | AREA_DEREGISTER) == H_VPA_DEREG_DTL);
static_assert((AREA_SLB | AREA_DEREGISTER) == H_VPA_DEREG_SLB);

static struct kvmppc_vpa *area_of(struct kvm_vcpu *vcpu, enum area_kind kind)
{
	return (void *)&vcpu->arch + area_types[kind].offset;
}

/*
 * Pins the guest's page that holds @gpa. FOLL_LONGTERM would refuse guest memory that is
 * a file of a file system with dirty tracking.
 * Return: the address of @gpa in the linear mapping, or NULL. Context: may sleep.
 */
static void *area_pin(struct kvm *kvm, unsigned long gpa)
{
	struct page *page;
	unsigned long hva;
	int idx, n = 0;

	might_sleep();
	idx = srcu_read_lock(&kvm->srcu);
	hva = gfn_to_hva(kvm, gpa_to_gfn(gpa));
	if (!kvm_is_error_hva(hva))
		n = pin_user_pages_fast(hva, 1, FOLL_WRITE, &page);
	srcu_read_unlock(&kvm->srcu, idx);

	return n == 1 ? page_address(page) + offset_in_page(gpa) : NULL;
}

static void area_unpin(struct kvm *kvm, const struct kvmppc_vpa *area)
{
	struct page *page;
	int idx;

	if (!area->pinned_addr)
		return;
	page = virt_to_page(area->pinned_addr);
	/* area->dirty only tells of stores since the last harvest */
	unpin_user_pages_dirty_lock(&page, 1, true);
	if (!area->dirty)
		return;
	idx = srcu_read_lock(&kvm->srcu);
	mark_page_dirty(kvm, gpa_to_gfn(area->gpa));
	srcu_read_unlock(&kvm->srcu, idx);
}

/*
 * Requests that the area of @kind becomes the @len bytes at @gpa; @gpa 0 deregisters it.
 * @again: request it also if the area is there already.
 * Return: 0; -EINVAL: bad address or length; -EBUSY: wrong order, the VPA has to be
 * registered first and deregistered last.
 */
static int area_request(struct kvm_vcpu *vcpu, enum area_kind kind,
			unsigned long gpa, unsigned long len, bool again)
{
	const struct area_type *type = &area_types[kind];
	struct kvmppc_vpa *area = area_of(vcpu, kind);
	int ret = 0;

	if (gpa) {
		if (!IS_ALIGNED(gpa, L1_CACHE_BYTES) || len < type->min ||
		    len > PAGE_SIZE - offset_in_page(gpa))
			return -EINVAL;
		len -= len % type->unit;
	} else {
		len = 0;
	}

	spin_lock(&vcpu->arch.vpa_update_lock);
	if (kind != AREA_VPA && gpa && !vcpu->arch.vpa.next_gpa) {
		ret = -EBUSY;
	} else if (kind == AREA_VPA && !gpa &&
		   (vcpu->arch.dtl.next_gpa || vcpu->arch.slb_shadow.next_gpa)) {
		ret = -EBUSY;
	} else if (again || area->next_gpa != gpa || area->len != len) {
		area->next_gpa = gpa;
		area->len = len;
		WRITE_ONCE(area->update_pending, 1);
	}
	spin_unlock(&vcpu->arch.vpa_update_lock);

	return ret;
}

/*
 * Reads the length that the guest has written at offset 4 of the area that it registers.
 * A pinned page is memory. A slot can also hold real addresses where a load by the host
 * would end in a machine check, so the page is pinned first.
 * Return: the length or -EFAULT.
 */
static long area_guest_len(struct kvm *kvm, const struct area_type *type,
			   unsigned long gpa)
{
	struct kvmppc_vpa area = { .pinned_addr = area_pin(kvm, gpa) };
	long len;

	if (!area.pinned_addr)
		return -EFAULT;
	if (type->half)
		len = be16_to_cpup(area.pinned_addr + 4);
	else
		len = be32_to_cpup(area.pinned_addr + 4);
	area_unpin(kvm, &area);
	return len;
}

/*
 * vpa_h_register - H_REGISTER_VPA for the vCPU @target
 * @flags: has the subfunction
 * @gpa: where the area is
 *
 * Return: H_SUCCESS, H_PARAMETER or H_RESOURCE, as PAPR says.
 */
long vpa_h_register(struct kvm_vcpu *target, unsigned long flags,
		    unsigned long gpa)
{
	unsigned long subfunc = (flags >> H_VPA_FUNC_SHIFT) & H_VPA_FUNC_MASK;
	enum area_kind kind = subfunc & ~AREA_DEREGISTER;
	long len = 0;

	if (kind == AREA_NONE)
		return H_PARAMETER;
	if (subfunc & AREA_DEREGISTER) {
		gpa = 0;
	} else {
		if (!gpa || !IS_ALIGNED(gpa, L1_CACHE_BYTES))
			return H_PARAMETER;
		len = area_guest_len(target->kvm, &area_types[kind], gpa);
		if (len < 0)
			return H_PARAMETER;
	}

	switch (area_request(target, kind, gpa, len, true)) {
	case 0:
		return H_SUCCESS;
	case -EBUSY:
		return H_RESOURCE;
	default:
		return H_PARAMETER;
	}
}

/*
 * vpa_get - report where an area is, or will be after the next entry
 * @gpa: becomes 0 if there is no area of that @kind
 */
void vpa_get(struct kvm_vcpu *vcpu, enum area_kind kind, u64 *gpa, u64 *len)
{
	const struct kvmppc_vpa *area = area_of(vcpu, kind);

	spin_lock(&vcpu->arch.vpa_update_lock);
	*gpa = area->next_gpa;
	*len = area->len;
	spin_unlock(&vcpu->arch.vpa_update_lock);
}

/*
 * vpa_set - user space puts an area at @gpa, or takes it away with @gpa 0
 *
 * Return: 0 or -EINVAL. Whether there is memory at @gpa shows at the next KVM_RUN only:
 * if not, the area is not registered any more.
 */
int vpa_set(struct kvm_vcpu *vcpu, enum area_kind kind, u64 gpa, u64 len)
{
	return area_request(vcpu, kind, gpa, len, false) ? -EINVAL : 0;
}

/*
 * Takes over the request for the area of @kind, if there is one.
 * Return: the area, or NULL without a request.
 */
static struct kvmppc_vpa *area_update(struct kvm_vcpu *vcpu,
				      enum area_kind kind)
{
	struct kvmppc_vpa *area = area_of(vcpu, kind);
	struct kvmppc_vpa new, old;

	if (!READ_ONCE(area->update_pending))
		return NULL;

	spin_lock(&vcpu->arch.vpa_update_lock);
	area->update_pending = 0;
	new = *area;
	spin_unlock(&vcpu->arch.vpa_update_lock);

	new.gpa = new.next_gpa;
	new.pinned_addr = NULL;
	if (new.gpa)
		new.pinned_addr = area_pin(vcpu->kvm, new.gpa);

	spin_lock(&vcpu->arch.vpa_update_lock);
	old = *area;
	area->gpa = new.gpa;
	area->pinned_addr = new.pinned_addr;
	area->pinned_end = new.pinned_addr ? new.pinned_addr + new.len : NULL;
	area->dirty = false;
	/* there is no memory: not registered any more, unless another request has come */
	if (!new.pinned_addr && !old.update_pending) {
		area->next_gpa = 0;
		area->len = 0;
	}
	spin_unlock(&vcpu->arch.vpa_update_lock);

	area_unpin(vcpu->kvm, &old);
	return area;
}

/* vpa_update_areas - the part of vpa_update() for a vCPU that has a request */
void vpa_update_areas(struct kvm_vcpu *vcpu)
{
	struct kvmppc_vpa *area;
	struct lppaca *lp;

	might_sleep();
	area = area_update(vcpu, AREA_VPA);
	if (area && area->pinned_addr) {
		lp = area->pinned_addr;
		/* an odd count: the vCPU is not dispatched */
		lp->yield_count = cpu_to_be32(1);
		lp->__old_status |= LPPACA_OLD_SHARED_PROC;
		area->dirty = true;
	}

	area = area_update(vcpu, AREA_DTL);
	if (area) {
		vcpu->arch.dtl_ptr = area->pinned_addr;
		vcpu->arch.dtl_index = 0;
	}

	area_update(vcpu, AREA_SLB);
}

/* PAPR's code for the reason of a dispatch */
#define DTL_DISPATCH_TIME_SLICE	7

/* Appends an entry to the log; @stolen: ticks that the vCPU waited for the host. */
static void dtl_append(struct kvm_vcpu *vcpu, struct lppaca *lp, u64 now,
		       u64 stolen)
{
	struct dtl_entry *entry = vcpu->arch.dtl_ptr;

	*entry = (struct dtl_entry) {
		.dispatch_reason = DTL_DISPATCH_TIME_SLICE,
		.processor_id = cpu_to_be16(raw_smp_processor_id()),
		.enqueue_to_dispatch_time = cpu_to_be32(stolen),
		.timebase = cpu_to_be64(now),
		.srr0 = cpu_to_be64(vcpu->arch.regs.nip),
		.srr1 = cpu_to_be64(vcpu->arch.shregs.msr),
	};
	if (++entry == vcpu->arch.dtl.pinned_end)
		entry = vcpu->arch.dtl.pinned_addr;
	vcpu->arch.dtl_ptr = entry;
	vcpu->arch.dtl.dirty = true;

	/* the guest's other vCPUs read the index first and then the entries before it */
	smp_wmb();
	lp->dtl_idx = cpu_to_be64(++vcpu->arch.dtl_index);
}

/*
 * vpa_dispatch_areas - the part of vpa_dispatch() for a vCPU that has a VPA, @lp
 *
 * The time that the vCPU has waited for the host since its last dispatch is added to the
 * VPA's, and the log gets an entry.  The VPA's time only grows, as PAPR wants it: after a
 * migration it goes on from what the guest's memory holds.
 */
void vpa_dispatch_areas(struct kvm_vcpu *vcpu, struct lppaca *lp, u64 now)
{
	u64 stolen = vcpu->arch.vcore->stolen_tb - vcpu->arch.stolen_logged;

	if (stolen)
		lp->enqueue_dispatch_tb =
			cpu_to_be64(be64_to_cpu(lp->enqueue_dispatch_tb) + stolen);
	if (vcpu->arch.dtl_ptr)
		dtl_append(vcpu, lp, now, stolen);
	vcpu->arch.stolen_logged += stolen;
	/* vpa_yield_count_inc() comes next and sets vpa.dirty */
}

/*
 * vpa_yield_count_is - is @count still the vCPU's yield count?
 *
 * Return: false if the vCPU has been entered or left since it was @count. A vCPU without
 * VPA has the count 0.
 * Context: any vCPU's thread; does not sleep.
 */
bool vpa_yield_count_is(struct kvm_vcpu *vcpu, u32 count)
{
	const struct lppaca *lp;
	u32 now;

	/* the lock keeps the page pinned */
	spin_lock(&vcpu->arch.vpa_update_lock);
	lp = vcpu->arch.vpa.pinned_addr;
	now = lp ? be32_to_cpu(lp->yield_count) : 0;
	spin_unlock(&vcpu->arch.vpa_update_lock);

	return now == count;
}

/* Context: vpa_update_lock of the area's vCPU. */
static void area_harvest(struct kvmppc_vpa *area,
			 const struct kvm_memory_slot *slot)
{
	gfn_t gfn = gpa_to_gfn(area->gpa);

	if (!area->dirty || !area->pinned_addr || gfn < slot->base_gfn ||
	    gfn - slot->base_gfn >= slot->npages)
		return;
	area->dirty = false;
	set_bit_le(gfn - slot->base_gfn, slot->dirty_bitmap);
}

/*
 * vpa_harvest_dirty - add the areas' pages to the dirty bitmap of @slot
 *
 * The hypervisor writes to an area through the pinned page, so no page-table entry tells
 * that the page is dirty.
 *
 * Context: kvm->slots_lock; @slot has a dirty bitmap.
 */
void vpa_harvest_dirty(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	lockdep_assert_held(&kvm->slots_lock);
	kvm_for_each_vcpu(i, vcpu, kvm) {
		spin_lock(&vcpu->arch.vpa_update_lock);
		area_harvest(&vcpu->arch.vpa, slot);
		area_harvest(&vcpu->arch.dtl, slot);
		spin_unlock(&vcpu->arch.vpa_update_lock);
	}
}

/* vpa_vcpu_init - prepare a new vCPU for requests */
void vpa_vcpu_init(struct kvm_vcpu *vcpu)
{
	spin_lock_init(&vcpu->arch.vpa_update_lock);
}

/* vpa_vcpu_free - unpin the areas of a vCPU that will not run any more */
void vpa_vcpu_free(struct kvm_vcpu *vcpu)
{
	enum area_kind kind;

	for (kind = AREA_VPA; kind < AREA_KINDS; kind++)
		area_unpin(vcpu->kvm, area_of(vcpu, kind));
}
