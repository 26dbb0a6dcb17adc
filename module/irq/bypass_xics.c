// SPDX-License-Identifier: GPL-2.0-only
/*
 * Passed-through interrupts on a POWER8 host: vmlinux's handler for external
 * interrupts of a guest (kvmppc_read_intr(), real mode) finds the host's interrupt
 * in the VM's map, makes it the guest's in kvm.ko's XICS and ends it.  When the
 * vCPU that is to have it does not run, someone has to wake it: the handler makes
 * that an exit, 0x5555.  An interrupt that comes while no vCPU of the VM runs on
 * its CPU goes by the eventfd; the guest's EOI then moves it to the CPU where the
 * guest is.  Either way it passes through one place, the source of kvm.ko's XICS,
 * so that nothing has to be carried over when a connection begins or ends.
 *
 * The handler takes no lock and asks nothing twice:
 *
 * - An entry is complete before its r_hwirq is not 0, and is not changed again
 *   until r_hwirq is 0 and no CPU is in such a handler any more.
 *
 * - It takes for granted that the vCPU has a presenter and that the XICS has a
 *   block of sources for the guest's number.  User space can close the XICS and
 *   run a vCPU nevertheless, make a new XICS, or never connect a vCPU.  So a vCPU
 *   looks when KVM_RUN begins, and takes the map out of use if that is so.
 *
 * The map itself stays until the VM goes: kvm.ko's debugfs file shows it.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/kvm_host.h>
#include <linux/kvm_irqfd.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/kvm_ppc.h>
#include <asm/pnv-pci.h>

#include "backend.h"
#include "irq/bypass.h"

/* Who writes to maps; inside kvm->lock or vcpu->mutex */
static DEFINE_MUTEX(maps_lock);

static struct kvmppc_irq_map *find_entry(struct kvmppc_passthru_irqmap *map, u32 hwirq)
{
	int i;

	for (i = 0; i < map->n_mapped; i++)
		if (map->mapped[i].r_hwirq == hwirq)
			return &map->mapped[i];
	return NULL;
}

/* maps_lock held: one that is not in use, NULL if all are */
static struct kvmppc_irq_map *free_entry(struct kvmppc_passthru_irqmap *map)
{
	struct kvmppc_irq_map *entry = find_entry(map, 0);

	if (!entry && map->n_mapped < KVMPPC_PIRQ_MAPPED)
		entry = &map->mapped[map->n_mapped];
	return entry;
}

static bool number_in_use(const struct kvmppc_passthru_irqmap *map, u32 gsi)
{
	int i;

	for (i = 0; i < map->n_mapped; i++)
		if (map->mapped[i].r_hwirq && map->mapped[i].v_hwirq == gsi)
			return true;
	return false;
}

static void add_entry(struct kvmppc_passthru_irqmap *map, struct kvmppc_irq_map *entry,
		      u32 hwirq, u32 gsi, struct irq_desc *desc)
{
	entry->v_hwirq = gsi;
	entry->desc = desc;
	/* pairs with the smp_rmb() of vmlinux's get_irqmap() */
	smp_store_release(&entry->r_hwirq, hwirq);
	if (entry == &map->mapped[map->n_mapped])
		WRITE_ONCE(map->n_mapped, map->n_mapped + 1);
}

static void trim(struct kvmppc_passthru_irqmap *map)
{
	int n = map->n_mapped;

	while (n && !map->mapped[n - 1].r_hwirq)
		n--;
	WRITE_ONCE(map->n_mapped, n);
}

/*
 * Who is in the handler, or in a guest's hypercall that real mode answers, runs on an
 * online CPU, as one thread of its core, with interrupts disabled: it takes this
 * function's IPI only when it is out again.
 */
static void wait_for_real_mode(void)
{
	kick_all_cpus_sync();
}

/* Takes all of the map out of use. */
static void withdraw(struct kvmppc_passthru_irqmap *map)
{
	int i;

	mutex_lock(&maps_lock);
	if (map->n_mapped) {
		for (i = 0; i < map->n_mapped; i++)
			WRITE_ONCE(map->mapped[i].r_hwirq, 0);
		trim(map);
		wait_for_real_mode();
	}
	mutex_unlock(&maps_lock);
}

