// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory: demand faults, page sizes, slots that are created, deleted and changed
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours memory=4G
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours quick=yes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "memory.h"
#include "probe.h"
#include "remote.h"
#include "tap.h"

#define SLOT_GPA	0x10000000ull
#define MOVED_GPA	0x20000000ull
#define LARGE_GPA	0x100000000ull	/* aligned to any page size */
#define SLOT_SIZE	(16ull << 20)
#define MAGIC		0x1000000000ull

static u64 host_page;

static void add_slot(struct fixture *f, u64 gpa, void *memory, size_t size, u32 flags)
{
	int rc = vm_set_slot(&f->vm, 1, gpa, memory, size, flags);

	if (rc)
		tap_bail("memory slot 1 at %#lx: %s", gpa, strerror(-rc));
}

/*
 * The guest stores a word to each page of @memory, which the VMM reads, and the other way round.
 */
static void exercise(const char *name, void *memory, size_t size)
{
	u64 pages = size / host_page, i, sum = 0, bad = 0;
	struct fixture f;

	remote_start(&f);
	add_slot(&f, SLOT_GPA, memory, size, 0);
	tap_is(remote_run(&f.vcpu, REMOTE_STORE, SLOT_GPA, MAGIC, host_page, pages),
	       KVM_EXIT_PAPR_HCALL, "%s: the guest stores to %lu pages", name, pages);
	for (i = 0; i < pages; i++) {
		u64 *word = (u64 *)((char *)memory + i * host_page);

		bad += *word != MAGIC + i;
		*word = i * i;
		sum += i * i;
	}
	tap_is(bad, 0, "%s: the VMM finds what it stored", name);
	tap_is(remote_run(&f.vcpu, REMOTE_LOAD, SLOT_GPA, 0, host_page, pages),
	       KVM_EXIT_PAPR_HCALL, "%s: the guest loads from them", name);
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), sum, "%s: the guest finds what the VMM stored", name);
	fixture_end(&f);
}

static void small_pages(void)
{
	void *memory = vmm_memory(SLOT_SIZE, PAGE_2M);

	if (madvise(memory, SLOT_SIZE, MADV_NOHUGEPAGE))
		tap_bail("MADV_NOHUGEPAGE: %s", strerror(errno));
	exercise("small pages", memory, SLOT_SIZE);
	munmap(memory, SLOT_SIZE);
}

/* The number of large pages that the statistic @name counts after one store into each */
static void large_pages(const char *what, void *memory, u64 size, u64 page, const char *name)
{
	struct fixture f;
	long before;

	remote_start(&f);
	add_slot(&f, LARGE_GPA, memory, size, 0);
	before = vm_stat(&f.vm, name);
	tap_is(remote_run(&f.vcpu, REMOTE_STORE, LARGE_GPA, MAGIC, page, size / page),
	       KVM_EXIT_PAPR_HCALL, "%s: a store into each", what);
	/* a hash guest's table has entries of the guest's page size only */
	if (!f.vm.hpt)
		tap_is(vm_stat(&f.vm, name) - before, size / page, "%s: each is mapped as a large page",
		       what);
	fixture_end(&f);
}

static void transparent_huge_pages(void)
{
	void *memory = vmm_memory(SLOT_SIZE, PAGE_2M);
	struct fixture f;
	long before;

	if (access("/sys/kernel/mm/transparent_hugepage", F_OK)) {
		tap_skip("the host has no transparent huge pages", "transparent 2M pages");
		return;
	}
	if (madvise(memory, SLOT_SIZE, MADV_HUGEPAGE))
		tap_bail("MADV_HUGEPAGE: %s", strerror(errno));
	memset(memory, 0, SLOT_SIZE);
	large_pages("transparent 2M pages", memory, SLOT_SIZE, PAGE_2M, "num_2M_pages");
	exercise("transparent 2M pages", memory, SLOT_SIZE);

	/* The same memory at an address where its 2M pages do not fit the guest's */
	remote_start(&f);
	add_slot(&f, SLOT_GPA + PAGE_64K, memory, SLOT_SIZE, 0);
	before = vm_stat(&f.vm, "num_2M_pages");
	remote_put(&f.vcpu, SLOT_GPA + PAGE_2M, 1);
	tap_is(*(u64 *)((char *)memory + PAGE_2M - PAGE_64K), 1,
	       "2M pages not aligned in the guest: the guest loads the right word");
	tap_is(vm_stat(&f.vm, "num_2M_pages"), before,
	       "2M pages not aligned in the guest: none is mapped as a large page");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

static void huge_pages(const char *what, const char *pool, int flag, u64 page, u64 size,
		       const char *name)
{
	char path[128], count[24];
	void *memory;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/%s/nr_hugepages", pool);
	snprintf(count, sizeof(count), "%lu", size / page);
	if (access(path, W_OK)) {
		tap_skip("the host has no such page size", "%s", what);
		return;
	}
	host_write(path, count);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | flag, -1, 0);
	if (memory == MAP_FAILED) {
		tap_skip("the host has no memory left for it", "%s", what);
	} else {
		large_pages(what, memory, size, page, name);
		munmap(memory, size);
	}
	host_write(path, "0");
}

