// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab-slow-guest CASE SECONDS: runs a guest on CPU 1 that is slow for a known reason. Tests check
 * that the tools show this reason.
 *
 *   idle       sleeps 20 ms at a time (H_CEDE, woken by its timer)
 *   late       the same, but its CPU is taken by a real-time task when it wakes
 *   mmio       loads from where no memory is; prints "mmio COUNT"
 *   spin       computes
 *   interrupt  the same, while a host interrupt on its CPU handles 10,000 timers at once
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "events.h"
#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"

GUEST(events_decrementer);
GUEST(events_sleeper);
GUEST(bench_mmio_load);
GUEST(bench_timer);

#define CPU		1
#define FOR_EVER	0x7fffffff
#define TIMERS		10000
#define MS		1000000ull

static u64 mmio_loads;

static struct timespec in(u64 ns)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ns += now.tv_nsec;
	return (struct timespec){ now.tv_sec + ns / 1000000000, ns % 1000000000 };
}

/* Takes the CPU for 30 ms of every 40. */
static void *hog(void *unused)
{
	const struct sched_param param = { .sched_priority = 1 };
	struct timespec until, now;

	(void)unused;
	host_pin(CPU);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		tap_bail("SCHED_FIFO: %s", strerror(errno));
	for (;;) {
		until = in(30 * MS);
		do {
			clock_gettime(CLOCK_MONOTONIC, &now);
		} while (now.tv_sec < until.tv_sec ||
			 (now.tv_sec == until.tv_sec && now.tv_nsec < until.tv_nsec));
		host_sleep_ms(10);
	}
	return NULL;
}

/*
 * Timers of this CPU that all expire together, every 100 ms, in one interrupt of the host. Their
 * signal is ignored, so that the kernel re-arms them in that interrupt.
 */
static void many_timers(void)
{
	const struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2 };
	struct itimerspec when = {
		.it_interval = { .tv_nsec = 100 * MS },
		.it_value = in(1000 * MS),
	};
	timer_t timer;

	signal(SIGUSR2, SIG_IGN);
	if (setrlimit(RLIMIT_SIGPENDING, &limit))
		tap_bail("RLIMIT_SIGPENDING: %s", strerror(errno));
	for (int i = 0; i < TIMERS; i++) {
		if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
		    timer_settime(timer, TIMER_ABSTIME, &when, NULL))
			tap_bail("timer %d: %s", i, strerror(errno));
	}
}

/* Answers MMIO and hypercalls until it is stopped. */
static bool go_on(struct vcpu_thread *thread, int reason)
{
	if (reason == KVM_EXIT_MMIO) {
		memset(thread->vcpu->run->mmio.data, 0, sizeof(thread->vcpu->run->mmio.data));
		mmio_loads++;
		/* the results are always at the same place, and nobody reads them */
		vcpu_set_gpr(thread->vcpu, 21, KERNEL_EA + FIXTURE_DATA);
	}
	return !thread->stop;
}

static void start(struct fixture *f, const char *what)
{
	if (!strcmp(what, "mmio")) {
		fixture_virt(f, bench_mmio_load);
		vcpu_set_gpr(&f->vcpu, 22, KERNEL_EA + FIXTURE_MMIO);
	} else if (!strcmp(what, "spin") || !strcmp(what, "interrupt")) {
		fixture_virt(f, bench_timer);
		/* longer than any run: it never ends */
		vcpu_set_gpr(&f->vcpu, 20, FOR_EVER);
	} else {
		fixture_real(f, events_sleeper);
		vm_load_guest(&f->vm, 0x900, events_decrementer);
	}
	vcpu_set_gpr(&f->vcpu, 20, FOR_EVER);
	vcpu_set_gpr(&f->vcpu, 21, KERNEL_EA + FIXTURE_DATA);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned int seconds = argc > 2 ? atoi(argv[2]) : 0;
	struct vcpu_thread thread = { .cpu = CPU, .handle = go_on };
	struct fixture f;
	pthread_t task;

	if (!seconds) {
		fprintf(stderr, "usage: lab-slow-guest idle|late|mmio|spin|interrupt SECONDS\n");
		return 2;
	}
	start(&f, what);
	thread.vcpu = &f.vcpu;
	if (!strcmp(what, "late") && pthread_create(&task, NULL, hog, NULL))
		tap_bail("a thread: %s", strerror(errno));
	if (!strcmp(what, "interrupt")) {
		host_pin(CPU);
		many_timers();
		host_pin(0);
	}
	thread_start(&thread);
	sleep(seconds);
	thread_stop(&thread);
	if (mmio_loads)
		printf("mmio %lu\n", mmio_loads);
	return 0;
}
