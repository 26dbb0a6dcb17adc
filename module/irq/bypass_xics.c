// SPDX-License-Identifier: GPL-2.0-only
/*
 * Passed-through interrupts on a POWER8 host.
 *
 * vmlinux's handler for a guest's external interrupts (kvmppc_read_intr(), real mode)
 * looks the host's interrupt up in the VM's map, raises the guest's source in kvm.ko's
 * XICS and ends the host's interrupt. If the vCPU that gets the interrupt does not run,
 * somebody has to wake it: the handler leaves the guest with the trap 0x5555. An
 * interrupt that comes while no vCPU of the VM runs on its CPU goes by the eventfd; the
 * guest's EOI then moves the interrupt to the CPU where the guest is. Both ways end at
 * the same source of kvm.ko's XICS, so no state moves when a link begins or ends.
 *
 * The handler takes no lock and checks little:
 *
 * - It uses an entry as soon as r_hwirq is not 0. So the other fields are written
 *   before, and change again only when r_hwirq is 0 and no CPU is in the handler.
 *
 * - It expects that the vCPU has a presenter and that the XICS has a block of sources
 *   for the guest's number. User space can close the XICS and still run a vCPU, create
 *   another XICS, or never connect a vCPU. So each vCPU checks that when KVM_RUN begins,
 *   and takes the map out of use if the handler cannot rely on it.
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

#include "irq/bypass.h"
#include "irq/bypass_host.h"

/* Serializes those who write to maps. Nests inside kvm->lock or vcpu->mutex. */
static DEFINE_MUTEX(maps_lock);

static struct kvmppc_irq_map *find_entry(struct kvmppc_passthru_irqmap *map, u32 hwirq)
{
	int i;

	for (i = 0; i < map->n_mapped; i++)
		if (map->mapped[i].r_hwirq == hwirq)
			return &map->mapped[i];
	return NULL;
}

/* An unused entry, or NULL. Context: maps_lock. */
static struct kvmppc_irq_map *free_entry(struct kvmppc_passthru_irqmap *map)
{
	struct kvmppc_irq_map *entry = find_entry(map, 0);

	lockdep_assert_held(&maps_lock);
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

/* Cuts unused entries off the end of the map. Context: maps_lock. */
static void trim(struct kvmppc_passthru_irqmap *map)
{
	int n = map->n_mapped;

	lockdep_assert_held(&maps_lock);
	while (n && !map->mapped[n - 1].r_hwirq)
		n--;
	WRITE_ONCE(map->n_mapped, n);
}

/*
 * Waits until each CPU has left the handler and the hypercalls that vmlinux answers in
 * real mode. Both run with interrupts disabled, and only the first thread of a core is
 * online, so each CPU takes this IPI after it has left them.
 */
static void wait_for_real_mode(void)
{
	kick_all_cpus_sync();
}

/* Takes the whole map out of use. */
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

/*
 * irq_bypass_check_map - KVM_RUN begins, and the VM's map has entries
 *
 * The vCPU keeps its presenter, or remains without one, until KVM_RUN ends.
 *
 * Context: vcpu->mutex, inside which kvm->lock cannot be taken; may sleep.
 */
void irq_bypass_check_map(struct kvm_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->mutex);
	if (!kvmppc_xics_enabled(vcpu) || irq_bypass_controller_is_new(vcpu->kvm))
		withdraw(vcpu->kvm->arch.pimap);
}

/* Context: kvm->lock, so that no presenter goes and no vCPU comes meanwhile. */
static bool all_have_presenters(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	lockdep_assert_held(&kvm->lock);
	kvm_for_each_vcpu(i, vcpu, kvm)
		if (!kvmppc_xics_enabled(vcpu))
			return false;
	return true;
}

static int connect(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
		   const struct kvm_device *controller)
{
	struct kvm *kvm = irqfd->kvm;
	struct kvmppc_passthru_irqmap *map = kvm->arch.pimap;
	struct kvmppc_irq_map *entry;
	int err = 0;

	lockdep_assert_held(&irqfd->kvm->lock);
	if (!all_have_presenters(kvm))
		return -ENODEV;
	if (!map) {
		map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
		if (!map)
			return -ENOMEM;
		/* the map is seen empty before it is seen at all */
		smp_store_release(&kvm->arch.pimap, map);
	}
	/* Entries of a controller that has gone: no vCPU has run and removed them. */
	if (irq_bypass_controller_is_new(kvm))
		withdraw(map);

	mutex_lock(&maps_lock);
	entry = free_entry(map);
	if (number_in_use(map, irqfd->gsi))
		err = -EINVAL;
	else if (!entry)
		err = -EAGAIN;
	else
		add_entry(map, entry, link->xics.hwirq, irqfd->gsi,
			  irq_to_desc(link->host_irq));
	mutex_unlock(&maps_lock);
	if (!err)
		kvmppc_xics_set_mapped(kvm, irqfd->gsi, link->xics.hwirq);
	return err;
}

/*
 * kvmppc_xics_clr_mapped() follows the VM's pointer to its XICS, so it is called only
 * while the controller of connect() is there.
 *
 * The interrupt is routed to the CPU that the administrator chose, once nothing gives it
 * to the guest or moves it any more. One that is on its way to the CPU where the guest
 * was must be taken before VFIO frees the interrupt: the kernel does not wait for it.
 */
static void disconnect(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
		       const struct kvm_device *controller)
{
	struct kvmppc_passthru_irqmap *map = irqfd->kvm->arch.pimap;
	struct kvmppc_irq_map *entry;

	lockdep_assert_held(&irqfd->kvm->lock);
	mutex_lock(&maps_lock);
	entry = find_entry(map, link->xics.hwirq);
	if (entry) {
		WRITE_ONCE(entry->r_hwirq, 0);
		trim(map);
	}
	if (controller)
		kvmppc_xics_clr_mapped(irqfd->kvm, irqfd->gsi, link->xics.hwirq);
	wait_for_real_mode();
	mutex_unlock(&maps_lock);

	irq_set_affinity(link->host_irq, irq_get_affinity_mask(link->host_irq));
	/* Each CPU answers with interrupts disabled, and takes what is pending right after. */
	kick_all_cpus_sync();
}

/* vmlinux's handler can end the MSIs of a PHB3 only. */
static int look_up(struct bypass_link *link)
{
	struct irq_data *data = irq_get_irq_data(link->host_irq);

	if (!data || !is_pnv_opal_msi(irq_data_get_irq_chip(data)))
		return -EINVAL;
	data = irq_domain_get_irq_data(irq_get_default_host(), link->host_irq);
	if (!data)
		return -EINVAL;
	link->xics.hwirq = irqd_to_hwirq(data);
	return 0;
}

const struct bypass_host irq_bypass_xics = {
	.look_up = look_up,
	.connect = connect,
	.disconnect = disconnect,
};

/*
 * irq_bypass_vm_destroy - free the VM's map
 *
 * Context: the VM has no irqfd, no vCPU and no open debugfs file any more.
 */
void irq_bypass_vm_destroy(struct kvm *kvm)
{
	kfree(kvm->arch.pimap);
}