/* KVM on POWER has no read-only slots: kvm.ko refuses them. */
static void read_only(void)
{
	void *memory = vmm_memory(SLOT_SIZE, PAGE_2M);
	struct fixture f;

	remote_start(&f);
	tap_is(vm_set_slot(&f.vm, 1, SLOT_GPA, memory, SLOT_SIZE, KVM_MEM_READONLY),
	       (u64)(long)-EINVAL, "read-only slot: refused");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

static void delete_and_move(void)
{
	u64 *memory = vmm_memory(SLOT_SIZE, PAGE_2M);
	u64 *other = vmm_memory(SLOT_SIZE, PAGE_2M);
	struct fixture f;

	remote_start(&f);
	add_slot(&f, SLOT_GPA, memory, SLOT_SIZE, 0);
	remote_put(&f.vcpu, SLOT_GPA + PAGE_64K, MAGIC);

	add_slot(&f, MOVED_GPA, memory, SLOT_SIZE, 0);
	tap_is(remote_get(&f.vcpu, MOVED_GPA + PAGE_64K), MAGIC,
	       "moved slot: its memory is at the new address");
	tap_is(remote_run(&f.vcpu, REMOTE_LOAD, SLOT_GPA + PAGE_64K, 0, 8, 1), KVM_EXIT_MMIO,
	       "moved slot: nothing is at the old one");
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "moved slot: the guest goes on");

	add_slot(&f, MOVED_GPA, NULL, 0, 0);
	tap_is(remote_run(&f.vcpu, REMOTE_LOAD, MOVED_GPA + PAGE_64K, 0, 8, 1), KVM_EXIT_MMIO,
	       "deleted slot: nothing is there");
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "deleted slot: the guest goes on");

	other[PAGE_64K / 8] = MAGIC + 1;
	add_slot(&f, SLOT_GPA, other, SLOT_SIZE, 0);
	tap_is(remote_get(&f.vcpu, SLOT_GPA + PAGE_64K), MAGIC + 1,
	       "new slot in its place: the new memory");
	tap_is(memory[PAGE_64K / 8], MAGIC, "new slot in its place: the old memory is unchanged");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
	munmap(other, SLOT_SIZE);
}

static bool get_dirty(struct fixture *f, u64 *bitmap, size_t size)
{
	int rc;

	memset(bitmap, 0xaa, size);
	rc = vm_dirty_log(&f->vm, 1, bitmap);
	if (rc)
		tap_diag("KVM_GET_DIRTY_LOG: %s", strerror(-rc));
	return !rc;
}

static u64 bits(const u64 *bitmap, size_t size)
{
	u64 n = 0;
	size_t i;

	for (i = 0; i < size / 8; i++)
		n += __builtin_popcountll(bitmap[i]);
	return n;
}

static bool bit(const u64 *bitmap, u64 n)
{
	return bitmap[n / 64] >> n % 64 & 1;
}

