// SPDX-License-Identifier: GPL-2.0-only
/*
 * Passed-through interrupts on a host with XIVE: the device's source takes the place of
 * the source that KVM would trigger for the guest. kvm.ko exchanges the two
 * (kvmppc_xive_set_mapped(), kvmppc_xive_clr_mapped()). This file makes the exchange
 * safe, so that no interrupt is lost:
 *
 * - A guest that ends an interrupt (EOI) during the exchange could end it at the source
 *   that is no longer the guest's. The other source would wait for its EOI for ever:
 *   kvm.ko picks the source before it checks whether an exchange is under way. So no
 *   EOI may happen meanwhile. With XICS an EOI is a hypercall, which waits. With a
 *   native XIVE the guest is kept from the pages where it ends interrupts.
 *
 * - With a native XIVE the guest controls P and Q of its sources, and kvm.ko does not
 *   carry them over from one source to the other.
 *
 * Context: kvm->lock is held for everything but irq_bypass_exchanging() and look_up().
 */
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/kvm_host.h>
#include <linux/kvm_irqfd.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <asm/cputable.h>
#include <asm/kvm_ppc.h>
#include <asm/xive.h>
#include <asm/xive-regs.h>

#include "irq/bypass.h"
#include "irq/bypass_host.h"

/* Only the native XIVE lets user space, and so the guest, map ESB pages. */
static bool is_native(const struct kvm_device *controller)
{
	return controller->ops->mmap;
}

/*
 * A load from the ESB (event state buffer) sets P and Q as @offset says and returns
 * their previous values. P: an event is on its way, until the EOI. Q: another event has
 * come since. Q without P: the source is off.
 */
static u8 esb_load(void __iomem *esb, u32 offset)
{
	/* ordered after a store that ended an interrupt; POWER10 has such EOIs */
	if (cpu_has_feature(CPU_FTR_ARCH_31))
		offset |= XIVE_ESB_LD_ST_MO;
	return in_be64(esb + offset) & (XIVE_ESB_VAL_P | XIVE_ESB_VAL_Q);
}

/* The management page of the guest's source @gsi, in pages of the controller's file */
static pgoff_t esb_page(int gsi)
{
	return KVM_XIVE_ESB_PAGE_OFFSET + 2 * (pgoff_t)gsi + 1;
}

/* The address of that page in @vma; 0: the page is not there. Context: mmap_lock. */
static unsigned long esb_address(struct vm_area_struct *vma,
				 const struct kvm_device *controller, int gsi)
{
	mmap_assert_locked(vma->vm_mm);
	if (!vma->vm_file || vma->vm_file->private_data != controller ||
	    vma->vm_pgoff != KVM_XIVE_ESB_PAGE_OFFSET ||
	    esb_page(gsi) - vma->vm_pgoff >= vma_pages(vma))
		return 0;
	return vma->vm_start + ((esb_page(gsi) - vma->vm_pgoff) << PAGE_SHIFT);
}

/*
 * Keeps the guest and the VMM from the pages of source @gsi, until show_esb(): an access
 * faults and waits for mmap_lock, which stays held for writing.
 */
static void hide_esb(struct kvm *kvm, const struct kvm_device *controller, int gsi)
{
	VMA_ITERATOR(vmi, kvm->mm, 0);
	struct vm_area_struct *vma;
	unsigned long address;

	mmap_write_lock(kvm->mm);
	for_each_vma(vmi, vma) {
		address = esb_address(vma, controller, gsi);
		if (!address)
			continue;
		vma_start_write(vma);
		zap_vma_ptes(vma, address - PAGE_SIZE, 2 * PAGE_SIZE);
	}
}

static void show_esb(struct kvm *kvm)
{
	mmap_write_unlock(kvm->mm);
}

/*
 * Maps the page at @address of @mm for the host. Context: mmap_lock.
 * Return: the page or an ERR_PTR().
 */
static void __iomem *map_page_at(struct mm_struct *mm, unsigned long address)
{
	struct follow_pfnmap_args args = { .address = address };
	void __iomem *page;
	int err;

	mmap_assert_locked(mm);
	err = fixup_user_fault(mm, address, 0, NULL);
	if (err)
		return IOMEM_ERR_PTR(err);
	args.vma = find_vma(mm, address);
	err = follow_pfnmap_start(&args);
	if (err)
		return IOMEM_ERR_PTR(err);
	follow_pfnmap_end(&args);
	page = ioremap(PFN_PHYS(args.pfn), PAGE_SIZE);
	return page ? page : IOMEM_ERR_PTR(-ENOMEM);
}

