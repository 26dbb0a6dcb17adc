// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a passed-through interrupt (VM, irqfd, device, controller) end in every order,
 * while interrupts flow. The host survives, and the device's interrupt belongs to the host again.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours device=edu timeout=300
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours device=edu timeout=300
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours device=edu timeout=300
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours device=edu timeout=300
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "passthru.h"
#include "tap.h"

GUEST(irqs_busy);

static struct vfio vfio;

/* Sends all the time. */
static volatile bool quiet;

static void *flood(void *arg)
{
	(void)arg;
	while (!quiet) {
		vfio_trigger(&vfio);
		usleep(300);
	}
	return NULL;
}

enum part { VM, IRQFD, DEVICE, CONTROLLER, PARTS };

static const char * const part_names[PARTS] = { "VM", "irqfd", "device", "controller" };

static void end_part(struct passthru *p, enum part part)
{
	switch (part) {
	case VM:
		/* vCPU 0, which still runs, and the controller keep the VM alive */
		close(p->f.vm.fd);
		p->f.vm.fd = -1;
		break;
	case IRQFD:
		if (p->f.vm.fd >= 0)
			passthru_deassign(p);
		break;
	case DEVICE:
		vfio_set_msi(&vfio, -1);
		break;
	case CONTROLLER:
		/* closing it waits until no vCPU is in KVM_RUN */
		thread_stop(&p->thread);
		intc_close(&p->intc);
		thread_start(&p->thread);
		break;
	default:
		break;
	}
}

/*
 * The host handles the interrupt on the CPU that frees it. On a host without XIVE the kernel does
 * not wait for an interrupt that another CPU is about to handle: that CPU then crashes
 * (irq_chip_eoi_parent()), whatever the backend.
 */
static void route_here(void)
{
	host_route(vfio_irq(), 0);
}

/*
 * Ends the parts in @order. Return: true if the device's interrupt is the host's as soon as no
 * irqfd wants it, and also at the end.
 */
static bool end_in_order(enum intc_kind kind, const enum part *order)
{
	bool ended[PARTS] = { false }, good = true;
	struct passthru p;
	pthread_t sender;
	unsigned int i;

	passthru_start(&p, &vfio, kind, PASSTHRU_RUN);
	route_here();
	if (passthru_send(&p, 3))
		tap_bail("no interrupt arrives before anything is ended");
	quiet = false;
	if (pthread_create(&sender, NULL, flood, NULL))
		tap_bail("pthread_create");
	for (i = 0; i < PARTS; i++) {
		usleep(1500);
		end_part(&p, order[i]);
		ended[order[i]] = true;
		if ((ended[IRQFD] || ended[VM]) && !ended[DEVICE])
			good &= passthru_reaches_host(&p);
	}
	quiet = true;
	pthread_join(sender, NULL);
	thread_stop(&p.thread);

	vfio_set_msi(&vfio, p.event);
	good &= passthru_reaches_host(&p);
	passthru_destroy(&p);
	return good;
}

static void all_orders(enum intc_kind kind)
{
	enum part order[PARTS];
	unsigned int n, i, j;

	/* numbers of four digits to the base of 4 with different digits */
	for (n = 0; n < 256; n++) {
		for (i = 0; i < PARTS; i++)
			order[i] = n >> 2 * (PARTS - 1 - i) & 3;
		for (i = 0; i < PARTS; i++)
			for (j = 0; j < i; j++)
				if (order[i] == order[j])
					goto next;
		tap_ok(end_in_order(kind, order), "%s: ended as %s, %s, %s, %s", intc_name(kind),
		       part_names[order[0]], part_names[order[1]], part_names[order[2]],
		       part_names[order[3]]);
next:
		;
	}
}

static void set_line(struct passthru *p)
{
	struct kvm_irq_level line = { .irq = PASSTHRU_GSI, .level = 1 };
	int rc = vm_ioctl(&p->f.vm, KVM_IRQ_LINE, &line);

	if (rc)
		tap_bail("KVM_IRQ_LINE: %s", strerror(-rc));
}

/*
 * A guest reboots with another kind of controller. The irqfd outlives the controller that it was
 * connected with, and ends when the new controller has a source of that number in use.
 */
