// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directed privileged doorbells between the threads of an emulated core. With KVM_CAP_PPC_SMT 4,
 * vCPUs 0 to 3 are the threads of one core, and 4 to 7 those of the next.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(doorbell_cede);
GUEST(doorbell_look);
GUEST(doorbell_play);
GUEST(doorbell_return);
GUEST(doorbell_send);
GUEST(doorbell_take);
GUEST(signals_decrementer);

#define THREADS		4
#define ROUNDS		1000
#define LATE		((1u << 31) - (1u << 24))	/* 4 s: DEC has 32 bits */
#define TRAP_DOORBELL	(REPORT_TRAP + 0xa00)

/* RB of msgsndp and msgclrp: message type 5 is a doorbell */
#define MESSAGE(type, thread)	((u64)(type) << 27 | (thread))
#define DOORBELL(thread)	MESSAGE(5, thread)

/* vCPUs 0, 1 and 2 are one core (its thread 3 does not exist), 4 and 5 the next. */
static const u32 ids[] = { 0, 1, 2, 4, 5 };

struct cores {
	struct vm vm;
	struct vcpu vcpus[ARRAY_SIZE(ids)];
};

#define start(c, i, name, msr) do {					\
	vm_load_guest(&(c)->vm, GUEST_CODE + (i) * 0x100, name);	\
	vcpu_set_entry(&(c)->vcpus[i], GUEST_CODE + (i) * 0x100, msr);	\
} while (0)

static void cores_create(struct cores *c)
{
	struct kvm_enable_cap smt = { .cap = KVM_CAP_PPC_SMT, .args = { THREADS, 0 } };
	unsigned int i;

	vm_create(&c->vm, FIXTURE_RAM);
	if (vm_ioctl(&c->vm, KVM_ENABLE_CAP, &smt))
		tap_bail("KVM_CAP_PPC_SMT");
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		vcpu_create(&c->vm, &c->vcpus[i], ids[i]);
		/* no decrementer interrupt during the test: the latest time possible */
		vcpu_set_reg(&c->vcpus[i], KVM_REG_PPC_DEC_EXPIRY, host_timebase() + LATE);
	}
}

static void cores_end(struct cores *c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		vcpu_destroy(&c->vcpus[i]);
	vm_destroy(&c->vm);
}

static void thread_numbers(void)
{
	struct cores c;
	unsigned int i;

	cores_create(&c);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		start(&c, i, doorbell_look, MSR_REAL);
		vcpu_run_hcall(&c.vcpus[i]);
		if (host_isa() < 300)
			tap_skip("QEMU (10.0) lets POWER8's guests read the host's", "vCPU %u: TIR",
				 ids[i]);
		else
			tap_is(vcpu_hcall_arg(&c.vcpus[i], 0), ids[i] % THREADS, "vCPU %u: TIR",
			       ids[i]);
		tap_is(vcpu_hcall_arg(&c.vcpus[i], 1), 0, "vCPU %u: no doorbell", ids[i]);
	}
	cores_end(&c);
}

static const struct message {
	const char *what;
	unsigned int from;	/* index in ids */
	u64 send, clear;
	u64 sent, cleared;	/* DPDES after each */
	int waits;		/* index in ids of the vCPU that has a doorbell then, or -1 */
} messages[] = {
	{ "to thread 1", 0, DOORBELL(1), DOORBELL(0), 2, 2, 1 },
	{ "to thread 2 of 3, from thread 1", 1, DOORBELL(2), DOORBELL(0), 4, 4, 2 },
	{ "to itself", 0, DOORBELL(0), DOORBELL(0), 1, 0, -1 },
	{ "to itself, clearing another type", 0, DOORBELL(0), MESSAGE(4, 0), 1, 1, 0 },
	{ "to thread 3, which is not there", 0, DOORBELL(3), DOORBELL(0), 0, 0, -1 },
	{ "to thread 4 of 4", 0, DOORBELL(4), DOORBELL(0), 0, 0, -1 },
	{ "to thread 127", 0, DOORBELL(127), DOORBELL(0), 0, 0, -1 },
	{ "of another type", 0, MESSAGE(4, 1), DOORBELL(0), 0, 0, -1 },
	{ "all ones", 0, ~0ull, ~0ull, 0, 0, -1 },
	{ "in the second core", 3, DOORBELL(1), DOORBELL(0), 2, 2, 4 },
};

