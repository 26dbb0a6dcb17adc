// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of passed-through devices without the host's handlers in between.
 * VFIO produces them on an eventfd, an irqfd consumes them; when the two meet, the
 * host's interrupt controller decides what a connection is: irq/bypass_xive.c,
 * irq/bypass_xics.c.
 *
 * A connection outlives the guest's interrupt controller when user space closes
 * that first, and there may be a new one with the same source numbers by the time
 * it ends.  kvm.ko must not be asked to take back what this one never got.  So
 * each connection stands in the VM's list of devices, newest first: a controller
 * that comes behind it is the one that it was made with.
 *
 * Without a connection interrupts go by the eventfd as ever.
 */
#include <linux/irqbypass.h>
#include <linux/kvm_host.h>
#include <linux/kvm_irqfd.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <asm/cputable.h>
#include <asm/kvm_ppc.h>

#include "backend.h"
#include "irq/bypass.h"
#include "switch/switch.h"

/* vmlinux's variable, at which its real-mode code looks too */
module_param(kvm_irq_bypass, int, 0644);
MODULE_PARM_DESC(kvm_irq_bypass, "Deliver interrupts of passed-through devices directly to the guest (default 1)");

/* The VM's list frees its devices only after every irqfd has gone. */
static const struct kvm_device_ops connection_ops = {
	.name = "hvlens-irq-bypass",
};

/* NULL: interrupts can't be led past this host. */
static const struct irq_bypass_way *host_way(void)
{
	if (xics_on_xive())
		return &irq_bypass_xive;
	/* the XICS of a later CPU's host has no handlers in real mode */
	return host_switch->real_mode ? &irq_bypass_xics : NULL;
}

/* kvm->lock held for all of what follows. */

static struct connection *find_connection(struct kvm_kernel_irqfd *irqfd)
{
	struct kvm_device *dev;

	list_for_each_entry(dev, &irqfd->kvm->devices, vm_node)
		if (dev->ops == &connection_ops && dev->private == irqfd)
			return container_of(dev, struct connection, place);
	return NULL;
}

/* The interrupt controller that the VM has now: its device's private data */
static const void *controller_now(const struct kvm *kvm)
{
	return xics_on_xive() ? (void *)kvm->arch.xive : kvm->arch.xics;
}

/* That controller, NULL if there is none, or only one that is newer than @than. */
static struct kvm_device *find_controller(struct kvm *kvm, struct list_head *than)
{
	const void *now = controller_now(kvm);
	struct kvm_device *dev;

	if (!now)
		return NULL;
	dev = list_entry(than, struct kvm_device, vm_node);
	list_for_each_entry_continue(dev, &kvm->devices, vm_node)
		if (dev->private == now)
			return dev;
	return NULL;
}

/**
 * irq_bypass_set_level - sets the source of the irqfd's number
 * @irqfd: with kvm->lock held
 * @level: 1 triggers it, 0 does nothing to a message
 *
 * Return: not 0 when there is no such source or a device's XIVE source has its
 * place.
 */
int irq_bypass_set_level(struct kvm_kernel_irqfd *irqfd, int level)
{
	struct kvm_kernel_irq_routing_entry *entry = &irqfd->irq_entry;

	return entry->set(entry, irqfd->kvm, KVM_USERSPACE_IRQ_SOURCE_ID, level, false);
}

/**
 * irq_bypass_controller_is_new - is the VM's interrupt controller newer than all
 * connections?
 * @kvm: has a controller that does not go meanwhile
 */
bool irq_bypass_controller_is_new(struct kvm *kvm)
{
	const void *now = controller_now(kvm);
	struct kvm_device *dev;
	bool is_new = false;

	rcu_read_lock();
	list_for_each_entry_rcu(dev, &kvm->devices, vm_node) {
		is_new = dev->private == now;
		if (is_new || dev->ops == &connection_ops)
			break;
	}
	rcu_read_unlock();
	return is_new;
}

static int connect(struct kvm_kernel_irqfd *irqfd, struct connection *c)
{
	struct kvm *kvm = irqfd->kvm;
	struct kvm_device *controller = find_controller(kvm, &kvm->devices);
	int err;

	if (!controller)
		return -ENODEV;
	if (irq_bypass_set_level(irqfd, 0))
		return -EINVAL;
	err = c->way->connect(irqfd, c, controller);
	if (err)
		return err;

	c->place.ops = &connection_ops;
	c->place.kvm = kvm;
	c->place.private = irqfd;
	list_add_rcu(&c->place.vm_node, &kvm->devices);
	return 0;
}

/**
 * irq_bypass_add_producer - a device's interrupt and an irqfd have met
 * @cons: the irqfd's
 * @prod: VFIO's; its interrupt stays as it is while the two are connected
 *
 * Also called when the bypass is switched off or can't serve the irqfd (level
 * triggered: KVM must see the EOI).  That is no error, and
 * irq_bypass_del_producer() follows all the same.
 *
 * Return: 0, -EINVAL (not a message that the host's controller can lead to a
 * guest, the guest has no such source, or another device's has its place),
 * -ENODEV (no interrupt controller), -EAGAIN (POWER8: the VM has as many as it
 * can have) or -ENOMEM; then the two stay apart.
 * Context: may sleep.  Takes kvm->lock, mmap_lock of the VM's owner inside it.
 */
int irq_bypass_add_producer(struct irq_bypass_consumer *cons, struct irq_bypass_producer *prod)
{
	struct kvm_kernel_irqfd *irqfd = container_of(cons, struct kvm_kernel_irqfd, consumer);
	const struct irq_bypass_way *way = host_way();
	struct connection *c;
	int err;

	if (!kvm_irq_bypass || !way || irqfd->resampler)
		return 0;
	c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	if (!c)
		return -ENOMEM;
	c->way = way;
	c->host_irq = prod->irq;
	err = way->look_up(c);
	if (err)
		goto fail;

	/* What the eventfd held before must reach the source that KVM triggers. */
	flush_work(&irqfd->inject);

	mutex_lock(&irqfd->kvm->lock);
	err = connect(irqfd, c);
	mutex_unlock(&irqfd->kvm->lock);
	if (!err)
		return 0;
fail:
	kfree(c);
	return err;
}

/**
 * irq_bypass_del_producer - the device's interrupt goes through the host again
 * @cons: the irqfd's
 * @prod: VFIO's; frees its interrupt as soon as it likes afterwards
 *
 * Context: may sleep; like irq_bypass_add_producer().  The controller and its
 * vCPUs may be gone.
 */
void irq_bypass_del_producer(struct irq_bypass_consumer *cons, struct irq_bypass_producer *prod)
{
	struct kvm_kernel_irqfd *irqfd = container_of(cons, struct kvm_kernel_irqfd, consumer);
	struct connection *c;

	mutex_lock(&irqfd->kvm->lock);
	c = find_connection(irqfd);
	if (c) {
		c->way->disconnect(irqfd, c, find_controller(irqfd->kvm, &c->place.vm_node));
		list_del_rcu(&c->place.vm_node);
	}
	mutex_unlock(&irqfd->kvm->lock);
	if (c)
		kfree_rcu_mightsleep(c);
}
