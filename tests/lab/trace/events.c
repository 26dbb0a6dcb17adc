// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events of a guest of which each exit is known: the four events of kvm_hv, on both backends,
 * and hvlens:exit where it exists.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/membarrier.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "events.h"
#include "fixture.h"
#include "host.h"
#include "stats.h"
#include "tap.h"
#include "trace.h"
#include "wait.h"

GUEST(events_program);
GUEST(events_return);
GUEST(events_script);
GUEST(events_times);
GUEST(events_busy);
GUEST(events_decrementer);
GUEST(events_sleeper);

#define HOST_ADDRESSES	0xc000000000000000ull
#define RECORD_OFFSET	8	/* of struct hvlens_exit in the raw record */

#define TOUCH_GPA	(FIXTURE_FREE)
#define FETCH_GPA	(FIXTURE_FREE + 0x800000)

/* PACA_IRQ_* of asm/hw_irq.h */
#define IRQ_DOORBELL	0x02
#define IRQ_EXTERNAL	0x04
#define IRQ_DECREMENTER	0x08

#define SLEEPS		10
#define BUSY_MS		200	/* at a time */
#define TICKS		1000
#define EARLY_SHARE	100	/* one in this many ticks may come without a timer that is due */
#define TIMES		200

static bool ours;		/* there is hvlens:exit */

/* The expected exits of the script, in order */
static const struct step {
	u32 trap;
	unsigned int count;
	u32 outcome, exit_reason;
	u64 hcall;
} script[] = {
	{ 0xc00, EVENTS_PROD, HVLENS_OUTCOME_RESUME, 0, H_PROD },
	{ 0xc00, EVENTS_REPORT, HVLENS_OUTCOME_USER, KVM_EXIT_PAPR_HCALL, REPORT_STEP },
	{ 0xe40, EVENTS_ILLEGAL, HVLENS_OUTCOME_RESUME, 0, 0 },
	{ 0xe00, EVENTS_MMIO, HVLENS_OUTCOME_USER, KVM_EXIT_MMIO, 0 },
	{ 0xe00, EVENTS_TOUCH, HVLENS_OUTCOME_RESUME, 0, 0 },
	{ 0xe20, EVENTS_FETCH, HVLENS_OUTCOME_RESUME, 0, 0 },
	{ 0xc00, 1, HVLENS_OUTCOME_USER, KVM_EXIT_PAPR_HCALL, REPORT_DONE },
};

/* True for an exit that the host may cause at any time */
static bool by_the_host(u64 trap)
{
	return trap == 0x980 || trap == 0xe80 || trap == 0xea0 || trap == 0x500;
}

/* Runs the script once, from its current position to its REPORT_DONE. */
static void run_script(struct fixture *f)
{
	for (;;) {
		int reason = vcpu_run(&f->vcpu);

		if (reason == KVM_EXIT_MMIO) {
			memset(f->vcpu.run->mmio.data, 0, 8);
			continue;
		}
		if (reason != KVM_EXIT_PAPR_HCALL)
			tap_bail("the script: KVM_RUN gave %d", reason);
		vcpu_hcall_return(&f->vcpu, H_SUCCESS);
		if (f->vcpu.run->papr_hcall.nr == REPORT_DONE)
			return;
		if (f->vcpu.run->papr_hcall.nr != REPORT_STEP)
			tap_bail("the script: hypercall %#lx", (u64)f->vcpu.run->papr_hcall.nr);
	}
}

static void start_script(struct fixture *f)
{
	u64 i;

	fixture_real(f, events_script);
	if (madvise(f->vm.ram, f->vm.ram_size, MADV_NOHUGEPAGE))
		tap_diag("no MADV_NOHUGEPAGE");
	vm_load_guest(&f->vm, 0x700, events_program);
	for (i = 0; i < 2 * EVENTS_FETCH; i++)
		vm_load_guest(&f->vm, FETCH_GPA + i * PAGE_64K, events_return);
	for (i = 0; i < 2 * EVENTS_TOUCH; i++)
		*(u64 *)vm_ptr(&f->vm, TOUCH_GPA + i * PAGE_64K, 8) = 1;
	vcpu_set_gpr(&f->vcpu, 20, TOUCH_GPA);
	vcpu_set_gpr(&f->vcpu, 21, FETCH_GPA);
	vcpu_set_gpr(&f->vcpu, 22, FIXTURE_MMIO);
	vcpu_set_gpr(&f->vcpu, 24, PAGE_64K);
	/* The first run faults in the pages of code and vectors. */
	run_script(f);
}

