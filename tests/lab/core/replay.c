// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's interrupts that end a guest. For each kind the test compares the exits, the bits of
 * irq_happened and the handlers that ran. It also measures how much of the time of a slow handler
 * the backend's events count as guest time.
 *
 * The host's tracepoints show the handlers. Their clock is the timebase, so the test can see
 * whether a handler ran between T4 and T5 of the pass that its interrupt ended.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "memory.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"
#include "wait.h"

GUEST(signals_decrementer);
GUEST(signals_busy);

#define INSTANCE	"/sys/kernel/tracing/instances/replay"
#define SLOW_IPI	"/sys/module/slow_ipi/parameters/hit"
#define EVENTS_MAX	400000

#define TIMES		200
#define TICKS		1000
#define EARLY_SHARE	100	/* one in this many ticks may come without a timer that is due */
#define SLOW_TIMES	10
#define SLOW_US		20000	/* five ticks: only a slow handler makes a pass that long */

/* PACA_IRQ_* of asm/hw_irq.h */
#define IRQ_DOORBELL	0x02
#define IRQ_EXTERNAL	0x04

static bool ours;
static int cpu;			/* the vCPU's; the test's other threads stay on CPU 0 */

/* --- what the host traced on that CPU -------------------------------------- */

enum { IPI, IPI_END, EXTERNAL, TIMER, ENTER, EXIT, EVENTS };

static const char *event_names[EVENTS] = {
	[IPI]		= "powerpc/doorbell_entry",
	[IPI_END]	= "powerpc/doorbell_exit",
	[EXTERNAL]	= "powerpc/irq_entry",
	[TIMER]		= "powerpc/timer_interrupt_entry",
	[ENTER]		= "kvm_hv/kvm_guest_enter",
	[EXIT]		= "kvm_hv/kvm_guest_exit",
};

static struct event {
	u64 tb;
	unsigned int kind;
	bool hdec;		/* EXIT: trap of the hypervisor decrementer */
} *events;
static size_t event_count;

static void host_trace(bool on)
{
	char path[160];
	unsigned int i;

	if (on) {
		if (mkdir(INSTANCE, 0700))
			tap_bail(INSTANCE ": %s", strerror(errno));
		host_write(INSTANCE "/buffer_size_kb", "16384");
		host_write(INSTANCE "/trace_clock", "ppc-tb");
	}
	for (i = 0; i < EVENTS; i++) {
		snprintf(path, sizeof(path), INSTANCE "/events/%s/enable", event_names[i]);
		host_write(path, on ? "1" : "0");
	}
}

/* Lines like "NAME-PID [001] dn.h1. 1234567: doorbell_entry: pt_regs=..." */
static bool parse(const char *line, struct event *event)
{
	const char *at = strchr(line, ']');
	char name[64];

	if (!at || sscanf(at + 1, "%*s %lu: %63[^:]:", &event->tb, name) != 2)
		return false;
	event->hdec = strstr(line, "trap=HV_DECREMENTER");
	for (event->kind = 0; event->kind < EVENTS; event->kind++)
		if (!strcmp(strchr(event_names[event->kind], '/') + 1, name))
			return true;
	return false;
}

static void host_trace_read(void)
{
	char path[160], line[1024];
	FILE *file;
	long lost;

	host_trace(false);
	snprintf(path, sizeof(path), INSTANCE "/per_cpu/cpu%d/stats", cpu);
	lost = host_field(path, "overrun");
	if (lost)
		tap_bail("the host's trace lost %ld events", lost);
	snprintf(path, sizeof(path), INSTANCE "/per_cpu/cpu%d/trace", cpu);
	file = fopen(path, "r");
	if (!file)
		tap_bail("%s: %s", path, strerror(errno));
	event_count = 0;
	while (fgets(line, sizeof(line), file)) {
		if (event_count == EVENTS_MAX)
			tap_bail("too many events");
		event_count += parse(line, &events[event_count]);
	}
	fclose(file);
	rmdir(INSTANCE);
}

/* The events of @kind from timebase @from to @to; both lists are in order. */
static size_t count_between(unsigned int kind, u64 from, u64 to)
{
	size_t low = 0, high = event_count, count = 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (events[middle].tb < from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < event_count && events[low].tb <= to; low++)
		count += events[low].kind == kind;
	return count;
}

/* --- interrupts ------------------------------------------------------------ */

static void send_ipi(void)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* The output of this program goes through virtio, which answers with an MSI. */
static void send_device(void)
{
	tap_diag("for an interrupt");
	fflush(stdout);
}

/* Routes the interrupts of the line with @name in /proc/interrupts to CPU @to. */
static void route(const char *name, int to)
{
	char line[1024], path[64], mask[16];
	FILE *file = fopen("/proc/interrupts", "r");
	int irq = -1;

	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, name))
			irq = atoi(line);
	if (file)
		fclose(file);
	if (irq < 0)
		tap_bail("no interrupt %s", name);
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity", irq);
	snprintf(mask, sizeof(mask), "%x", 1 << to);
	host_write(path, mask);
}

