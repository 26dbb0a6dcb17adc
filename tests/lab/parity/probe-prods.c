// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cede, prod and confer between two vCPUs: which vCPU sleeps, what wakes it, and what remains of
 * a prod afterwards. For parity.t: one line per fact, "KEY: ANSWER", the same in each run on the
 * same machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "caller.h"
#include "host.h"
#include "tap.h"
#include "thread.h"

static const u64 none[CALLER_ARGUMENTS];

/* vCPU 1, which runs in another thread */
struct ceder {
	struct vcpu vcpu;
	struct vcpu_thread thread;
	volatile bool back;	/* KVM_RUN has returned */
};

static bool came_back(struct vcpu_thread *thread, int reason)
{
	(void)reason;
	*(volatile bool *)thread->data = true;
	return false;
}

static char state_of(pid_t tid)
{
	char path[64], text[256];
	const char *end;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	host_read(path, text, sizeof(text));
	end = strrchr(text, ')');
	return end ? end[2] : '?';
}

/* Starts vCPU 1 at H_CEDE; true if it sleeps there, false if H_CEDE returned. */
static bool go_on(struct ceder *c)
{
	unsigned int asleep = 0;

	c->back = false;
	c->thread = (struct vcpu_thread){
		.vcpu = &c->vcpu, .cpu = ANY_CPU, .handle = came_back, .data = (void *)&c->back,
	};
	thread_start(&c->thread);
	while (!c->back && asleep < 5) {
		asleep = state_of(c->thread.tid) == 'S' ? asleep + 1 : 0;
		host_sleep_ms(2);
	}
	return !c->back;
}

static bool cede(struct ceder *c)
{
	/* not woken by DEC, which has 32 bits */
	vcpu_set_reg(&c->vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + (1u << 31) - (1u << 24));
	caller_prepare(&c->vcpu, H_CEDE, none);
	return go_on(c);
}

static const char *end(struct ceder *c)
{
	thread_join(&c->thread);
	return caller_answer(&c->vcpu, c->thread.last);
}

static void say(const char *what, struct ceder *c, bool slept)
{
	printf("cede %s: %s, %s\n", what, slept ? "sleeps" : "at once", end(c));
}

/* ... and if it sleeps, a signal ends it. */
static void cede_alone(const char *what, struct ceder *c)
{
	bool slept = cede(c);

	if (slept)
		thread_kick(&c->thread);
	say(what, c, slept);
}

static void prod(struct fixture *f)
{
	const u64 args[CALLER_ARGUMENTS] = { 1 };
	const char *answer = caller_call(&f->vcpu, H_PROD, args);

	if (strcmp(answer, "kernel r3 0"))
		printf("cede prod: %s\n", answer);
}

static void interrupt(struct ceder *c, u32 irq)
{
	struct kvm_interrupt set = { .irq = irq };
	int rc = vcpu_ioctl(&c->vcpu, KVM_INTERRUPT, &set);

	if (rc)
		tap_bail("KVM_INTERRUPT: %s", strerror(-rc));
}

int main(void)
{
	struct ceder c = { };
	struct fixture f;
	bool slept;

	tap_start(60);
	caller_start(&f);
	vcpu_create(&f.vm, &c.vcpu, 1);

	cede_alone("with nothing", &c);
	/* the hypercall was answered before the signal came */
	slept = go_on(&c);
	say("with nothing, then on", &c, slept);

	slept = cede(&c);
	if (slept)
		prod(&f);
	say("until a prod", &c, slept);
	cede_alone("after that prod", &c);
	cede_alone("after that prod, again", &c);

	prod(&f);
	cede_alone("after a prod", &c);
	cede_alone("after a prod, again", &c);
	prod(&f);
	prod(&f);
	cede_alone("after two prods", &c);
	cede_alone("after two prods, again", &c);

	slept = cede(&c);
	if (slept)
		interrupt(&c, KVM_INTERRUPT_SET_LEVEL);
	say("until an interrupt", &c, slept);
	cede_alone("with the interrupt pending", &c);
	interrupt(&c, KVM_INTERRUPT_UNSET);
	cede_alone("with the interrupt gone", &c);

	vcpu_set_reg(&c.vcpu, KVM_REG_PPC_DPDES, 1);
	cede_alone("with a doorbell pending", &c);
	cede_alone("with a doorbell taken", &c);

	vcpu_set_reg(&c.vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + (1u << 22));
	caller_prepare(&c.vcpu, H_CEDE, none);
	go_on(&c);
	printf("cede until DEC: %s\n", end(&c));

	vcpu_destroy(&c.vcpu);
	fixture_end(&f);
	return fflush(stdout) ? 1 : 0;
}
