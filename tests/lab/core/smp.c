// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several vCPUs, fewer host CPUs, and vCPUs that move between them.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash rare=yes
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours quick=yes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"
#include "remote.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

#define VCPUS		6
#define ADDS		20000
#define MOVES		40
#define SHARED		FIXTURE_FREE

static void add_together(const char *name, unsigned int vcpus, bool one_cpu, unsigned int moves)
{
	struct vcpu others[VCPUS];
	struct vcpu_thread threads[VCPUS];
	unsigned int i, failed = 0;
	struct fixture f;
	u64 *shared;

	remote_start(&f);
	shared = vm_ptr(&f.vm, SHARED, 8);
	for (i = 0; i < vcpus; i++) {
		struct vcpu *vcpu = i ? &others[i] : &f.vcpu;

		if (i)
			remote_add(&f.vm, vcpu, i);
		remote_command(vcpu, REMOTE_ADD, SHARED, 1, 0, ADDS);
		threads[i] = (struct vcpu_thread){
			.vcpu = vcpu,
			.cpu = one_cpu ? 0 : (int)i % host_cpus(),
		};
	}
	for (i = 0; i < vcpus; i++)
		thread_start(&threads[i]);
	for (i = 0; i < moves; i++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET((i / vcpus) % host_cpus(), &set);
		sched_setaffinity(threads[i % vcpus].tid, sizeof(set), &set);
		host_sleep_ms(1);
	}
	for (i = 0; i < vcpus; i++) {
		thread_join(&threads[i]);
		failed += threads[i].last != KVM_EXIT_PAPR_HCALL;
		if (i)
			vcpu_destroy(&others[i]);
	}
	tap_is(failed, 0, "%s: all vCPUs come to their end", name);
	tap_is(*shared, (u64)vcpus * ADDS, "%s: no addition is lost", name);
	fixture_end(&f);
}

/* A guest that always runs, moved from CPU to CPU: it goes on everywhere. */
static void moved_for_long(void)
{
	struct vcpu_thread thread = { .cpu = ANY_CPU };
	struct fixture f;
	volatile u64 *word;
	unsigned int i, went_on = 0;

	remote_start(&f);
	word = vm_ptr(&f.vm, SHARED, 8);
	remote_command(&f.vcpu, REMOTE_STORE_FOREVER, SHARED, 1, PAGE_64K, 4);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	for (i = 0; i < MOVES && went_on == i; i++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(i % host_cpus(), &set);
		if (sched_setaffinity(thread.tid, sizeof(set), &set))
			tap_bail("sched_setaffinity: %s", strerror(errno));
		went_on += wait_past(word, *word, "a store after move %u", i);
	}
	tap_is(went_on, MOVES, "moved %u times: the guest goes on after each", MOVES);
	thread_stop(&thread);
	tap_is(thread.last, (u64)(long)-EINTR, "moved %u times: the guest ends", MOVES);
	fixture_end(&f);
}

/*
 * A vCPU's memory changes while the vCPU is on another CPU. When it returns to the first CPU it
 * must not find the old translation there.
 */
static void stale_translation(void)
{
	struct fixture f;
	u64 *memory = vmm_memory(PAGE_64K, PAGE_64K);
	unsigned int i, stale = 0;

	remote_start(&f);
	if (vm_set_slot(&f.vm, 1, 0x10000000, memory, PAGE_64K, 0))
		tap_bail("memory slot 1");
	for (i = 0; i < 20; i++) {
		host_pin(i % host_cpus());
		remote_put(&f.vcpu, 0x10000000, i + 1);
		host_pin((i + 1) % host_cpus());
		remote_get(&f.vcpu, 0x10000000);
		madvise(memory, PAGE_64K, MADV_DONTNEED);
		memory[0] = 0x1000 + i;
		host_pin(i % host_cpus());
		stale += remote_get(&f.vcpu, 0x10000000) != 0x1000 + i;
	}
	tap_is(stale, 0, "moved back: no stale translation");
	fixture_end(&f);
	munmap(memory, PAGE_64K);
}

/* Two VMs run in turn on one CPU, with the same guest addresses. */
static void two_vms(void)
{
	struct fixture a, b;
	unsigned int i, wrong = 0;

	host_pin(0);
	remote_start(&a);
	remote_start(&b);
	for (i = 0; i < 50; i++) {
		remote_put(&a.vcpu, SHARED, 2 * i);
		remote_put(&b.vcpu, SHARED, 2 * i + 1);
		wrong += remote_get(&a.vcpu, SHARED) != 2 * i;
		wrong += remote_get(&b.vcpu, SHARED) != 2 * i + 1;
	}
	tap_is(wrong, 0, "two VMs: each has its own memory");
	fixture_end(&a);
	remote_put(&b.vcpu, SHARED, 99);
	tap_is(remote_get(&b.vcpu, SHARED), 99, "two VMs: one outlives the other");
	fixture_end(&b);
}

int main(void)
{
	tap_start(60);
	add_together("one vCPU", 1, true, 0);
	add_together("two vCPUs on one CPU", 2, true, 0);
	add_together("two vCPUs", 2, false, 0);
	add_together("six vCPUs", VCPUS, false, 0);
	add_together("six vCPUs that move", VCPUS, false, 60);
	moved_for_long();
	stale_translation();
	two_vms();
	return tap_done();
}
