/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's interrupt controller, and guest code that takes interrupts from it
 * (guests/intc.S). The controller is an XICS, which kvm.ko emulates with XIVE behind
 * hypercalls, or a XIVE that the guest drives itself (native).
 */
#ifndef TESTS_INTC_H
#define TESTS_INTC_H

#include "fixture.h"
#include "../guests/intc_data.h"

enum intc_kind { INTC_XICS, INTC_NATIVE };
#define INTC_KINDS	2

struct intc {
	enum intc_kind kind;
	struct vm *vm;
	int fd;			/* -1: closed */
	void *esb, *tima;	/* native: mappings of the device's file */
	void *queues;		/* native */
};

const char *intc_name(enum intc_kind kind);

/* The number of kinds that this host offers, counted from the first */
int intc_kinds(void);

/* Makes the controller without sources, and loads the guest's interrupt handlers. */
void intc_create(struct intc *intc, struct vm *vm, enum intc_kind kind);

/*
 * Connects the vCPU's presenter, and puts into r31 the address @data (guest real) of the
 * guest's data for it (guests/intc_data.h).  Server number and queue follow from the vCPU's id,
 * which is below IRQS_VCPUS.
 */
void intc_connect(struct intc *intc, struct vcpu *vcpu, u64 data);

/* Source @gsi (IRQS_FIRST ...), edge-triggered, unmasked, to vCPU @server */
void intc_source(struct intc *intc, unsigned int gsi, unsigned int server);

/* The same, triggered by the level; XICS only */
void intc_level_source(struct intc *intc, unsigned int gsi, unsigned int server);

/*
 * Counters of the XICS of a host without XIVE: hypercalls and interrupts that its real-mode
 * half could not finish, by the work that was left
 */
struct intc_totals {
	u64 kicks, resends, eois;
};

struct intc_totals intc_totals(const struct intc *intc);

/* Closes the file; no vCPU may be in KVM_RUN, or this waits for it. */
void intc_close(struct intc *intc);

/* KVM_IRQFD: 0 or -errno */
int intc_irqfd(struct vm *vm, int eventfd, unsigned int gsi, u32 flags);

#endif
