// SPDX-License-Identifier: GPL-2.0-only
/* What makes KVM_RUN return, and how soon; and what must not. */
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

GUEST(signals_decrementer);
GUEST(signals_busy);

#define SIGNALS		100
#define IPIS		300

/*
 * Interrupts on: the emulated CPU takes a hypervisor doorbell from a guest only
 * then.  Otherwise an IPI waits for the host's next timer tick.
 */
static void busy_guest(struct fixture *f)
{
	fixture_virt(f, signals_busy);
	vm_load_guest(&f->vm, 0x900, signals_decrementer);
	vcpu_set_entry(&f->vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | MSR_EE);
}

static volatile u64 returned;		/* timebase of KVM_RUN's last return */
static volatile unsigned int returns;

static bool note_return(struct vcpu_thread *thread, int reason)
{
	returned = host_timebase();
	returns++;
	return reason == -EINTR && !thread->stop;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Each signal ends KVM_RUN once, soon. */
static void signals(const char *name, int cpu)
{
	struct vcpu_thread thread = { .cpu = cpu, .handle = note_return };
	unsigned int i, lost = 0, seed = 12345;
	u64 ticks[SIGNALS], ms = host_timebase_hz() / 1000;
	struct fixture f;

	busy_guest(&f);
	host_pin(0);
	returns = 0;
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	for (i = 0; i < SIGNALS; i++) {
		unsigned int before;
		u64 sent, end;

		usleep(100 + rand_r(&seed) % 2000);
		before = returns;
		sent = host_timebase();
		end = sent + 2000 * ms;
		thread_kick(&thread);
		while (returns == before && host_timebase() < end)
			usleep(50);
		lost += returns == before;
		ticks[i] = returned - sent;
	}
	tap_is(lost, 0, "%s: each of %u signals ends KVM_RUN", name, SIGNALS);
	tap_is(returns, SIGNALS, "%s: and once", name);
	qsort(ticks, SIGNALS, sizeof(ticks[0]), by_value);
	/*
	 * A backend that does not notice waits for the host's next tick, which
	 * come 4 ms apart: a quarter of the signals would take less than 1 ms.
	 */
	tap_ok(ticks[SIGNALS / 4] < ms, "%s: soon: a quarter within %lu us (emulated)", name,
	       ticks[SIGNALS / 4] * 1000 / ms);
	thread_stop(&thread);
	fixture_end(&f);
}

/* KVM_SET_SIGNAL_MASK: a signal that is blocked outside KVM_RUN ends it too. */
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

/* The host's own interrupts are no business of the VMM's. */
static void host_interrupts(void)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1, .handle = note_return };
	struct fixture f;
	unsigned int i;
	u64 before;

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
	before = *fixture_data(&f, 0);
	host_sleep_ms(20);
	tap_ok(*fixture_data(&f, 0) > before, "and the guest runs on");
	thread_stop(&thread);
	fixture_end(&f);
}

/* Signals without pause: none is lost on the way in, the guest still moves. */
static void storm(void)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1, .handle = note_return };
	struct fixture f;
	unsigned int i;
	u64 before;

	busy_guest(&f);
	host_pin(0);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	before = *fixture_data(&f, 0);
	for (i = 0; i < 5000; i++)
		thread_kick(&thread);
	host_sleep_ms(20);
	tap_ok(*fixture_data(&f, 0) > before, "5000 signals at once: the guest goes on");
	thread_stop(&thread);
	tap_is(thread.last, (u64)(long)-EINTR, "5000 signals at once: and can be ended");
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	signals("signals", host_cpus() - 1);
	signals("signals from the same CPU", 0);
	signal_mask();
	immediate_exit();
	host_interrupts();
	storm();
	return tap_done();
}
