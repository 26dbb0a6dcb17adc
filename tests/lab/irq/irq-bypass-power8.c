// SPDX-License-Identifier: GPL-2.0-only
/*
 * A passed-through device's interrupts on a POWER8 host. Real mode delivers those that come while
 * the guest runs on their CPU, without an exit. If another vCPU must be woken, the guest exits
 * with trap 0x5555. The host's handler delivers the others. None is lost, whichever way it goes
 * and while the way changes.
 *
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours device=edu timeout=180
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "host.h"
#include "passthru.h"
#include "probe.h"
#include "stats.h"
#include "tap.h"
#include "trace.h"
#include "wait.h"

#define FLOW		40	/* interrupts of one check */
#define HV_RM_HARD	0x5555
#define HANDLER		"vfio_msihandler"
#define COMPLETE	"kvmppc_xics_rm_complete"

GUEST(irqs_busy);

static struct vfio vfio;

/* How many interrupts have gone which way */
struct ways {
	u64 handled;	/* through VFIO's handler, in the host */
	u64 known;	/* KVM knew at their EOI that they are a device's, ... */
	u64 by_host;	/* ... and that the host's handler had taken them */
};

static u64 statistic(struct passthru *p, const char *name)
{
	long long value = stats_debugfs(&p->f.vm, name);

	if (value < 0)
		tap_bail("KVM has no statistic %s", name);
	return value;
}

static struct ways ways(struct passthru *p)
{
	return (struct ways){
		.handled = probe_hits(HANDLER),
		.known = statistic(p, "pthru_all"),
		.by_host = statistic(p, "pthru_host"),
	};
}

static struct ways ways_since(struct passthru *p, const struct ways *then)
{
	struct ways now = ways(p);

	return (struct ways){
		.handled = now.handled - then->handled,
		.known = now.known - then->known,
		.by_host = now.by_host - then->by_host,
	};
}

struct known {
	struct passthru *p;
	u64 count;
};

static bool is_known(void *arg)
{
	const struct known *known = arg;

	return statistic(known->p, "pthru_all") >= known->count;
}

/* The guest ends an interrupt after it has counted it. */
static void await_known(struct passthru *p, u64 count)
{
	struct known known = { p, count };

	wait_until(is_known, &known, "the end of the last interrupt");
}

/* One at a time, to the CPU that the device's interrupt was routed to at first */
static unsigned int send_slowly(struct passthru *p, unsigned int count)
{
	unsigned int lost = 0;

	while (count--) {
		/* the guest's EOI moves it to the CPU where the guest is */
		host_route(vfio_irq(), host_cpus() - 1);
		lost += passthru_send(p, 1);
		host_sleep_ms(2);
	}
	return lost;
}

/* Ends the trace; returns how many records have @value in @field. */
static unsigned int count_end(struct trace *trace, const char *field, u64 value)
{
	unsigned int count = 0;
	size_t i;

	trace_stop(trace);
	for (i = 0; i < trace_count(trace); i++)
		count += trace_field(trace, i, field) == value;
	trace_end(trace);
	return count;
}

/* Sends interrupts to vCPU 0, which runs on the CPU that takes them. */
static void flow(enum passthru_loop loop, bool on)
{
	unsigned int sent = 0, lost = 0, in_real_mode;
	struct passthru p;
	struct ways w;
	char what[80];

	passthru_bypass(on);
	passthru_start(&p, &vfio, INTC_XICS, loop);
	snprintf(what, sizeof(what), "%s, bypass %s", passthru_loop_name(loop), on ? "on" : "off");
	w = ways(&p);
	/* on a busy machine the CPU may be outside of the guest at each interrupt */
	do {
		struct ways w_now;

		lost += send_slowly(&p, FLOW);
		sent += FLOW;
		w_now = ways_since(&p, &w);
		in_real_mode = sent - w_now.handled;
	} while (on && loop != PASSTHRU_CEDE && !in_real_mode && sent < 10 * FLOW);
	if (on)
		await_known(&p, w.known + sent);
	w = ways_since(&p, &w);

	tap_is(lost, 0, "%s: none of %u is lost", what, sent);
	tap_is(passthru_taken(&p), sent, "%s: the guest takes each once", what);
	tap_is(passthru_counter(&p, IRQS_WRONG), 0, "%s: the guest takes no other", what);
	tap_is(w.known, on ? sent : 0, "%s: as many as KVM knows as a device's", what);
	if (!on) {
		tap_is(w.handled, sent, "%s: each by the host's handler", what);
	} else {
		tap_is(w.by_host, w.handled, "%s: %lu by the host's handler", what, w.handled);
		if (loop != PASSTHRU_CEDE)
			tap_ok(in_real_mode > 0, "%s: %u in real mode", what, in_real_mode);
	}
	passthru_end(&p);
	passthru_bypass(true);
}

/*
 * Sends interrupts to vCPU 1, which has ceded on another CPU, while vCPU 0 runs on the CPU that
 * takes them. Redirected: a CPU that is in the host may wake vCPU 1, and no exit is needed.
 */
