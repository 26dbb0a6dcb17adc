/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts of passed-through devices, delivered to the guest without the host's handlers. */
#ifndef HVLENS_IRQ_BYPASS_H
#define HVLENS_IRQ_BYPASS_H

#include <linux/irqbypass.h>
#include <linux/kvm_host.h>

/* bypass.c */
int irq_bypass_add_producer(struct irq_bypass_consumer *cons, struct irq_bypass_producer *prod);
void irq_bypass_del_producer(struct irq_bypass_consumer *cons, struct irq_bypass_producer *prod);

/* bypass_xive.c */
bool irq_bypass_exchanging(const struct kvm *kvm);

/* bypass_xics.c */
void irq_bypass_check_map(struct kvm_vcpu *vcpu);
void irq_bypass_vm_destroy(struct kvm *kvm);

/*
 * irq_bypass_run - KVM_RUN begins: make sure that vmlinux's real mode can use the VM's map
 *
 * Context: vcpu->mutex; may sleep.
 */
static inline void irq_bypass_run(struct kvm_vcpu *vcpu)
{
	const struct kvmppc_passthru_irqmap *map = READ_ONCE(vcpu->kvm->arch.pimap);

	if (unlikely(map && READ_ONCE(map->n_mapped)))
		irq_bypass_check_map(vcpu);
}

#endif /* HVLENS_IRQ_BYPASS_H */
