// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's memory management works on a guest's memory while four vCPUs store to it: swap, KSM,
 * splitting and collapsing of large pages, migration, holes in shared memory. The host's
 * statistics show that each happened. The vCPUs find any store that is lost.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=120
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120 rare=yes
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash timeout=120 rare=yes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"
#include "host.h"
#include "hpt.h"
#include "memory.h"
#include "remote.h"
#include "tap.h"
#include "wait.h"

#define SIZE		(8ull << 20)
#define MAX_SIZE	(32ull << 20)
#define CYCLES		3

/* newer than the C library */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif

static u64 host_page;

/*
 * The size of the host's transparent large pages, 2 MiB, but 16 MiB on POWER8; and memory that
 * consists of them
 */
static u64 large_page, large_size;

/* A radix guest's tree shows how its memory is mapped. */
static bool radix;

/* A number from /proc/vmstat */
static long vmstat(const char *name)
{
	static char text[16384];
	const char *at = text;
	size_t length = strlen(name);

	host_read("/proc/vmstat", text, sizeof(text));
	for (; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, name, length) && at[length] == ' ')
			return strtol(at + length, NULL, 10);
	}
	return -1;
}

static void start(struct crowd *c, void *memory, size_t size, int advice)
{
	memset(c, 0, sizeof(*c));
	c->memory = memory;
	c->size = size;
	if (madvise(memory, size, advice))
		tap_bail("madvise %d: %s", advice, strerror(errno));
	crowd_create(c, false);
	crowd_go(c);
}

static void end(struct crowd *c, bool rounds, const char *name)
{
	tap_ok(rounds, "%s: the vCPUs go on", name);
	tap_is(crowd_end(c), 0, "%s: no store is lost", name);
	munmap(c->memory, c->size);
}

static void swapped(const char *name, int advice, size_t size)
{
	unsigned int cycle;
	bool rounds = true;
	struct crowd c;
	long out, in;

	start(&c, vmm_memory(size, large_page), size, advice);
	out = vmstat("pswpout");
	in = vmstat("pswpin");
	for (cycle = 0; cycle < CYCLES; cycle++) {
		if (madvise(c.memory, size, MADV_PAGEOUT))
			tap_bail("MADV_PAGEOUT: %s", strerror(errno));
		rounds &= crowd_round(&c);
	}
	out = vmstat("pswpout") - out;
	in = vmstat("pswpin") - in;
	tap_ok(out >= (long)(size / PAGE_64K) && in >= (long)(size / PAGE_64K),
	       "%s: %ld pages were swapped out, %ld came back", name, out, in);
	end(&c, rounds, name);
}

#define CGROUP	"/tmp/cgroup"

/*
 * The VMM's memory limit, less than the 2 * SIZE of its guest. For a hash guest the kernel keeps
 * 16 bytes per entry of the table, as much as the entry itself. That counts against the VMM's
 * limit, and none of it can be swapped out.
 */
static size_t too_little(void)
{
	return SIZE + SIZE / 2 + (radix ? 0 : 1ull << HPT_TABLE_ORDER);
}

/* The guest has more memory than the VMM's limit, so the host reclaims all the time. */
static void short_of_memory(void)
{
	const char *name = "short of memory";
	unsigned int cycle;
	bool rounds = true;
	struct crowd c;
	char pid[16], limit[24];
	long in;

	mkdir(CGROUP, 0755);
	if (system("mount -t cgroup2 cgroup " CGROUP " && "
		   "echo +memory >" CGROUP "/cgroup.subtree_control && mkdir " CGROUP "/vmm")) {
		tap_skip("the host has no memory cgroup", "%s", name);
		return;
	}
	snprintf(pid, sizeof(pid), "%d", getpid());
	host_write(CGROUP "/vmm/cgroup.procs", pid);
	snprintf(limit, sizeof(limit), "%zu", too_little());
	host_write(CGROUP "/vmm/memory.max", limit);
	in = vmstat("pswpin");
	start(&c, vmm_memory(2 * SIZE, PAGE_2M), 2 * SIZE, MADV_NOHUGEPAGE);
	/* on the kernel with small pages one word per 64 KiB is too little: one per page */
	for (cycle = 0; cycle < 2; cycle++) {
		size_t at;

		rounds &= crowd_round(&c);
		for (at = 0; at < c.size; at += host_page)
			((volatile u64 *)((char *)c.memory + at))[CROWD_VCPUS] = at;
	}
	tap_ok(vmstat("pswpin") - in > (long)(SIZE / PAGE_64K),
	       "%s: %ld pages came back from swap", name, vmstat("pswpin") - in);
	end(&c, rounds, name);
	host_write(CGROUP "/cgroup.procs", pid);
	if (system("rmdir " CGROUP "/vmm && umount " CGROUP))
		tap_bail("the memory cgroup stays");
}

