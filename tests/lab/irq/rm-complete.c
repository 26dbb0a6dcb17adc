// SPDX-License-Identifier: GPL-2.0-only
/*
 * The work that vmlinux's real-mode XICS (on a POWER8 host) leaves to the host: waking the vCPU
 * that an interrupt is for, and telling an irqfd about the end of an interrupt. kvm.ko knows a
 * third action, presenting rejected interrupts again, but nothing in 6.12 asks for it: real mode
 * does that itself.
 *
 * The guests count, kvm.ko counts, a kprobe counts, and our backend has an event.
 *
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "host.h"
#include "intc.h"
#include "probe.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"
#include "wait.h"

#define ROUNDS		60
#define SOURCE		(IRQS_FIRST + 3)
#define OTHER_SOURCE	(IRQS_FIRST + 4)
#define COMPLETE	"kvmppc_xics_rm_complete"
#define REDIRECTED	"kvmppc_xics_ipi_action"

/* Actions in hvlens:rm_complete */
#define KICK		1
#define EOI		8
#define NO_TARGET	(~0u)

GUEST(irqs_xics_send);
GUEST(irqs_xics_step);
GUEST(irqs_xics_cede);

/* The address of vCPU 1's code; vCPU 0's is at GUEST_CODE */
#define CODE_1		(GUEST_CODE + 0x1000)

struct pair {
	struct fixture f;
	struct vcpu other;	/* vCPU 1 */
	struct intc intc;
	struct trace *trace;	/* hvlens:rm_complete of this thread; NULL on stock */
	u64 completed;		/* calls before */
};

static u64 data(unsigned int vcpu)
{
	return FIXTURE_DATA + vcpu * IRQS_DATA_SIZE;
}

static const volatile u64 *counter_at(struct pair *p, unsigned int vcpu, unsigned int offset)
{
	return vm_ptr(&p->f.vm, data(vcpu) + offset, sizeof(u64));
}

static u64 counter(struct pair *p, unsigned int vcpu, unsigned int offset)
{
	return *counter_at(p, vcpu, offset);
}

static void redirect(bool on)
{
	host_write("/sys/module/kvm_hv/parameters/h_ipi_redirect", on ? "1" : "0");
}