static void send_and_clear(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		const struct message *m = &messages[i];
		struct cores c;

		cores_create(&c);
		start(&c, m->from, doorbell_send, MSR_REAL);
		vcpu_set_gpr(&c.vcpus[m->from], 20, m->send);
		vcpu_set_gpr(&c.vcpus[m->from], 21, m->clear);
		vcpu_run_hcall(&c.vcpus[m->from]);
		tap_is(vcpu_hcall_arg(&c.vcpus[m->from], 0), m->sent, "%s: sent", m->what);
		tap_is(vcpu_hcall_arg(&c.vcpus[m->from], 1), m->cleared, "%s: cleared", m->what);
		for (j = 0; j < ARRAY_SIZE(ids); j++)
			tap_is(vcpu_reg(&c.vcpus[j], KVM_REG_PPC_DPDES), (int)j == m->waits,
			       "%s: vCPU %u", m->what, ids[j]);
		cores_end(&c);
	}
}

/* A pending doorbell stays until the thread has run, and is then taken. */
static void delivery(void)
{
	struct kvm_regs regs;
	struct cores c;

	cores_create(&c);
	start(&c, 0, doorbell_send, MSR_REAL);
	vcpu_set_gpr(&c.vcpus[0], 20, DOORBELL(1));
	vcpu_set_gpr(&c.vcpus[0], 21, DOORBELL(0));
	vcpu_run_hcall(&c.vcpus[0]);

	start(&c, 1, doorbell_look, MSR_REAL);
	tap_is(vcpu_run_hcall(&c.vcpus[1]), REPORT_DONE, "disabled: the doorbell stays pending");
	tap_is(vcpu_hcall_arg(&c.vcpus[1], 1), 2, "disabled: the thread sees the doorbell");
	start(&c, 1, doorbell_look, MSR_REAL | MSR_EE);
	tap_is(vcpu_run_hcall(&c.vcpus[1]), TRAP_DOORBELL, "enabled: the doorbell comes");
	vcpu_get_regs(&c.vcpus[1], &regs);
	tap_is(regs.sprg1, GUEST_CODE + 0x100,
	       "enabled: before the first instruction");
	start(&c, 1, doorbell_look, MSR_REAL | MSR_EE);
	tap_is(vcpu_run_hcall(&c.vcpus[1]), REPORT_DONE, "taken: the doorbell does not come twice");

	start(&c, 0, doorbell_take, MSR_REAL | MSR_EE);
	vcpu_set_gpr(&c.vcpus[0], 20, DOORBELL(0));
	tap_is(vcpu_run_hcall(&c.vcpus[0]), TRAP_DOORBELL, "to itself, enabled: the doorbell comes");
	cores_end(&c);
}

static void wake(void)
{
	struct vcpu_thread thread;
	struct cores c;

	cores_create(&c);
	start(&c, 1, doorbell_cede, MSR_REAL);
	thread = (struct vcpu_thread){ .vcpu = &c.vcpus[1], .cpu = host_cpus() - 1 };
	thread_start(&thread);
	tap_ok(wait_asleep(thread.tid, "a vCPU that sleeps in H_CEDE"), "ceded: the vCPU sleeps");
	start(&c, 0, doorbell_send, MSR_REAL);
	vcpu_set_gpr(&c.vcpus[0], 20, DOORBELL(1));
	vcpu_set_gpr(&c.vcpus[0], 21, DOORBELL(0));
	vcpu_run_hcall(&c.vcpus[0]);
	thread_join(&thread);
	tap_is(thread.last, KVM_EXIT_PAPR_HCALL, "ceded: the doorbell wakes the thread");
	tap_is(c.vcpus[1].run->papr_hcall.nr, TRAP_DOORBELL, "ceded: and the thread takes it");
	cores_end(&c);
}

