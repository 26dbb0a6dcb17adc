// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VMM uses one vCPU from two threads, from another process and under a storm of signals; guest
 * timebases are behind the host's or wrap; hypercalls ask for as much work as their arguments
 * allow.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(say_timebase);
GUEST(timebase_wraps);
GUEST(count_up);
GUEST(hcall6);

#define ERR(e)			((u64)(long)-(e))
#define H_PAGE_INIT		0x2c
#define H_STUFF_TCE		0x138
#define H_RPT_INVALIDATE	0x448
#define TB_STEP			(1ull << 24)	/* offsets: the lower 24 bits run on */
#define STORM			200

struct runner {
	pthread_t thread;
	int fd;
	int error;		/* of KVM_RUN */
	volatile bool ended;
};

static void *run_once(void *arg)
{
	struct runner *runner = arg;

	runner->error = ioctl(runner->fd, KVM_RUN, 0) ? errno : 0;
	runner->ended = true;
	return NULL;
}

static void nothing(int sig)
{
	(void)sig;
}

static void two_threads(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct runner runners[2] = { 0 };
	volatile u64 *count;
	struct fixture f;
	unsigned int i;

	sigaction(SIGUSR1, &action, NULL);
	fixture_real(&f, count_up);
	count = fixture_data(&f, 0);
	for (i = 0; i < 2; i++) {
		runners[i].fd = f.vcpu.fd;
		if (pthread_create(&runners[i].thread, NULL, run_once, &runners[i]))
			tap_bail("pthread_create");
	}
	if (!wait_past(count, 0, "the guest's first count"))
		tap_bail("the guest does not run");
	tap_ok(!runners[0].ended && !runners[1].ended, "two threads: one runs, one waits");
	while (!runners[0].ended || !runners[1].ended) {
		for (i = 0; i < 2; i++)
			if (!runners[i].ended)
				pthread_kill(runners[i].thread, SIGUSR1);
		host_sleep_ms(1);
	}
	for (i = 0; i < 2; i++) {
		pthread_join(runners[i].thread, NULL);
		tap_is(runners[i].error, EINTR, "two threads: thread %u ends with its signal", i);
	}
	fixture_end(&f);
}

/* A child process inherits the descriptors, but the VM belongs to its creator. */
static void another_process(void)
{
	struct kvm_userspace_memory_region region = { .slot = 1 };
	struct kvm_regs regs;
	struct fixture f;
	int status;
	pid_t child;

	fixture_real(&f, count_up);
	fflush(NULL);
	child = fork();
	if (!child) {
		bool refused = ioctl(f.vcpu.fd, KVM_RUN, 0) && errno == EIO &&
			       ioctl(f.vcpu.fd, KVM_GET_REGS, &regs) && errno == EIO &&
			       ioctl(f.vm.fd, KVM_SET_USER_MEMORY_REGION, &region) &&
			       errno == EIO && ioctl(f.vm.fd, KVM_CREATE_VCPU, 1) < 0 &&
			       errno == EIO;
		_exit(!refused);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		tap_bail("fork: %s", strerror(errno));
	tap_is(status, 0, "another process: EIO for each ioctl");
	fixture_end(&f);
}

/* Sends one more signal.  Returns true if that is enough. */
static bool stormed(void *arg)
{
	struct vcpu_thread *thread = arg;

	thread_kick(thread);
	return *(volatile u64 *)&thread->vcpu->interrupted >= STORM;
}

static void signal_storm(void)
{
	struct vcpu_thread thread = { .cpu = ANY_CPU };
	volatile u64 *count;
	struct fixture f;
	u64 first;

	fixture_real(&f, count_up);
	count = fixture_data(&f, 0);
	thread.vcpu = &f.vcpu;
	thread.handle = NULL;
	thread_start(&thread);
	if (!wait_past(count, 0, "the guest's first count"))
		tap_bail("the guest does not run");
	first = *count;
	/* kicks that come before an earlier one was taken count as one */
	wait_until(stormed, &thread, "%d ends of KVM_RUN", STORM);
	tap_ok(wait_past(count, first, "a count among the signals"),
	       "signals: the guest makes progress among %d that ended KVM_RUN", STORM);
	thread_stop(&thread);
	tap_is(thread.last, ERR(EINTR), "signals: KVM_RUN ends with EINTR");
	fixture_end(&f);
}

static u64 guest_timebase(struct fixture *f)
{
	if (vcpu_run_hcall(&f->vcpu) != REPORT_VALUE)
		tap_bail("the guest does not say its timebase");
	return vcpu_hcall_arg(&f->vcpu, 0);
}

/* The guest's timebase is the host's plus the offset, and the host's is unchanged. */
static void timebase_offsets(void)
{
	static const struct {
		const char *what;
		u64 offset;
	} offsets[] = {
		{ "none", 0 },
		{ "one step ahead", TB_STEP },
		{ "one step behind", -TB_STEP },
		{ "a day behind", -(86400ull * 512000000 & -TB_STEP) },
		{ "the largest signed", (~0ull >> 1) & -TB_STEP },
		{ "half of all", 1ull << 63 },
	};
	struct fixture f;
	unsigned int i, j;

	fixture_real(&f, say_timebase);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		unsigned int wrong = 0;

		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET, offsets[i].offset);
		/* long enough for the lower 24 bits to wrap at any place of the switch */
		for (j = 0; j < 300; j++) {
			u64 before = host_timebase(), tb, after;

			tb = guest_timebase(&f) - offsets[i].offset;
			after = host_timebase();
			wrong += tb - before > after - before;
			if (tb - before > after - before && wrong == 1)
				tap_diag("%#" PRIx64 ", %#" PRIx64 " in the guest, %#" PRIx64,
					 before, tb, after);
		}
		tap_is(wrong, 0, "timebase offset, %s: right at 300 exits", offsets[i].what);
	}
	fixture_end(&f);
}

