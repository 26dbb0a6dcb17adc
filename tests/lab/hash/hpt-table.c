// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of a hash guest is made, used, resized, read and written by the VMM, and freed. The
 * guest runs in real mode, so the backend makes the entries that map its memory (VRMA).
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=200 quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=200
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=200
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=200
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
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
#include "wait.h"

#define ORDER		20		/* log2 of the table's size in bytes */
#define DATA		(16ull << 20)	/* the guest's memory; the VMM changes it too */
#define DATA_SIZE	(16ull << 20)
#define MAGIC		0x1000000000ull
#define HPTE_V		1ull

static u64 host_page, pages;

static int allocate(struct vm *vm, u32 order)
{
	return vm_ioctl(vm, KVM_PPC_ALLOCATE_HTAB, &order);
}

static int resize(struct vm *vm, unsigned long request, u32 order)
{
	struct kvm_ppc_resize_hpt hpt = { .shift = order };
	int rc;

	do {
		rc = vm_ioctl(vm, request, &hpt);
		if (rc > 0)
			host_sleep_ms(rc);
	} while (rc > 0);
	return rc;
}

static int table_fd(struct vm *vm, u64 flags)
{
	struct kvm_get_htab_fd fd = { .flags = flags };

	return vm_ioctl(vm, KVM_PPC_GET_HTAB_FD, &fd);
}

static void start(struct fixture *f)
{
	int rc;

	remote_start(f);
	rc = allocate(&f->vm, ORDER);
	if (rc)
		tap_bail("KVM_PPC_ALLOCATE_HTAB: %s", strerror(-rc));
}

static void store(struct fixture *f)
{
	int rc = remote_run(&f->vcpu, REMOTE_STORE, DATA, MAGIC, host_page, pages);

	if (rc != KVM_EXIT_PAPR_HCALL)
		tap_bail("the guest's stores ended with %d", rc);
}

/* The sum of one word of each page, as the guest reads it */
static u64 load(struct fixture *f)
{
	int rc = remote_run(&f->vcpu, REMOTE_LOAD, DATA, 0, host_page, pages);

	if (rc != KVM_EXIT_PAPR_HCALL)
		tap_bail("the guest's loads ended with %d", rc);
	return vcpu_hcall_arg(&f->vcpu, 0);
}

/* The result of load() after store(), for the pages from @first on */
static u64 expected(u64 first)
{
	u64 i, sum = 0;

	for (i = first; i < pages; i++)
		sum += MAGIC + i;
	return sum;
}

static void memory(void)
{
	struct fixture f;
	u64 i, bad = 0;

	start(&f);
	store(&f);
	for (i = 0; i < pages; i++)
		bad += *(u64 *)vm_ptr(&f.vm, DATA + i * host_page, 8) != MAGIC + i;
	tap_is(bad, 0, "the VMM finds what the guest stored to %lu pages", pages);
	tap_is(load(&f), expected(0), "the guest finds them too");

	if (madvise(vm_ptr(&f.vm, DATA, DATA_SIZE / 2), DATA_SIZE / 2, MADV_DONTNEED))
		tap_bail("MADV_DONTNEED: %s", strerror(errno));
	tap_is(load(&f), expected(pages / 2), "half of them dropped: the guest finds zeros there");
	store(&f);
	tap_is(load(&f), expected(0), "the guest can store there");

	mprotect(vm_ptr(&f.vm, DATA, DATA_SIZE), DATA_SIZE, PROT_READ);
	tap_is(load(&f), expected(0), "read-only for the VMM: the guest loads");
	tap_is(remote_run(&f.vcpu, REMOTE_STORE, DATA, 0, host_page, 1), -EFAULT,
	       "the guest's store ends KVM_RUN with EFAULT");
	mprotect(vm_ptr(&f.vm, DATA, DATA_SIZE), DATA_SIZE, PROT_READ | PROT_WRITE);
	tap_is(vcpu_run(&f.vcpu), KVM_EXIT_PAPR_HCALL, "writable again: the guest goes on");
	fixture_end(&f);
}

