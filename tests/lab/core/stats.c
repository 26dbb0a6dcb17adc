// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's statistics. Each workload lists the statistics that it changes and by how much; all
 * others must stay. The test runs on both backends, so both must count the same.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=stock
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash rare=yes
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "events.h"
#include "fixture.h"
#include "host.h"
#include "remote.h"
#include "stats.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(events_program);
GUEST(events_return);
GUEST(events_script);
GUEST(signals_busy);
GUEST(signals_decrementer);
GUEST(stats_cede);
GUEST(stats_prod);
GUEST(timer_cede);
GUEST(timer_interrupt);

#define TOUCH_GPA	(FIXTURE_FREE)
#define FETCH_GPA	(FIXTURE_FREE + 0x800000)
#define LARGE_GPA	(64ull << 20)
#define LARGE_PAGES	4

#define SLEEP_TICKS	(100 * 512 * 1000)	/* 100 ms */
#define NOT_SOON	0x7f000000	/* 4 s: the most that a decrementer of 32 bits holds */
#define ROUNDS		5

#define ANY	(~0ull)	/* as many as the host's interrupts cause */

struct change {
	const char *name;
	u64 by;		/* or ANY */
};

/* Statistics that an interrupt of the host may increase at any time */
#define BY_THE_HOST	{ "sum_exits", ANY }, { "dec_exits", ANY }, { "ext_intr_exits", ANY }

static void check(const char *what, const struct stats *before, const struct stats *after,
		  const struct change *changes, unsigned int count)
{
	unsigned int i, c, wrong = 0;

	for (i = 0; i < after->count; i++) {
		const char *name = after->stat[i].name;
		u64 by = after->stat[i].value - before->stat[i].value, want = 0;

		for (c = 0; c < count; c++)
			if (!strcmp(changes[c].name, name))
				want = changes[c].by;
		if (want == ANY || by == want)
			continue;
		tap_diag("%s: %s moved by %lld, not %lld", what, name, (long long)by,
			 (long long)want);
		wrong++;
	}
	for (c = 0; c < count; c++)
		stats_get(after, changes[c].name);
	tap_is(wrong, 0, "%s: the expected statistics changed, and no other", what);
}

/* Exits that the guest causes, except H_CEDE */
static u64 by_the_guest(const struct stats *stats)
{
	return stats_get(stats, "sum_exits") - stats_get(stats, "dec_exits") -
	       stats_get(stats, "ext_intr_exits");
}

static void run_script(struct fixture *f)
{
	do {
		int reason = vcpu_run(&f->vcpu);

		if (reason == KVM_EXIT_MMIO)
			memset(f->vcpu.run->mmio.data, 0, 8);
		else if (reason == KVM_EXIT_PAPR_HCALL)
			vcpu_hcall_return(&f->vcpu, H_SUCCESS);
		else
			tap_bail("the script: KVM_RUN gave %d", reason);
	} while (f->vcpu.run->exit_reason == KVM_EXIT_MMIO ||
		 f->vcpu.run->papr_hcall.nr != REPORT_DONE);
}

static void exits(void)
{
	static const struct change changes[] = { BY_THE_HOST, { "ld", EVENTS_MMIO } };
	u64 expected = EVENTS_PROD + EVENTS_REPORT + 1 + EVENTS_ILLEGAL + EVENTS_MMIO +
		       EVENTS_TOUCH + EVENTS_FETCH;
	struct stats before, after, vm_before, vm_after;
	struct fixture f;
	u64 i;

	fixture_real(&f, events_script);
	if (madvise(f.vm.ram, f.vm.ram_size, MADV_NOHUGEPAGE))
		tap_bail("MADV_NOHUGEPAGE: %s", strerror(errno));
	vm_load_guest(&f.vm, 0x700, events_program);
	for (i = 0; i < 2 * EVENTS_FETCH; i++)
		vm_load_guest(&f.vm, FETCH_GPA + i * PAGE_64K, events_return);
	for (i = 0; i < 2 * EVENTS_TOUCH; i++)
		*(u64 *)vm_ptr(&f.vm, TOUCH_GPA + i * PAGE_64K, 8) = 1;
	vcpu_set_gpr(&f.vcpu, 20, TOUCH_GPA);
	vcpu_set_gpr(&f.vcpu, 21, FETCH_GPA);
	vcpu_set_gpr(&f.vcpu, 22, FIXTURE_MMIO);
	vcpu_set_gpr(&f.vcpu, 24, PAGE_64K);
	/* The first run faults in the pages of code and vectors. */
	run_script(&f);

	stats_read(&before, f.vcpu.fd);
	stats_read(&vm_before, f.vm.fd);
	run_script(&f);
	stats_read(&after, f.vcpu.fd);
	stats_read(&vm_after, f.vm.fd);
	check("exits", &before, &after, changes, ARRAY_SIZE(changes));
	check("exits, of the VM", &vm_before, &vm_after, NULL, 0);
	tap_is(by_the_guest(&after) - by_the_guest(&before), expected,
	       "sum_exits but dec_exits and ext_intr_exits: the guest's own");

	tap_is(stats_debugfs(&f.vm, "sum_exits"), stats_get(&after, "sum_exits"),
	       "debugfs: the VM's sum_exits");
	tap_is(stats_debugfs(NULL, "sum_exits"), stats_get(&after, "sum_exits"),
	       "debugfs: the sum over VMs");
	fixture_end(&f);
	tap_is(stats_debugfs(&f.vm, "sum_exits"), -1, "debugfs: nothing is left of the VM");
}

