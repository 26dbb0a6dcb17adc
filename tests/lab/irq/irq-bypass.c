// SPDX-License-Identifier: GPL-2.0-only
/*
 * A passed-through device's interrupts: with the bypass they go to the guest without the host,
 * without the bypass through an eventfd. None is lost either way, or while the way changes.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours device=edu timeout=300
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours device=edu timeout=300
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours device=edu timeout=300
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "passthru.h"
#include "tap.h"
#include "trace.h"

#define FLOW		60	/* interrupts of one check */

GUEST(irqs_busy);

static struct vfio vfio;

/* The number of the host's interrupt for a vCPU's escalations */
static unsigned int escalation_irq(void)
{
	static char all[65536];
	char *line;

	host_read("/proc/interrupts", all, sizeof(all));
	for (line = strtok(all, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, " kvm-"))
			return strtoul(line, NULL, 10);
	tap_bail("/proc/interrupts has no escalation");
}

/* How often the host handled interrupt @irq, on all CPUs */
static u64 host_count(unsigned int irq)
{
	u64 sum = 0;
	int cpu;

	for (cpu = 0; cpu < host_cpus(); cpu++)
		sum += host_irq_count(irq, cpu);
	return sum;
}

/* Exits for external interrupts of the host */
static unsigned int external_exits(struct trace *trace)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < trace_count(trace); i++) {
		u64 trap = trace_field(trace, i, "trap");

		count += trap == 0x500 || trap == 0xea0;
	}
	return count;
}

/* One at a time, each when the guest has returned to its loop */
static unsigned int send_slowly(struct passthru *p)
{
	unsigned int i, lost = 0;

	for (i = 0; i < FLOW; i++) {
		lost += passthru_send(p, 1);
		host_sleep_ms(3);
	}
	return lost;
}

struct watched {
	unsigned int sent, lost;
	unsigned int exits;	/* exits for external interrupts, of the watched thread */
};

/*
 * Sends FLOW interrupts; with @until_exit more, up to ten times as many, until one has found the
 * thread in its guest. On a busy machine that can take long: when an emulated CPU gets to run,
 * its timers are due as well, and come first.
 */
static struct watched send_watched(struct passthru *p, pid_t tid, bool until_exit)
{
	struct watched f = { 0 };

	do {
		struct trace *trace = trace_start_thread("kvm_hv:kvm_guest_exit", tid);

		f.lost += send_slowly(p);
		f.sent += FLOW;
		trace_stop(trace);
		f.exits += external_exits(trace);
		trace_end(trace);
	} while (until_exit && !f.exits && f.sent < 10 * FLOW);
	return f;
}

/* The way of each interrupt. All go to the CPU that runs the guest. */
static void flow(enum intc_kind kind, enum passthru_loop loop, bool on)
{
	bool exits = loop == PASSTHRU_RUN && !on;
	struct passthru p;
	struct watched f;
	char what[100];
	u64 host;

	passthru_bypass(on);
	passthru_start(&p, &vfio, kind, loop);
	snprintf(what, sizeof(what), "%s, bypass %s", p.name, on ? "on" : "off");
	host_route(vfio_irq(), host_cpus() - 1);
	f = send_watched(&p, p.thread.tid, exits);
	host = host_count(vfio_irq());

	tap_is(f.lost, 0, "%s: none of %u interrupts is lost", what, f.sent);
	tap_is(passthru_taken(&p), f.sent, "%s: the guest gets each once", what);
	tap_is(passthru_counter(&p, IRQS_WRONG), 0, "%s: the guest gets no other", what);
	tap_is(host, on ? 0 : f.sent, "%s: the host handles as many as expected", what);
	if (loop != PASSTHRU_CEDE && on)
		tap_is(f.exits, 0, "%s: no exit for an external interrupt", what);
	else if (exits)
		tap_ok(f.exits > 0, "%s: exits for external interrupts (%u)", what, f.exits);
	passthru_end(&p);
	passthru_bypass(true);
}

/*
 * A ceded vCPU: the controller tells the host with an interrupt (escalation). It ends the run of
 * another vCPU that is on the CPU where the interrupt arrives.
 */
static void escalation(enum intc_kind kind)
{
	struct vcpu_thread other = { .cpu = host_cpus() - 1 };
	unsigned int irq;
	struct vcpu busy;
	struct passthru p;
	struct watched f;

	passthru_create(&p, &vfio, kind, PASSTHRU_CEDE);
	vcpu_create(&p.f.vm, &busy, 1);
	intc_connect(&p.intc, &busy, passthru_data(1));
	passthru_assign(&p);
	irq = escalation_irq();
	p.thread.cpu = 0;
	thread_start(&p.thread);
	host_route(irq, host_cpus() - 1);

	/* the other vCPU runs a different loop, whose code is after the first one's */
	vm_load_guest(&p.f.vm, GUEST_CODE + 0x1000, irqs_busy);
	vcpu_set_entry(&busy, GUEST_CODE + 0x1000, MSR_REAL);
	other.vcpu = &busy;
	thread_start(&other);
	f = send_watched(&p, other.tid, true);

	tap_is(f.lost, 0, "%s, ceded: none of %u interrupts is lost", intc_name(kind), f.sent);
	tap_is(host_count(vfio_irq()), 0, "%s, ceded: none by the host", intc_name(kind));
	tap_ok(f.exits > 0,
	       "%s, ceded: escalations end what runs on their CPU (%u exits 0xea0 for %lu)",
	       intc_name(kind), f.exits, host_count(irq));
	thread_stop(&other);
	thread_stop(&p.thread);
	vcpu_destroy(&busy);
	passthru_destroy(&p);
}