/**
 * irq_bypass_check_map - KVM_RUN begins, and the VM has entries in its map
 * @vcpu: what about it and the controller matters here stays until KVM_RUN ends
 *
 * Context: may sleep.  vcpu->mutex is held, so kvm->lock can't be taken.
 */
void irq_bypass_check_map(struct kvm_vcpu *vcpu)
{
	if (!kvmppc_xics_enabled(vcpu) || irq_bypass_controller_is_new(vcpu->kvm))
		withdraw(vcpu->kvm->arch.pimap);
}

/* kvm->lock held: no presenter goes meanwhile, and no vCPU comes. */
static bool all_have_presenters(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		if (!kvmppc_xics_enabled(vcpu))
			return false;
	return true;
}

static int connect(struct kvm_kernel_irqfd *irqfd, struct connection *c,
		   const struct kvm_device *controller)
{
	struct kvm *kvm = irqfd->kvm;
	struct kvmppc_passthru_irqmap *map = kvm->arch.pimap;
	struct kvmppc_irq_map *entry;
	int err = 0;

	if (!all_have_presenters(kvm))
		return -ENODEV;
	if (!map) {
		map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
		if (!map)
			return -ENOMEM;
		/* who follows the pointer finds it empty */
		smp_store_release(&kvm->arch.pimap, map);
	}
	/* no vCPU has run since: entries of a controller that has gone */
	if (irq_bypass_controller_is_new(kvm))
		withdraw(map);

	mutex_lock(&maps_lock);
	entry = free_entry(map);
	if (number_in_use(map, irqfd->gsi))
		err = -EINVAL;
	else if (!entry)
		err = -EAGAIN;
	else
		add_entry(map, entry, c->xics.hwirq, irqfd->gsi, irq_to_desc(c->host_irq));
	mutex_unlock(&maps_lock);
	if (!err)
		kvmppc_xics_set_mapped(kvm, irqfd->gsi, c->xics.hwirq);
	return err;
}

/*
 * kvm.ko's side ends here only if it is the one that has begun.  When nobody leads the
 * interrupt past the host or moves it any more, it is routed to where the
 * administrator wants it.  One that is on its way to the CPU where the guest was must
 * have been taken before VFIO frees it: the kernel does not wait for such.
 */
static void disconnect(struct kvm_kernel_irqfd *irqfd, struct connection *c,
		       const struct kvm_device *controller)
{
	struct kvmppc_passthru_irqmap *map = irqfd->kvm->arch.pimap;
	struct kvmppc_irq_map *entry;

	mutex_lock(&maps_lock);
	entry = find_entry(map, c->xics.hwirq);
	if (entry) {
		WRITE_ONCE(entry->r_hwirq, 0);
		trim(map);
	}
	if (controller)
		kvmppc_xics_clr_mapped(irqfd->kvm, irqfd->gsi, c->xics.hwirq);
	wait_for_real_mode();
	mutex_unlock(&maps_lock);

	irq_set_affinity(c->host_irq, irq_get_affinity_mask(c->host_irq));
	/* each CPU answers with interrupts disabled, and takes what is pending next */
	kick_all_cpus_sync();
}

/* The handler ends interrupts as those of a PHB3 want it, and no others. */
static int look_up(struct connection *c)
{
	struct irq_data *data = irq_get_irq_data(c->host_irq);

	if (!data || !is_pnv_opal_msi(irq_data_get_irq_chip(data)))
		return -EINVAL;
	data = irq_domain_get_irq_data(irq_get_default_host(), c->host_irq);
	if (!data)
		return -EINVAL;
	c->xics.hwirq = irqd_to_hwirq(data);
	return 0;
}

const struct irq_bypass_way irq_bypass_xics = {
	.look_up = look_up,
	.connect = connect,
	.disconnect = disconnect,
};

/**
 * irq_bypass_vm_destroy - frees what a VM's connections have left
 * @kvm: no irqfd, no vCPU, no debugfs file any more
 */
void irq_bypass_vm_destroy(struct kvm *kvm)
{
	kfree(kvm->arch.pimap);
}