static struct trace *listen(const char *event)
{
	struct trace *trace = trace_start(event);

	if (!trace)
		tap_bail("there is no event %s", event);
	return trace;
}

/* No value in the record looks like an address of the host's kernel. */
static void no_host_address(struct trace *trace, const char *event)
{
	size_t i, at, size, found = 0;

	for (i = 0; i < trace_count(trace); i++) {
		const u8 *record = trace_record(trace, i, &size);

		for (at = RECORD_OFFSET; at + 8 <= size; at += 8) {
			u64 value;

			memcpy(&value, record + at, 8);
			if (value >= HOST_ADDRESSES && value < 0xffffffff00000000ull)
				found++;
		}
	}
	tap_is(found, 0, "%s: no address of the host's kernel in %zu records", event,
	       trace_count(trace));
}

/* The traps in @trace, without those that the host caused, are those of the script. */
static void check_traps(struct trace *trace, const char *event)
{
	size_t step = 0, done = 0, i, wrong = 0;

	for (i = 0; i < trace_count(trace); i++) {
		u64 trap = trace_field(trace, i, "trap");

		if (by_the_host(trap))
			continue;
		if (step == ARRAY_SIZE(script) || trap != script[step].trap) {
			if (!wrong++)
				tap_diag("%s: record %zu is %#lx, at step %zu of the script",
					 event, i, trap, step);
			continue;
		}
		if (++done == script[step].count) {
			step++;
			done = 0;
		}
	}
	tap_ok(!wrong && step == ARRAY_SIZE(script), "%s: the traps are the script's", event);
}

static void check_hcalls(struct trace *enter, struct trace *exit)
{
	size_t i, prods = 0, reports = 0;

	for (i = 0; i < trace_count(enter); i++) {
		u64 req = trace_field(enter, i, "req");

		prods += req == H_PROD;
		reports += req == REPORT_STEP || req == REPORT_DONE;
	}
	tap_is(prods, EVENTS_PROD, "kvm_hcall_enter: each H_PROD");
	tap_is(reports, EVENTS_REPORT + 1, "kvm_hcall_enter: each that goes to user space");
	tap_is(trace_count(enter), prods + reports, "kvm_hcall_enter: and no other");
	tap_is(trace_count(exit), trace_count(enter), "kvm_hcall_exit: as often as kvm_hcall_enter");
	for (i = 0; i < trace_count(exit); i++)
		if (i < EVENTS_PROD && trace_field(exit, i, "hcall_rc") != H_SUCCESS)
			break;
	tap_is(i, trace_count(exit), "kvm_hcall_exit: with the result");
}

/*
 * True if T2 and T3 are present. On POWER8 they are derived, and absent when that went wrong:
 * PURR and the timebase are read one after the other, and the emulator may pause in between.
 */
static bool has_borders(const struct hvlens_exit *r)
{
	return host_isa() >= 300 || (r->flags & HVLENS_F_DERIVED);
}

static void check_order(struct trace *trace)
{
	size_t i, unordered = 0, incomplete = 0, before = 0, derived = 0;
	u64 last_t6 = 0;

	for (i = 0; i < trace_count(trace); i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);

		incomplete += !r->t0 || !r->t1 || !r->t4 || !r->t5 || !r->t6 ||
			      !r->t2 != !has_borders(r) || !r->t3 != !has_borders(r);
		unordered += r->t0 > r->t1 || r->t1 > r->t4 || r->t4 > r->t5 || r->t5 > r->t6 ||
			     (has_borders(r) &&
			      (r->t1 > r->t2 || r->t2 > r->t3 || r->t3 > r->t4));
		derived += has_borders(r);
		before += r->t0 < last_t6;
		last_t6 = r->t6;
	}
	tap_is(incomplete, 0, "hvlens:exit: all of T0 to T6 are there");
	tap_is(unordered, 0, "hvlens:exit: T0 <= T1 <= ... <= T6");
	tap_is(before, 0, "hvlens:exit: no pass begins before the last one's end");
	if (host_isa() < 300)
		tap_ok(derived, "hvlens:exit: T2 and T3 in %zu of %zu",
		       derived, trace_count(trace));
}

/*
 * True if the record has the page of the storage interrupt: by its guest real address, which is
 * unknown for a hash guest, or by the effective address, which is the same in real mode.
 */