static const struct kind {
	const char *name;
	unsigned int isa;	/* 207: only POWER8 has it, 300: only later processors, 0: all */
	u32 trap;
	u8 bit;			/* bit in irq_happened; 0: none, the host's DEC is due */
	unsigned int handler;
	void (*send)(void);	/* NULL: the host's timer, which ticks by itself */
} kinds[] = {
	{ "hypervisor doorbell", 300, 0xe80, IRQ_DOORBELL, IPI, send_ipi },
	{ "hypervisor virtualization", 300, 0xea0, IRQ_EXTERNAL, EXTERNAL, send_device },
	{ "external, between processors", 207, 0x500, IRQ_EXTERNAL, IPI, send_ipi },
	{ "external, of a device", 207, 0x500, IRQ_EXTERNAL, IPI, send_device },
	{ "hypervisor decrementer", 0, 0x980, 0, TIMER, NULL },
};

static bool is_here(const struct kind *kind)
{
	return !kind->isa || (kind->isa == 207) == (host_isa() == 207);
}

static struct trace *exits;
static volatile bool tracing;

static bool begin_trace(struct vcpu_thread *thread, int reason)
{
	if (reason != -EINTR)
		return false;
	if (!tracing) {
		if (ours)
			exits = trace_start("hvlens:exit");
		tracing = true;
	}
	return !thread->stop;
}

static void start(struct fixture *f, struct vcpu_thread *thread)
{
	fixture_virt(f, signals_busy);
	vm_load_guest(&f->vm, 0x900, signals_decrementer);
	/* the emulated CPU takes a hypervisor doorbell only with MSR[EE] */
	vcpu_set_entry(&f->vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | MSR_EE);
	*thread = (struct vcpu_thread) {
		.vcpu = &f->vcpu, .cpu = cpu, .handle = begin_trace,
	};
	tracing = false;
	host_trace(true);
	thread_start(thread);
	do {
		thread_kick(thread);
		usleep(1000);
	} while (!tracing);
}

static void end(struct fixture *f, struct vcpu_thread *thread)
{
	thread_stop(thread);
	if (exits)
		trace_stop(exits);
	host_trace_read();
	fixture_end(f);
}

/*
 * Was no timer of the host due when a pass ended that entered the guest at @in and left it at
 * @out? Then a timer was handled less than half a tick before, and the next one came on time,
 * after @end. QEMU keeps an HDEC exception although HDEC is set again (see host_interrupts() in
 * trace/events.c). Such interrupts are counted and bounded.
 */
static bool hdec_was_early(u64 in, u64 out, u64 end)
{
	const u64 tick = host_timebase_hz() / 250;
	u64 before = 0, after = 0;
	size_t i;

	for (i = 0; i < event_count && !after; i++) {
		if (events[i].kind != TIMER)
			continue;
		if (events[i].tb < in)
			before = events[i].tb;
		else
			after = events[i].tb;
	}
	return out < before + tick / 2 && after > end && after < before + tick * 3 / 2;
}

static void (*stimulus)(void);

static bool has_ticked(void *vm)
{
	if (stimulus) {
		stimulus();
		usleep(1000);
	}
	return vm_stat(vm, "dec_exits") >= TICKS;
}

/*
 * What the host's trace shows of any backend: HDEC interrupts that no timer handler follows. One
 * backend runs handlers before kvm_guest_exit, the other after it, but both run them before the
 * next kvm_guest_enter. "Early" are those within half a tick after a timer.
 */
struct hdecs {
	size_t all, unhandled, early;
};

static struct hdecs hdecs_in_trace(void)
{
	const u64 half = host_timebase_hz() / 500;
	struct hdecs hdecs = {};
	u64 timer = 0, out = 0;
	bool handled = false;
	size_t i;

	for (i = 0; i < event_count; i++) {
		const struct event *e = &events[i];

		if (e->kind == TIMER) {
			handled = true;
			timer = e->tb;
		} else if (e->kind == EXIT) {
			out = e->hdec ? e->tb : 0;
		} else if (e->kind == ENTER) {
			hdecs.all += out > 0;
			hdecs.unhandled += out && !handled;
			hdecs.early += out && !handled && out < timer + half;
			handled = false;
			out = 0;
		}
	}
	return hdecs;
}

/*
 * HDEC with and without IPIs, to compare the backends. IPIs end passes when HDEC is about to
 * expire, so that HDEC is set again.
 */
static void early_hdecs(void (*send)(void), const char *with)
{
	struct vcpu_thread thread;
	struct hdecs hdecs;
	struct fixture f;

	start(&f, &thread);
	stimulus = send;
	tap_ok(wait_until(has_ticked, &f.vm, "%u ticks of the host's timer", TICKS),
	       "%s: %u ticks", with, TICKS);
	end(&f, &thread);
	hdecs = hdecs_in_trace();
	tap_diag("%s, the %s backend: %zu hypervisor decrementers, %zu without a handler, %zu of these early",
		 with, ours ? "tested" : "stock", hdecs.all, hdecs.unhandled, hdecs.early);
	if (exits)
		trace_end(exits);
	exits = NULL;
}

