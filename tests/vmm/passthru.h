/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest with a passed-through device whose interrupts it counts. */
#ifndef TESTS_PASSTHRU_H
#define TESTS_PASSTHRU_H

#include "intc.h"
#include "thread.h"
#include "vfio.h"

/* What vCPU 0 does between interrupts */
enum passthru_loop { PASSTHRU_RUN, PASSTHRU_CEDE, PASSTHRU_POLL };
#define PASSTHRU_LOOPS	3

#define PASSTHRU_GSI	(IRQS_FIRST + 3)

struct passthru {
	struct fixture f;
	struct intc intc;
	struct vfio *vfio;
	int event;		/* the device's MSI signals it */
	struct vcpu_thread thread;
	char name[64];		/* for what the checks say */
};

const char *passthru_loop_name(enum passthru_loop loop);

/* The VM and its controller; vCPU 0 is about to run, the device sends to @event. */
void passthru_create(struct passthru *p, struct vfio *vfio, enum intc_kind kind,
		     enum passthru_loop loop);
void passthru_destroy(struct passthru *p);

/* The same with the irqfd, and vCPU 0 runs on the last CPU and takes interrupts. */
void passthru_start(struct passthru *p, struct vfio *vfio, enum intc_kind kind,
		    enum passthru_loop loop);
void passthru_end(struct passthru *p);

/* vCPU 0 was started: waits until it takes interrupts. */
void passthru_await(struct passthru *p);

/* Loads vCPU 0's code again after the controller was replaced by one of another kind. */
void passthru_load(struct passthru *p, enum passthru_loop loop);

/* Where the data of vCPU @vcpu is (guest real) */
u64 passthru_data(unsigned int vcpu);

/* The irqfd from the device's eventfd to PASSTHRU_GSI */
void passthru_assign(struct passthru *p);
void passthru_deassign(struct passthru *p);

/* How many the guest has taken; IRQS_* counters of vCPU 0 */
u64 passthru_taken(struct passthru *p);
u64 passthru_counter(struct passthru *p, unsigned int offset);

/* Does the guest take more than @before interrupts within two seconds? */
bool passthru_arrives(struct passthru *p, u64 before);

/* Sends @count interrupts one after the other.  Returns how many never arrive. */
unsigned int passthru_send(struct passthru *p, unsigned int count);

/* The same, but each is sent, and is pending in the eventfd, before the irqfd is made. */
unsigned int passthru_send_waiting(struct passthru *p, unsigned int count);

/* What goes on beside a flow of interrupts */
struct passthru_unrest {
	bool irqfd;		/* is taken away and given back */
	bool cpus;		/* interrupt and vCPU change theirs */

	/* filled by passthru_disturb() */
	struct passthru *p;
	pthread_t pthread;
	volatile bool stop;
	unsigned int times;
};

void passthru_disturb(struct passthru *p, struct passthru_unrest *u);
void passthru_calm(struct passthru_unrest *u);

/* Sends one interrupt.  Does it reach the reader of the eventfd within two seconds? */
bool passthru_reaches_host(struct passthru *p);

/* kvm_hv's parameters */
void passthru_bypass(bool on);
void passthru_redirect(bool on);

#endif
