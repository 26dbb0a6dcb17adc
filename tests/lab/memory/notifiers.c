// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMM's memory changes under a guest, and the guest sees the change at once.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120 quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=120
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120 mmu=hash rare=yes
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "remote.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"
#include "wait.h"

#define SLOT_GPA	0x10000000ull
#define SLOT_SIZE	(4ull << 20)
#define MAGIC		0x1000000000ull
#define DISCARDS	50

static u64 *slot(struct fixture *f)
{
	u64 *memory = vmm_memory(SLOT_SIZE, PAGE_2M);
	int rc;

	remote_start(f);
	rc = vm_set_slot(&f->vm, 1, SLOT_GPA, memory, SLOT_SIZE, 0);
	if (rc)
		tap_bail("memory slot 1: %s", strerror(-rc));
	return memory;
}

static void *map_again(void *at, size_t size, int protection)
{
	void *p = mmap(at, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	return p;
}

static void remapped(void)
{
	struct fixture f;
	u64 *memory = slot(&f);

	remote_put(&f.vcpu, SLOT_GPA, MAGIC);
	map_again(memory, SLOT_SIZE, PROT_READ | PROT_WRITE);
	tap_is(remote_get(&f.vcpu, SLOT_GPA), 0, "mapped anew: the guest sees the new page");
	remote_put(&f.vcpu, SLOT_GPA, MAGIC + 1);
	tap_is(memory[0], MAGIC + 1, "mapped anew: its store reaches it");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

static void unmapped(void)
{
	struct fixture f;
	u64 *memory = slot(&f);

	remote_put(&f.vcpu, SLOT_GPA, MAGIC);
	munmap(memory, SLOT_SIZE);
	tap_is(remote_run(&f.vcpu, REMOTE_LOAD, SLOT_GPA, 0, 8, 1), (u64)(long)-EFAULT,
	       "unmapped: KVM_RUN fails with EFAULT");
	map_again(memory, SLOT_SIZE, PROT_READ | PROT_WRITE);
	memory[0] = MAGIC + 2;
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "unmapped: the guest goes on when memory is mapped there");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), MAGIC + 2, "unmapped: the guest loads from the new memory");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

static void protected(void)
{
	struct fixture f;
	u64 *memory = slot(&f);

	remote_put(&f.vcpu, SLOT_GPA, MAGIC);
	if (mprotect(memory, SLOT_SIZE, PROT_READ))
		tap_bail("mprotect: %s", strerror(errno));
	tap_is(remote_get(&f.vcpu, SLOT_GPA), MAGIC, "read-only in the VMM: the guest loads");
	tap_is(remote_run(&f.vcpu, REMOTE_STORE, SLOT_GPA, 5, 8, 1), (u64)(long)-EFAULT,
	       "read-only in the VMM: its store fails with EFAULT");
	tap_is(memory[0], MAGIC, "read-only in the VMM: nothing is changed");
	if (mprotect(memory, SLOT_SIZE, PROT_READ | PROT_WRITE))
		tap_bail("mprotect: %s", strerror(errno));
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "writable again: the store goes through");
	tap_is(memory[0], 5, "writable again: the VMM finds the value");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