/* From shortly before 2^64 to 0 while the guest runs */
static void timebase_wrap(void)
{
	u64 before, offset, after;
	struct fixture f;

	fixture_real(&f, timebase_wraps);
	before = host_timebase();
	offset = -((before & -TB_STEP) + TB_STEP);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET, offset);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_VALUE, "timebase that wraps: the guest sees it");
	after = host_timebase();
	tap_ok(vcpu_hcall_arg(&f.vcpu, 0) < after - before &&
	       vcpu_hcall_arg(&f.vcpu, 1) > -TB_STEP, "timebase that wraps: from the end to 0");
	tap_ok(after > before && after - before < 60 * host_timebase_hz(),
	       "timebase that wraps: the host's goes on");
	fixture_end(&f);
}

/*
 * Even the largest amount of work that one call can ask for must be small. A call that did as
 * much work as its arguments say would take hours, or never end.
 */
static void bounded_hcalls(void)
{
	static const struct {
		const char *what;
		u64 nr, args[6];
	} calls[] = {
		{ "H_RPT_INVALIDATE, all addresses by 4 KiB", H_RPT_INVALIDATE,
		  { 0, 1, 2, 1, 0, -4096ull } },
		{ "H_RPT_INVALIDATE, the last gigabyte", H_RPT_INVALIDATE,
		  { 0, 1, 2, 15, -PAGE_1G, -1ull } },
		{ "H_RPT_INVALIDATE, as many pages as are done one by one", H_RPT_INVALIDATE,
		  { 0, 1, 2, 1, 0, 33 * 4096 } },
		{ "H_PAGE_INIT, a copy", H_PAGE_INIT,
		  { 1ull << 14, FIXTURE_FREE, FIXTURE_FREE + 0x10000 } },
		{ "H_STUFF_TCE, 2^40 entries", H_STUFF_TCE,
		  { 0x80000001, 0, 0, 1ull << 40 } },
	};
	struct kvm_create_spapr_tce_64 table = {
		.liobn = 0x80000001, .page_shift = 16, .size = 16,
	};
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_ENABLE_HCALL };
	struct fixture f;
	unsigned int i, j;
	int rc;

	fixture_real(&f, hcall6);
	vm_ioctl(&f.vm, KVM_CREATE_SPAPR_TCE_64, &table);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		u64 start;

		cap.args[0] = calls[i].nr;
		cap.args[1] = 1;
		/* user space's on POWER8 */
		if (vm_ioctl(&f.vm, KVM_ENABLE_CAP, &cap) &&
		    (calls[i].nr != H_PAGE_INIT || host_isa() != 207))
			tap_bail("%s: cannot be enabled", calls[i].what);
		vcpu_set_gpr(&f.vcpu, 20, calls[i].nr);
		for (j = 0; j < 6; j++)
			vcpu_set_gpr(&f.vcpu, 21 + j, calls[i].args[j]);
		vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
		start = host_timebase();
		rc = thread_run(&f.vcpu, 0);
		tap_ok(rc == KVM_EXIT_PAPR_HCALL, "%s: comes to its end (%d)", calls[i].what, rc);
		tap_diag("%s: %lu us (emulated)", calls[i].what,
			 (host_timebase() - start) / (host_timebase_hz() / 1000000));
	}
	fixture_end(&f);
}

int main(void)
{
	tap_start(90);
	two_threads();
	another_process();
	signal_storm();
	timebase_offsets();
	timebase_wrap();
	bounded_hcalls();
	return tap_done();
}
