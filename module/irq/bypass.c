// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of passed-through devices, delivered to the guest without the host's
 * handlers. VFIO produces these interrupts on an eventfd, an irqfd consumes them. When
 * the two meet, a link is made, in the way of the host's interrupt controller:
 * bypass_xive.c, bypass_xics.c. Without a link the interrupts go by the eventfd.
 *
 * A link can outlive the guest's interrupt controller: user space may close the
 * controller first, and may have created another one with the same source numbers
 * by the time the link ends. kvm.ko must not be asked to undo in the new controller
 * what was done in the old one. So each link is a member of the VM's list of devices,
 * which has the newest first: the controller that a link was made with comes after it.
 */
#include <linux/kvm_host.h>
#include <linux/kvm_irqfd.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <asm/cputable.h>
#include <asm/kvm_ppc.h>

#include "irq/bypass.h"
#include "irq/bypass_host.h"
#include "switch/switch.h"

/* the variable is vmlinux's; its real-mode code reads it too */
module_param(kvm_irq_bypass, int, 0644);
MODULE_PARM_DESC(kvm_irq_bypass, "Deliver interrupts of passed-through devices directly to the guest (default 1)");

/* Has no .destroy: each irqfd ends its link before the VM's devices are freed. */
static const struct kvm_device_ops link_ops = {
	.name = "hvlens-irq-bypass",
};

/* How this host bypasses its handlers; NULL: it cannot. */
static const struct bypass_host *bypass_host(void)
{
	if (xics_on_xive())
		return &irq_bypass_xive;
	/* vmlinux has real-mode handlers for the XICS up to POWER8 only */
	return host_switch->real_mode ? &irq_bypass_xics : NULL;
}

/* Context: kvm->lock. */
static struct bypass_link *find_link(struct kvm_kernel_irqfd *irqfd)
{
	struct kvm_device *dev;

	lockdep_assert_held(&irqfd->kvm->lock);
	list_for_each_entry(dev, &irqfd->kvm->devices, vm_node)
		if (dev->ops == &link_ops && dev->private == irqfd)
			return container_of(dev, struct bypass_link, node);
	return NULL;
}

/* The private data of the interrupt controller that the VM has now, or NULL. */
static const void *controller_now(const struct kvm *kvm)
{
	return xics_on_xive() ? (void *)kvm->arch.xive : kvm->arch.xics;
}

/*
 * The VM's interrupt controller, if it is older than the device at @newer in the list.
 * Return: NULL if it is newer, or if there is none.
 * Context: kvm->lock.
 */
static struct kvm_device *find_controller(struct kvm *kvm, struct list_head *newer)
{
	const void *now = controller_now(kvm);
	struct kvm_device *dev;

	lockdep_assert_held(&kvm->lock);
	if (!now)
		return NULL;
	dev = list_entry(newer, struct kvm_device, vm_node);
	list_for_each_entry_continue(dev, &kvm->devices, vm_node)
		if (dev->private == now)
			return dev;
	return NULL;
}

/*
 * irq_bypass_set_level - set the guest's source that the irqfd triggers
 * @level: 1 triggers the source; 0 has no effect on a message (MSI)
 *
 * Return: 0; not 0 if there is no such source, or if a device's XIVE source has
 * taken its place.
 * Context: kvm->lock.
 */
int irq_bypass_set_level(struct kvm_kernel_irqfd *irqfd, int level)
{
	struct kvm_kernel_irq_routing_entry *entry = &irqfd->irq_entry;

	lockdep_assert_held(&irqfd->kvm->lock);
	return entry->set(entry, irqfd->kvm, KVM_USERSPACE_IRQ_SOURCE_ID, level, false);
}

/*
 * irq_bypass_controller_is_new - was the VM's interrupt controller created after all links?
 *
 * Context: the VM has a controller, and the caller keeps it.
 */
bool irq_bypass_controller_is_new(struct kvm *kvm)
{
	const void *now = controller_now(kvm);
	struct kvm_device *dev;
	bool is_new = false;

	rcu_read_lock();
	list_for_each_entry_rcu(dev, &kvm->devices, vm_node) {
		is_new = dev->private == now;
		if (is_new || dev->ops == &link_ops)
			break;
	}
	rcu_read_unlock();
	return is_new;
}

/* Context: kvm->lock. */
static int connect(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link)
{
	struct kvm *kvm = irqfd->kvm;
	struct kvm_device *controller = find_controller(kvm, &kvm->devices);
	int err;

	lockdep_assert_held(&kvm->lock);
	if (!controller)
		return -ENODEV;
	if (irq_bypass_set_level(irqfd, 0))
		return -EINVAL;
	err = link->host->connect(irqfd, link, controller);
	if (err)
		return err;

	link->node.ops = &link_ops;
	link->node.kvm = kvm;
	link->node.private = irqfd;
	list_add_rcu(&link->node.vm_node, &kvm->devices);
	return 0;
}

/*
 * irq_bypass_add_producer - a device's interrupt and an irqfd have met: link them
 * @cons: the irqfd's
 * @prod: VFIO's; its interrupt stays the same until irq_bypass_del_producer()
 *
 * Nothing is done, which is no error, if the bypass is switched off or cannot serve
 * the irqfd (level-triggered: KVM must see the EOI). irq_bypass_del_producer() is
 * called in that case too.
 *
 * Return: 0; after an error the interrupts go by the eventfd. -EINVAL: the interrupt is
 * not a message that the host's controller can give to a guest, or the guest has no
 * such source, or another device has taken the source. -ENODEV: the guest has no
 * interrupt controller. -EAGAIN: POWER8, the VM's map is full. -ENOMEM.
 * Context: may sleep. Takes kvm->lock, and inside it mmap_lock of the VM's owner.
 */
int irq_bypass_add_producer(struct irq_bypass_consumer *cons, struct irq_bypass_producer *prod)
{
	struct kvm_kernel_irqfd *irqfd = container_of(cons, struct kvm_kernel_irqfd, consumer);
	const struct bypass_host *host = bypass_host();
	struct bypass_link *link;
	int err;

	if (!kvm_irq_bypass || !host || irqfd->resampler)
		return 0;
	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	if (!link)
		return -ENOMEM;
	link->host = host;
	link->host_irq = prod->irq;
	err = host->look_up(link);
	if (err)
		goto fail;

	/* an event that is in the eventfd already must reach the source that KVM triggers */
	flush_work(&irqfd->inject);

	mutex_lock(&irqfd->kvm->lock);
	err = connect(irqfd, link);
	mutex_unlock(&irqfd->kvm->lock);
	if (!err)
		return 0;
fail:
	kfree(link);
	return err;
}

/*
 * irq_bypass_del_producer - the device's interrupt goes through the host again
 * @cons: the irqfd's
 * @prod: VFIO's, which may free its interrupt at any time afterwards
 *
 * Context: as for irq_bypass_add_producer(). The guest's controller and its vCPUs may
 * have gone.
 */
void irq_bypass_del_producer(struct irq_bypass_consumer *cons, struct irq_bypass_producer *prod)
{
	struct kvm_kernel_irqfd *irqfd = container_of(cons, struct kvm_kernel_irqfd, consumer);
	struct bypass_link *link;

	mutex_lock(&irqfd->kvm->lock);
	link = find_link(irqfd);
	if (link) {
		link->host->disconnect(irqfd, link,
				       find_controller(irqfd->kvm, &link->node.vm_node));
		list_del_rcu(&link->node.vm_node);
	}
	mutex_unlock(&irqfd->kvm->lock);
	if (link)
		kfree_rcu_mightsleep(link);
}
