// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "memory.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

#define SLICE_MS	5	/* of thread_run_to() */

static void nothing(int sig)
{
	(void)sig;
}

/*
 * The signal of a kick is blocked except inside KVM_RUN. A kick that comes while the thread is
 * outside stays pending and ends the next KVM_RUN at once.
 */
static void let_kicks_in(struct vcpu *vcpu, bool only_inside)
{
	u8 space[sizeof(struct kvm_signal_mask) + 8] __attribute__((aligned(4))) = { 0 };
	struct kvm_signal_mask *mask = (void *)space;
	int rc;

	mask->len = 8;	/* of zeros: nothing is blocked */
	rc = vcpu_ioctl(vcpu, KVM_SET_SIGNAL_MASK, only_inside ? mask : NULL);
	/* EIO: the VM is dead, and no vCPU of it runs again */
	if (rc && rc != -EIO)
		tap_bail("KVM_SET_SIGNAL_MASK: %s", strerror(-rc));
}

static void *run(void *arg)
{
	struct vcpu_thread *thread = arg;
	struct timespec now = { 0 };
	bool go_on = true;
	sigset_t kick;

	sigemptyset(&kick);
	sigaddset(&kick, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &kick, NULL);
	let_kicks_in(thread->vcpu, true);

	if (thread->cpu != ANY_CPU)
		host_pin(thread->cpu);
	thread->tid = syscall(SYS_gettid);
	while (go_on && !thread->stop) {
		thread->last = vcpu_run(thread->vcpu);
		if (thread->last == -EINTR)
			sigtimedwait(&kick, NULL, &now);
		if (thread->handle)
			go_on = thread->handle(thread, thread->last);
		else
			go_on = thread->last == -EINTR;
	}
	let_kicks_in(thread->vcpu, false);
	return NULL;
}

void thread_start(struct vcpu_thread *thread)
{
	struct sigaction action = { .sa_handler = nothing };
	int rc;

	sigaction(SIGUSR1, &action, NULL);
	thread->tid = 0;
	thread->stop = false;
	rc = pthread_create(&thread->pthread, NULL, run, thread);
	if (rc)
		tap_bail("pthread_create: %s", strerror(rc));
	while (!thread->tid)
		sched_yield();
}

void thread_kick(struct vcpu_thread *thread)
{
	pthread_kill(thread->pthread, SIGUSR1);
}

bool thread_settle(struct vcpu_thread *thread)
{
	const volatile u64 *interrupted = &thread->vcpu->interrupted;
	u64 before = *interrupted;

	thread_kick(thread);
	return wait_past(interrupted, before, "vCPU %u: the end of KVM_RUN", thread->vcpu->id);
}

void thread_join(struct vcpu_thread *thread)
{
	pthread_join(thread->pthread, NULL);
}

void thread_stop(struct vcpu_thread *thread)
{
	thread->stop = true;
	thread_kick(thread);
	thread_join(thread);
}

struct way {
	struct vcpu_thread *thread;
	u64 pc;
};

static bool at_its_end(const struct way *way)
{
	struct kvm_regs regs;

	vcpu_get_regs(way->thread->vcpu, &regs);
	return regs.pc == way->pc;
}

static bool has_ended(void *arg)
{
	struct way *way = arg;

	thread_start(way->thread);
	host_sleep_ms(SLICE_MS);
	thread_stop(way->thread);
	return at_its_end(way) || way->thread->last != -EINTR;
}

bool thread_run_to(struct vcpu_thread *thread, u64 pc)
{
	struct way way = { thread, pc };

	return wait_until(has_ended, &way, "vCPU %u at %#lx", thread->vcpu->id, pc) &&
	       at_its_end(&way);
}

struct bounded {
	struct vcpu_thread thread;
	volatile bool ended;
	long enough;		/* of sum_exits, or 0 */
};

static bool note_end(struct vcpu_thread *thread, int reason)
{
	struct bounded *run = thread->data;

	run->ended = reason != -EINTR;
	return !run->ended;
}

static bool ended_or_busy(void *arg)
{
	struct bounded *run = arg;

	return run->ended ||
	       (run->enough && vm_stat(run->thread.vcpu->vm, "sum_exits") >= run->enough);
}

int thread_run(struct vcpu *vcpu, unsigned int passes)
{
	struct bounded run = {
		.thread = { .vcpu = vcpu, .cpu = ANY_CPU, .handle = note_end },
	};

	run.thread.data = &run;
	if (passes)
		run.enough = vm_stat(vcpu->vm, "sum_exits") + passes;
	thread_start(&run.thread);
	wait_until(ended_or_busy, &run, "vCPU %u: the end of KVM_RUN%s", vcpu->id,
		   passes ? ", or exits" : "");
	thread_stop(&run.thread);
	return run.thread.last;
}
