/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that runs a vCPU. */
#ifndef TESTS_THREAD_H
#define TESTS_THREAD_H

#include "vmm.h"

#define ANY_CPU	(-1)

struct vcpu_thread {
	struct vcpu *vcpu;
	int cpu;		/* host CPU to stay on, or ANY_CPU */
	/*
	 * Called on the thread after each KVM_RUN with its exit reason (>= 0),
	 * or -errno; the thread ends when it returns false.  With NULL it ends
	 * with the guest's first hypercall to user space.
	 */
	bool (*handle)(struct vcpu_thread *thread, int reason);
	void *data;		/* for @handle */

	/* filled by thread_start() and the thread */
	pthread_t pthread;
	volatile pid_t tid;
	volatile bool stop;	/* set: the thread ends at its next EINTR */
	int last;		/* what the last KVM_RUN gave */
};

/* Starts it; returns when the thread is about to call KVM_RUN first. */
void thread_start(struct vcpu_thread *thread);

/* Makes KVM_RUN return with EINTR, once: the present one or the next. */
void thread_kick(struct vcpu_thread *thread);

/*
 * Kicks it, and waits until KVM_RUN has returned: what the exits before had left to do is
 * done.  False, with a comment: it has not, after WAIT_S seconds.
 */
bool thread_settle(struct vcpu_thread *thread);

/* Waits until @handle has ended the thread. */
void thread_join(struct vcpu_thread *thread);

/* Ends the thread from outside and waits for it. */
void thread_stop(struct vcpu_thread *thread);

/*
 * Lets the vCPU run, without a @handle, until its guest has come to @pc and waits
 * there; the thread has ended then, and can be started again.  Return: is the vCPU at
 * @pc?  If not, KVM_RUN gave something else than -EINTR (see @last), or a comment says
 * that WAIT_S seconds were not enough.
 */
bool thread_run_to(struct vcpu_thread *thread, u64 pc);

/*
 * Runs a vCPU that may not come to an end by itself, on a thread, until KVM_RUN ends or the
 * VM's vCPUs have left the guest @passes times (KVM's statistic sum_exits).  0 passes: only
 * the end counts.  The exit reason, -errno, or -EINTR when it had to be stopped; a comment
 * tells if neither came within WAIT_S seconds.
 */
int thread_run(struct vcpu *vcpu, unsigned int passes);

#endif