static u64 frame(int pagemap, const void *address)
{
	u64 entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), (u64)address / host_page * sizeof(entry)) !=
	    sizeof(entry))
		tap_bail("/proc/self/pagemap: %s", strerror(errno));
	return entry & ((1ull << 55) - 1);
}

/* The number of the crowd's pages that share a frame with another one */
static unsigned int shared_frames(const struct crowd *c)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	u64 frames[SIZE / CROWD_STRIDE];
	unsigned int i, j, n = 0;

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		frames[i] = frame(pagemap, (char *)c->memory + i * CROWD_STRIDE);
		for (j = 0; j < i && frames[j] != frames[i]; j++)
			;
		n += j < i;
	}
	close(pagemap);
	return n;
}

static bool half_are_shared(void *crowd)
{
	return shared_frames(crowd) >= SIZE / CROWD_STRIDE / 2;
}

#define KSM	"/sys/kernel/mm/ksm/"

/* Equal pages are merged into one, and become separate at the guest's next stores. */
static void merged(void)
{
	const char *name = "merged by KSM";
	unsigned int cycle, merges = 0, id;
	struct crowd c;
	bool rounds;

	if (access(KSM "run", W_OK)) {
		tap_skip("the host has no KSM", "%s", name);
		return;
	}
	host_write(KSM "sleep_millisecs", "0");
	host_write(KSM "pages_to_scan", "1000");
	start(&c, vmm_memory(SIZE, PAGE_2M), SIZE, MADV_NOHUGEPAGE);
	if (madvise(c.memory, SIZE, MADV_MERGEABLE))
		tap_bail("MADV_MERGEABLE: %s", strerror(errno));
	rounds = crowd_round(&c);
	for (cycle = 0; cycle < CYCLES; cycle++) {
		/*
		 * KSM merges pages that have not changed for a while, so the guest stands still
		 */
		for (id = 0; id < CROWD_VCPUS; id++)
			thread_stop(&c.threads[id]);
		host_write(KSM "run", "1");
		merges += wait_until(half_are_shared, &c, "pages that KSM merges");
		host_write(KSM "run", "0");
		for (id = 0; id < CROWD_VCPUS; id++)
			thread_start(&c.threads[id]);
		rounds &= crowd_round(&c);
		merges -= shared_frames(&c) != 0;
	}
	tap_is(merges, CYCLES, "%s: pages are merged, and separate when they are stored to", name);
	/* and while the scanner works */
	host_write(KSM "run", "1");
	for (cycle = 0; cycle < CYCLES; cycle++)
		rounds &= crowd_round(&c);
	host_write(KSM "run", "2");
	end(&c, rounds, name);
}

static bool all_large(struct crowd *c)
{
	unsigned int n;

	crowd_round(c);
	if (!radix)
		return false;
	n = vm_leaves_of(&c->f.vm, CROWD_GPA, c->size, 21);
	if (n != c->size / PAGE_2M)
		tap_diag("%u of %llu leaves are large", n, c->size / PAGE_2M);
	return n == c->size / PAGE_2M;
}

#define THP	"/sys/kernel/mm/transparent_hugepage"