/* The log has the guest's stores and nothing else, with small and with large pages. */
static void dirty_log(const char *name, int advice)
{
	static const unsigned int stored[] = { 0, 3, 64, 100 };
	u64 *memory = vmm_memory(SLOT_SIZE, PAGE_2M);
	u64 bitmap[SLOT_SIZE / 4096 / 64];
	size_t size = SLOT_SIZE / host_page / 8;
	struct fixture f;
	unsigned int i;

	madvise(memory, SLOT_SIZE, advice);
	memset(memory, 0, SLOT_SIZE);
	remote_start(&f);
	add_slot(&f, SLOT_GPA, memory, SLOT_SIZE, 0);
	/* Mapped and stored to before logging begins: not in the log */
	remote_run(&f.vcpu, REMOTE_STORE, SLOT_GPA, 0, host_page, SLOT_SIZE / host_page);
	add_slot(&f, SLOT_GPA, memory, SLOT_SIZE, KVM_MEM_LOG_DIRTY_PAGES);
	/*
	 * A page that a load maps may be logged, since it is mapped writable and changed at once.
	 * From then on the log is exact.
	 */
	remote_run(&f.vcpu, REMOTE_LOAD, SLOT_GPA, 0, host_page, SLOT_SIZE / host_page);
	tap_ok(get_dirty(&f, bitmap, size), "dirty log, %s: can be read", name);

	remote_run(&f.vcpu, REMOTE_LOAD, SLOT_GPA, 0, host_page, SLOT_SIZE / host_page);
	get_dirty(&f, bitmap, size);
	tap_is(bits(bitmap, size), 0, "dirty log, %s: loads are not in it", name);

	for (i = 0; i < ARRAY_SIZE(stored); i++)
		remote_put(&f.vcpu, SLOT_GPA + stored[i] * host_page, i);
	get_dirty(&f, bitmap, size);
	for (i = 0; i < ARRAY_SIZE(stored); i++)
		tap_ok(bit(bitmap, stored[i]), "dirty log, %s: page %u is in it", name, stored[i]);
	tap_is(bits(bitmap, size), ARRAY_SIZE(stored), "dirty log, %s: and no other", name);

	get_dirty(&f, bitmap, size);
	tap_is(bits(bitmap, size), 0, "dirty log, %s: empty once read", name);
	remote_put(&f.vcpu, SLOT_GPA + stored[1] * host_page, 5);
	get_dirty(&f, bitmap, size);
	tap_ok(bits(bitmap, size) == 1 && bit(bitmap, stored[1]),
	       "dirty log, %s: a second store is in the next log", name);

	add_slot(&f, SLOT_GPA, memory, SLOT_SIZE, 0);
	tap_is(vm_dirty_log(&f.vm, 1, bitmap), (u64)(long)-ENOENT,
	       "dirty log, %s: gone when switched off", name);
	remote_put(&f.vcpu, SLOT_GPA, 77);
	tap_is(memory[0], 77, "dirty log, %s: the guest goes on", name);
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

/* Thirty-two slots at once, each with its own memory */
static void many_slots(void)
{
	u64 *memory[32], bad = 0;
	struct fixture f;
	unsigned int i;

	remote_start(&f);
	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		memory[i] = vmm_memory(PAGE_64K, PAGE_64K);
		bad += vm_set_slot(&f.vm, i + 1, SLOT_GPA + i * 0x100000ull, memory[i],
				   PAGE_64K, 0) != 0;
	}
	tap_is(bad, 0, "32 slots");
	tap_is(remote_run(&f.vcpu, REMOTE_STORE, SLOT_GPA, MAGIC, 0x100000, ARRAY_SIZE(memory)),
	       KVM_EXIT_PAPR_HCALL, "32 slots: the guest stores to each");
	for (i = 0; i < ARRAY_SIZE(memory); i++)
		bad += *memory[i] != MAGIC + i;
	tap_is(bad, 0, "32 slots: each to its own memory");
	fixture_end(&f);
}

/*
 * The address of a slot makes no difference, up to the end of what the tree translates. (A hash
 * guest in real mode only sees 2^40 bytes.)
 */