/* A pending doorbell moves with the thread from one host CPU to another. */
static void carried(void)
{
	struct cores c;
	int cpu;

	cores_create(&c);
	start(&c, 0, doorbell_send, MSR_REAL);
	vcpu_set_gpr(&c.vcpus[0], 20, DOORBELL(1));
	vcpu_set_gpr(&c.vcpus[0], 21, DOORBELL(0));
	vcpu_run_hcall(&c.vcpus[0]);
	for (cpu = 0; cpu < host_cpus(); cpu++) {
		host_pin(cpu);
		start(&c, 1, doorbell_look, MSR_REAL);
		vcpu_run_hcall(&c.vcpus[1]);
		tap_is(vcpu_hcall_arg(&c.vcpus[1], 1), 2, "on CPU %d: the doorbell stays pending",
		       cpu);
		start(&c, 2, doorbell_look, MSR_REAL | MSR_EE);
		tap_is(vcpu_run_hcall(&c.vcpus[2]), REPORT_DONE,
		       "on CPU %d: another thread does not get it", cpu);
	}
	host_pin(0);
	start(&c, 1, doorbell_look, MSR_REAL | MSR_EE);
	tap_is(vcpu_run_hcall(&c.vcpus[1]), TRAP_DOORBELL, "back on CPU 0: the doorbell comes");
	cores_end(&c);
}

/*
 * Two threads send each other one doorbell in turn, while the host moves them from CPU to CPU. If
 * one is lost, no other follows.
 */
static void ping_pong(void)
{
	struct vcpu_thread threads[2];
	unsigned int i, seed = 2011, moves = 0;
	u64 last = 0, since;
	struct cores c;
	volatile u64 *count[2];

	cores_create(&c);
	vm_load_guest(&c.vm, 0x900, signals_decrementer);
	vm_load_guest(&c.vm, 0xa00, doorbell_return);
	for (i = 0; i < 2; i++) {
		u64 data = FIXTURE_DATA + i * 0x1000;

		count[i] = vm_ptr(&c.vm, data, 8);
		start(&c, i, doorbell_play, MSR_REAL | MSR_EE);
		vcpu_set_gpr(&c.vcpus[i], 20, DOORBELL(!i));
		vcpu_set_gpr(&c.vcpus[i], 21, !i);
		vcpu_set_gpr(&c.vcpus[i], 31, data);
		threads[i] = (struct vcpu_thread) { .vcpu = &c.vcpus[i], .cpu = ANY_CPU };
	}
	for (i = 2; i--; )
		thread_start(&threads[i]);
	/* at most WAIT_S without a doorbell */
	since = host_timebase();
	while (*count[1] < ROUNDS && host_timebase() - since < WAIT_S * host_timebase_hz()) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(rand_r(&seed) % host_cpus(), &set);
		sched_setaffinity(threads[rand_r(&seed) % 2].tid, sizeof(set), &set);
		moves++;
		usleep(500);
		if (*count[1] != last) {
			last = *count[1];
			since = host_timebase();
		}
	}
	for (i = 0; i < 2; i++)
		thread_stop(&threads[i]);
	tap_ok(*count[1] >= ROUNDS, "to and fro, with %u moves: %lu of %u times", moves, *count[1],
	       ROUNDS);
	tap_ok(*count[1] - *count[0] <= 1, "to and fro: none comes twice (%lu there, %lu back)",
	       *count[1], *count[0]);
	cores_end(&c);
}

int main(void)
{
	tap_start(90);
	thread_numbers();
	send_and_clear();
	delivery();
	wake();
	carried();
	ping_pong();
	return tap_done();
}