static bool thp(void)
{
	return !access(THP, F_OK);
}

static void find_large_pages(void)
{
	char text[24];

	host_read(THP "/hpage_pmd_size", text, sizeof(text));
	large_page = strtoull(text, NULL, 10);
	if (!large_page)
		large_page = PAGE_2M;
	large_size = SIZE > 2 * large_page ? SIZE : 2 * large_page;
	if (large_size > MAX_SIZE)
		tap_bail("large pages of %lu bytes", large_page);
}

/* Protecting a part of a large page splits it, MADV_COLLAPSE makes it whole. */
static void split(const char *name, int protection)
{
	unsigned int cycle, large = 0, small = 0, i;
	struct crowd c;
	char *memory;

	start(&c, vmm_memory(large_size, large_page), large_size, MADV_HUGEPAGE);
	c.may_fault = true;
	memory = c.memory;
	large += all_large(&c);
	for (cycle = 0; cycle < CYCLES; cycle++) {
		for (i = 0; i < large_size / large_page; i++) {
			u64 before = c.faults;

			mprotect(memory + i * large_page + PAGE_64K, PAGE_64K, protection);
			small += wait_past(&c.faults, before, "a vCPU that can't store");
			mprotect(memory + i * large_page + PAGE_64K, PAGE_64K,
				 PROT_READ | PROT_WRITE);
		}
		crowd_round(&c);
		if (radix && !vm_leaves_of(&c.f.vm, CROWD_GPA, large_size, 21))
			small++;
		/* a page that KVM uses at this moment cannot be moved */
		while (madvise(memory, large_size, MADV_COLLAPSE))
			if (errno != EAGAIN && errno != EBUSY)
				tap_bail("MADV_COLLAPSE: %s", strerror(errno));
		large += all_large(&c);
	}
	tap_is(small, CYCLES * (large_size / large_page + radix), "%s: large pages are split",
	       name);
	if (radix)
		tap_is(large, CYCLES + 1, "%s: and become large again", name);
	end(&c, crowd_round(&c), name);
}

static u64 bits(const u64 *bitmap, size_t bytes)
{
	u64 n = 0;
	size_t i;

	for (i = 0; i < bytes / 8; i++)
		n += __builtin_popcountll(bitmap[i]);
	return n;
}

/* Under stores, a dirty log splits large pages. Without the log they come back. */
static void logged(const char *name, void *memory, size_t size)
{
	static u64 bitmap[MAX_SIZE / 4096 / 64];
	unsigned int cycle, split = 0, complete = 0, large = 0;
	u64 pages = size / PAGE_2M;
	struct crowd c = { .memory = memory, .size = size };
	bool rounds = true;

	crowd_create(&c, false);
	crowd_go(&c);
	rounds &= crowd_round(&c);
	large += radix && vm_leaves_of(&c.f.vm, CROWD_GPA, size, 21) == pages;
	for (cycle = 0; cycle < CYCLES; cycle++) {
		crowd_slot(&c, KVM_MEM_LOG_DIRTY_PAGES);
		rounds &= crowd_round(&c);
		split += radix && !vm_leaves_of(&c.f.vm, CROWD_GPA, size, 21);
		vm_dirty_log(&c.f.vm, 1, bitmap);
		rounds &= crowd_round(&c);
		vm_dirty_log(&c.f.vm, 1, bitmap);
		complete += bits(bitmap, size / host_page / 8) == size / CROWD_STRIDE;
		crowd_slot(&c, 0);
		rounds &= crowd_round(&c);
		large += radix && vm_leaves_of(&c.f.vm, CROWD_GPA, size, 21) == pages;
	}
	if (radix) {
		tap_is(split, CYCLES, "%s: no leaf is large while stores are logged", name);
		tap_is(large, CYCLES + 1, "%s: all are large without a log", name);
	}
	tap_is(complete, CYCLES, "%s: the log has the pages stored to and no other", name);
	end(&c, rounds, name);
}

