// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each reason to give up an entry is provoked, and the record names it correctly.
 *
 * The test runs on a variant of the backend that takes long before the last look for requests, so
 * that many requests come in that time. The variant also takes the MMU away now and then, which
 * no VMM can do. The guest exits all the time, by a hypercall that the kernel handles.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours+long-look timeout=200
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours+long-look timeout=200 rare=yes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"
#include "wait.h"

GUEST(race_leaves);

#define TIMES		100	/* of one kind, while the events are recorded */
#define ENOUGH		5	/* entries that were given up for this reason */
#define PAGES		64	/* the guest's, 64 KiB apart */
#define PAUSE_US	1000	/* the longest pause between two of them */

#define CGROUP		"/tmp/cgroup"
#define AGING		"/sys/kernel/mm/lru_gen/enabled"

static sem_t wanted;

static void send_nothing(struct vcpu_thread *thread)
{
	(void)thread;
}

static void send_wakeup(struct vcpu_thread *thread)
{
	(void)thread;
	sem_post(&wanted);
}

static void send_ipi(struct vcpu_thread *thread)
{
	(void)thread;
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/*
 * Reclaim asks for each page whether it was used. KVM then requests that all vCPUs forget the
 * page's translations.
 */
static void send_request(struct vcpu_thread *thread)
{
	int fd = open(CGROUP "/vmm/memory.reclaim", O_WRONLY);

	(void)thread;
	if (fd < 0)
		tap_bail("memory.reclaim: %s", strerror(errno));
	/* it need not find that many pages */
	if (write(fd, "64K", 3) < 0 && errno != EAGAIN)
		tap_bail("memory.reclaim: %s", strerror(errno));
	close(fd);
}

static const struct way {
	const char *name;
	u32 cause;
	void (*send)(struct vcpu_thread *thread);
} ways[] = {
	{ "the timer's ticks", HVLENS_ABORT_LIMIT, send_nothing },
	{ "signals", HVLENS_ABORT_SIGNAL, thread_kick },
	{ "wake-ups", HVLENS_ABORT_RESCHED, send_wakeup },
	{ "IPIs", HVLENS_ABORT_IRQ, send_ipi },
	{ "requests", HVLENS_ABORT_REQUEST, send_request },
};

#define ABORT_NAME(symbol, name, help)	name,
static const char * const causes[] = { HVLENS_ABORTS(ABORT_NAME) };

/* The thread that the scheduler prefers to the vCPU's */
static void *important(void *cpu)
{
	struct sched_param param = { .sched_priority = 10 };

	host_pin((int)(long)cpu);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		tap_bail("SCHED_FIFO: %s", strerror(errno));
	for (;;)
		sem_wait(&wanted);
	return NULL;
}

/* Memory that can be reclaimed, by the way that asks KVM for each page */
static void short_of_memory(void)
{
	char pid[16];

	if (!host_swap_on())
		tap_bail("no memory to swap to");
	if (!access(AGING, F_OK))
		host_write(AGING, "0");
	mkdir(CGROUP, 0755);
	if (system("mount -t cgroup2 cgroup " CGROUP " && "
		   "echo +memory >" CGROUP "/cgroup.subtree_control && mkdir " CGROUP "/vmm"))
		tap_bail("no memory cgroup");
	snprintf(pid, sizeof(pid), "%d", getpid());
	host_write(CGROUP "/vmm/cgroup.procs", pid);
}

static void restore(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	host_write(CGROUP "/cgroup.procs", pid);
	if (system("rmdir " CGROUP "/vmm && umount " CGROUP))
		tap_diag("the memory cgroup stays");
	if (!access(AGING, F_OK))
		host_write(AGING, "1");
	host_swap_off();
}

static bool goes_on(struct vcpu_thread *thread, int reason)
{
	return reason == -EINTR && !thread->stop;
}

static struct {
	size_t by_cause[HVLENS_ABORT_MAX], nameless, backwards;
	u64 lost;
} sum;

/* Sends some of them, and collects the entries that were given up meanwhile. */
static void send_some(const struct way *way, struct vcpu_thread *thread)
{
	struct trace *aborts = trace_start_thread("hvlens:entry_abort", thread->tid);
	static unsigned int seed = 2018;
	size_t i;

	if (!aborts)
		tap_bail("there is no event hvlens:entry_abort");
	for (i = 0; i < TIMES; i++) {
		usleep(rand_r(&seed) % PAUSE_US);
		way->send(thread);
	}
	trace_stop(aborts);
	sum.lost += trace_lost(aborts);
	for (i = 0; i < trace_count(aborts); i++) {
		u64 cause = trace_field(aborts, i, "cause");

		sum.backwards += trace_field(aborts, i, "t0") > trace_field(aborts, i, "t1");
		if (cause < HVLENS_ABORT_MAX)
			sum.by_cause[cause]++;
		else
			sum.nameless++;
	}
	trace_end(aborts);
}

static void provoke(const struct way *way)
{
	struct vcpu_thread thread;
	struct fixture f;
	size_t i;
	u64 end;

	fixture_real(&f, race_leaves);
	if (madvise(f.vm.ram, f.vm.ram_size, MADV_NOHUGEPAGE))
		tap_diag("no MADV_NOHUGEPAGE");
	vcpu_set_gpr(&f.vcpu, 20, FIXTURE_FREE);
	vcpu_set_gpr(&f.vcpu, 21, PAGES);
	thread = (struct vcpu_thread) {
		.vcpu = &f.vcpu, .cpu = host_cpus() - 1, .handle = goes_on,
	};
	thread_start(&thread);
	memset(&sum, 0, sizeof(sum));
	end = host_timebase() + WAIT_S * host_timebase_hz();
	while ((sum.by_cause[way->cause] < ENOUGH || !sum.by_cause[HVLENS_ABORT_MMU]) &&
	       host_timebase() < end)
		send_some(way, &thread);
	thread_stop(&thread);

	for (i = 0; i < HVLENS_ABORT_MAX; i++)
		tap_diag("%s: %s %zu", way->name, causes[i], sum.by_cause[i]);
	tap_is(thread.last, -EINTR, "%s: the guest goes on to the end", way->name);
	tap_is(sum.lost, 0, "%s: no event is lost", way->name);
	tap_ok(sum.by_cause[way->cause] >= ENOUGH,
	       "%s: entries are given up for them, cause \"%s\"", way->name, causes[way->cause]);
	tap_ok(sum.by_cause[HVLENS_ABORT_MMU], "%s: some have the cause \"mmu\"", way->name);
	if (way->cause != HVLENS_ABORT_SIGNAL)
		tap_is(sum.by_cause[HVLENS_ABORT_SIGNAL], 0, "%s: no entry is given up for a signal",
		       way->name);
	if (way->cause != HVLENS_ABORT_REQUEST)
		tap_is(sum.by_cause[HVLENS_ABORT_REQUEST], 0, "%s: no entry is given up for a request",
		       way->name);
	tap_is(sum.nameless, 0, "%s: no cause without a name", way->name);
	tap_is(sum.backwards, 0, "%s: no entry ends before it began", way->name);
	fixture_end(&f);
}

int main(void)
{
	pthread_t thread;
	unsigned int i;

	tap_start(110);
	host_pin(0);
	sem_init(&wanted, 0, 0);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		tap_bail("membarrier: %s", strerror(errno));
	if (pthread_create(&thread, NULL, important, (void *)(long)(host_cpus() - 1)))
		tap_bail("no thread");
	short_of_memory();
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		provoke(&ways[i]);
	restore();
	return tap_done();
}