static void dirty_log(void)
{
	u64 bits = DATA / host_page, i, extra = 0, missing = 0;
	struct fixture f;
	u8 *map;

	start(&f);
	store(&f);
	map = calloc(1, FIXTURE_RAM / host_page / 8 + 8);
	if (!map)
		tap_bail("no memory");
	if (vm_set_slot(&f.vm, 0, 0, f.vm.ram, f.vm.ram_size, KVM_MEM_LOG_DIRTY_PAGES))
		tap_bail("the dirty log can't be switched on");
	vm_dirty_log(&f.vm, 0, map);

	if (remote_run(&f.vcpu, REMOTE_STORE, DATA, 0, 4 * host_page, pages / 4) !=
	    KVM_EXIT_PAPR_HCALL)
		tap_bail("the guest's stores failed");
	tap_is(vm_dirty_log(&f.vm, 0, map), 0, "dirty log");
	for (i = 0; i < pages; i++) {
		bool set = map[(bits + i) / 8] >> (bits + i) % 8 & 1;

		missing += !(i % 4) && !set;
		extra += i % 4 && set;
	}
	tap_is(missing, 0, "dirty log: every page that was stored to");
	tap_is(extra, 0, "dirty log: no other page");

	load(&f);
	vm_dirty_log(&f.vm, 0, map);
	for (extra = 0, i = 0; i < pages; i++)
		extra += map[(bits + i) / 8] >> (bits + i) % 8 & 1;
	tap_is(extra, 0, "dirty log: loads leave it empty");
	free(map);
	fixture_end(&f);
}

/* Reads the whole table; returns the number of valid entries. *@size: of the stream */
static u64 read_table(int fd, char *stream, size_t room, size_t *size)
{
	struct kvm_get_htab_header *header;
	size_t at = 0;
	u64 valid = 0;
	ssize_t n;

	*size = 0;
	do {
		n = read(fd, stream + *size, room - *size);
		if (n < 0)
			tap_bail("reading the table: %s", strerror(errno));
		*size += n;
	} while (n > 0);
	while (at < *size) {
		unsigned int i;

		header = (struct kvm_get_htab_header *)(stream + at);
		at += sizeof(*header);
		for (i = 0; i < header->n_valid; i++, at += 16)
			valid += __builtin_bswap64(*(u64 *)(stream + at)) & HPTE_V;
	}
	return valid;
}

static void stream(void)
{
	size_t room = 2ull << ORDER, size, more, whole;
	void *volatile nowhere = (void *)8;
	char *text = malloc(room);
	struct fixture f, g;
	int fd, out;

	if (!text)
		tap_bail("no memory");
	start(&f);
	store(&f);
	fd = table_fd(&f.vm, 0);
	tap_is(read_table(fd, text, room, &size), FIXTURE_RAM / host_page,
	       "the table as a stream has an entry for each page of memory");
	whole = size;
	tap_is(read_table(fd, text, room, &more), 0, "read again, nothing has changed");
	close(fd);
	fd = table_fd(&f.vm, 0);
	tap_is(read(fd, nowhere, room) < 0 ? errno : 0, EFAULT, "read into an address without memory");
	read_table(fd, text, room, &size);
	tap_is(size, whole, "no entry is lost by that");
	close(fd);

	/*
	 * restored together with the memory the guest goes on, without entries made by the
	 * backend
	 */
	fd = table_fd(&f.vm, 0);
	read_table(fd, text, room, &size);
	close(fd);
	start(&g);
	memcpy(vm_ptr(&g.vm, DATA, DATA_SIZE), vm_ptr(&f.vm, DATA, DATA_SIZE), DATA_SIZE);
	out = table_fd(&g.vm, KVM_GET_HTAB_WRITE);
	tap_is(write(out, text, size), size, "written to another VM");
	tap_is(load(&g), expected(0), "the guest there finds its memory through the table");
	((struct kvm_get_htab_header *)text)->index = ~0u;
	tap_is(write(out, text, size) < 0 ? errno : 0, EINVAL, "an entry beyond the table's end");
	close(out);
	fixture_end(&g);
	fixture_end(&f);
	free(text);
}

/* The process has worked in the kernel for more than a tick, and still does. */
static bool in_the_middle(void *pid)
{
	unsigned long system_time;
	char path[32], text[512], state;

	snprintf(path, sizeof(path), "/proc/%d/stat", *(pid_t *)pid);
	host_read(path, text, sizeof(text));
	return sscanf(text, "%*d (%*[^)]) %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %lu",
		      &state, &system_time) == 2 && state != 'Z' && system_time > 1;
}

static bool is_gone(void *pid)
{
	return waitpid(*(pid_t *)pid, NULL, WNOHANG);
}

/*
 * Millions of chunks, each with about as many entries as the table: the writing process can be
 * killed.
 */
