// SPDX-License-Identifier: GPL-2.0-only
/*
 * What makes KVM_RUN return, how soon, and what must not make it return.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash rare=yes
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours quick=yes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"
#include "wait.h"

GUEST(signals_decrementer);
GUEST(signals_busy);

#define SIGNALS		100
#define IPIS		300

/*
 * The guest runs with interrupts on: only then does the emulated CPU take a hypervisor doorbell
 * from a guest. Otherwise an IPI waits for the host's next timer tick.
 */
static void busy_guest(struct fixture *f)
{
	fixture_virt(f, signals_busy);
	vm_load_guest(&f->vm, 0x900, signals_decrementer);
	vcpu_set_entry(&f->vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | MSR_EE);
}

static volatile u64 returns;		/* of KVM_RUN */
static volatile u64 returned;		/* timebase of the last signal */

static bool note_return(struct vcpu_thread *thread, int reason)
{
	returned = host_timebase();
	__atomic_add_fetch(&returns, 1, __ATOMIC_RELEASE);
	return reason == -EINTR && !thread->stop;
}

/* Timebases: when a signal was sent, and when KVM_RUN returned for it */
struct sent {
	u64 before, after, returned;
};

/* Sends one signal at any time. Return: true if it ends KVM_RUN. */
static bool send(struct vcpu_thread *thread, struct sent *sent)
{
	static unsigned int seed = 12345;
	u64 so_far = returns;
	bool ended;

	usleep(100 + rand_r(&seed) % 2000);
	sent->before = host_timebase();
	thread_kick(thread);
	sent->after = host_timebase();
	ended = wait_past(&returns, so_far, "the end of KVM_RUN after a signal");
	sent->returned = returned;
	return ended;
}

static void start(struct fixture *f, struct vcpu_thread *thread)
{
	busy_guest(f);
	host_pin(0);
	returns = 0;
	thread->vcpu = &f->vcpu;
	thread_start(thread);
}

static int by_time(const void *a, const void *b)
{
	const struct sent *x = a, *y = b;
	u64 took_x = x->returned - x->before, took_y = y->returned - y->before;

	return took_x < took_y ? -1 : took_x > took_y;
}

/* Each signal ends KVM_RUN once. */
static void signals(const char *name, int cpu)
{
	struct vcpu_thread thread = { .cpu = cpu, .handle = note_return };
	unsigned int count = 0, lost = 0;
	struct sent sent[SIGNALS];
	struct fixture f;

	start(&f, &thread);
	while (count < SIGNALS && !lost)
		lost += !send(&thread, &sent[count++]);
	tap_is(lost, 0, "%s: each of %u signals ends KVM_RUN", name, SIGNALS);
	tap_is(returns, count - lost, "%s: and only once", name);
	qsort(sent, count, sizeof(sent[0]), by_time);
	tap_diag("%s: a quarter within %lu us (emulated)", name,
		 (sent[count / 4].returned - sent[count / 4].before) * 1000000 /
		 host_timebase_hz());
	thread_stop(&thread);
	fixture_end(&f);
}

/* Results for this many signals, from the records of the passes meanwhile */
struct verdict {
	unsigned int count;
	u64 lost;		/* signals that ended nothing, and records */
	unsigned int entered;	/* passes that began while a signal was pending */
	unsigned int by_ipi;	/* passes that the IPI of a signal has ended */
};

static void judge(struct verdict *v, struct trace *exits, const struct sent *sent,
		  unsigned int count)
{
	unsigned int i;
	size_t n;

	for (n = 0; n < trace_count(exits); n++) {
		const struct hvlens_exit *r = trace_exit_record(exits, n);

		for (i = 0; i < count; i++) {
			/* the look for signals follows T1 */
			v->entered += r->t1 > sent[i].after && r->t1 < sent[i].returned;
			v->by_ipi += r->t2 < sent[i].before && r->t3 > sent[i].before &&
				     r->trap == host_ipi_trap();
		}
	}
	v->count += count;
	v->lost += trace_lost(exits);
}

/*
 * A signal acts at once: no pass begins while a signal is pending, and the IPI of a signal ends
 * the guest on another CPU. A backend that does not look for signals makes one more pass, in
 * which it waits for the host's next tick. On a busy machine the tick is often due when the
 * emulated CPU gets to run, and it comes first. So signals are sent until an IPI has ended a
 * pass.
 */