/* Exits, bits and handlers must agree one to one. */
static void one_to_one(const struct kind *kind)
{
	size_t i, count = 0, bits = 0, handled = 0, elsewhere = 0, reported = 0, early = 0, n;
	struct vcpu_thread thread;
	struct fixture f;

	start(&f, &thread);
	if (!kind->send)
		wait_until(has_ticked, &f.vm, "%u ticks of the host's timer", TICKS);
	for (i = 0; kind->send && i < TIMES; i++) {
		kind->send();
		usleep(1000);
	}
	end(&f, &thread);

	tap_is(trace_lost(exits), 0, "%s: no record is lost", kind->name);
	for (i = 0; i < trace_count(exits); i++) {
		const struct hvlens_exit *r = trace_exit_record(exits, i);

		for (n = 0; n < ARRAY_SIZE(kinds); n++)
			elsewhere += count_between(kinds[n].handler, r->t1, r->t4);
		if (r->trap != kind->trap)
			continue;
		if (kind->handler == TIMER && hdec_was_early(r->t1, r->t3, r->t5)) {
			early++;
			continue;
		}
		count++;
		bits += (r->irq_after & ~r->irq_before & kind->bit) == kind->bit;
		reported += (r->irq_replayed & kind->bit) == kind->bit;
		handled += count_between(kind->handler, r->t4, r->t5) > 0;
	}
	tap_ok(count, "%s: %zu exits with trap %#x", kind->name, count, kind->trap);
	tap_is(bits, count, "%s: each sets its bit in irq_happened", kind->name);
	tap_is(reported, count, "%s: each is reported as replayed", kind->name);
	tap_is(handled, count, "%s: each one's handler runs between T4 and T5", kind->name);
	tap_is(elsewhere, 0, "%s: no handler runs between T1 and T4", kind->name);
	if (!kind->send)
		tap_ok(early * EARLY_SHARE <= count + early,
		       "%s: %zu of %zu exits came early, with no timer due; at most one in %u",
		       kind->name, early, count + early, EARLY_SHARE);
	trace_end(exits);
	exits = NULL;
}

/*
 * How much of the handlers' time lies between kvm_guest_enter and kvm_guest_exit, which perf kvm
 * stat counts as guest time
 */
static void slow_handler(void)
{
	u64 us = host_timebase_hz() / 1000000, begin = 0, enter = 0, slow = 0, booked = 0;
	struct vcpu_thread thread;
	struct fixture f;
	char text[32];
	size_t i, count = 0;

	start(&f, &thread);
	snprintf(text, sizeof(text), "%d %d", cpu, SLOW_US);
	for (i = 0; i < SLOW_TIMES; i++) {
		usleep(5000);
		host_write(SLOW_IPI, text);
	}
	end(&f, &thread);

	for (i = 0; i < event_count; i++) {
		const struct event *e = &events[i];

		if (e->kind == IPI)
			begin = e->tb;
		else if (e->kind == IPI_END && begin)
			slow += e->tb - begin;
		else if (e->kind == ENTER)
			enter = e->tb;
		else if (e->kind == EXIT && enter && begin > enter)
			booked += e->tb - begin;
	}
	tap_ok(slow / us >= SLOW_TIMES * SLOW_US, "the slow handler took %lu ms in all",
	       slow / us / 1000);
	if (!ours) {
		/*
		 * an interrupt that finds the vCPU's thread in the host does not count as guest
		 * time either
		 */
		tap_ok(booked > slow / 2,
		       "the stock backend: %lu ms of it count as guest time",
		       booked / us / 1000);
		return;
	}
	tap_is(booked, 0, "none of it counts as guest time");
	/* a doorbell that came with the tick has no bit: it is pending in the hardware */
	for (i = 0; i < trace_count(exits); i++) {
		const struct hvlens_exit *r = trace_exit_record(exits, i);

		count += count_between(IPI_END, r->t4 + SLOW_US * us, r->t5);
	}
	tap_ok(count > SLOW_TIMES / 4, "%zu times it ended a pass, and its time is in the replay",
	       count);
	trace_end(exits);
}

int main(void)
{
	unsigned int i;

	tap_start(60);
	ours = !access("/sys/kernel/tracing/events/hvlens/exit", F_OK);
	cpu = host_cpus() - 1;
	events = calloc(EVENTS_MAX, sizeof(*events));
	host_pin(0);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		tap_bail("membarrier: %s", strerror(errno));
	if (access(SLOW_IPI, W_OK))
		tap_bail(SLOW_IPI ": %s; load /modules/tests/slow_ipi.ko", strerror(errno));
	route("virtio0-virtqueues", cpu);
	if (host_ipi_trap() == 0x500) {
		event_names[IPI] = "powerpc/irq_entry";
		event_names[IPI_END] = "powerpc/irq_exit";
	}
	for (i = 0; ours && i < ARRAY_SIZE(kinds); i++)
		if (is_here(&kinds[i]))
			one_to_one(&kinds[i]);
	early_hdecs(NULL, "no IPIs");
	early_hdecs(send_ipi, "an IPI each millisecond");
	slow_handler();
	return tap_done();
}
