// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "host.h"
#include "passthru.h"
#include "tap.h"
#include "wait.h"

#define PARAMETERS	"/sys/module/kvm_hv/parameters/"
#define TAKEN		(passthru_data(0) + IRQS_COUNTS + (PASSTHRU_GSI - IRQS_FIRST) * 8)

GUEST(irqs_xics_run);
GUEST(irqs_native_run);
GUEST(irqs_xics_cede);
GUEST(irqs_native_cede);
GUEST(irqs_xics_poll);
GUEST(irqs_native_poll);

static const struct {
	const char *name;
	struct {
		const char *start, *end;
	} image[INTC_KINDS];
} loops[PASSTHRU_LOOPS] = {
#define LOOP(loop, text)						\
	{ text, { { guest_irqs_xics_##loop, guest_irqs_xics_##loop##_end }, \
		  { guest_irqs_native_##loop, guest_irqs_native_##loop##_end } } }
	[PASSTHRU_RUN] = LOOP(run, "running"),
	[PASSTHRU_CEDE] = LOOP(cede, "ceding"),
	[PASSTHRU_POLL] = LOOP(poll, "polling"),
};

const char *passthru_loop_name(enum passthru_loop loop)
{
	return loops[loop].name;
}

u64 passthru_data(unsigned int vcpu)
{
	return FIXTURE_DATA + vcpu * IRQS_DATA_SIZE;
}

void passthru_load(struct passthru *p, enum passthru_loop loop)
{
	vm_load(&p->f.vm, GUEST_CODE, loops[loop].image[p->intc.kind].start,
		loops[loop].image[p->intc.kind].end);
}

void passthru_create(struct passthru *p, struct vfio *vfio, enum intc_kind kind,
		     enum passthru_loop loop)
{
	*p = (struct passthru){ .vfio = vfio };
	snprintf(p->name, sizeof(p->name), "%s, %s", intc_name(kind), loops[loop].name);
	fixture_real_image(&p->f, loops[loop].image[kind].start, loops[loop].image[kind].end);
	intc_create(&p->intc, &p->f.vm, kind);
	intc_connect(&p->intc, &p->f.vcpu, passthru_data(0));
	intc_source(&p->intc, PASSTHRU_GSI, 0);
	p->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	vfio_set_msi(vfio, p->event);
	p->thread = (struct vcpu_thread){ .vcpu = &p->f.vcpu, .cpu = host_cpus() - 1 };
}

void passthru_destroy(struct passthru *p)
{
	vfio_set_msi(p->vfio, -1);
	close(p->event);
	if (p->intc.fd >= 0)
		intc_close(&p->intc);
	fixture_end(&p->f);
}

void passthru_start(struct passthru *p, struct vfio *vfio, enum intc_kind kind,
		    enum passthru_loop loop)
{
	passthru_create(p, vfio, kind, loop);
	passthru_assign(p);
	thread_start(&p->thread);
	passthru_await(p);
}

void passthru_await(struct passthru *p)
{
	const volatile u64 *rounds = vm_ptr(&p->f.vm, passthru_data(0) + IRQS_ROUNDS, 8);

	if (!wait_past(rounds, 0, "the guest's first round"))
		tap_bail("the guest does not run");
}

void passthru_end(struct passthru *p)
{
	thread_stop(&p->thread);
	passthru_destroy(p);
}

void passthru_assign(struct passthru *p)
{
	int rc = intc_irqfd(&p->f.vm, p->event, PASSTHRU_GSI, 0);

	if (rc)
		tap_bail("KVM_IRQFD: %s", strerror(-rc));
}

void passthru_deassign(struct passthru *p)
{
	int rc = intc_irqfd(&p->f.vm, p->event, PASSTHRU_GSI, KVM_IRQFD_FLAG_DEASSIGN);

	if (rc)
		tap_bail("KVM_IRQFD, deassign: %s", strerror(-rc));
}

u64 passthru_counter(struct passthru *p, unsigned int offset)
{
	return *(volatile u64 *)vm_ptr(&p->f.vm, passthru_data(0) + offset, 8);
}

u64 passthru_taken(struct passthru *p)
{
	return *(volatile u64 *)vm_ptr(&p->f.vm, TAKEN, 8);
}

bool passthru_arrives(struct passthru *p, u64 before)
{
	return wait_past(vm_ptr(&p->f.vm, TAKEN, 8), before, "an interrupt that the guest takes");
}

unsigned int passthru_send(struct passthru *p, unsigned int count)
{
	unsigned int lost = 0;

	while (count--) {
		u64 before = passthru_taken(p);

		vfio_trigger(p->vfio);
		lost += !passthru_arrives(p, before);
	}
	return lost;
}

unsigned int passthru_send_waiting(struct passthru *p, unsigned int count)
{
	unsigned int lost = 0;

	while (count--) {
		u64 before = passthru_taken(p);

		passthru_deassign(p);
		vfio_trigger(p->vfio);
		host_sleep_ms(2);
		passthru_assign(p);
		lost += !passthru_arrives(p, before);
	}
	return lost;
}

static void *disturb(void *arg)
{
	struct passthru_unrest *u = arg;
	unsigned int seed = 1;

	for (; !u->stop; u->times++) {
		if (u->irqfd) {
			usleep(rand_r(&seed) % 3000);
			passthru_deassign(u->p);
			usleep(rand_r(&seed) % 3000);
			passthru_assign(u->p);
		}
		if (u->cpus) {
			cpu_set_t set;

			usleep(rand_r(&seed) % 3000);
			host_route(vfio_irq(), rand_r(&seed) % host_cpus());
			CPU_ZERO(&set);
			CPU_SET(rand_r(&seed) % host_cpus(), &set);
			sched_setaffinity(u->p->thread.tid, sizeof(set), &set);
		}
	}
	return NULL;
}

void passthru_disturb(struct passthru *p, struct passthru_unrest *u)
{
	u->p = p;
	if (pthread_create(&u->pthread, NULL, disturb, u))
		tap_bail("pthread_create");
}

void passthru_calm(struct passthru_unrest *u)
{
	u->stop = true;
	pthread_join(u->pthread, NULL);
}

bool passthru_reaches_host(struct passthru *p)
{
	struct pollfd poll_event = { .fd = p->event, .events = POLLIN };
	u64 old;

	/* what came before */
	while (read(p->event, &old, sizeof(old)) > 0)
		;
	vfio_trigger(p->vfio);
	return poll(&poll_event, 1, 1000 * WAIT_S) == 1;
}

void passthru_bypass(bool on)
{
	host_write(PARAMETERS "kvm_irq_bypass", on ? "1" : "0");
}

void passthru_redirect(bool on)
{
	host_write(PARAMETERS "h_ipi_redirect", on ? "1" : "0");
}