static void replaced(enum intc_kind first, enum intc_kind second, bool source)
{
	struct passthru p;
	char what[100];
	u64 before;

	snprintf(what, sizeof(what), "%s replaced by %s%s", intc_name(first), intc_name(second),
		 source ? "" : " without that source");
	passthru_start(&p, &vfio, first, PASSTHRU_RUN);
	if (passthru_send(&p, 3))
		tap_bail("no interrupt arrives from the first controller");
	thread_stop(&p.thread);
	intc_close(&p.intc);

	intc_create(&p.intc, &p.f.vm, second);
	passthru_load(&p, PASSTHRU_RUN);
	vcpu_set_entry(&p.f.vcpu, GUEST_CODE, MSR_REAL);
	intc_connect(&p.intc, &p.f.vcpu, passthru_data(0));
	intc_source(&p.intc, source ? PASSTHRU_GSI : PASSTHRU_GSI + 1, 0);
	if (source)
		set_line(&p);
	passthru_deassign(&p);
	tap_ok(passthru_reaches_host(&p), "%s: the device's interrupt is the host's", what);

	if (!source)
		intc_source(&p.intc, PASSTHRU_GSI, 0);
	before = passthru_taken(&p);
	thread_start(&p.thread);
	if (source)
		tap_ok(passthru_arrives(&p, before), "%s: the new controller's interrupt arrives",
		       what);
	passthru_assign(&p);
	tap_is(passthru_send(&p, 3), 0, "%s: with a new irqfd they arrive there", what);
	passthru_end(&p);
}

/* The same with a new controller that has no sources, and a guest that goes on. */
static void replaced_by_empty(enum intc_kind kind)
{
	struct passthru p;
	unsigned int i;

	passthru_start(&p, &vfio, kind, PASSTHRU_RUN);
	if (passthru_send(&p, 3))
		tap_bail("no interrupt arrives from the first controller");
	thread_stop(&p.thread);
	intc_close(&p.intc);

	intc_create(&p.intc, &p.f.vm, kind);
	vcpu_set_entry(&p.f.vcpu, GUEST_CODE, MSR_REAL);
	intc_connect(&p.intc, &p.f.vcpu, passthru_data(0));
	*(u64 *)vm_ptr(&p.f.vm, passthru_data(0) + IRQS_ROUNDS, sizeof(u64)) = 0;
	thread_start(&p.thread);
	passthru_await(&p);
	host_route(vfio_irq(), p.thread.cpu);
	for (i = 0; i < 20; i++) {
		vfio_trigger(&vfio);
		host_sleep_ms(2);
	}
	passthru_deassign(&p);
	tap_ok(passthru_reaches_host(&p),
	       "%s replaced by an empty one, which runs: the device's interrupt is the host's",
	       intc_name(kind));
	passthru_end(&p);
}

/* A part that cannot be connected stays unconnected and does no harm. */
static void refused(enum intc_kind kind)
{
	struct passthru p;
	u64 before;

	passthru_create(&p, &vfio, kind, PASSTHRU_RUN);
	tap_is(intc_irqfd(&p.f.vm, p.event, PASSTHRU_GSI + 1, 0), 0,
	       "%s: an irqfd for a source that does not exist", intc_name(kind));
	vfio_trigger(&vfio);
	tap_is(intc_irqfd(&p.f.vm, p.event, PASSTHRU_GSI + 1, KVM_IRQFD_FLAG_DEASSIGN), 0,
	       "%s: the end of that irqfd", intc_name(kind));
	tap_ok(passthru_reaches_host(&p), "%s: the interrupt stays the host's",
	       intc_name(kind));

	/* moved by hand: it was connected when the administrator switched the bypass off */
	passthru_assign(&p);
	passthru_bypass(false);
	passthru_deassign(&p);
	tap_ok(passthru_reaches_host(&p), "%s: switched off meanwhile, the irqfd ends",
	       intc_name(kind));
	passthru_bypass(true);

	passthru_assign(&p);
	before = passthru_taken(&p);
	thread_start(&p.thread);
	vfio_trigger(&vfio);
	tap_ok(passthru_arrives(&p, before), "%s: a new irqfd begins", intc_name(kind));
	passthru_end(&p);
}

/*
 * A vCPU that is not connected to the controller runs on the CPU that takes the interrupts. Code
 * that only knows that the vCPU belongs to the VM must not use its presenter, which does not
 * exist.
 */