static void sleeps(void)
{
	static const struct change changes[] = {
		BY_THE_HOST, { "queue_intr", ROUNDS }, { "halt_wakeup", ROUNDS },
	};
	struct stats before, after;
	struct fixture f;
	u64 i;

	fixture_virt(&f, timer_cede);
	vm_load_guest(&f.vm, 0x900, timer_interrupt);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + NOT_SOON);
	stats_read(&before, f.vcpu.fd);
	for (i = 0; i < ROUNDS; i++) {
		vcpu_set_gpr(&f.vcpu, 21, SLEEP_TICKS);
		*fixture_data(&f, 0) = 0;
		vcpu_set_entry(&f.vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT);
		if (vcpu_run_hcall(&f.vcpu) != REPORT_DONE)
			tap_bail("the sleeping guest did not end");
	}
	stats_read(&after, f.vcpu.fd);
	check("woken by the decrementer", &before, &after, changes, ARRAY_SIZE(changes));
	fixture_end(&f);
}

static void prods(void)
{
	static const struct change changes[] = { BY_THE_HOST, { "halt_wakeup", ROUNDS } };
	struct vcpu prodder;
	struct stats before, after;
	struct fixture f;
	unsigned int i;

	fixture_real(&f, stats_cede);
	vcpu_create(&f.vm, &prodder, 1);
	vm_load_guest(&f.vm, GUEST_CODE + 0x1000, stats_prod);
	vcpu_set_gpr(&prodder, 31, FIXTURE_DATA);
	stats_read(&before, f.vcpu.fd);
	for (i = 0; i < ROUNDS; i++) {
		struct vcpu_thread thread = { .vcpu = &f.vcpu, .cpu = ANY_CPU };

		*fixture_data(&f, 0) = 0;
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + NOT_SOON);
		vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
		thread_start(&thread);
		if (!wait_asleep(thread.tid, "the vCPU that ceded"))
			tap_bail("the guest does not cede");
		vcpu_set_entry(&prodder, GUEST_CODE + 0x1000, MSR_REAL);
		if (vcpu_run_hcall(&prodder) != REPORT_DONE)
			tap_bail("the prodding guest did not end");
		thread_join(&thread);
	}
	stats_read(&after, f.vcpu.fd);
	check("woken by H_PROD", &before, &after, changes, ARRAY_SIZE(changes));
	vcpu_destroy(&prodder);
	fixture_end(&f);
}

static volatile u64 interruptions;

static bool note(struct vcpu_thread *thread, int reason)
{
	(void)thread;
	interruptions++;
	return reason == -EINTR;
}

/* Waits until the guest has run once more. */
static void wait_rounds(struct fixture *f)
{
	const volatile u64 *rounds = fixture_data(f, 0);

	if (!wait_past(rounds, *rounds + 1, "two rounds of the guest"))
		tap_bail("the guest does not run");
}

static void signals(void)
{
	static const struct change changes[] = { BY_THE_HOST, { "signal_exits", ROUNDS } };
	struct stats before, after;
	struct fixture f;
	struct vcpu_thread thread = { .vcpu = &f.vcpu, .cpu = ANY_CPU, .handle = note };
	unsigned int i;

	fixture_real(&f, signals_busy);
	vm_load_guest(&f.vm, 0x900, signals_decrementer);
	/* KVM answers no other ioctl of a vCPU during KVM_RUN. */
	stats_read(&before, f.vcpu.fd);
	thread_start(&thread);
	for (i = 0; i < ROUNDS; i++) {
		/*
		 * signals must arrive while the guest runs, not while the thread is on its way
		 * into KVM_RUN
		 */
		wait_rounds(&f);
		interruptions = 0;
		if (i == ROUNDS - 1)
			thread.stop = true;
		thread_kick(&thread);
		if (!wait_past(&interruptions, 0, "the signal's end of KVM_RUN"))
			tap_bail("the signal does not end KVM_RUN");
	}
	thread_join(&thread);
	stats_read(&after, f.vcpu.fd);
	check("interrupted by signals", &before, &after, changes, ARRAY_SIZE(changes));
	fixture_end(&f);
}

static void large_pages(void)
{
	/* it counts leaves of the partition-scoped tree */
	const struct change mapped[] = {
		{ "num_2M_pages", vmm_hash_guests() ? 0 : LARGE_PAGES },
	};
	size_t size = LARGE_PAGES * PAGE_2M;
	struct stats before, after;
	struct fixture f;
	void *memory;
	int rc;

	remote_start(&f);
	memory = vmm_memory(size, PAGE_2M);
	if (madvise(memory, size, MADV_HUGEPAGE))
		tap_bail("MADV_HUGEPAGE: %s", strerror(errno));
	memset(memory, 1, size);
	rc = vm_set_slot(&f.vm, 1, LARGE_GPA, memory, size, 0);
	if (rc)
		tap_bail("memory slot 1: %s", strerror(-rc));
	stats_read(&before, f.vm.fd);
	rc = remote_run(&f.vcpu, REMOTE_STORE, LARGE_GPA, 1, PAGE_2M, LARGE_PAGES);
	if (rc != KVM_EXIT_PAPR_HCALL)
		tap_bail("the guest stopped with %d", rc);
	stats_read(&after, f.vm.fd);
	check("stores to large pages", &before, &after, mapped, ARRAY_SIZE(mapped));
	tap_is(stats_debugfs(&f.vm, "num_2M_pages"), stats_get(&after, "num_2M_pages"),
	       "debugfs: num_2M_pages");
	rc = vm_set_slot(&f.vm, 1, LARGE_GPA, memory, 0, 0);
	if (rc)
		tap_bail("deleting memory slot 1: %s", strerror(-rc));
	stats_read(&after, f.vm.fd);
	check("the memory gone", &before, &after, NULL, 0);
	fixture_end(&f);
	munmap(memory, size);
}

int main(void)
{
	tap_start(60);
	exits();
	sleeps();
	prods();
	signals();
	large_pages();
	return tap_done();
}
