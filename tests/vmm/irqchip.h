/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM with one of kvm.ko's interrupt controllers, and a guest on each vCPU that
 * takes external interrupts and counts them (guests/irqchip.S).
 */
#ifndef TESTS_IRQCHIP_H
#define TESTS_IRQCHIP_H

#include "fixture.h"
#include "thread.h"
#include "../guests/irqchip_data.h"

#define IRQCHIP_VCPUS	4

/* Guest real addresses; the guest has them at KERNEL_EA too, inhibited */
#define IRQCHIP_TIMA	0x50000000ull
#define IRQCHIP_ESB	0x51000000ull

/* Sources: IRQ id of vCPU id's interprocessor interrupt, and of a device's */
#define IRQCHIP_IPI(id)		(id)
#define IRQCHIP_DEVICE(id)	(16 + (id))

enum irqchip_kind { IRQCHIP_XIVE, IRQCHIP_XICS };

struct irqchip {
	enum irqchip_kind kind;
	struct fixture f;
	struct vcpu others[IRQCHIP_VCPUS - 1];
	struct vcpu_thread threads[IRQCHIP_VCPUS];
	unsigned int vcpus;
	int fd;			/* of the device */
	size_t page;		/* host page: what the ESB pages are apart */
	volatile char *esb;	/* XIVE: sources' pages, as mapped here */
	void *tima, *queues;
};

/*
 * The VM with its device, @vcpus vCPUs connected to it, sources and queues set
 * up.  0, or -errno: the host does not offer the device.
 */
int irqchip_create(struct irqchip *c, enum irqchip_kind kind, unsigned int vcpus);

/* A further vCPU, connected; it can be added while others run. */
void irqchip_add(struct irqchip *c);

/* Starts a vCPU waiting as @mode says (IRQ_BUSY ...). */
void irqchip_go(struct irqchip *c, unsigned int id, unsigned int mode);
void irqchip_stop(struct irqchip *c, unsigned int id);

struct vcpu *irqchip_vcpu(struct irqchip *c, unsigned int id);

/* A word of the guest's data for the vCPU: IRQ_* */
volatile u64 *irqchip_word(struct irqchip *c, unsigned int id, unsigned int offset);

/* Waits until the word is at least @value, which is not 0 (see wait.h).  Returns the word. */
u64 irqchip_wait(struct irqchip *c, unsigned int id, unsigned int offset, u64 value);

/*
 * Prepares a ring in which each vCPU sends the next one @tokens interprocessor interrupts.
 * The last vCPU begins, so start it last.
 */
void irqchip_ring(struct irqchip *c, u64 tokens);

/* A device attribute, set or got: 0 or -errno */
int irqchip_set(struct irqchip *c, u32 group, u64 attribute, void *value);
int irqchip_get(struct irqchip *c, u32 group, u64 attribute, void *value);

/* Raises a source: KVM_IRQ_LINE */
void irqchip_line(struct irqchip *c, unsigned int source, int level);

/* Closes device, vCPUs and VM. */
void irqchip_end(struct irqchip *c);

#endif
