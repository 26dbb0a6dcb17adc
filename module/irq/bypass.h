/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the ways past the host have in common (irq/bypass.c), and each way: by
 * exchanging XIVE sources, or by vmlinux's handlers in real mode (XICS, POWER8).
 */
#ifndef HVLENS_IRQ_BYPASS_H
#define HVLENS_IRQ_BYPASS_H

#include <linux/kvm_host.h>

struct kvm_kernel_irqfd;
struct xive_irq_data;

/* A device's interrupt and the guest's source that it has become */
struct connection {
	struct kvm_device place;	/* in kvm->devices; private: the irqfd */
	const struct irq_bypass_way *way;
	unsigned int host_irq;		/* Linux's number */
	union {
		struct {
			struct xive_irq_data *device;	/* the device's source */
			void __iomem *own;	/* ESB of the guest's own one, if known */
		} xive;
		struct {
			u32 hwirq;	/* the interrupt's number for the host's XICS */
		} xics;
	};
};

struct irq_bypass_way {
	/* Fills in what there is to know of c->host_irq.  Return: 0 or -EINVAL */
	int (*look_up)(struct connection *c);
	/*
	 * kvm->lock held, may sleep.  @controller: the guest's, as a device; NULL
	 * when the one that was there at connect() has gone.
	 */
	int (*connect)(struct kvm_kernel_irqfd *irqfd, struct connection *c,
		       const struct kvm_device *controller);
	void (*disconnect)(struct kvm_kernel_irqfd *irqfd, struct connection *c,
			   const struct kvm_device *controller);
};

extern const struct irq_bypass_way irq_bypass_xive, irq_bypass_xics;

int irq_bypass_set_level(struct kvm_kernel_irqfd *irqfd, int level);
bool irq_bypass_controller_is_new(struct kvm *kvm);

#endif /* HVLENS_IRQ_BYPASS_H */
