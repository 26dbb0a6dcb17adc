/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bypass as the host's interrupt controller does it: by exchanging sources
 * (bypass_xive.c), or by vmlinux's handlers in real mode (bypass_xics.c). bypass.c has
 * what both need.
 */
#ifndef HVLENS_IRQ_BYPASS_HOST_H
#define HVLENS_IRQ_BYPASS_HOST_H

#include <linux/kvm_host.h>

struct kvm_kernel_irqfd;
struct xive_irq_data;

/* A device's interrupt that the host's controller delivers to the guest */
struct bypass_link {
	struct kvm_device node;		/* in kvm->devices; private: the irqfd */
	const struct bypass_host *host;
	unsigned int host_irq;		/* Linux's number */
	union {
		struct {
			struct xive_irq_data *device;	/* the device's source */
			void __iomem *guest_esb;	/* of KVM's source for the guest, or NULL */
		} xive;
		struct {
			u32 hwirq;	/* the interrupt's number for the host's XICS */
		} xics;
	};
};

struct bypass_host {
	/* Fills in what the controller knows of link->host_irq. Return: 0 or -EINVAL. */
	int (*look_up)(struct bypass_link *link);
	/*
	 * Context: kvm->lock held, may sleep. @controller: the device of the guest's
	 * controller. disconnect() gets NULL if that controller has gone since connect().
	 */
	int (*connect)(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
		       const struct kvm_device *controller);
	void (*disconnect)(struct kvm_kernel_irqfd *irqfd, struct bypass_link *link,
			   const struct kvm_device *controller);
};

extern const struct bypass_host irq_bypass_xive, irq_bypass_xics;

int irq_bypass_set_level(struct kvm_kernel_irqfd *irqfd, int level);
bool irq_bypass_controller_is_new(struct kvm *kvm);

#endif /* HVLENS_IRQ_BYPASS_HOST_H */
