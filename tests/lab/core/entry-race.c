// SPDX-License-Identifier: GPL-2.0-only
/*
 * entry-race [COUNT [WINDOW]]: whoever wants a vCPU's attention while it is on its way into the
 * guest gets it.  COUNT times, at random points, with a guest that computes without end:
 *
 *  - a signal is sent to the vCPU's thread, which has to end KVM_RUN;
 *  - a thread of higher priority is woken on the vCPU's CPU, which has to run.
 *
 * What holds on any machine, however slow, is read from the exit records: T1 is when
 * interrupts are off for good and the last look at what is pending is taken, so no pass
 * may have a T1 after the request and still go into the guest; what comes between T1 and
 * the guest is an IPI that ends it at once.  At least WINDOW of each kind have to come
 * there (a variant of the backend makes that likely); without WINDOW they are only counted.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=200
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=200 mmu=hash
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=200
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=200 rare=yes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"

GUEST(signals_decrementer);
GUEST(race_busy);

#define BATCH		500	/* requests whose records fit the buffer */
#define COUNT		1000
#define LONGEST_US	1500	/* pause between two requests */
#define LOST_S		2	/* a request that took longer is lost */

struct request {
	u64 before, after;	/* timebase around sending it */
	u64 answered;
};

/* One way to want attention */
struct way {
	const char *name;
	u32 abort;			/* what a given-up entry says of it */
	void (*send)(struct vcpu_thread *thread);
	bool is_signal;
};

static struct {
	struct vcpu_thread vcpu;
	const struct way *way;
	struct trace *exits, *aborts;
	volatile bool tracing;
	volatile u64 answered;		/* timebase of the last answer */
	volatile unsigned int answers;
} run;

static void answer(void)
{
	run.answered = host_timebase();
	__atomic_add_fetch(&run.answers, 1, __ATOMIC_RELEASE);
}

/* On the vCPU's thread, which is the one to be traced */
static bool returned(struct vcpu_thread *thread, int reason)
{
	if (reason != -EINTR)
		return false;
	if (!run.tracing) {
		run.exits = trace_start("hvlens:exit");
		run.aborts = trace_start("hvlens:entry_abort");
		run.tracing = true;
	} else if (run.way->is_signal && !thread->stop) {
		answer();
	}
	return !thread->stop;
}

static sem_t wanted;

static void send_signal(struct vcpu_thread *thread)
{
	thread_kick(thread);
}

static void send_wakeup(struct vcpu_thread *thread)
{
	(void)thread;
	sem_post(&wanted);
}

/* The thread of higher priority */
static void *important(void *cpu)
{
	struct sched_param param = { .sched_priority = 10 };

	host_pin((int)(long)cpu);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		tap_bail("SCHED_FIFO: %s", strerror(errno));
	for (;;) {
		sem_wait(&wanted);
		answer();
	}
	return NULL;
}

static const struct way ways[] = {
	{ "signals", HVLENS_ABORT_SIGNAL, send_signal, true },
	{ "wake-ups", HVLENS_ABORT_RESCHED, send_wakeup, false },
};

static struct {
	unsigned int lost, late, window, window_ran, aborts, other_aborts;
	u64 records, with_t2;
	u64 records_lost;
	u64 *ticks;		/* from request to answer */
	unsigned int count;
} sum;

/* Sends @count requests, the sender asleep in between and while it waits. */
static void send_batch(struct request *requests, unsigned int count)
{
	static unsigned int seed = 20111;
	u64 limit = LOST_S * host_timebase_hz();
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct request *r = &requests[i];
		unsigned int answers;

		usleep(rand_r(&seed) % LONGEST_US);
		answers = run.answers;
		r->before = host_timebase();
		run.way->send(&run.vcpu);
		r->after = host_timebase();
		while (__atomic_load_n(&run.answers, __ATOMIC_ACQUIRE) == answers &&
		       host_timebase() - r->after < limit)
			usleep(20);
		if (run.answers == answers) {
			sum.lost++;
			r->answered = r->after + limit;
		} else {
			r->answered = run.answered;
		}
		sum.ticks[sum.count++] = r->answered - r->before;
	}
}

/*
 * Has the guest executed anything of its loop in the pass of record @index? Its own decrementer
 * interrupt may be due at the same time and come first: then it is at the vector.
 */
static bool moved(size_t index)
{
	const struct hvlens_exit *e = trace_exit_record(run.exits, index), *last;

	if (!index)
		return false;
	last = trace_exit_record(run.exits, index - 1);
	return e->nip != last->nip && e->nip >= KERNEL_EA && last->nip >= KERNEL_EA;
}

