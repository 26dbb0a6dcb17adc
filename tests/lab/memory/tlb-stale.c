// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU must not use old translations of a guest's memory after the VMM was told that the memory
 * has changed. The guest stores all the time on one CPU. On another CPU the memory is changed and
 * read at once, before the guest has exited: its next timer tick, which would flush the
 * translations, is up to 4 ms away. Then the guest stores to all of its pages once more, which
 * shows that it had the time to use an old translation.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=120
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "remote.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

#define SLOT_GPA	0x10000000ull
#define PAGES		16
#define CYCLES		20
#define ENOUGH		1000	/* stores looked at */

static size_t page, size;

struct writer {
	struct fixture f;
	struct vcpu_thread thread;
};

static void writer_start(struct writer *w, void *memory, u32 flags)
{
	int rc;

	memset(w, 0, sizeof(*w));
	remote_start(&w->f);
	rc = vm_set_slot(&w->f.vm, 1, SLOT_GPA, memory, size, flags);
	if (rc)
		tap_bail("memory slot 1: %s", strerror(-rc));
	remote_command(&w->f.vcpu, REMOTE_STORE_FOREVER, SLOT_GPA, 1, page, PAGES);
	w->thread.vcpu = &w->f.vcpu;
	w->thread.cpu = host_cpus() - 1;
	host_pin(0);
	thread_start(&w->thread);
}

static void writer_end(struct writer *w)
{
	thread_stop(&w->thread);
	fixture_end(&w->f);
}

static volatile u64 *first_word(void *memory, unsigned int index)
{
	return (volatile u64 *)((char *)memory + index * page);
}

/* Waits until the guest stores to each page at @memory. */
static bool stored_to(void *memory)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		volatile u64 *word = first_word(memory, i);

		if (!wait_past(word, *word, "a store to page %u", i))
			return false;
	}
	return true;
}

static void words(void *memory, u64 *values)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		values[i] = *first_word(memory, i);
}

/* Is a word not what it was @before? */
static bool changed_since(void *memory, const u64 *before)
{
	u64 after[PAGES];

	words(memory, after);
	return memcmp(before, after, sizeof(after));
}

/* Shared memory, mapped twice: @guest's mapping changes, the other one shows the stores */
static void map_twice(void **guest, void **other)
{
	int fd = memfd_create("guest", 0);

	if (fd < 0 || ftruncate(fd, size))
		tap_bail("memfd: %s", strerror(errno));
	*guest = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	*other = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*guest == MAP_FAILED || *other == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	close(fd);
}

/* Other pages replace the guest's, and the old pages no longer belong to the guest. */
static void replaced(void)
{
	unsigned int i, reached = 0, stale = 0;
	void *guest, *old;
	struct writer w;

	map_twice(&guest, &old);
	writer_start(&w, guest, 0);
	if (!stored_to(old))
		tap_bail("the guest does not store");
	for (i = 0; i < CYCLES && reached == i; i++) {
		void *again, *new;
		u64 before[PAGES];

		map_twice(&again, &new);
		if (mremap(again, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, guest) != guest)
			tap_bail("mremap: %s", strerror(errno));
		words(old, before);
		reached += stored_to(new);
		stale += changed_since(old, before);
		munmap(old, size);
		old = new;
	}
	tap_is(reached, CYCLES, "pages replaced: the guest stores to the new ones");
	tap_is(stale, 0, "pages replaced: the guest never stores to the old ones again");
	writer_end(&w);
	munmap(guest, size);
	munmap(old, size);
}

/*
 * Begins when the log has nothing older than what @memory has. Lets the guest store, then reads
 * the log. Returns pages that have changed without being in the log. The wait has no pauses: the
 * guest's next tick could come in one.
 */
static unsigned int unlogged(struct writer *w, void *memory, unsigned int *changed)
{
	u64 before[PAGES], after[PAGES], log = 0;
	u64 end = host_timebase() + WAIT_S * host_timebase_hz();
	unsigned int i, lost = 0;
	int rc;

	words(memory, before);
	while (*first_word(memory, 0) == before[0])
		if (host_timebase() > end)
			tap_bail("waited %u s in vain: a store to page 0", WAIT_S);
	words(memory, after);
	rc = vm_dirty_log(&w->f.vm, 1, &log);
	if (rc)
		tap_bail("KVM_GET_DIRTY_LOG: %s", strerror(-rc));
	for (i = 0; i < PAGES; i++) {
		*changed += before[i] != after[i];
		lost += before[i] != after[i] && !(log >> i & 1);
	}
	return lost;
}

