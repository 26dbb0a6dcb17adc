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

/* Makes the current or the next KVM_RUN return with EINTR, once. */
void thread_kick(struct vcpu_thread *thread);

/*
 * Kicks it, and waits until KVM_RUN has returned, so that the work of all earlier exits is
 * done.  False, with a comment, if KVM_RUN has not returned after WAIT_S seconds.
 */
bool thread_settle(struct vcpu_thread *thread);

/* Waits until @handle has ended the thread. */
void thread_join(struct vcpu_thread *thread);

/* Ends the thread from outside and waits for it. */
void thread_stop(struct vcpu_thread *thread);

/*
 * Lets the vCPU run, without a @handle, until its guest loops at @pc. The thread has ended
 * then, and can be started again.  Return: true if the vCPU is at @pc.  If not, KVM_RUN returned
 * something else than -EINTR (see @last), or a comment says that WAIT_S seconds have passed.
 */
bool thread_run_to(struct vcpu_thread *thread, u64 pc);

/*
 * Runs a vCPU whose guest may never end, on a thread, until KVM_RUN returns or the VM's vCPUs
 * have left the guest @passes times (KVM's statistic sum_exits; 0: no limit).  Returns the exit
 * reason, -errno, or -EINTR when the vCPU had to be stopped. A comment says if neither happened
 * within WAIT_S seconds.
 */
int thread_run(struct vcpu *vcpu, unsigned int passes);

#endif