static void logged_thp(void)
{
	void *memory = vmm_memory(large_size, large_page);

	madvise(memory, large_size, MADV_HUGEPAGE);
	logged("logged, transparent large pages", memory, large_size);
}

static void logged_hugetlb(const char *name)
{
	char path[128], count[24];
	void *memory = MAP_FAILED;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%lukB/nr_hugepages",
		 large_page >> 10);
	snprintf(count, sizeof(count), "%lu", large_size / large_page);
	if (!access(path, W_OK)) {
		host_write(path, count);
		memory = mmap(NULL, large_size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
			      __builtin_ctzll(large_page) << MAP_HUGE_SHIFT, -1, 0);
	}
	if (memory == MAP_FAILED) {
		tap_skip("the host has no such pages", "%s", name);
		return;
	}
	logged(name, memory, large_size);
	host_write(path, "0");
}

/* Pages move to other frames: one by one, and by compaction. */
static void migrated(void)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	const char *name = "migrated";
	unsigned int i, moved = 0;
	bool rounds = true;
	struct crowd c;

	start(&c, vmm_memory(SIZE, PAGE_2M), SIZE, MADV_NOHUGEPAGE);
	for (i = 0; i < 16; i++) {
		char *page = (char *)c.memory + i * CROWD_STRIDE;
		u64 before = frame(pagemap, page);

		if (madvise(page, host_page, MADV_SOFT_OFFLINE))
			tap_diag("MADV_SOFT_OFFLINE: %s", strerror(errno));
		moved += frame(pagemap, page) != before;
		rounds &= crowd_round(&c);
	}
	tap_is(moved, i, "%s: each page has moved", name);
	for (i = 0; i < CYCLES; i++) {
		host_write("/proc/sys/vm/compact_memory", "1");
		rounds &= crowd_round(&c);
	}
	end(&c, rounds, name);
	close(pagemap);
}

static volatile sig_atomic_t told;

static void broken_memory(int sig)
{
	(void)sig;
	told++;
}

/* The hardware reports a broken page: KVM_RUN says so, and the other pages work on. */
static void poisoned(void)
{
	char *memory = vmm_memory(SIZE, PAGE_2M);
	struct fixture f;

	madvise(memory, SIZE, MADV_NOHUGEPAGE);
	remote_start(&f);
	vm_set_slot(&f.vm, 1, CROWD_GPA, memory, SIZE, 0);
	remote_put(&f.vcpu, CROWD_GPA, 1);
	remote_put(&f.vcpu, CROWD_GPA + PAGE_64K, 2);
	signal(SIGBUS, broken_memory);
	if (madvise(memory, host_page, MADV_HWPOISON)) {
		tap_skip("the host cannot simulate it", "poisoned");
	} else {
		tap_is(told, 1, "poisoned: the VMM is told");
		tap_is(remote_run(&f.vcpu, REMOTE_LOAD, CROWD_GPA, 0, 8, 1),
		       (u64)(long)-EHWPOISON, "poisoned: KVM_RUN says so");
		/* the VMM maps another page there, as it does after it has told its guest */
		mmap(memory, host_page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "poisoned: replaced, the guest goes on");
		tap_is(remote_get(&f.vcpu, CROWD_GPA + PAGE_64K), 2, "poisoned: its neighbour is intact");
	}
	fixture_end(&f);
	munmap(memory, SIZE);
}

/* All words of the crowd in that memory, at @memory */
static bool all_stored_to(volatile u64 *memory, size_t size)
{
	unsigned int id;
	size_t at;

	for (at = 0; at < size; at += CROWD_STRIDE)
		for (id = 0; id < CROWD_VCPUS; id++)
			if (!wait_past(&memory[at / sizeof(u64) + id], 0,
				       "vCPU %u: a store at %#zx", id, at))
				return false;
	return true;
}