static bool faulted_at(const struct hvlens_exit *r, u64 page)
{
	if (vmm_hash_guests())
		return (r->flags & (HVLENS_F_EA | HVLENS_F_GPA)) == HVLENS_F_EA &&
		       (r->fault_ea & -PAGE_64K) == page;
	return (r->flags & HVLENS_F_GPA) && (r->fault_gpa & -PAGE_64K) == page;
}

static void check_script_records(struct fixture *f, struct trace *trace)
{
	size_t i, step = 0, done = 0, who = 0, gaps = 0, prev = 0, why = 0, outcome = 0;
	size_t touched = 0, fetched = 0, mmio = 0;

	for (i = 0; i < trace_count(trace); i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);
		const struct step *s = &script[step];

		who += r->version != HVLENS_EXIT_VERSION || r->size != sizeof(*r) ||
		       r->vm != (u32)getpid() || r->vcpu_id != f->vcpu.id ||
		       r->cpu >= (u32)host_cpus();
		if (i) {
			const struct hvlens_exit *p = trace_exit_record(trace, i - 1);

			gaps += r->seq != p->seq + 1;
			if (r->prev_t3 != p->t3 || r->prev_t6 != p->t6 ||
			    r->prev_outcome != p->outcome || r->prev_trap != p->trap ||
			    r->prev_exit_reason != p->exit_reason || r->prev_hcall != p->hcall) {
				prev++;
				tap_diag("record %zu: prev_t6 %lu, prev_outcome %u, but %lu, %u", i,
					 r->prev_t6, r->prev_outcome, p->t6, p->outcome);
			}
		}
		if (by_the_host(r->trap))
			continue;
		if (step == ARRAY_SIZE(script))
			break;
		why += !(r->flags & HVLENS_F_HCALL) != !s->hcall ||
		       (s->hcall && r->hcall != s->hcall);
		outcome += r->outcome != s->outcome ||
			   (s->outcome == HVLENS_OUTCOME_USER &&
			    r->exit_reason != s->exit_reason);
		if (r->trap == 0xe00 && s->count == EVENTS_TOUCH)
			touched += faulted_at(r, TOUCH_GPA + (EVENTS_TOUCH + done) * PAGE_64K) &&
				   (r->flags & HVLENS_F_DSISR) && (r->fault_dsisr & 0x02000000);
		if (r->trap == 0xe00 && s->count == EVENTS_MMIO)
			mmio += faulted_at(r, FIXTURE_MMIO) && (r->flags & HVLENS_F_EA) &&
				r->fault_ea == FIXTURE_MMIO;
		if (r->trap == 0xe20)
			fetched += faulted_at(r, FETCH_GPA + (EVENTS_FETCH + done) * PAGE_64K);
		if (++done == s->count) {
			step++;
			done = 0;
		}
	}
	tap_is(who, 0, "hvlens:exit: version, size, vm, vcpu_id, cpu");
	tap_is(gaps, 0, "hvlens:exit: seq has no gap");
	tap_is(prev, 0, "hvlens:exit: prev_* are the last record's");
	tap_is(why, 0, "hvlens:exit: hypercall numbers");
	tap_is(outcome, 0, "hvlens:exit: outcomes and exit reasons");
	tap_is(touched, EVENTS_TOUCH, "hvlens:exit: address and the store bit of first touches");
	tap_is(mmio, EVENTS_MMIO, "hvlens:exit: addresses of MMIO");
	tap_is(fetched, EVENTS_FETCH, "hvlens:exit: address of first fetches");
}

