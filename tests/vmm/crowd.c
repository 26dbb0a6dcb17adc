// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "crowd.h"
#include "host.h"
#include "tap.h"
#include "wait.h"

GUEST(crowd);

static struct vcpu *member(struct crowd *c, unsigned int id)
{
	return id ? &c->others[id - 1] : &c->f.vcpu;
}

static volatile u64 *progress(struct crowd *c, unsigned int id)
{
	return fixture_data(&c->f, id);
}

void crowd_fill(void *page)
{
	unsigned int id;

	for (id = 0; id < CROWD_VCPUS; id++)
		((u64 *)page)[id] = CROWD_FIRST;
}

static void set_up(struct crowd *c, unsigned int id)
{
	struct vcpu *vcpu = member(c, id);
	const struct {
		unsigned int gpr;
		u64 value;
	} args[] = {
		{ 20, CROWD_GPA + id * sizeof(u64) },
		{ 21, CROWD_STRIDE },
		{ 22, c->size / CROWD_STRIDE },
		{ 23, CROWD_FIRST },
		{ 24, c->may_vanish },
		{ 26, FIXTURE_DATA + id * sizeof(u64) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(args); i++)
		vcpu_set_gpr(vcpu, args[i].gpr, args[i].value);
	vcpu_set_entry(vcpu, GUEST_CODE, MSR_REAL);
}

/* On the thread of a vCPU */
static bool after_run(struct vcpu_thread *thread, int reason)
{
	struct crowd *c = thread->data;

	if (reason == -EFAULT && c->may_fault) {
		__atomic_add_fetch(&c->faults, 1, __ATOMIC_RELAXED);
		sched_yield();
		return true;
	}
	return reason == -EINTR;
}

void crowd_slot(struct crowd *c, u32 flags)
{
	int rc = vm_set_slot(&c->f.vm, 1, CROWD_GPA, c->memory, c->size, flags);

	if (rc)
		tap_bail("memory slot 1: %s", strerror(-rc));
}

void crowd_create(struct crowd *c, bool filled)
{
	unsigned int id;
	size_t at;

	host_pin(0);
	fixture_real(&c->f, crowd);
	for (at = 0; !filled && at < c->size; at += CROWD_STRIDE)
		crowd_fill((char *)c->memory + at);
	crowd_slot(c, 0);
	for (id = 0; id < CROWD_VCPUS; id++) {
		if (id)
			vcpu_create(&c->f.vm, member(c, id), id);
		set_up(c, id);
	}
}

void crowd_go(struct crowd *c)
{
	unsigned int id;

	for (id = 0; id < CROWD_VCPUS; id++) {
		c->threads[id] = (struct vcpu_thread){
			.vcpu = member(c, id),
			.cpu = (int)id % host_cpus(),
			.handle = after_run,
			.data = c,
		};
		thread_start(&c->threads[id]);
	}
}

bool crowd_round(struct crowd *c)
{
	u64 before[CROWD_VCPUS];
	unsigned int id;

	for (id = 0; id < CROWD_VCPUS; id++)
		before[id] = *progress(c, id);
	for (id = 0; id < CROWD_VCPUS; id++)
		/* the round under way may have begun before */
		if (!wait_past(progress(c, id), before[id] + 1, "vCPU %u: a round", id))
			return false;
	return true;
}

static void tell(struct vcpu_thread *thread)
{
	struct vcpu *vcpu = thread->vcpu;

	if (thread->last == KVM_EXIT_PAPR_HCALL && vcpu->run->papr_hcall.nr == REPORT_VALUE)
		tap_diag("vCPU %u: %#lx holds %#lx instead of %#lx", vcpu->id,
			 vcpu_hcall_arg(vcpu, 0), vcpu_hcall_arg(vcpu, 1),
			 vcpu_hcall_arg(vcpu, 2));
	else if (thread->last < 0)
		tap_diag("vCPU %u: KVM_RUN: %s", vcpu->id, strerror(-thread->last));
	else
		tap_diag("vCPU %u: KVM_RUN ended with %s", vcpu->id,
			 vmm_exit_name(thread->last));
}

unsigned int crowd_end(struct crowd *c)
{
	unsigned int id, failed = 0;

	for (id = 0; id < CROWD_VCPUS; id++)
		thread_stop(&c->threads[id]);
	for (id = 0; id < CROWD_VCPUS; id++) {
		if (c->threads[id].last != -EINTR) {
			failed++;
			tell(&c->threads[id]);
		}
		if (id)
			vcpu_destroy(member(c, id));
	}
	fixture_end(&c->f);
	return failed;
}