static void at_once(const char *name, int cpu)
{
	struct vcpu_thread thread = { .cpu = cpu, .handle = note_return };
	struct sent sent[SIGNALS];
	struct verdict v = { 0 };
	struct fixture f;

	start(&f, &thread);
	do {
		struct trace *exits = trace_start_thread("hvlens:exit", thread.tid);
		unsigned int count = 0;

		if (!exits)
			break;
		while (count < SIGNALS && !v.lost)
			v.lost += !send(&thread, &sent[count++]);
		trace_stop(exits);
		judge(&v, exits, sent, count);
		trace_end(exits);
	} while (cpu && !v.by_ipi && !v.lost && v.count < 10 * SIGNALS);
	thread_stop(&thread);
	if (v.count) {
		tap_is(v.lost, 0, "%s: no signal and no record is lost", name);
		tap_is(v.entered, 0, "%s: no pass begins after one", name);
		if (cpu)
			tap_ok(v.by_ipi, "%s: IPIs take the guest out (%u of %u)", name, v.by_ipi,
			       v.count);
	} else {
		tap_skip("this backend has no records", "%s: no pass begins after one", name);
	}
	fixture_end(&f);
}

/* KVM_SET_SIGNAL_MASK: a signal that is blocked outside KVM_RUN also ends it. */
static void signal_mask(void)
{
	/* Eight bytes of zeros: nothing is blocked */
	u8 space[sizeof(struct kvm_signal_mask) + 8] __attribute__((aligned(4))) = { 0 };
	struct kvm_signal_mask *mask = (void *)space;
	sigset_t blocked, old;
	struct fixture f;
	u64 before;

	busy_guest(&f);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &blocked, &old);
	mask->len = 8;
	tap_is(vcpu_ioctl(&f.vcpu, KVM_SET_SIGNAL_MASK, mask), 0, "KVM_SET_SIGNAL_MASK");
	before = *fixture_data(&f, 0);
	pthread_kill(pthread_self(), SIGUSR1);
	tap_is(vcpu_run(&f.vcpu), (u64)(long)-EINTR, "a blocked signal ends KVM_RUN that allows it");
	tap_is(*fixture_data(&f, 0), before, "before the guest ran");
	sigwaitinfo(&blocked, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	fixture_end(&f);
}

static void immediate_exit(void)
{
	struct fixture f;
	unsigned int i;

	busy_guest(&f);
	f.vcpu.run->immediate_exit = 1;
	for (i = 0; i < 10; i++)
		if (vcpu_run(&f.vcpu) != -EINTR)
			break;
	tap_is(i, 10, "immediate_exit: KVM_RUN gives EINTR each time");
	tap_is(*fixture_data(&f, 0), 0, "immediate_exit: the guest did not run");
	f.vcpu.run->immediate_exit = 0;
	fixture_end(&f);
}

/* The host's interrupts do not end KVM_RUN. */
static void host_interrupts(void)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1, .handle = note_return };
	struct fixture f;
	unsigned int i;
	const volatile u64 *rounds;

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		tap_bail("membarrier: %s", strerror(errno));
	busy_guest(&f);
	host_pin(0);
	returns = 0;
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	for (i = 0; i < IPIS; i++) {
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
		usleep(500);
	}
	tap_is(returns, 0, "%u IPIs and the ticks meanwhile: KVM_RUN does not return", IPIS);
	rounds = fixture_data(&f, 0);
	tap_ok(wait_past(rounds, *rounds, "a round of the guest"), "and the guest runs on");
	thread_stop(&thread);
	fixture_end(&f);
}

/* Signals without pause: none is lost during an entry, and the guest still makes progress. */
static void storm(void)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1, .handle = note_return };
	struct fixture f;
	unsigned int i;
	const volatile u64 *rounds;

	busy_guest(&f);
	host_pin(0);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	rounds = fixture_data(&f, 0);
	for (i = 0; i < 5000; i++)
		thread_kick(&thread);
	tap_ok(wait_past(rounds, *rounds, "a round of the guest"),
	       "5000 signals at once: the guest goes on");
	thread_stop(&thread);
	tap_is(thread.last, (u64)(long)-EINTR, "5000 signals at once: KVM_RUN can be ended");
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	signals("signals", host_cpus() - 1);
	signals("signals from the same CPU", 0);
	at_once("signals, recorded", host_cpus() - 1);
	at_once("signals from the same CPU, recorded", 0);
	signal_mask();
	immediate_exit();
	host_interrupts();
	storm();
	return tap_done();
}