static void unconnected(enum intc_kind kind, bool first)
{
	const char *when = first ? "before the irqfd" : "after the irqfd";
	struct vcpu_thread sleeper = { .cpu = 0 };
	unsigned int i, lost = 0;
	struct passthru p;
	struct vcpu other;

	/* real mode notes which vCPU to wake in the presenter of the vCPU that runs */
	passthru_redirect(false);
	passthru_create(&p, &vfio, kind, PASSTHRU_CEDE);
	if (!first)
		passthru_assign(&p);
	vcpu_create(&p.f.vm, &other, 1);
	if (first)
		passthru_assign(&p);
	vm_load_guest(&p.f.vm, GUEST_CODE + 0x1000, irqs_busy);
	vcpu_set_entry(&other, GUEST_CODE + 0x1000, MSR_REAL);
	sleeper.vcpu = &p.f.vcpu;
	p.thread.vcpu = &other;
	thread_start(&sleeper);
	passthru_await(&p);
	thread_start(&p.thread);
	host_route(vfio_irq(), p.thread.cpu);
	host_sleep_ms(20);
	for (i = 0; i < 20; i++) {
		/* the guest's EOI moves it */
		host_route(vfio_irq(), p.thread.cpu);
		lost += passthru_send(&p, 1);
		host_sleep_ms(2);
	}
	tap_is(lost, 0, "%s: a vCPU without a presenter, made %s: none of 20 is lost",
	       intc_name(kind), when);
	tap_is(passthru_taken(&p), 20, "%s: a vCPU without a presenter, made %s: each once",
	       intc_name(kind), when);
	thread_stop(&p.thread);
	tap_is(p.thread.last, -EINTR, "%s: a vCPU without a presenter, made %s: the vCPU runs on",
	       intc_name(kind), when);
	thread_stop(&sleeper);
	vcpu_destroy(&other);
	passthru_destroy(&p);
	passthru_redirect(true);
}

/* Whatever CPU the guest has moved it to, afterwards it goes to the CPU that it was routed to. */
static void routed(enum intc_kind kind)
{
	struct passthru p;
	unsigned int i;
	u64 before;

	passthru_start(&p, &vfio, kind, PASSTHRU_RUN);
	host_route(vfio_irq(), 0);
	if (passthru_send(&p, 10))
		tap_bail("no interrupt arrives");
	passthru_deassign(&p);
	before = host_irq_count(vfio_irq(), 0);
	for (i = 0; i < 10; i++)
		if (!passthru_reaches_host(&p))
			tap_bail("no interrupt reaches the host");
	tap_is(host_irq_count(vfio_irq(), 0) - before, 10,
	       "%s: the interrupt goes to the CPU that it was routed to", intc_name(kind));
	passthru_end(&p);
}

/* The process dies: the kernel closes its files in the order of their numbers. */
static void killed(enum intc_kind kind)
{
	struct passthru p;
	int status;
	pid_t pid;

	vfio_close(&vfio);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		pthread_t sender;

		vfio_open(&vfio);
		passthru_start(&p, &vfio, kind, PASSTHRU_CEDE);
		route_here();
		if (passthru_send(&p, 3))
			_exit(1);
		quiet = false;
		if (pthread_create(&sender, NULL, flood, NULL))
			_exit(1);
		usleep(20000);
		kill(getpid(), SIGKILL);
		pause();
	}
	waitpid(pid, &status, 0);
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "%s: killed while interrupts flow",
	       intc_name(kind));
	vfio_open(&vfio);
	passthru_start(&p, &vfio, kind, PASSTHRU_CEDE);
	tap_is(passthru_send(&p, 3), 0, "%s: the next process has the device", intc_name(kind));
	passthru_end(&p);
}

/*
 * Without an argument all orders; "controller-first" is the one order at which the stock backend
 * takes a POWER8 host down.
 */
int main(int argc, char **argv)
{
	static const enum part controller_first[PARTS] = { CONTROLLER, IRQFD, DEVICE, VM };
	int kind, kinds;

	tap_start(290);
	host_pin(0);
	vfio_bind();
	vfio_open(&vfio);
	if (argc > 1 && !strcmp(argv[1], "controller-first")) {
		tap_ok(end_in_order(INTC_XICS, controller_first), "the controller ends first");
		vfio_close(&vfio);
		return tap_done();
	}
	kinds = intc_kinds();
	for (kind = 0; kind < kinds; kind++) {
		all_orders(kind);
		replaced(kind, kind, true);
		replaced(kind, kind, false);
		replaced_by_empty(kind);
		if (kinds > 1)
			replaced(kind, !kind, true);
		refused(kind);
		unconnected(kind, true);
		unconnected(kind, false);
		routed(kind);
		killed(kind);
	}
	vfio_close(&vfio);
	return tap_done();
}
