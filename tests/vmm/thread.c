// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "tap.h"
#include "thread.h"

static void nothing(int sig)
{
	(void)sig;
}

static void *run(void *arg)
{
	struct vcpu_thread *thread = arg;
	bool go_on = true;

	if (thread->cpu != ANY_CPU)
		host_pin(thread->cpu);
	thread->tid = syscall(SYS_gettid);
	while (go_on && !thread->stop) {
		thread->last = vcpu_run(thread->vcpu);
		if (thread->handle)
			go_on = thread->handle(thread, thread->last);
		else
			go_on = thread->last == -EINTR;
	}
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

void thread_join(struct vcpu_thread *thread)
{
	pthread_join(thread->pthread, NULL);
}

void thread_stop(struct vcpu_thread *thread)
{
	thread->stop = true;
	/*
	 * immediate_exit closes the gap between the thread's look at stop and
	 * its KVM_RUN, where the signal would find nothing to interrupt.
	 */
	thread->vcpu->run->immediate_exit = 1;
	thread_kick(thread);
	thread_join(thread);
	thread->vcpu->run->immediate_exit = 0;
}