static void endless(void)
{
	const size_t size = 8 << 20;
	struct kvm_get_htab_header *chunks = vmm_memory(size, host_page);
	unsigned int i;
	struct fixture f;
	pid_t writer;
	int fd;

	start(&f);
	for (i = 0; i < size / sizeof(*chunks); i++)
		chunks[i] = (struct kvm_get_htab_header) { .n_invalid = 0xffff };
	fd = table_fd(&f.vm, KVM_GET_HTAB_WRITE);
	writer = fork();
	if (writer < 0)
		tap_bail("fork: %s", strerror(errno));
	if (!writer)
		_exit(write(fd, chunks, size) < 0);
	tap_ok(wait_until(in_the_middle, &writer, "the writer at work in the kernel"),
	       "a stream that takes hours is under way");
	kill(writer, SIGKILL);
	tap_ok(wait_until(is_gone, &writer, "the writer's end"), "its writer can be killed");
	close(fd);
	munmap(chunks, size);
	fixture_end(&f);
}

/* What a reading process shares with the test */
struct reading {
	volatile u64 reads;	/* how often the process found that nothing has changed */
};

/*
 * One try of killed_reader(): a process reads from @fd again and again, and is killed.
 *
 * Return: true if that was in the middle of the table: the next read() begins there and comes
 * to the table's end before it could find the change of the first entry.
 */
static bool kill_reader(int fd, int out, const void *first, size_t size, struct reading *reading)
{
	static char stream[65536];
	u64 before;
	pid_t reader = fork();
	ssize_t n;

	if (reader < 0)
		tap_bail("fork: %s", strerror(errno));
	while (!reader)
		reading->reads += !read(fd, stream, sizeof(stream));
	before = reading->reads;
	if (!wait_past(&reading->reads, before, "reads of the unchanged table"))
		tap_bail("the reader does not read");
	kill(reader, SIGKILL);
	waitpid(reader, NULL, 0);

	if (write(out, first, size) != (ssize_t)size)
		tap_bail("the first entry: %s", strerror(errno));
	n = read(fd, stream, sizeof(stream));
	if (n)
		return false;
	n = read(fd, stream, sizeof(stream));
	tap_ok(n > 0, "the next turn has what changed before the kill's place");
	return true;
}

/*
 * Reading a table without changes takes as long as the table is large. A process that is killed
 * does not read on to the table's end. A kill at the table's first entries proves nothing, so
 * there are some tries.
 */