/* Memory is given back to the host, as by a balloon, and used again. */
static void discarded(const char *name, bool shared)
{
	unsigned int cycle, zero = 0, stored = 0, spoiled = 0;
	struct crowd c = { .size = SIZE, .may_vanish = true };
	int fd = memfd_create("guest", 0);
	char *memory;

	if (fd < 0 || ftruncate(fd, SIZE))
		tap_bail("memfd: %s", strerror(errno));
	memory = vmm_memory(SIZE, PAGE_2M);
	if (shared && mmap(memory, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) !=
		      memory)
		tap_bail("mmap: %s", strerror(errno));
	c.memory = memory;
	crowd_create(&c, false);
	crowd_go(&c);
	for (cycle = 0; cycle < 4; cycle++) {
		/* one half is given back, with borders inside large pages */
		size_t at = cycle * (PAGE_2M / 2), size = SIZE / 2;
		u64 *next;
		size_t i;

		crowd_round(&c);
		if (shared ? fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, size) :
			     madvise(memory + at, size, MADV_DONTNEED))
			tap_bail("%s: %s", name, strerror(errno));
		/* the next owner of the frames finds no stores of others in them */
		next = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		stored += all_stored_to((u64 *)(memory + at), size);
		for (i = 0; i < size / sizeof(u64); i++)
			spoiled += next[i] != 0;
		munmap(next, size);
		zero += memory[at + PAGE_64K - 8] == 0;
	}
	tap_is(zero, cycle, "%s: the pages are new", name);
	tap_is(stored, cycle, "%s: every vCPU's stores reach them", name);
	tap_is(spoiled, 0, "%s: and not the new owners of the old pages", name);
	end(&c, crowd_round(&c), name);
	close(fd);
}

/* A child made by fork() keeps the memory as it was, whatever the guest does afterwards. */
static void forked(void)
{
	unsigned int cycle, whole = 0;
	bool rounds = true;
	struct crowd c;

	start(&c, vmm_memory(large_size, large_page), large_size, MADV_HUGEPAGE);
	for (cycle = 0; cycle < CYCLES; cycle++) {
		int status = -1, done[2];
		pid_t child;

		if (pipe(done))
			tap_bail("pipe: %s", strerror(errno));
		rounds &= crowd_round(&c);
		child = fork();
		if (!child) {
			volatile u64 *word = c.memory;
			u64 before[MAX_SIZE / CROWD_STRIDE];
			unsigned int i, changed = 0;

			for (i = 0; i < large_size / CROWD_STRIDE; i++)
				before[i] = word[i * CROWD_STRIDE / 8 + i % CROWD_VCPUS];
			/* until the other end is closed */
			close(done[1]);
			if (read(done[0], before, 1))
				_exit(2);
			for (i = 0; i < large_size / CROWD_STRIDE; i++)
				changed += word[i * CROWD_STRIDE / 8 + i % CROWD_VCPUS] !=
					   before[i];
			_exit(changed != 0);
		}
		rounds &= crowd_round(&c);
		close(done[0]);
		close(done[1]);
		waitpid(child, &status, 0);
		whole += !status;
	}
	tap_is(whole, CYCLES, "forked: the child's memory stays as it was");
	end(&c, rounds, "forked");
}

int main(void)
{
	tap_start(110);
	host_page = sysconf(_SC_PAGESIZE);
	radix = !vmm_hash_guests();
	find_large_pages();
	if (host_swap_on()) {
		swapped("swapped, small pages", MADV_NOHUGEPAGE, SIZE);
		if (thp())
			swapped("swapped, transparent large pages", MADV_HUGEPAGE, large_size);
		short_of_memory();
		host_swap_off();
	} else {
		tap_skip("the host has no zram", "swapped");
	}
	merged();
	if (thp()) {
		split("split, read-only", PROT_READ);
		split("split, no access", PROT_NONE);
		logged_thp();
	} else {
		tap_skip("the host has no transparent huge pages", "split");
	}
	logged_hugetlb("logged, hugetlbfs pages");
	migrated();
	poisoned();
	discarded("discarded", false);
	discarded("punched", true);
	forked();
	return tap_done();
}
