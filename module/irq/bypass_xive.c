// SPDX-License-Identifier: GPL-2.0-only
/*
 * Passed-through interrupts on a host with XIVE: the device's own source takes the
 * place of the one that KVM would trigger for the guest.  kvm.ko exchanges them
 * (kvmppc_xive_set_mapped(), kvmppc_xive_clr_mapped()); here is what makes that
 * safe and lossless:
 *
 * - A guest that ends an interrupt (EOI) while the sources are exchanged can
 *   end it at the one that is not its any more; the other would wait for its EOI
 *   for ever.  kvm.ko picks the source before it looks whether that is changing.
 *   So no EOI happens meanwhile: with XICS it is a hypercall, which waits; with
 *   a native XIVE the guest is kept from the pages where it does that.
 *
 * - On a native XIVE the guest has P and Q of its sources to itself, and kvm.ko
 *   does not move them from one source to the other.
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

#include "backend.h"
#include "irq/bypass.h"

/* kvm->lock held for all of what follows. */

/* Only the native XIVE lets user space, and so the guest, map its ESB pages. */
static bool is_native(const struct kvm_device *controller)
{
	return controller->ops->mmap;
}

/*
 * The ESB (event state buffer): a load sets P and Q and tells what they were.
 * P: an event is on its way, until the EOI.  Q: another came since.  Q alone:
 * the source is off.
 */
static u8 esb_load(void __iomem *esb, u32 offset)
{
	/* behind a store that ended an interrupt, where there are such */
	if (cpu_has_feature(CPU_FTR_ARCH_31))
		offset |= XIVE_ESB_LD_ST_MO;
	return in_be64(esb + offset) & (XIVE_ESB_VAL_P | XIVE_ESB_VAL_Q);
}

/* The guest's management page of source @gsi, in pages of the controller's file */
static pgoff_t esb_page(int gsi)
{
	return KVM_XIVE_ESB_PAGE_OFFSET + 2 * (pgoff_t)gsi + 1;
}

/* Where @vma has that page; 0: nowhere.  mmap_lock held. */
static unsigned long esb_address(struct vm_area_struct *vma,
				 const struct kvm_device *controller, int gsi)
{
	if (!vma->vm_file || vma->vm_file->private_data != controller ||
	    vma->vm_pgoff != KVM_XIVE_ESB_PAGE_OFFSET ||
	    esb_page(gsi) - vma->vm_pgoff >= vma_pages(vma))
		return 0;
	return vma->vm_start + ((esb_page(gsi) - vma->vm_pgoff) << PAGE_SHIFT);
}