static void scripted(void)
{
	static const char * const names[] = {
		"kvm_hv:kvm_guest_enter", "kvm_hv:kvm_guest_exit",
		"kvm_hv:kvm_hcall_enter", "kvm_hv:kvm_hcall_exit", "hvlens:exit",
	};
	enum { ENTER, EXIT, HCALL_ENTER, HCALL_EXIT, RECORD };
	struct trace *traces[ARRAY_SIZE(names)];
	unsigned int i, count = ours ? ARRAY_SIZE(names) : RECORD;
	struct fixture f;
	u64 lost = 0;

	start_script(&f);
	for (i = 0; i < count; i++)
		traces[i] = listen(names[i]);
	run_script(&f);
	for (i = 0; i < count; i++) {
		trace_stop(traces[i]);
		lost += trace_lost(traces[i]);
	}
	tap_is(lost, 0, "no record is lost");
	tap_is(trace_count(traces[ENTER]), trace_count(traces[EXIT]),
	       "as many kvm_guest_enter as kvm_guest_exit");
	check_traps(traces[EXIT], names[EXIT]);
	check_hcalls(traces[HCALL_ENTER], traces[HCALL_EXIT]);
	for (i = 0; i < count; i++)
		no_host_address(traces[i], names[i]);
	if (ours) {
		size_t differ = 0, n;

		tap_is(trace_count(traces[RECORD]), trace_count(traces[EXIT]),
		       "as many hvlens:exit as kvm_guest_exit");
		for (n = 0; n < trace_count(traces[RECORD]) && n < trace_count(traces[EXIT]); n++)
			differ += trace_field(traces[RECORD], n, "trap") !=
				  trace_field(traces[EXIT], n, "trap") ||
				  trace_field(traces[RECORD], n, "nip") !=
				  trace_field(traces[EXIT], n, "pc");
		tap_is(differ, 0, "hvlens:exit and kvm_guest_exit: the same traps and addresses");
		check_traps(traces[RECORD], names[RECORD]);
		check_order(traces[RECORD]);
		check_script_records(&f, traces[RECORD]);
	}
	for (i = 0; i < count; i++)
		trace_end(traces[i]);
	fixture_end(&f);
}

/*
 * The guest's clock reading lies between T2 and T3, with and without an offset between its
 * timebase and the host's.
 */
static void times(const char *name, u64 offset)
{
	u64 first[TIMES], last[TIMES];
	size_t i, n = 0, early = 0, late = 0, begin = 0, far = 0;
	const struct hvlens_exit *r, *in;
	struct trace *trace;
	struct fixture f;

	fixture_real(&f, events_times);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET, offset);
	vcpu_run_hcall(&f.vcpu);
	trace = listen("hvlens:exit");
	for (i = 0; i < TIMES; i++) {
		if (vcpu_run_hcall(&f.vcpu) != REPORT_VALUE)
			tap_bail("the guest stopped");
		first[i] = vcpu_hcall_arg(&f.vcpu, 0) - offset;
		last[i] = vcpu_hcall_arg(&f.vcpu, 1) - offset;
	}
	trace_stop(trace);
	for (i = 0; i < trace_count(trace); i++) {
		r = trace_exit_record(trace, i);
		if (r->trap != 0xc00 || n == TIMES)
			continue;
		/* T2 of the first entry after the previous hypercall */
		in = trace_exit_record(trace, begin);
		early += has_borders(in) && in->t2 > first[n];
		late += has_borders(r) && r->t3 < last[n];
		/*
		 * The clock is read a few instructions from T2 and from T3, so a long distance is
		 * wrong
		 */
		far += has_borders(in) && first[n] - in->t2 > host_timebase_hz();
		begin = i + 1;
		n++;
	}
	tap_is(n, TIMES, "times, %s: a record for each hypercall", name);
	tap_is(early, 0, "times, %s: T2 is not after the guest's first look at the clock", name);
	tap_is(late, 0, "times, %s: T3 is not before its last one", name);
	tap_is(far, 0, "times, %s: in the host's timebase", name);
	check_order(trace);
	trace_end(trace);
	fixture_end(&f);
}

static volatile bool quiet;

/* IPIs from another CPU to the one that runs the guest */
static void *send_ipis(void *arg)
{
	(void)arg;
	host_pin(host_cpus() - 1);
	while (!quiet) {
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
		usleep(1000);
	}
	return NULL;
}

/*
 * The host's interrupts: the exit sets their bit, and the replay handles them, which clears it
 * and takes time.
 */
