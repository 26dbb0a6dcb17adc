// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSR[RI] in the exit record. The guest's MSR is recorded as it was, in each mode, both when the
 * guest exits by itself and when an interrupt of the host ends it. The host's MSR is recorded at
 * the landing. The window in which the host could not recover lies within entry and exit.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "trace.h"

GUEST(ri_call);
GUEST(ri_busy);
GUEST(ri_section);
GUEST(signals_decrementer);

#define USER_EA		0x10000ull
#define USER_GPA	FIXTURE_FREE
#define WATCHED		(MSR_HV | MSR_EE | MSR_PR | MSR_ME | MSR_IR | MSR_DR | MSR_RI)
#define RUN_US		10000	/* two ticks of the host's */
#define RUNS		200	/* send IPIs until one has ended the guest */

static const struct mode {
	const char *name;
	u64 msr;
} modes[] = {
	{ "real mode, RI", MSR_REAL },
	{ "real mode", MSR_REAL & ~MSR_RI },
	{ "real mode, EE, RI", MSR_REAL | MSR_EE },
	{ "real mode, EE", (MSR_REAL | MSR_EE) & ~MSR_RI },
	{ "translation, RI", MSR_VIRT },
	{ "translation", MSR_VIRT & ~MSR_RI },
	{ "translation, EE, RI", MSR_VIRT | MSR_EE },
	{ "problem state, RI", MSR_USER },
	{ "problem state", MSR_USER & ~MSR_RI },
};

/* A vCPU about to run the image in that mode; returns where it begins */
static u64 start(struct fixture *f, const struct mode *mode, const char *image, const char *end)
{
	u64 pc = GUEST_CODE;

	fixture_virt_image(f, image, end);
	vm_load_guest(&f->vm, 0x900, signals_decrementer);
	if (mode->msr & MSR_PR) {
		mmu_map(&f->mmu, 1, USER_EA, USER_GPA, PAGE_64K, PAGE_64K, PTE_USER);
		vm_load(&f->vm, USER_GPA, image, end);
		vcpu_set_reg(&f->vcpu, KVM_REG_PPC_PID, 1);
		pc = USER_EA;
	} else if (mode->msr & MSR_IR) {
		pc = KERNEL_EA + GUEST_CODE;
	}
	vcpu_set_entry(&f->vcpu, pc, mode->msr);
	return pc;
}

static struct trace *listen(void)
{
	struct trace *trace = trace_start("hvlens:exit");

	if (!trace)
		tap_bail("there is no event hvlens:exit");
	return trace;
}

/* Checks that hold for each record, whatever the guest was. */
static void check_host(struct trace *trace, const char *name)
{
	size_t i, msr = 0, entry = 0, exit = 0;

	for (i = 0; i < trace_count(trace); i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);

		/* translation is on, but it is not recoverable before SRR0, SRR1 are saved */
		msr += (r->host_msr & WATCHED) != (MSR_HV | MSR_ME | MSR_IR | MSR_DR);
		entry += !r->ri_entry || r->ri_entry > r->t2 - r->t1;
		exit += !r->ri_exit || r->ri_exit > r->t4 - r->t3;
	}
	tap_is(msr, 0, "%s: the host's MSR at the landing", name);
	tap_is(entry, 0, "%s: the window opens between T1 and T2", name);
	tap_is(exit, 0, "%s: and closes between T3 and T4", name);
}

/*
 * The number of records of exits out of the image at @pc, of trap 0xc00 or of others; @wrong:
 * with another MSR
 */
static size_t count(struct trace *trace, u64 pc, size_t size, bool hcalls, u64 msr,
		    size_t *wrong)
{
	size_t i, n = 0;

	*wrong = 0;
	for (i = 0; i < trace_count(trace); i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);

		bool hcall = r->trap == 0xc00;

		if (r->nip < pc || r->nip > pc + size || hcall != hcalls)
			continue;
		n++;
		if ((r->msr & WATCHED) == (msr & WATCHED))
			continue;
		if (!(*wrong)++)
			tap_diag("trap %#x: MSR %#lx", r->trap, (u64)r->msr);
	}
	return n;
}

static void called(const struct mode *mode)
{
	size_t size = guest_ri_call_end - guest_ri_call, wrong;
	bool problem = mode->msr & MSR_PR;
	struct trace *trace;
	struct fixture f;
	u64 pc;

	pc = start(&f, mode, guest_ri_call, guest_ri_call_end);
	trace = listen();
	/* problem state has no hypercalls: the guest gets a program interrupt */
	tap_is(vcpu_run_hcall(&f.vcpu), problem ? REPORT_TRAP + 0x700 : REPORT_DONE,
	       "%s: the guest goes on after a hypercall", mode->name);
	trace_stop(trace);
	tap_is(count(trace, pc, size, true, mode->msr, &wrong), problem ? 1 : 2,
	       "%s: hypercalls", mode->name);
	tap_is(wrong, 0, "%s: hypercalls: the MSR in their records", mode->name);
	check_host(trace, mode->name);
	trace_end(trace);
	fixture_end(&f);
}

static void interrupted(const struct mode *mode)
{
	const struct itimerval often = { { 0, RUN_US }, { 0, RUN_US } }, never = { 0 };
	size_t size = guest_ri_busy_end - guest_ri_busy, found = 0, wrong = 0, runs;
	struct fixture f;
	u64 pc;

	pc = start(&f, mode, guest_ri_busy, guest_ri_busy_end);
	setitimer(ITIMER_REAL, &often, NULL);
	for (runs = 0; runs < RUNS && !found; runs++) {
		struct trace *trace = listen();
		int reason = vcpu_run(&f.vcpu);

		trace_stop(trace);
		if (reason != -EINTR)
			tap_bail("%s: KVM_RUN gave %d", mode->name, reason);
		found = count(trace, pc, size, false, mode->msr, &wrong);
		if (found)
			check_host(trace, mode->name);
		trace_end(trace);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	tap_ok(found, "%s: exits for interrupts of the host's", mode->name);
	tap_is(wrong, 0, "%s: exits for interrupts: the MSR in their records", mode->name);
	fixture_end(&f);
}

/* The guest clears RI, exits, and sets RI again. */
static void section(void)
{
	static const u64 ri[] = { MSR_RI, 0, MSR_RI, MSR_RI };
	struct trace *trace;
	struct fixture f;
	size_t i, n = 0;

	fixture_real(&f, ri_section);
	trace = listen();
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "a section without RI: the guest goes on");
	trace_stop(trace);
	for (i = 0; i < trace_count(trace) && n < ARRAY_SIZE(ri); i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);

		if (r->trap == 0xc00 && (r->msr & MSR_RI) == ri[n])
			n++;
	}
	tap_is(n, ARRAY_SIZE(ri), "a section without RI: in the records");
	trace_end(trace);
	fixture_end(&f);
}

static void nothing(int sig)
{
	(void)sig;
}

int main(void)
{
	const struct sigaction action = { .sa_handler = nothing };
	unsigned int i;

	tap_start(60);
	host_pin(0);
	sigaction(SIGALRM, &action, NULL);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		called(&modes[i]);
		interrupted(&modes[i]);
	}
	section();
	return tap_done();
}