/* Looks for each request's passes among the records, both in order of time. */
static void judge_batch(const struct request *requests, unsigned int count)
{
	size_t records = trace_count(run.exits), first = 0, i;
	unsigned int n;

	for (i = 0; i < records; i++) {
		const struct hvlens_exit *e = trace_exit_record(run.exits, i);

		sum.with_t2 += e->t2 && e->t3;
	}
	sum.records += records;
	for (n = 0; n < count; n++) {
		const struct request *r = &requests[n];

		while (first < records && trace_exit_record(run.exits, first)->t6 < r->before)
			first++;
		for (i = first; i < records; i++) {
			const struct hvlens_exit *e = trace_exit_record(run.exits, i);

			if (e->t0 > r->answered)
				break;
			/*
			 * A wake-up is complete when its IPI has been handled:
			 * a pass that this IPI ends at once has seen it in time.
			 */
			if (e->t1 > r->after && e->t2 && e->t2 < r->answered &&
			    (run.way->is_signal || moved(i))) {
				if (!sum.late++)
					tap_diag("first: %lu ticks after the request a pass with trap %#x, %lu ticks in the guest",
						 e->t1 - r->after, e->trap, e->t3 - e->t2);
			}
			if (e->t1 < r->before && e->t2 > r->after) {
				sum.window++;
				sum.window_ran += moved(i);
			}
		}
	}
	for (i = 0; i < trace_count(run.aborts); i++) {
		if (trace_field(run.aborts, i, "cause") == run.way->abort)
			sum.aborts++;
		else
			sum.other_aborts++;
	}
}

static void batch(const struct way *way, unsigned int count)
{
	struct request requests[BATCH];
	struct fixture f;

	fixture_virt(&f, race_busy);
	vm_load_guest(&f.vm, 0x900, signals_decrementer);
	/* the emulated CPU takes a hypervisor doorbell only with MSR[EE] */
	vcpu_set_entry(&f.vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | MSR_EE);

	run.vcpu = (struct vcpu_thread) {
		.vcpu = &f.vcpu, .cpu = host_cpus() - 1, .handle = returned,
	};
	run.way = way;
	run.tracing = false;
	thread_start(&run.vcpu);
	do {
		thread_kick(&run.vcpu);
		usleep(1000);
	} while (!run.tracing);
	usleep(5000);
	send_batch(requests, count);
	thread_stop(&run.vcpu);
	if (run.exits) {
		trace_stop(run.exits);
		trace_stop(run.aborts);
		sum.records_lost += trace_lost(run.exits) + trace_lost(run.aborts);
		judge_batch(requests, count);
		trace_end(run.exits);
		trace_end(run.aborts);
	}
	fixture_end(&f);
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void race(const struct way *way, unsigned int count, unsigned int window)
{
	unsigned int done;
	u64 us = host_timebase_hz() / 1000000;

	memset(&sum, 0, sizeof(sum));
	sum.ticks = calloc(count, sizeof(*sum.ticks));
	for (done = 0; done < count; done += BATCH)
		batch(way, count - done < BATCH ? count - done : BATCH);

	tap_is(sum.lost, 0, "%s: each of %u is answered", way->name, count);
	if (run.exits) {
		tap_is(sum.records_lost, 0, "%s: no record is lost", way->name);
		tap_is(sum.late, 0, "%s: none is noticed only at a later exit", way->name);
		tap_is(sum.window_ran, 0,
		       "%s: after a request between the last look and the guest, the guest did not move",
		       way->name);
		if (host_isa() >= 300)
			tap_is(sum.with_t2, sum.records, "%s: T2 and T3 are in each of %lu records",
			       way->name, sum.records);
		else	/* they are derived, and absent where that went wrong */
			tap_ok(sum.with_t2 > sum.records / 4,
			       "%s: T2 and T3 are in %lu records of %lu", way->name, sum.with_t2,
			       sum.records);
		if (window)
			tap_ok(sum.window >= window, "%s: %u came there, at least %u wanted",
			       way->name, sum.window, window);
		else
			tap_diag("%s: %u came between the last look and the guest", way->name,
				 sum.window);
		tap_diag("%s: entries given up for them: %u, for something else: %u",
			 way->name, sum.aborts, sum.other_aborts);
	}
	qsort(sum.ticks, count, sizeof(*sum.ticks), by_value);
	tap_diag("%s: us (emulated) until the answer: p50 %lu, p90 %lu, p99 %lu, max %lu",
		 way->name, sum.ticks[count / 2] / us, sum.ticks[count * 9ull / 10] / us,
		 sum.ticks[count * 99ull / 100] / us, sum.ticks[count - 1] / us);
	free(sum.ticks);
}

int main(int argc, char **argv)
{
	unsigned int count = argc > 1 ? strtoul(argv[1], NULL, 0) : COUNT;
	unsigned int window = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	pthread_t thread;
	unsigned int i;

	tap_start(60 + count / 20);
	host_pin(0);
	sem_init(&wanted, 0, 0);
	if (pthread_create(&thread, NULL, important, (void *)(long)(host_cpus() - 1)))
		tap_bail("no thread");
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		race(&ways[i], count, window);
	return tap_done();
}