static void disturbed(enum intc_kind kind, enum passthru_loop loop, bool irqfd, bool cpus)
{
	struct passthru_unrest u = { .irqfd = irqfd, .cpus = cpus };
	struct passthru p;
	char what[120];
	unsigned int sent = 0, lost = 0;
	u64 taken, host;

	snprintf(what, sizeof(what), "%s, %s, changing %s%s%s", intc_name(kind),
		 passthru_loop_name(loop), irqfd ? "irqfds" : "", irqfd && cpus ? " and " : "",
		 cpus ? "CPUs" : "");
	passthru_start(&p, &vfio, kind, loop);
	passthru_disturb(&p, &u);
	/* goes on until there are enough changes, and an interrupt between two of them */
	do {
		lost += passthru_send(&p, 2 * FLOW);
		sent += 2 * FLOW;
		host = host_count(vfio_irq());
	} while (irqfd && (!host || u.times < 2) && !lost && sent < 50 * FLOW);
	passthru_calm(&u);
	/* an interrupt that comes twice comes before the next one */
	lost += passthru_send(&p, 1);
	sent++;
	taken = passthru_taken(&p);

	tap_is(lost, 0, "%s: none of %u interrupts is lost", what, sent);
	if (irqfd) {
		/* an interrupt that is under way may be sent again: one per change */
		tap_ok(taken <= sent + 2 * u.times, "%s: %lu taken, %u changes", what, taken,
		       u.times);
		tap_ok(host > 0 && u.times > 1, "%s: the host handles %lu", what, host);
	} else {
		tap_is(taken, sent, "%s: each once", what);
		tap_is(host_count(vfio_irq()), 0, "%s: none by the host", what);
	}
	passthru_end(&p);
}

/* An interrupt is pending in the eventfd before there is an irqfd. */
static void waiting(enum intc_kind kind)
{
	struct passthru p;

	passthru_start(&p, &vfio, kind, PASSTHRU_RUN);
	tap_is(passthru_send_waiting(&p, FLOW / 2), 0, "%s: none that was pending before its irqfd is lost",
	       p.name);
	passthru_end(&p);
}

/* P and Q of the guest's source, by number: 2 is P, 1 is Q */
static unsigned int esb(struct passthru *p, unsigned int offset)
{
	u64 unit = sysconf(_SC_PAGESIZE);
	volatile u64 *word = (u64 *)((char *)p->intc.esb + (2 * PASSTHRU_GSI + 1) * unit + offset);

	return __builtin_bswap64(*word) & 3;
}

#define ESB_GET		0x800
#define ESB_SET(pq)	(0xc00 + ((pq) << 8))

/* A native XIVE's guest sets P and Q itself. They are the same before and after the exchange. */
static void states(void)
{
	static const char * const names[] = { "00", "01", "10", "11" };
	struct passthru p;
	unsigned int pq;

	passthru_create(&p, &vfio, INTC_NATIVE, PASSTHRU_RUN);
	for (pq = 0; pq < 4; pq++) {
		esb(&p, ESB_SET(pq));
		passthru_assign(&p);
		tap_is(esb(&p, ESB_GET), pq, "native XIVE: PQ=%s, to the device's source",
		       names[pq]);
		passthru_deassign(&p);
		/* Q with P: the interrupt is the host's now, which gets it */
		tap_is(esb(&p, ESB_GET), pq == 3 ? 2 : pq, "native XIVE: PQ=%s, back to the guest's source",
		       names[pq]);
	}
	passthru_destroy(&p);
}

int main(void)
{
	int kind, loop;

	tap_start(290);
	host_pin(0);
	vfio_bind();
	vfio_open(&vfio);
	for (kind = 0; kind < INTC_KINDS; kind++) {
		for (loop = 0; loop < PASSTHRU_LOOPS; loop++) {
			flow(kind, loop, true);
			flow(kind, loop, false);
			disturbed(kind, loop, true, false);
			disturbed(kind, loop, true, true);
		}
		disturbed(kind, PASSTHRU_RUN, false, true);
		disturbed(kind, PASSTHRU_CEDE, false, true);
		escalation(kind);
		waiting(kind);
	}
	states();
	vfio_close(&vfio);
	return tap_done();
}