static void killed_reader(void)
{
	struct reading *reading = mmap(NULL, host_page, PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const size_t room = 2ull << ORDER;
	char *text = malloc(room);
	struct {
		struct kvm_get_htab_header header;
		u64 v, r;
	} __attribute__((packed)) first = {
		.header = { .index = 0, .n_valid = 1 },
		/* as in in_the_way() */
		.v = __builtin_bswap64(1ull << 62 | 0x1234ull << 24 | 0x10 | HPTE_V),
		.r = __builtin_bswap64(DATA | 0x192),
	};
	bool middle = false;
	struct fixture f;
	unsigned int i;
	int fd, out;
	size_t size;

	if (reading == MAP_FAILED || !text)
		tap_bail("no memory");
	start(&f);
	store(&f);
	fd = table_fd(&f.vm, 0);
	out = table_fd(&f.vm, KVM_GET_HTAB_WRITE);
	for (i = 0; i < 10 && !middle; i++) {
		read_table(fd, text, room, &size);
		middle = kill_reader(fd, out, &first, sizeof(first), reading);
	}
	tap_ok(middle, "a killed reader ends in the middle of the table");
	close(out);
	close(fd);
	free(text);
	munmap(reading, host_page);
	fixture_end(&f);
}

/* The VMM has made an entry where one for real mode would be */
static void in_the_way(void)
{
	const u64 vsid = 0x1ffffff, number = 5, mask = (1ull << (ORDER - 7)) - 1;
	struct {
		struct kvm_get_htab_header header;
		u64 v, r;
	} __attribute__((packed)) one = {
		.header = {
			.index = ((number ^ vsid ^ vsid << 25) & mask) * 8 + 7,
			.n_valid = 1,
		},
		/* 4K of a segment of 1 TiB, bolted; R, C, M, all may load and store */
		.v = __builtin_bswap64(1ull << 62 | 0x1234ull << 24 | 0x10 | HPTE_V),
		.r = __builtin_bswap64(DATA | 0x192),
	};
	struct fixture f;
	int fd;

	start(&f);
	fd = table_fd(&f.vm, KVM_GET_HTAB_WRITE);
	tap_is(write(fd, &one, sizeof(one)), sizeof(one), "an entry where one for real mode would be");
	close(fd);
	store(&f);
	tap_is(load(&f), expected(0), "the guest runs, except for that page");
	fixture_end(&f);
}

static void resizing(void)
{
	struct kvm_ppc_resize_hpt bad = { .flags = 1, .shift = ORDER };
	struct vcpu_thread thread;
	struct fixture f;
	unsigned int i, failed = 0;
	volatile u64 *word;
	u64 before;

	start(&f);
	store(&f);
	tap_is(vm_ioctl(&f.vm, KVM_PPC_RESIZE_HPT_PREPARE, &bad), -EINVAL,
	       "resizing with an unknown flag");
	tap_is(resize(&f.vm, KVM_PPC_RESIZE_HPT_PREPARE, 17), -EINVAL, "to 2^17 bytes");
	tap_is(resize(&f.vm, KVM_PPC_RESIZE_HPT_PREPARE, 47), -EINVAL, "to 2^47");
	tap_is(resize(&f.vm, KVM_PPC_RESIZE_HPT_COMMIT, ORDER + 1), -ENXIO, "not prepared");
	tap_is(resize(&f.vm, KVM_PPC_RESIZE_HPT_PREPARE, ORDER + 1), 0, "prepared");
	tap_is(resize(&f.vm, KVM_PPC_RESIZE_HPT_COMMIT, ORDER + 1), 0, "done");
	tap_is(load(&f), expected(0), "the guest goes on");

	remote_command(&f.vcpu, REMOTE_STORE_FOREVER, DATA, 1, host_page, 16);
	word = vm_ptr(&f.vm, DATA, 8);
	*word = 0;	/* the value from which the guest counts up */
	thread = (struct vcpu_thread) { .vcpu = &f.vcpu, .cpu = host_cpus() - 1 };
	thread_start(&thread);
	for (i = 0; i < 20; i++) {
		u32 order = ORDER + 1 + i % 2;

		before = *word;
		failed += resize(&f.vm, KVM_PPC_RESIZE_HPT_PREPARE, order) != 0;
		failed += resize(&f.vm, KVM_PPC_RESIZE_HPT_COMMIT, order) != 0;
		failed += !wait_past(word, before, "a store of the guest");
	}
	tap_is(failed, 0, "20 times while the guest runs");
	tap_is(allocate(&f.vm, ORDER), -EBUSY, "but a new table is refused then");
	tap_is(vm_configure_radix(&f.vm, 0, 0), host_isa() >= 300 ? -EBUSY : -ENODEV, "and radix");
	thread_stop(&thread);
	fixture_end(&f);
}

static void switching(void)
{
	struct fixture f;

	start(&f);
	store(&f);
	if (host_isa() >= 300) {
		tap_is(vm_configure_radix(&f.vm, 0, 0), 0, "from hash to radix");
		tap_is(load(&f), expected(0), "the guest finds its memory");
		tap_is(allocate(&f.vm, ORDER), 0, "and back");
		tap_is(load(&f), expected(0), "the guest finds its memory");
	}
	tap_is(allocate(&f.vm, 60), -EINVAL, "a table of 2^60 bytes");
	tap_is(load(&f), expected(0), "the guest goes on with its table");
	tap_is(allocate(&f.vm, ORDER), 0, "an empty table, as when the guest starts again");
	tap_is(load(&f), expected(0), "the guest finds its memory");
	fixture_end(&f);
}

static void refused(void)
{
	struct vm vm;

	vm_create(&vm, FIXTURE_RAM);
	/* the stock backend takes 0 for the size of a table that does not exist */
	tap_is(allocate(&vm, 17), -EINVAL, "a table of 2^17 bytes");
	tap_is(allocate(&vm, 47), -EINVAL, "a table of 2^47 bytes");
	tap_is(allocate(&vm, 46), -ENOMEM, "a table of 2^46 bytes: there is not so much memory");
	tap_is(table_fd(&vm, 4), -EINVAL, "the table's stream with an unknown flag");
	vm_destroy(&vm);
}

/* More tables than the host has memory, one after the other */
static void freed(void)
{
	long memory = host_field("/proc/meminfo", "MemTotal");
	unsigned int n = memory / (16 << 10) + 10, i;
	struct fixture f;
	int rc = 0;

	for (i = 0; i < n && !rc; i++) {
		remote_start(&f);
		rc = allocate(&f.vm, 24);
		if (!rc)
			rc = resize(&f.vm, KVM_PPC_RESIZE_HPT_PREPARE, 23);
		fixture_end(&f);
	}
	tap_is(rc, 0, "%u VMs with a table of 16 MiB, one after the other", n);
}

int main(void)
{
	tap_start(120);
	host_page = sysconf(_SC_PAGESIZE);
	pages = DATA_SIZE / host_page;
	memory();
	dirty_log();
	stream();
	endless();
	killed_reader();
	in_the_way();
	resizing();
	switching();
	refused();
	freed();
	return tap_done();
}