static void far(void)
{
	static const u64 addresses[] = {
		1ull << 40, (1ull << 46) + PAGE_64K, (1ull << 52) - SLOT_SIZE,
	};
	u64 *memory = vmm_memory(SLOT_SIZE, PAGE_2M);
	const u64 last = SLOT_SIZE - 8;
	struct fixture f;
	struct leaf leaf;
	unsigned int i;

	remote_start(&f);
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		u64 gpa = addresses[i];

		add_slot(&f, gpa, memory, SLOT_SIZE, 0);
		remote_put(&f.vcpu, gpa + last, MAGIC + i);
		tap_is(memory[last / 8], MAGIC + i, "slot at %#lx: a store to its end", gpa);
		tap_ok(vm_leaf(&f.vm, gpa + last, &leaf) && leaf.entry & LEAF_CHANGED &&
		       (leaf.entry & LEAF_ATTRIBUTES) == LEAF_CACHED,
		       "slot at %#lx: mapped as changed, normal memory", gpa);
		add_slot(&f, gpa, NULL, 0, 0);
		tap_ok(!vm_leaf(&f.vm, gpa + last, &leaf), "slot at %#lx: no leaf stays", gpa);
	}
	tap_is(vm_set_slot(&f.vm, 1, (1ull << 52) - SLOT_SIZE + PAGE_64K, memory, SLOT_SIZE, 0),
	       (u64)(long)-EINVAL, "slot beyond 2^52: refused");
	fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

/* Addresses without memory; they cost the VMM nothing. */
static void *reserve(u64 size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		tap_bail("%#lx bytes of addresses: %s", size, strerror(errno));
	return p;
}

/*
 * A slot in which all but both ends is empty: the tree is left where it is empty, so a look at
 * the whole slot takes a few steps and not one for each part of it.
 */
static void sparse(void)
{
	const u64 size = host_page << 24, last = size - host_page;
	char *memory = reserve(size);
	struct fixture f;
	struct leaf leaf;
	u64 before;

	remote_start(&f);
	probe_start("radix_visit");
	add_slot(&f, LARGE_GPA, memory, size, 0);
	remote_put(&f.vcpu, LARGE_GPA, MAGIC);
	remote_put(&f.vcpu, LARGE_GPA + last, MAGIC);
	before = probe_hits("radix_visit");
	munmap(memory, size);
	tap_ok(probe_hits("radix_visit") - before <= 8,
	       "%#lx bytes unmapped in %lu steps, at most 8", size,
	       probe_hits("radix_visit") - before);
	tap_ok(!vm_leaf(&f.vm, LARGE_GPA, &leaf) && !vm_leaf(&f.vm, LARGE_GPA + last, &leaf),
	       "no leaf stays");
	before = probe_hits("radix_visit");
	add_slot(&f, LARGE_GPA, NULL, 0, 0);
	tap_ok(probe_hits("radix_visit") - before <= 8, "the slot deleted in %lu steps, at most 8",
	       probe_hits("radix_visit") - before);
	probe_end("radix_visit");
	fixture_end(&f);
}

/* What the host has to keep for a slot can be more than it has memory for. */
static void too_large(void)
{
	enum { READ_ALL = 3, SIZE = 10 };
	const u64 size = host_page << 30;
	void *memory = reserve(size);
	size_t room = klogctl(SIZE, NULL, 0);
	char *text = vmm_memory(room + 1, host_page);
	struct fixture f;

	remote_start(&f);
	tap_is(vm_set_slot(&f.vm, 1, size, memory, size, 0), (u64)(long)-ENOMEM,
	       "slot of 2^30 pages: refused");
	text[klogctl(READ_ALL, text, room)] = '\0';
	tap_ok(!strstr(text, "vmalloc error"), "the kernel's log does not mention it");
	remote_put(&f.vcpu, FIXTURE_FREE, MAGIC);
	tap_is(remote_get(&f.vcpu, FIXTURE_FREE), MAGIC, "the guest goes on");
	fixture_end(&f);
	munmap(text, room + 1);
	munmap(memory, size);
}

int main(void)
{
	tap_start(60);
	host_page = sysconf(_SC_PAGESIZE);
	small_pages();
	transparent_huge_pages();
	huge_pages("hugetlbfs 2M pages", "hugepages-2048kB", 21 << MAP_HUGE_SHIFT, PAGE_2M,
		   SLOT_SIZE, "num_2M_pages");
	huge_pages("hugetlbfs 1G pages", "hugepages-1048576kB", 30 << MAP_HUGE_SHIFT, PAGE_1G,
		   PAGE_1G, "num_1G_pages");
	read_only();
	delete_and_move();
	dirty_log("small pages", MADV_NOHUGEPAGE);
	dirty_log("large pages", MADV_HUGEPAGE);
	many_slots();
	too_large();
	if (!vmm_hash_guests()) {
		far();
		sparse();
	}
	return tap_done();
}