static void hard(bool redirected)
{
	const char *what = redirected ? "ceded, redirected" : "ceded";
	struct vcpu_thread sleeper = { .cpu = 0 };
	unsigned int sent = 0, lost = 0, hard_count = 0, events = 0;
	struct passthru p;
	struct vcpu other;
	struct ways w;
	u64 completed, kicks;
	bool ours;

	passthru_redirect(redirected);
	passthru_create(&p, &vfio, INTC_XICS, PASSTHRU_CEDE);
	vcpu_create(&p.f.vm, &other, 1);
	intc_connect(&p.intc, &other, passthru_data(1));
	passthru_assign(&p);

	/* passthru's vCPU takes the interrupts; the other vCPU only shares the VM with it */
	sleeper.vcpu = &p.f.vcpu;
	vm_load_guest(&p.f.vm, GUEST_CODE + 0x1000, irqs_busy);
	vcpu_set_entry(&other, GUEST_CODE + 0x1000, MSR_REAL);
	p.thread.vcpu = &other;
	thread_start(&sleeper);
	passthru_await(&p);
	thread_start(&p.thread);
	completed = probe_hits(COMPLETE);
	w = ways(&p);
	do {
		struct trace *exits = trace_start_thread("kvm_hv:kvm_guest_exit", p.thread.tid);
		struct trace *done = trace_start_thread("hvlens:rm_complete", p.thread.tid);

		lost += send_slowly(&p, FLOW);
		sent += FLOW;
		if (!thread_settle(&p.thread))
			tap_bail("KVM_RUN does not return");
		hard_count += count_end(exits, "trap", HV_RM_HARD);
		ours = done;
		if (ours)
			events += count_end(done, "hcall", HV_RM_HARD);
	} while (!redirected && !hard_count && sent < 10 * FLOW);
	await_known(&p, w.known + sent);
	w = ways_since(&p, &w);
	kicks = intc_totals(&p.intc).kicks;

	tap_is(lost, 0, "%s: none of %u is lost", what, sent);
	tap_is(passthru_taken(&p), sent, "%s: the guest takes each once", what);
	tap_is(w.known, sent, "%s: KVM knows each as a device's", what);
	/* kvm.ko counts this after it has woken the vCPU, whose EOI may come earlier */
	tap_ok(w.by_host <= w.handled, "%s: %lu by the host's handler", what, w.handled);
	tap_is(kicks, hard_count, "%s: as many kicks as exits 0x5555", what);
	tap_is(probe_hits(COMPLETE) - completed, kicks, "%s: as many calls of " COMPLETE, what);
	if (ours)
		tap_is(events, kicks, "%s: as many events hvlens:rm_complete", what);
	if (!redirected)
		tap_ok(hard_count > 0 && hard_count + w.handled <= sent,
		       "%s: %u of them", what, hard_count);
	thread_stop(&p.thread);
	thread_stop(&sleeper);
	vcpu_destroy(&other);
	passthru_destroy(&p);
	passthru_redirect(true);
}

static void disturbed(enum passthru_loop loop, bool irqfd, bool cpus)
{
	struct passthru_unrest u = { .irqfd = irqfd, .cpus = cpus };
	struct passthru p;
	char what[80];

	snprintf(what, sizeof(what), "%s, changing %s%s%s", passthru_loop_name(loop),
		 irqfd ? "irqfds" : "", irqfd && cpus ? " and " : "", cpus ? "CPUs" : "");
	passthru_start(&p, &vfio, INTC_XICS, loop);
	passthru_disturb(&p, &u);
	tap_is(passthru_send(&p, 2 * FLOW), 0, "%s: none of %u is lost", what, 2 * FLOW);
	passthru_calm(&u);
	tap_is(passthru_send(&p, 1), 0, "%s: the device goes on", what);
	tap_is(passthru_taken(&p), 2 * FLOW + 1, "%s: each once, %u changes", what, u.times);
	passthru_end(&p);
}

/* Real mode reads the parameter at each interrupt. */
static void switched_off(void)
{
	struct passthru p;
	struct ways w;

	passthru_start(&p, &vfio, INTC_XICS, PASSTHRU_RUN);
	passthru_bypass(false);
	w = ways(&p);
	tap_is(send_slowly(&p, FLOW / 2), 0, "switched off: none is lost");
	w = ways_since(&p, &w);
	tap_is(w.handled, FLOW / 2, "switched off: the host's handler takes them");
	passthru_bypass(true);
	tap_is(send_slowly(&p, FLOW / 2), 0, "and on again: none is lost");
	tap_is(passthru_taken(&p), FLOW, "and on again: the guest takes each once");
	passthru_end(&p);
}

static void waiting(void)
{
	struct passthru p;

	passthru_start(&p, &vfio, INTC_XICS, PASSTHRU_RUN);
	tap_is(passthru_send_waiting(&p, FLOW / 2), 0, "none that was pending before its irqfd is lost");
	passthru_end(&p);
}

int main(void)
{
	int loop;

	tap_start(170);
	host_pin(0);
	vfio_bind();
	vfio_open(&vfio);
	probe_start(HANDLER);
	probe_start(COMPLETE);
	for (loop = 0; loop < PASSTHRU_LOOPS; loop++) {
		flow(loop, true);
		flow(loop, false);
		disturbed(loop, true, true);
	}
	disturbed(PASSTHRU_RUN, true, false);
	disturbed(PASSTHRU_RUN, false, true);
	hard(false);
	hard(true);
	switched_off();
	waiting();
	probe_end(COMPLETE);
	probe_end(HANDLER);
	vfio_close(&vfio);
	return tap_done();
}