static void discarded(void)
{
	struct fixture f;
	u64 *memory = slot(&f);

	remote_put(&f.vcpu, SLOT_GPA, MAGIC);
	madvise(memory, SLOT_SIZE, MADV_DONTNEED);
	tap_is(remote_get(&f.vcpu, SLOT_GPA), 0, "discarded: the guest loads zero");
	/* All processes share the page of zeros, so a store needs a new page. */
	remote_put(&f.vcpu, SLOT_GPA, MAGIC + 3);
	tap_is(memory[0], MAGIC + 3, "discarded: its store gets a new page");
	tap_is(memory[1], 0, "discarded: the new page has zeros");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

/* After fork() both processes share the pages until one of them stores. Here the guest stores. */
static void forked(void)
{
	struct fixture f;
	u64 *memory = slot(&f);
	int to_child[2], status = 0;
	char go = 0;
	pid_t child;

	remote_put(&f.vcpu, SLOT_GPA, MAGIC);
	if (pipe(to_child))
		tap_bail("pipe: %s", strerror(errno));
	child = fork();
	if (!child) {
		if (read(to_child[0], &go, 1) != 1)
			_exit(2);
		_exit(memory[0] == MAGIC ? 0 : 1);
	}
	remote_put(&f.vcpu, SLOT_GPA, MAGIC + 4);
	tap_is(memory[0], MAGIC + 4, "forked: the guest's store is in the parent");
	if (write(to_child[1], &go, 1) != 1 || waitpid(child, &status, 0) != child)
		tap_bail("the child: %s", strerror(errno));
	tap_is(status, 0, "forked: and not in the child");
	close(to_child[0]);
	close(to_child[1]);
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

/*
 * Pages are discarded while a guest stores to them all the time, on another CPU if there is one.
 * Each time the stores must reach the new pages. A translation that is left would send them to
 * the old pages.
 */
static void while_running(int advice, const char *name)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1 };
	unsigned int i, reached = 0;
	struct fixture f;
	u64 *memory = slot(&f);
	u64 pages = SLOT_SIZE / PAGE_64K;

	madvise(memory, SLOT_SIZE, advice);
	host_pin(0);
	remote_command(&f.vcpu, REMOTE_STORE_FOREVER, SLOT_GPA, 1, PAGE_64K, pages);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	for (i = 0; i < DISCARDS && reached == i; i++) {
		u64 *word = memory + (i % pages) * (PAGE_64K / sizeof(u64));

		reached += wait_past(word, 0, "a store to the new page, %s, number %u", name, i);
		if (madvise(memory, SLOT_SIZE, MADV_DONTNEED))
			tap_bail("MADV_DONTNEED: %s", strerror(errno));
	}
	tap_is(reached, DISCARDS, "discarded while the guest stores, %s: each new page is reached",
	       name);
	thread_stop(&thread);
	tap_is(thread.last, (u64)(long)-EINTR, "discarded while the guest stores, %s: the guest ran on",
	       name);
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

#define DAMON		"/sys/kernel/mm/damon/admin/kdamonds/"
#define WINDOWS		20	/* accesses of a region that must be seen in each half */
#define WATCH_MS	200
#define STRIDE		0x1000	/* the smallest page, so that all of them are touched */

static void damon_write(const char *file, const char *fmt, u64 value)
{
	char path[160], text[32];

	snprintf(path, sizeof(path), DAMON "%s", file);
	snprintf(text, sizeof(text), fmt, value);
	host_write(path, text);
}

static void damon_target(const char *target, u64 start, u64 end)
{
	char file[64];

	snprintf(file, sizeof(file), "%spid_target", target);
	damon_write(file, "%lu", getpid());
	snprintf(file, sizeof(file), "%sregions/nr_regions", target);
	damon_write(file, "%lu", 1);
	snprintf(file, sizeof(file), "%sregions/0/start", target);
	damon_write(file, "%lu", start);
	snprintf(file, sizeof(file), "%sregions/0/end", target);
	damon_write(file, "%lu", end);
}

/* What DAMON found in one half of the slot */
struct half {
	u64 windows;	/* one region after the other, for 100 ms each */
	u64 accesses;
};

/*
 * Watches DAMON's thread until it has looked at both halves of memory often enough and has found
 * the guest's accesses: on a busy machine the guest may not run in some windows. At the end of
 * each window DAMON reports for each region in how many samples it was accessed.
 */
static void damon_watch(u64 middle, struct half *low, struct half *high)
{
	u64 end = host_timebase() + WAIT_S * host_timebase_hz();
	char pid[32];

	host_read(DAMON "0/pid", pid, sizeof(pid));
	while (low->windows < WINDOWS || high->windows < WINDOWS || !low->accesses) {
		struct trace *trace = trace_start_thread("damon:damon_aggregated", atoi(pid));
		size_t i;

		if (host_timebase() > end) {
			tap_diag("waited %u s in vain: %u windows of each half, and an access",
				 WAIT_S, WINDOWS);
			trace_stop(trace);
			trace_end(trace);
			return;
		}
		host_sleep_ms(WATCH_MS);
		trace_stop(trace);
		for (i = 0; i < trace_count(trace); i++) {
			struct half *half = trace_field(trace, i, "start") < middle ? low : high;

			half->windows++;
			half->accesses += trace_field(trace, i, "nr_accesses");
		}
		trace_end(trace);
	}
}

/*
 * Reference bits: the kernel's DAMON clears and tests them for addresses of the VMM, and that
 * asks the backend. The guest loads only from one half of the slot, and the VMM touches neither
 * half.
 */
static void referenced(void)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1 };
	struct half low = {}, high = {};
	struct fixture f;
	u64 *memory;
	u64 start, middle, end;
	unsigned int i;

	if (access(DAMON, F_OK)) {
		tap_skip("the kernel has no DAMON", "reference bits");
		return;
	}
	memory = slot(&f);
	start = (u64)memory;
	middle = start + SLOT_SIZE / 2;
	end = start + SLOT_SIZE;
	madvise(memory, SLOT_SIZE, MADV_NOHUGEPAGE);
	remote_run(&f.vcpu, REMOTE_STORE, SLOT_GPA, 1, STRIDE, SLOT_SIZE / STRIDE);

	damon_write("nr_kdamonds", "%lu", 1);
	damon_write("0/contexts/nr_contexts", "%lu", 1);
	host_write(DAMON "0/contexts/0/operations", "fvaddr");
	damon_write("0/contexts/0/monitoring_attrs/intervals/sample_us", "%lu", 5000);
	damon_write("0/contexts/0/monitoring_attrs/intervals/aggr_us", "%lu", 100000);
	damon_write("0/contexts/0/monitoring_attrs/intervals/update_us", "%lu", 1000000);
	/* each half is a target: DAMON merges similar regions, but not those of two targets */
	damon_write("0/contexts/0/targets/nr_targets", "%lu", 2);
	damon_target("0/contexts/0/targets/0/", start, middle);
	damon_target("0/contexts/0/targets/1/", middle, end);
	remote_command(&f.vcpu, REMOTE_LOAD_FOREVER, SLOT_GPA, 0, STRIDE,
		       SLOT_SIZE / 2 / STRIDE);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	/*
	 * DAMON only clears and tests pages on the LRU lists. New pages get there after a delay.
	 * A page that gets there between clearing and testing would count as accessed. This moves
	 * all of them there now.
	 */
	host_write("/proc/sys/vm/drop_caches", "1");
	host_write(DAMON "0/state", "on");
	damon_watch(middle, &low, &high);
	tap_ok(low.accesses, "reference bits: the half that the guest loads from is referenced (%lu in %lu)",
	       low.accesses, low.windows);
	tap_ok(high.windows >= WINDOWS && !high.accesses,
	       "reference bits: the other half is not (%lu in %lu)", high.accesses, high.windows);
	host_write(DAMON "0/state", "off");
	thread_stop(&thread);
	for (i = 0; i < SLOT_SIZE / STRIDE && memory[i * (STRIDE / 8)] == i + 1; i++)
		;
	tap_is(i, SLOT_SIZE / STRIDE, "reference bits: memory is unchanged");
	damon_write("nr_kdamonds", "%lu", 0);
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

int main(void)
{
	tap_start(60);
	remapped();
	unmapped();
	protected();
	discarded();
	forked();
	while_running(MADV_NOHUGEPAGE, "small pages");
	while_running(MADV_HUGEPAGE, "large pages");
	referenced();
	return tap_done();
}