/* The log is read again and again. A store after a read must be in the next log. */
static void logged(void)
{
	unsigned int changed = 0, lost = 0;
	void *memory = vmm_memory(size, page);
	struct writer w;

	writer_start(&w, memory, KVM_MEM_LOG_DIRTY_PAGES);
	stored_to(memory);
	unlogged(&w, memory, &changed);
	for (changed = 0; changed < ENOUGH; )
		lost += unlogged(&w, memory, &changed);
	tap_is(lost, 0, "dirty log: all of %u stores are in the next log", changed);
	writer_end(&w);
	munmap(memory, size);
}

/*
 * A word is loaded and then stored to, without an exit in between. The translation that the load
 * left in the TLB must not hide the store from the log.
 */
static void stored_after_load(void)
{
	void *memory = vmm_memory(size, page);
	unsigned int i, logged = 0;
	struct fixture f;

	remote_start(&f);
	vm_set_slot(&f.vm, 1, SLOT_GPA, memory, size, KVM_MEM_LOG_DIRTY_PAGES);
	for (i = 0; i < CYCLES; i++) {
		u64 log = 0;

		remote_run(&f.vcpu, REMOTE_ADD, SLOT_GPA + page, 1, 0, 3);
		logged += !vm_dirty_log(&f.vm, 1, &log) && log == 2;
	}
	tap_is(*first_word(memory, 1), 3 * CYCLES, "load and store: the guest adds");
	tap_is(logged, CYCLES, "load and store: the page is in each log");
	fixture_end(&f);
	munmap(memory, size);
}

/* The log is switched on while the guest runs. */
static void log_switched_on(void)
{
	unsigned int cycle, changed = 0, lost = 0;
	void *memory = vmm_memory(size, page);
	struct writer w;

	writer_start(&w, memory, 0);
	for (cycle = 0; cycle < 3 * CYCLES; cycle++) {
		stored_to(memory);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, size, KVM_MEM_LOG_DIRTY_PAGES);
		lost += unlogged(&w, memory, &changed);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, size, 0);
	}
	tap_is(lost, 0, "dirty log switched on: it has all of %u stores", changed);
	writer_end(&w);
	munmap(memory, size);
}

/* A slot is deleted and made again while the guest runs. */
static bool pass_over_mmio(struct vcpu_thread *thread, int reason)
{
	return reason == KVM_EXIT_MMIO || !thread->stop;
}

static void deleted(void)
{
	unsigned int cycle, reached = 0, around = 0, stale = 0;
	const volatile u64 *mmio;
	char *memory = vmm_memory(size, page);
	struct writer w;

	memset(&w, 0, sizeof(w));
	remote_start(&w.f);
	vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, size, 0);
	remote_command(&w.f.vcpu, REMOTE_STORE_FOREVER, SLOT_GPA, 1, page, PAGES);
	w.thread.vcpu = &w.f.vcpu;
	w.thread.cpu = host_cpus() - 1;
	w.thread.handle = pass_over_mmio;
	host_pin(0);
	thread_start(&w.thread);
	mmio = &w.f.vcpu.exits[KVM_EXIT_MMIO];
	for (cycle = 0; cycle < CYCLES && reached == cycle; cycle++) {
		u64 before[PAGES];

		reached += stored_to(memory);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, 0, 0);
		words(memory, before);
		around += wait_past(mmio, *mmio + PAGES, "%u stores to no memory", PAGES);
		stale += changed_since(memory, before);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, size, 0);
	}
	tap_is(reached, CYCLES, "slot deleted and made again: the guest stores to it");
	tap_is(around, CYCLES, "slot deleted: the guest's stores go to user space");
	tap_is(stale, 0, "slot deleted: the guest's stores do not reach its memory");
	writer_end(&w);
	munmap(memory, size);
}

int main(void)
{
	tap_start(100);
	page = sysconf(_SC_PAGESIZE);
	size = PAGES * page;
	stored_after_load();
	if (host_cpus() < 2) {
		tap_skip("one CPU", "memory that changes while the guest runs");
		return tap_done();
	}
	replaced();
	logged();
	log_switched_on();
	deleted();
	return tap_done();
}