static void host_interrupts(const char *name, unsigned int wanted, bool send)
{
	size_t i, ticks = 0, ticks_replayed = 0, ipis = 0, ipis_replayed = 0, timeless = 0;
	u8 ipi_bit = host_ipi_trap() == 0xe80 ? IRQ_DOORBELL : IRQ_EXTERNAL;
	u64 end = host_timebase() + WAIT_S * host_timebase_hz();
	struct trace *trace;
	struct stats stats;
	pthread_t sender;
	struct fixture f;
	bool done;

	fixture_real(&f, events_busy);
	vm_load_guest(&f.vm, 0x900, events_decrementer);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		tap_bail("membarrier: %s", strerror(errno));
	trace = listen("hvlens:exit");
	quiet = false;
	if (send && pthread_create(&sender, NULL, send_ipis, NULL))
		tap_bail("pthread_create");
	do {
		/*
		 * The guest runs with interrupts on: only then does QEMU deliver a doorbell to
		 * the host.
		 */
		vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL | MSR_EE);
		vcpu_set_gpr(&f.vcpu, 20, host_timebase_hz() / 1000 * BUSY_MS);
		done = vcpu_run_hcall(&f.vcpu) == REPORT_DONE;
		stats_read(&stats, f.vcpu.fd);
	} while (done && stats_get(&stats, "dec_exits") < wanted && host_timebase() < end);
	quiet = true;
	if (send)
		pthread_join(sender, NULL);
	trace_stop(trace);
	tap_ok(done, "%s: the guest comes to its end", name);
	tap_is(trace_lost(trace), 0, "%s: no record is lost", name);
	for (i = 0; i < trace_count(trace); i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);
		bool tick = r->irq_after & r->irq_replayed & IRQ_DECREMENTER;
		bool ipi = r->irq_after & r->irq_replayed & ipi_bit;

		ticks += r->trap == 0x980;
		ticks_replayed += r->trap == 0x980 && tick;
		ipis += r->trap == host_ipi_trap();
		ipis_replayed += r->trap == host_ipi_trap() && ipi;
		timeless += r->irq_replayed && r->t5 == r->t4;
	}
	tap_diag("%s: %zu timer ticks, %zu of them not replayed, %zu IPIs", name, ticks,
		 ticks - ticks_replayed, ipis);
	tap_ok(ticks >= wanted, "%s: %u ticks of the host's timer", name, wanted);
	/*
	 * QEMU keeps an HDEC exception that was raised on the way out of the guest, although
	 * HDEC is set to a positive value then (its trace has as many ppc_decr_excp as the guest
	 * has exits for HDEC). The next entry ends at once, with no timer due: after an IPI that
	 * came when HDEC was about to expire.
	 */
	if (send)
		tap_ok(ipis && ticks - ticks_replayed <= ipis,
		       "%s: ticks are recorded and replayed, but for one per IPI at most", name);
	else
		tap_ok((ticks - ticks_replayed) * EARLY_SHARE <= ticks,
		       "%s: ticks are recorded and replayed, except for one in %u at most", name,
		       EARLY_SHARE);
	tap_is(ipis_replayed, ipis, "%s: IPIs are recorded and replayed", name);
	tap_is(timeless, 0, "%s: a replay takes time, from T4 to T5", name);
	check_order(trace);
	trace_end(trace);
	fixture_end(&f);
}

/* A ceded guest: the record's outcome says so, and no phase includes the pause. */
static void sleeping(void)
{
	size_t i, blocked = 0, slept = 0, woken = 0, idle = 0;
	struct trace *trace;
	struct fixture f;

	fixture_real(&f, events_sleeper);
	vm_load_guest(&f.vm, 0x900, events_decrementer);
	vcpu_set_gpr(&f.vcpu, 20, SLEEPS);
	trace = listen("hvlens:exit");
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "sleeping: the guest comes to its end");
	trace_stop(trace);
	for (i = 0; i < trace_count(trace); i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);

		blocked += r->outcome == HVLENS_OUTCOME_BLOCK;
		slept += r->prev_outcome == HVLENS_OUTCOME_BLOCK && r->t0 > r->prev_t6;
		woken += r->wake && r->wake > r->prev_t6 && r->wake <= r->t0;
		idle += r->wake && r->prev_outcome != HVLENS_OUTCOME_BLOCK;
	}
	tap_ok(blocked >= SLEEPS - 1, "sleeping: outcome \"block\" (%zu of %u)", blocked, SLEEPS);
	tap_ok(slept >= SLEEPS - 1, "sleeping: the pause lies between T6 and the next T0");
	tap_ok(woken >= SLEEPS - 1,
	       "sleeping: the end of the sleep, the timer, lies in the pause (%zu of %u)",
	       woken, SLEEPS);
	tap_is(idle, 0, "sleeping: no other record has a wake time");
	check_order(trace);
	trace_end(trace);
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	host_pin(0);
	ours = !access("/sys/kernel/tracing/events/hvlens/exit", F_OK);
	tap_diag("the backend %s", ours ? "is ours" : "has no hvlens:exit");
	scripted();
	if (ours) {
		times("no offset", 0);
		times("ahead", 5ull << 32);
		times("behind", -(3ull << 24));
		host_interrupts("busy", TICKS, false);
		host_interrupts("busy, with IPIs", TICKS / 5, true);
		sleeping();
	}
	return tap_done();
}