#define start(p, first, second) \
	start_images(p, guest_##first, guest_##first##_end, guest_##second, guest_##second##_end)

static void start_images(struct pair *p, const char *first, const char *first_end,
			 const char *second, const char *second_end)
{
	memset(p, 0, sizeof(*p));
	fixture_real_image(&p->f, first, first_end);
	vcpu_create(&p->f.vm, &p->other, 1);
	vm_load(&p->f.vm, CODE_1, second, second_end);
	vcpu_set_entry(&p->other, CODE_1, MSR_REAL);
	intc_create(&p->intc, &p->f.vm, INTC_XICS);
	intc_connect(&p->intc, &p->f.vcpu, data(0));
	intc_connect(&p->intc, &p->other, data(1));
	p->trace = trace_start("hvlens:rm_complete");
	p->completed = probe_hits(COMPLETE);
}

static void end(struct pair *p)
{
	if (p->trace)
		trace_end(p->trace);
	vcpu_destroy(&p->other);
	intc_close(&p->intc);
	fixture_end(&p->f);
}

static void step(struct vcpu *vcpu)
{
	if (vcpu_run_hcall(vcpu) != REPORT_STEP)
		tap_bail("vCPU %u did not come to its step", vcpu->id);
}

static void send(struct pair *p)
{
	step(&p->f.vcpu);
	if (vcpu_hcall_arg(&p->f.vcpu, 0) != H_SUCCESS)
		tap_bail("H_IPI gave %ld", (long)vcpu_hcall_arg(&p->f.vcpu, 0));
}

/* Kicks and EOIs that are left to the host, by each of those that count them */
static void check_totals(struct pair *p, u64 kicks, u64 eois, const char *what)
{
	struct intc_totals totals = intc_totals(&p->intc);

	tap_is(probe_hits(COMPLETE) - p->completed, kicks + eois, "%s: calls of " COMPLETE, what);
	tap_is(totals.kicks, kicks, "%s: kicks that kvm.ko has counted", what);
	tap_is(totals.eois, eois, "%s: EOIs", what);
	tap_is(totals.resends, 0, "%s: nothing is presented again", what);
}

/*
 * Checks our backend's event: @count times @action, by @hcall, for @target, for the end of @irq.
 */
static void check_events(struct pair *p, u64 count, u32 action, u32 hcall, u32 target, u32 irq,
			 const char *what)
{
	u64 good = 0;
	size_t i;

	if (!p->trace)
		return;
	trace_stop(p->trace);
	for (i = 0; i < trace_count(p->trace); i++)
		good += trace_field(p->trace, i, "known") &&
			trace_field(p->trace, i, "pending") == action &&
			trace_field(p->trace, i, "done") == action &&
			trace_field(p->trace, i, "hcall") == hcall &&
			trace_field(p->trace, i, "target") == target &&
			(action != EOI || trace_field(p->trace, i, "irq") == irq) &&
			trace_field(p->trace, i, "ticks") > 0;
	tap_is(trace_count(p->trace), count, "%s: events hvlens:rm_complete", what);
	tap_is(good, count, "%s: the events have the right contents", what);
}

struct woken {
	struct pair *p;
	u64 redirected;		/* calls before */
};

static bool all_woken(void *arg)
{
	const struct woken *w = arg;

	return probe_hits(REDIRECTED) - w->redirected + intc_totals(&w->p->intc).kicks >= ROUNDS;
}

/*
 * Interrupts for a vCPU that does not run, which takes each before the next is sent. Redirected:
 * a CPU that is in the host wakes the vCPU, if such a CPU has no other vCPU to wake.
 */
static void to_sleeper(bool redirected)
{
	const char *what = redirected ? "H_IPI, redirected" : "H_IPI";
	u64 before = probe_hits(REDIRECTED), there = 0;
	unsigned int i;
	struct pair p;

	redirect(redirected);
	start(&p, irqs_xics_send, irqs_xics_step);
	vcpu_set_gpr(&p.f.vcpu, 20, 1);
	step(&p.other);
	for (i = 0; i < ROUNDS; i++) {
		send(&p);
		step(&p.other);
	}
	/* the other CPU may handle the last one later */
	if (redirected) {
		wait_until(all_woken, &(struct woken){ &p, before }, "all wake-ups counted");
		there = probe_hits(REDIRECTED) - before;
	}
	tap_is(counter(&p, 1, IRQS_IPIS), ROUNDS, "%s: the guest takes each of %u", what, ROUNDS);
	check_totals(&p, ROUNDS - there, 0, what);
	if (redirected)
		tap_ok(there > 0, "%s: %lu of them by the other CPU", what, there);
	check_events(&p, ROUNDS - there, KICK, H_IPI, 1, 0, what);
	end(&p);
}

/*
 * Interrupts for a vCPU that cedes on another CPU: a kick, unless the vCPU is still in the guest
 */
static void to_ceded(bool redirected)
{
	const char *what = redirected ? "to a ceded vCPU, redirected" : "to a ceded vCPU";
	struct vcpu_thread thread = { .cpu = host_cpus() - 1 };
	u64 before = probe_hits(REDIRECTED), kicks;
	const volatile u64 *taken;
	unsigned int i, lost = 0;
	struct pair p;

	redirect(redirected);
	start(&p, irqs_xics_send, irqs_xics_cede);
	vcpu_set_gpr(&p.f.vcpu, 20, 1);
	thread.vcpu = &p.other;
	thread_start(&thread);
	taken = counter_at(&p, 1, IRQS_IPIS);
	if (!wait_past(counter_at(&p, 1, IRQS_ROUNDS), 0, "the guest's first round"))
		tap_bail("the guest does not run");
	for (i = 0; i < ROUNDS && !lost; i++) {
		if (!wait_asleep(thread.tid, "a vCPU that sleeps in H_CEDE"))
			tap_bail("the guest does not cede");
		send(&p);
		lost += !wait_past(taken, i, "the interprocessor interrupt");
	}
	thread_stop(&thread);
	kicks = intc_totals(&p.intc).kicks;
	tap_is(lost, 0, "%s: none of %u is lost", what, ROUNDS);
	tap_is(counter(&p, 1, IRQS_IPIS), ROUNDS, "%s: the guest takes each once", what);
	check_totals(&p, kicks, 0, what);
	tap_ok(kicks + probe_hits(REDIRECTED) - before > 0 && kicks <= ROUNDS,
	       "%s: %lu kicks", what, kicks);
	check_events(&p, kicks, KICK, H_IPI, 1, 0, what);
	end(&p);
}

static int irqfd(struct pair *p, int event, unsigned int gsi, int resample)
{
	struct kvm_irqfd irqfd = { .fd = event, .gsi = gsi };

	if (resample >= 0) {
		irqfd.flags = KVM_IRQFD_FLAG_RESAMPLE;
		irqfd.resamplefd = resample;
	}
	return vm_ioctl(&p->f.vm, KVM_IRQFD, &irqfd);
}

static int new_eventfd(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		tap_bail("eventfd: %s", strerror(errno));
	return fd;
}

static u64 take_count(int fd)
{
	u64 count;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

enum ends { PLAIN, RESAMPLED, RESAMPLED_LEVEL, OTHERS };

/*
 * The ends of interrupts from an irqfd. PLAIN: no eventfd wants to know; RESAMPLED: one does;
 * OTHERS: one does, but for another source. kvm.ko asks for the action in that case too, because
 * real mode does not check which source is meant.
 */
static void ends(enum ends kind, const char *what)
{
	bool told = kind == RESAMPLED || kind == RESAMPLED_LEVEL;
	int event = new_eventfd(), other = new_eventfd(), resample = new_eventfd();
	const u64 one = 1;
	unsigned int i;
	struct pair p;
	u64 taken, heard = 0;

	start(&p, irqs_xics_step, irqs_xics_step);
	if (kind == RESAMPLED_LEVEL)
		intc_level_source(&p.intc, SOURCE, 0);
	else
		intc_source(&p.intc, SOURCE, 0);
	intc_source(&p.intc, OTHER_SOURCE, 0);
	if (irqfd(&p, event, SOURCE, told ? resample : -1) ||
	    (kind == OTHERS && irqfd(&p, other, OTHER_SOURCE, resample)))
		tap_bail("KVM_IRQFD");
	step(&p.f.vcpu);
	for (i = 0; i < ROUNDS; i++) {
		if (write(event, &one, sizeof(one)) != sizeof(one))
			tap_bail("eventfd: %s", strerror(errno));
		step(&p.f.vcpu);
		heard += take_count(resample);
	}
	taken = counter(&p, 0, IRQS_TAKEN);
	/*
	 * If nobody has lowered a level at the EOI, real mode presents it once more before the
	 * host tells the irqfd, which lowers it.
	 */
	if (kind == RESAMPLED_LEVEL)
		tap_ok(taken >= ROUNDS && taken <= 2 * ROUNDS, "%s: the guest takes %lu of %u",
		       what, taken, ROUNDS);
	else
		tap_is(taken, ROUNDS, "%s: the guest takes each of %u", what, ROUNDS);
	tap_is(heard, told ? taken : 0, "%s: the irqfd is told about its EOIs", what);
	check_totals(&p, 0, kind == PLAIN ? 0 : taken, what);
	check_events(&p, kind == PLAIN ? 0 : taken, EOI, H_EOI, NO_TARGET, SOURCE, what);
	end(&p);
	close(event);
	close(other);
	close(resample);
}

int main(void)
{
	tap_start(110);
	host_pin(0);
	probe_start(COMPLETE);
	probe_start(REDIRECTED);
	to_sleeper(false);
	to_sleeper(true);
	to_ceded(false);
	to_ceded(true);
	redirect(true);
	ends(PLAIN, "an irqfd");
	ends(RESAMPLED, "an irqfd that resamples");
	ends(RESAMPLED_LEVEL, "one that resamples a level");
	ends(OTHERS, "an irqfd beside one that resamples");
	probe_end(COMPLETE);
	probe_end(REDIRECTED);
	return tap_done();
}