/*
 * Keeps guest and VMM from the pages of source @gsi: they fault and wait for
 * mmap_lock, which stays held for writing.
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

/* The page at @address for the host.  mmap_lock held.  Return: also ERR_PTR(). */
static void __iomem *map_page_at(struct mm_struct *mm, unsigned long address)
{
	struct follow_pfnmap_args args = { .address = address };
	void __iomem *page;
	int err;

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
 * Maps the management page of the guest's own source @gsi for the host.  kvm.ko
 * keeps it to itself, but gives it to who maps the controller's file.
 * Return: NULL when nobody has: then no guest can have touched the source.
 */
static void __iomem *map_own(struct kvm *kvm, const struct kvm_device *controller, int gsi)
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
 * The device's source gets the state of the guest's own one, and with @again one
 * event more.  kvm.ko leaves it with P set, as if an interrupt were on its way:
 * nothing else comes until the EOI, so where there is none to come it is made
 * here.
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

/* How often the host has handled the interrupt since VFIO requested it */
static unsigned int handled(unsigned int host_irq)
{
	struct irq_desc *desc = irq_to_desc(host_irq);

	/* counted under desc->lock, by whichever CPU: any value that it had will do */
	return desc ? data_race(desc->tot_count) : 0;
}

/*
 * The VM whose sources are being exchanged; one at a time, since the bypass
 * manager has a lock around all connecting and disconnecting.
 */
static struct kvm *exchanging;

/**
 * irq_bypass_exchanging - must hypercalls to the XICS wait?
 * @kvm: the caller's VM
 *
 * Context: interrupts hard-disabled, and so they stay until the hypercall is
 * done: that makes it an RCU reader.
 */
bool irq_bypass_exchanging(const struct kvm *kvm)
{
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

static int connect_native(struct kvm_kernel_irqfd *irqfd, struct connection *c,
			  const struct kvm_device *controller)
{
	struct kvm *kvm = irqfd->kvm;
	void __iomem *own;
	unsigned int before;
	u8 pq = XIVE_ESB_VAL_Q;
	int err;

	own = map_own(kvm, controller, irqfd->gsi);
	if (IS_ERR(own))
		return PTR_ERR(own);
	/*
	 * An event that the host handles after P and Q were read and before the
	 * device's source is stopped is in neither: it is made once more.
	 */
	before = handled(c->host_irq);
	synchronize_irq(c->host_irq);
	hide_esb(kvm, controller, irqfd->gsi);
	if (own)
		pq = esb_load(own, XIVE_ESB_SET_PQ_10);
	err = kvmppc_xive_set_mapped(kvm, irqfd->gsi, c->host_irq);
	if (!err)
		take_over(c->xive.device, pq, handled(c->host_irq) != before);
	else if (own)
		esb_load(own, XIVE_ESB_SET_PQ_00 + (pq << 8));
	show_esb(kvm);

	if (!err)
		c->xive.own = own;
	else if (own)
		iounmap(own);
	return err;
}

/*
 * kvm.ko takes P along, not Q: if an interrupt is on its way, another may have
 * come since through the host, so one more is made.  To a guest an MSI more is
 * harmless.
 */
static int connect_xics(struct kvm_kernel_irqfd *irqfd, struct connection *c)
{
	int err;

	hold_hcalls(irqfd->kvm);
	err = kvmppc_xive_set_mapped(irqfd->kvm, irqfd->gsi, c->host_irq);
	if (!err && handled(c->host_irq) &&
	    (esb_load(c->xive.device->eoi_mmio, XIVE_ESB_GET) & XIVE_ESB_VAL_P))
		esb_load(c->xive.device->eoi_mmio, XIVE_ESB_SET_PQ_11);
	release_hcalls();
	return err;
}

static int connect(struct kvm_kernel_irqfd *irqfd, struct connection *c,
		   const struct kvm_device *controller)
{
	if (is_native(controller))
		return connect_native(irqfd, c, controller);
	return connect_xics(irqfd, c);
}

static void disconnect_native(struct kvm_kernel_irqfd *irqfd, struct connection *c,
			      const struct kvm_device *controller)
{
	struct kvm *kvm = irqfd->kvm;
	void __iomem *own = c->xive.own;
	u8 pq;

	hide_esb(kvm, controller, irqfd->gsi);
	pq = esb_load(c->xive.device->eoi_mmio, XIVE_ESB_SET_PQ_10);
	if (pq == (XIVE_ESB_VAL_P | XIVE_ESB_VAL_Q))
		esb_load(c->xive.device->eoi_mmio, XIVE_ESB_SET_PQ_11); /* the host gets it */
	kvmppc_xive_clr_mapped(kvm, irqfd->gsi, c->host_irq);

	/* kvm.ko leaves P set */
	if (own && pq == XIVE_ESB_VAL_Q)
		esb_load(own, XIVE_ESB_SET_PQ_01);
	else if (own && !(pq & XIVE_ESB_VAL_P) &&
		 (esb_load(own, XIVE_ESB_SET_PQ_00) & XIVE_ESB_VAL_Q))
		irq_bypass_set_level(irqfd, 1);
	show_esb(kvm);
}

static void disconnect_xics(struct kvm_kernel_irqfd *irqfd, struct connection *c)
{
	hold_hcalls(irqfd->kvm);
	kvmppc_xive_clr_mapped(irqfd->kvm, irqfd->gsi, c->host_irq);
	release_hcalls();
}

static void disconnect(struct kvm_kernel_irqfd *irqfd, struct connection *c,
		       const struct kvm_device *controller)
{
	if (!controller) {
		/*
		 * Its release only switched the source off.  The host's is given
		 * back with P set: some EOIs leave one that is off as it is.
		 */
		esb_load(c->xive.device->eoi_mmio, XIVE_ESB_SET_PQ_10);
		irq_set_vcpu_affinity(c->host_irq, NULL);
	} else if (is_native(controller)) {
		disconnect_native(irqfd, c, controller);
	} else {
		disconnect_xics(irqfd, c);
	}
	if (c->xive.own)
		iounmap(c->xive.own);
}

static int look_up(struct connection *c)
{
	struct irq_data *source = irq_domain_get_irq_data(irq_get_default_host(), c->host_irq);

	if (!source || !is_xive_irq(irq_data_get_irq_chip(source)))
		return -EINVAL;
	c->xive.device = irq_data_get_irq_handler_data(source);
	return c->xive.device->flags & XIVE_IRQ_FLAG_LSI ? -EINVAL : 0;
}

const struct irq_bypass_way irq_bypass_xive = {
	.look_up = look_up,
	.connect = connect,
	.disconnect = disconnect,
};