/*
 * Maps the management page of the guest's source @gsi for the host. kvm.ko does not
 * export the page's address, so it is taken from the VMM's mapping of the controller's
 * file.
 * Return: the page; NULL if the VMM has no such mapping, so that the guest cannot have
 * used the source; or an ERR_PTR().
 */
static void __iomem *map_guest_esb(struct kvm *kvm, const struct kvm_device *controller, int gsi)
{
	VMA_ITERATOR(vmi, kvm->mm, 0);
	struct vm_area_struct *vma;
	unsigned long address = 0;
	void __iomem *page = NULL;

	if (!mmget_not_zero(kvm->mm))
		return NULL;
	mmap_read_lock(kvm->mm);
	for_each_vma(vmi, vma) {
		address = esb_address(vma, controller, gsi);
		if (address)
			break;
	}
	if (address)
		page = map_page_at(kvm->mm, address);
	mmap_read_unlock(kvm->mm);
	mmput(kvm->mm);
	return page;
}

/*
 * Gives the device's source the state @pq of the guest's source, and with @again one
 * more event. kvm.ko leaves the device's source with P set, as if an interrupt were on
 * its way, and P blocks all others until the EOI. If the guest will make no EOI, P is
 * cleared here.
 */
static void take_over(struct xive_irq_data *device, u8 pq, bool again)
{
	if (pq == XIVE_ESB_VAL_Q) {
		esb_load(device->eoi_mmio, XIVE_ESB_SET_PQ_01);
	} else if (pq & XIVE_ESB_VAL_P) {
		if ((pq & XIVE_ESB_VAL_Q) || again)
			esb_load(device->eoi_mmio, XIVE_ESB_SET_PQ_11);
	} else {
		again |= esb_load(device->eoi_mmio, XIVE_ESB_SET_PQ_00) & XIVE_ESB_VAL_Q;
		if (again && device->trig_mmio)
			out_be64(device->trig_mmio, 0);
	}
}

/* The number of times that the host has handled the interrupt since VFIO requested it. */
static unsigned int handled(unsigned int host_irq)
{
	struct irq_desc *desc = irq_to_desc(host_irq);

	/* another CPU may be counting, under desc->lock: the old and the new value both do */
	return desc ? data_race(desc->tot_count) : 0;
}

/*
 * The VM whose sources are being exchanged. There is one at a time, because the bypass
 * manager holds a lock around each connecting and disconnecting.
 */
static struct kvm *exchanging;

/*
 * irq_bypass_exchanging - must the VM's hypercalls to its XICS wait?
 *
 * Context: interrupts hard-disabled until the hypercall has been answered, which makes
 * the caller an RCU reader.
 */
bool irq_bypass_exchanging(const struct kvm *kvm)
{
	lockdep_assert_irqs_disabled();
	return unlikely(READ_ONCE(exchanging) == kvm);
}

static void hold_hcalls(struct kvm *kvm)
{
	WRITE_ONCE(exchanging, kvm);
	synchronize_rcu_expedited();
}

static void release_hcalls(void)
{
	WRITE_ONCE(exchanging, NULL);
}

static int connect_native(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
			  const struct kvm_device *controller)
{
	struct kvm *kvm = irqfd->kvm;
	void __iomem *guest_esb;
	unsigned int before;
	u8 pq = XIVE_ESB_VAL_Q;
	int err;

	guest_esb = map_guest_esb(kvm, controller, irqfd->gsi);
	if (IS_ERR(guest_esb))
		return PTR_ERR(guest_esb);
	/*
	 * An event that the host handles between the reading of P and Q and the stop of
	 * the device's source is in neither of them: the event is repeated.
	 */
	before = handled(link->host_irq);
	synchronize_irq(link->host_irq);
	hide_esb(kvm, controller, irqfd->gsi);
	if (guest_esb)
		pq = esb_load(guest_esb, XIVE_ESB_SET_PQ_10);
	err = kvmppc_xive_set_mapped(kvm, irqfd->gsi, link->host_irq);
	if (!err)
		take_over(link->xive.device, pq, handled(link->host_irq) != before);
	else if (guest_esb)
		esb_load(guest_esb, XIVE_ESB_SET_PQ_00 + (pq << 8));
	show_esb(kvm);

	if (!err)
		link->xive.guest_esb = guest_esb;
	else if (guest_esb)
		iounmap(guest_esb);
	return err;
}

