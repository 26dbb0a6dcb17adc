// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-exits: the cost of a round trip out of a guest, measured by the guest
 *
 * Prints one line per operation, separated by tabs: its name, the median in ticks of the timebase
 * over the last three quarters of the repetitions, their minimum and their maximum. In an
 * emulator that counts instructions a tick is a number of instructions; elsewhere it is time.
 *
 * For the timer it prints the lower quartile instead of the median. About every other tick of the
 * host does more than the timer's work (RCU, the scheduler), so the median would fall on one kind
 * of tick or the other.
 *
 * With an operation's name as its argument it repeats that operation without end, for
 * scripts/bench-functions.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "fixture.h"
#include "hpt.h"
#include "tap.h"
#include "thread.h"

GUEST(bench_hcall_kernel);
GUEST(bench_hcall_user);
GUEST(bench_first_touch);
GUEST(bench_mmio_load);
GUEST(bench_hash);
GUEST(bench_timer);
GUEST(bench_wake_prod);
GUEST(bench_wake_answer);
GUEST(bench_wake_timer);
GUEST(bench_decrementer);

#define BENCH_SLOT_GPA	0x10000000ull
#define BENCH_REPEAT_MAX	((FIXTURE_TABLES - BENCH_RESULTS) / 8)
#define BENCH_SLEEP	(512 * 500)	/* ticks: 0.5 ms */

static const struct bench {
	const char *name, *image, *end;
	unsigned int repeat;
	unsigned int part;	/* 2: the median; 4: the lower quartile */
	u64 r22;
	bool host_pages;	/* needs one host page of memory per repetition */
	bool answered;		/* vCPU 1 runs bench_wake_answer */
	bool hash;		/* a hash guest */
} benches[] = {
#define BENCH(id, times, share)	\
	.name = #id, .image = guest_bench_##id, .end = guest_bench_##id##_end, \
	.repeat = times, .part = share
	{ BENCH(hcall_kernel, 1024, 2) },
	{ BENCH(hcall_user, 1024, 2) },
	{ BENCH(first_touch, 512, 2), .r22 = KERNEL_EA + BENCH_SLOT_GPA, .host_pages = true },
	{ BENCH(mmio_load, 1024, 2), .r22 = KERNEL_EA + FIXTURE_MMIO },
	{ BENCH(hash, 1024, 2), .r22 = FIXTURE_FREE | HPTE_COHERENT | HPTE_PP_PRIV, .hash = true },
	{ BENCH(timer, 96, 4) },
	{ BENCH(wake_prod, 512, 2), .r22 = KERNEL_EA + FIXTURE_DATA, .answered = true },
	{ BENCH(wake_timer, 512, 2), .r22 = BENCH_SLEEP },
};

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Memory that the host has already allocated, so that only the guest's mapping is new */
static void add_memory(struct fixture *f, size_t size)
{
	void *memory = vmm_memory(size, PAGE_2M);
	int rc;

	if (madvise(memory, size, MADV_NOHUGEPAGE))
		tap_bail("MADV_NOHUGEPAGE: %s", strerror(errno));
	memset(memory, 1, size);
	rc = vm_set_slot(&f->vm, 1, BENCH_SLOT_GPA, memory, size, 0);
	if (rc)
		tap_bail("memory slot 1: %s", strerror(-rc));
	mmu_map(&f->mmu, 0, KERNEL_EA + BENCH_SLOT_GPA, BENCH_SLOT_GPA, size, PAGE_2M,
		PTE_KERNEL);
}

/* vCPU 1 on another thread, until it is stopped */
static void start_answer(struct fixture *f, struct vcpu_thread *thread, struct vcpu *vcpu,
			 u64 r22)
{
	vcpu_create(&f->vm, vcpu, 1);
	vm_load_guest(&f->vm, GUEST_CODE + 0x1000, bench_wake_answer);
	vcpu_set_gpr(vcpu, 22, r22);
	vcpu_set_entry(vcpu, KERNEL_EA + GUEST_CODE + 0x1000, MSR_VIRT);
	*thread = (struct vcpu_thread){ .vcpu = vcpu, .cpu = ANY_CPU };
	thread_start(thread);
}

/* @repeat: how often, if each time needs no memory */
static void run(const struct bench *bench, unsigned int repeat)
{
	unsigned int repeats = bench->host_pages ? bench->repeat : repeat;
	unsigned int drop = repeats / 4, count = repeats - drop;
	u64 page = sysconf(_SC_PAGESIZE);
	struct vcpu_thread thread;
	struct vcpu answer;
	struct fixture f;
	u64 *ticks;

	if (bench->hash)
		setenv("mmu", "hash", true);
	fixture_virt_image(&f, bench->image, bench->end);
	unsetenv("mmu");
	if (bench->host_pages)
		add_memory(&f, (repeats * page + PAGE_2M - 1) & -PAGE_2M);
	vm_load_guest(&f.vm, 0x900, bench_decrementer);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY, ~0ull >> 1);
	vcpu_set_gpr(&f.vcpu, 20, repeats);
	vcpu_set_gpr(&f.vcpu, 21, KERNEL_EA + BENCH_RESULTS);
	vcpu_set_gpr(&f.vcpu, 22, bench->r22);
	vcpu_set_gpr(&f.vcpu, 23, page);
	if (bench->answered)
		start_answer(&f, &thread, &answer, bench->r22);
	for (;;) {
		int reason = vcpu_run(&f.vcpu);

		if (reason == KVM_EXIT_MMIO || reason == -EINTR)
			continue;
		if (reason != KVM_EXIT_PAPR_HCALL)
			tap_bail("%s: KVM_RUN gave %d", bench->name, reason);
		if (f.vcpu.run->papr_hcall.nr == REPORT_DONE)
			break;
		if (f.vcpu.run->papr_hcall.nr != REPORT_STEP)
			tap_bail("%s: the guest stopped with %#lx", bench->name,
				 (u64)f.vcpu.run->papr_hcall.nr);
	}
	if (bench->answered) {
		thread_stop(&thread);
		vcpu_destroy(&answer);
	}
	ticks = (u64 *)vm_ptr(&f.vm, BENCH_RESULTS, repeats * sizeof(u64)) + drop;
	qsort(ticks, count, sizeof(*ticks), by_value);
	printf("%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
	       bench->name, ticks[count / bench->part],
	       ticks[0], ticks[count - 1]);
	fixture_end(&f);
}

int main(int argc, char **argv)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(benches); i++) {
		if (argc < 2)
			run(&benches[i], benches[i].repeat);
		else if (!strcmp(argv[1], benches[i].name))
			for (;;)
				run(&benches[i], BENCH_REPEAT_MAX);
	}
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
