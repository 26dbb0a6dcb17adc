// SPDX-License-Identifier: GPL-2.0-only
/*
 * The areas that a virtual processor shares with the hypervisor (PAPR,
 * H_REGISTER_VPA): the virtual processor area (VPA), the dispatch trace log
 * (DTL) and the SLB shadow buffer.
 *
 * A request only notes the guest real address and length, under
 * vpa_update_lock, because it may come from another vCPU or from user space.
 * The vCPU itself takes it over before its next entry, where it may sleep, and
 * is the only one to change what the switch reads: pinned_addr, pinned_end,
 * dtl_ptr.  An area never crosses a page, so one pinned page holds it.
 */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <asm/dtl.h>
#include <asm/hvcall.h>
#include <asm/kvm_book3s.h>
#include <asm/lppaca.h>

#include "core/vpa.h"

enum area_kind { AREA_NONE, AREA_VPA, AREA_DTL, AREA_SLB, AREA_KINDS };

/*
 * What the kinds differ in.  Subfunction codes of H_REGISTER_VPA are the kind
 * to register, and the kind plus AREA_DEREGISTER to take it back.
 */
#define AREA_DEREGISTER	4

static const struct area_type {
	size_t offset;		/* of the struct kvmppc_vpa in kvm_vcpu_arch */
	size_t min;		/* shortest length, bytes */
	size_t unit;		/* lengths are rounded down to a multiple */
	bool half;		/* the guest gives the length in 2 bytes, not 4 */
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
	/* read by vmlinux only: on POWER8 real mode refills the SLB after a machine check */
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

/* The guest's page that holds @gpa, in the linear mapping, or NULL. */
static void *area_pin(struct kvm *kvm, unsigned long gpa)
{
	struct page *page;
	unsigned long hva;
	int idx, n = 0;

	/*
	 * Not FOLL_LONGTERM: that would refuse guest memory in a file of a
	 * file system with dirty tracking.
	 */
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
	/* written, but for the SLB shadow; area->dirty is only since the last harvest */
	unpin_user_pages_dirty_lock(&page, 1, true);
	if (!area->dirty)
		return;
	idx = srcu_read_lock(&kvm->srcu);
	mark_page_dirty(kvm, gpa_to_gfn(area->gpa));
	srcu_read_unlock(&kvm->srcu, idx);
}

/*
 * Note that @kind's area is to be @len bytes at @gpa, or none with @gpa 0.
 * @again: also when that is where it is already.
 * Returns 0, -EINVAL (address, length), or -EBUSY (the order: a VPA comes
 * first and goes last).
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
 * The length that the guest wrote at offset 4 of an area to be; -EFAULT.
 * Read by way of the pinned page, which is memory: a slot may also hold real
 * addresses at which a load of ours would be a machine check.
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
 * H_REGISTER_VPA for the vCPU @target: @flags holds the subfunction, @gpa the
 * area.  Returns PAPR's H_SUCCESS, H_PARAMETER or H_RESOURCE.
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
 * User space puts @area, one of @vcpu's three, at @gpa with @len bytes, or
 * takes it away with @gpa 0.  All checks are made here.  Returns 0 or -EINVAL;
 * memory that is not there shows only at the next KVM_RUN, as an area that is
 * not registered any more.
 */
int vpa_set(struct kvm_vcpu *vcpu, struct kvmppc_vpa *area, unsigned long gpa,
	    unsigned long len)
{
	enum area_kind kind = AREA_VPA;

	while (area_of(vcpu, kind) != area)
		kind++;
	return area_request(vcpu, kind, gpa, len, false) ? -EINVAL : 0;
}

/* Take @kind's request over, if there is one.  Returns the area if it moved. */
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
	/* memory that has gone; a request made meanwhile stands */
	if (!new.pinned_addr && !old.update_pending) {
		area->next_gpa = 0;
		area->len = 0;
	}
	spin_unlock(&vcpu->arch.vpa_update_lock);

	area_unpin(vcpu->kvm, &old);
	return area;
}

/*
 * Take over the requests for @vcpu's areas.  Called by the vCPU's own thread
 * outside the switch; sleeps.  Callers use vpa_update().
 */
void vpa_update_areas(struct kvm_vcpu *vcpu)
{
	struct kvmppc_vpa *area;
	struct lppaca *lp;

	area = area_update(vcpu, AREA_VPA);
	if (area && area->pinned_addr) {
		lp = area->pinned_addr;
		/* odd: not dispatched yet */
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

/* PAPR's code for why a virtual processor got a processor */
#define DTL_DISPATCH_TIME_SLICE	7

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

	/* the guest's other vCPUs read the index, then the entries before it */
	smp_wmb();
	lp->dtl_idx = cpu_to_be64(++vcpu->arch.dtl_index);
}

/*
 * Tell the guest that @vcpu, which has VPA @lp, is dispatched at @now (guest's
 * timebase): the time it waited for the host so far, and a log entry.
 * Interrupts disabled.  Callers use vpa_dispatch().
 */
void vpa_dispatch_areas(struct kvm_vcpu *vcpu, struct lppaca *lp, u64 now)
{
	u64 stolen = vcpu->arch.vcore->stolen_tb;

	lp->enqueue_dispatch_tb = cpu_to_be64(stolen);
	if (vcpu->arch.dtl_ptr)
		dtl_append(vcpu, lp, now, stolen - vcpu->arch.stolen_logged);
	vcpu->arch.stolen_logged = stolen;
	/* vpa_yield_count_inc() comes next and says that the VPA is dirty */
}

/* @vcpu's yield count, 0 without a VPA.  From any vCPU's thread; no sleep. */
u32 vpa_yield_count(struct kvm_vcpu *vcpu)
{
	struct lppaca *lp;
	u32 count = 0;

	spin_lock(&vcpu->arch.vpa_update_lock);
	lp = vcpu->arch.vpa.pinned_addr;
	if (lp)
		count = be32_to_cpu(lp->yield_count);
	spin_unlock(&vcpu->arch.vpa_update_lock);

	return count;
}

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
 * Put the pages that the hypervisor itself has written through a pinned area,
 * which no page table entry knows of, into @slot's dirty bitmap.  Called with
 * kvm->slots_lock; @slot logs dirty pages.
 */
void vpa_harvest_dirty(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		spin_lock(&vcpu->arch.vpa_update_lock);
		area_harvest(&vcpu->arch.vpa, slot);
		area_harvest(&vcpu->arch.dtl, slot);
		spin_unlock(&vcpu->arch.vpa_update_lock);
	}
}

void vpa_vcpu_init(struct kvm_vcpu *vcpu)
{
	spin_lock_init(&vcpu->arch.vpa_update_lock);
}

/* The vCPU will not run any more: let its areas' pages go. */
void vpa_vcpu_free(struct kvm_vcpu *vcpu)
{
	enum area_kind kind;

	for (kind = AREA_VPA; kind < AREA_KINDS; kind++)
		area_unpin(vcpu->kvm, area_of(vcpu, kind));
}