/*
 * kvm.ko carries P over, not Q. If an interrupt is on its way, another one may have come
 * through the host since, so one is added. An additional MSI does a guest no harm.
 */
static int connect_xics(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link)
{
	void __iomem *esb = link->xive.device->eoi_mmio;
	int err;

	hold_hcalls(irqfd->kvm);
	err = kvmppc_xive_set_mapped(irqfd->kvm, irqfd->gsi, link->host_irq);
	if (!err && handled(link->host_irq) &&
	    (esb_load(esb, XIVE_ESB_GET) & XIVE_ESB_VAL_P))
		esb_load(esb, XIVE_ESB_SET_PQ_11);
	release_hcalls();
	return err;
}

static int connect(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
		   const struct kvm_device *controller)
{
	lockdep_assert_held(&irqfd->kvm->lock);
	if (is_native(controller))
		return connect_native(irqfd, link, controller);
	return connect_xics(irqfd, link);
}

static void disconnect_native(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
			      const struct kvm_device *controller)
{
	void __iomem *esb = link->xive.device->eoi_mmio;
	void __iomem *guest_esb = link->xive.guest_esb;
	struct kvm *kvm = irqfd->kvm;
	u8 pq;

	hide_esb(kvm, controller, irqfd->gsi);
	pq = esb_load(esb, XIVE_ESB_SET_PQ_10);
	if (pq == (XIVE_ESB_VAL_P | XIVE_ESB_VAL_Q))
		esb_load(esb, XIVE_ESB_SET_PQ_11); /* the host gets the second event */
	kvmppc_xive_clr_mapped(kvm, irqfd->gsi, link->host_irq);

	/* kvm.ko leaves the guest's source with P set */
	if (guest_esb && pq == XIVE_ESB_VAL_Q)
		esb_load(guest_esb, XIVE_ESB_SET_PQ_01);
	else if (guest_esb && !(pq & XIVE_ESB_VAL_P) &&
		 (esb_load(guest_esb, XIVE_ESB_SET_PQ_00) & XIVE_ESB_VAL_Q))
		irq_bypass_set_level(irqfd, 1);
	show_esb(kvm);
}

static void disconnect_xics(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link)
{
	hold_hcalls(irqfd->kvm);
	kvmppc_xive_clr_mapped(irqfd->kvm, irqfd->gsi, link->host_irq);
	release_hcalls();
}

/*
 * A controller that is released switches the device's source off and does no more. The
 * host gets that source back with P set, because some EOIs have no effect on a source
 * that is off.
 */
static void disconnect_released(struct bypass_link *link)
{
	esb_load(link->xive.device->eoi_mmio, XIVE_ESB_SET_PQ_10);
	irq_set_vcpu_affinity(link->host_irq, NULL);
}

static void disconnect(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
		       const struct kvm_device *controller)
{
	lockdep_assert_held(&irqfd->kvm->lock);
	if (!controller)
		disconnect_released(link);
	else if (is_native(controller))
		disconnect_native(irqfd, link, controller);
	else
		disconnect_xics(irqfd, link);
	if (link->xive.guest_esb)
		iounmap(link->xive.guest_esb);
}

/* A level-triggered source (LSI) stays with the eventfd. */
static int look_up(struct bypass_link *link)
{
	struct irq_data *source = irq_domain_get_irq_data(irq_get_default_host(), link->host_irq);

	if (!source || !is_xive_irq(irq_data_get_irq_chip(source)))
		return -EINVAL;
	link->xive.device = irq_data_get_irq_handler_data(source);
	return link->xive.device->flags & XIVE_IRQ_FLAG_LSI ? -EINVAL : 0;
}

const struct bypass_host irq_bypass_xive = {
	.look_up = look_up,
	.connect = connect,
	.disconnect = disconnect,
};
