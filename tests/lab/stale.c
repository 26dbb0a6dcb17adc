// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a CPU must not remember of a guest's memory once the VMM was told that it
 * is different. The guest stores all the time on one CPU; on another the memory
 * changes and is looked at at once, while the guest has not left its CPU: the
 * next timer tick, which would make it forget, is up to 4 ms away.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "remote.h"
#include "tap.h"
#include "thread.h"

#define SLOT_GPA	0x10000000ull
#define PAGES		16
#define CYCLES		20
#define LOOK_TICKS	(host_timebase_hz() / 4000)	/* 250 us */

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

/* Waits until the guest stores to each page at @memory; false after 2 s. */
static bool stored_to(void *memory)
{
	u64 end = host_timebase() + 2 * host_timebase_hz();
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		u64 before = *first_word(memory, i);

		while (*first_word(memory, i) == before)
			if (host_timebase() > end)
				return false;
	}
	return true;
}

/* Does a word change while it is looked at? */
static bool changes(void *memory)
{
	u64 end = host_timebase() + LOOK_TICKS;
	u64 before[PAGES];
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		before[i] = *first_word(memory, i);
	do {
		for (i = 0; i < PAGES; i++)
			if (*first_word(memory, i) != before[i])
				return true;
	} while (host_timebase() < end);
	return false;
}

/* Shared memory, mapped twice: @guest's mapping changes, the other one shows it */
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

/* Other pages take the place of the guest's: the old ones are no longer its. */
static void replaced(void)
{
	unsigned int i, reached = 0, stale = 0;
	void *guest, *old;
	struct writer w;

	map_twice(&guest, &old);
	writer_start(&w, guest, 0);
	for (i = 0; i < CYCLES; i++) {
		void *again, *new;

		reached += stored_to(old);
		map_twice(&again, &new);
		if (mremap(again, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, guest) != guest)
			tap_bail("mremap: %s", strerror(errno));
		stale += changes(old);
		munmap(old, size);
		old = new;
	}
	tap_is(reached, CYCLES, "pages replaced: the guest stores to the new ones");
	tap_is(stale, 0, "pages replaced: and never again to the old ones");
	writer_end(&w);
	munmap(guest, size);
	munmap(old, size);
}

/* What the log and copies by it make of memory that the guest stores to */
static void copy_by_log(struct writer *w, void *memory, void *copy)
{
	u64 log[PAGES / 64 + 1] = { 0 };
	unsigned int i;
	int rc = vm_dirty_log(&w->f.vm, 1, log);

	if (rc)
		tap_bail("KVM_GET_DIRTY_LOG: %s", strerror(-rc));
	for (i = 0; i < PAGES; i++)
		if (log[i / 64] >> i % 64 & 1)
			memcpy((char *)copy + i * page, (char *)memory + i * page, page);
}

/* A migration: rounds while the guest runs, one when it has stopped. */
static void migrated(void)
{
	unsigned int cycle, round, same = 0, reached = 0;
	char *memory = vmm_memory(size, page), *copy = vmm_memory(size, page);
	struct writer w;

	writer_start(&w, memory, KVM_MEM_LOG_DIRTY_PAGES);
	for (cycle = 0; cycle < CYCLES; cycle++) {
		reached += stored_to(memory);
		for (round = 0; round < 3; round++)
			copy_by_log(&w, memory, copy);
		reached += stored_to(memory);
		thread_stop(&w.thread);
		copy_by_log(&w, memory, copy);
		same += !memcmp(memory, copy, size);
		thread_start(&w.thread);
	}
	tap_is(reached, 2 * CYCLES, "dirty log: the guest stores all the time");
	tap_is(same, CYCLES, "dirty log: the copy made by it is the guest's memory");
	writer_end(&w);
	munmap(memory, size);
	munmap(copy, size);
}

/* The log is switched on and off under the guest: what it stores afterwards counts. */
static void log_switched(void)
{
	unsigned int cycle, same = 0;
	char *memory = vmm_memory(size, page), *copy = vmm_memory(size, page);
	struct writer w;

	writer_start(&w, memory, 0);
	for (cycle = 0; cycle < CYCLES; cycle++) {
		stored_to(memory);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, size, KVM_MEM_LOG_DIRTY_PAGES);
		memcpy(copy, memory, size);
		stored_to(memory);
		thread_stop(&w.thread);
		copy_by_log(&w, memory, copy);
		same += !memcmp(memory, copy, size);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, size, 0);
		thread_start(&w.thread);
	}
	tap_is(same, CYCLES, "dirty log switched on: it has every store from then on");
	writer_end(&w);
	munmap(memory, size);
	munmap(copy, size);
}

/* A slot goes away and comes back under the guest. */
static bool pass_over_mmio(struct vcpu_thread *thread, int reason)
{
	return reason == KVM_EXIT_MMIO || !thread->stop;
}

static void deleted(void)
{
	unsigned int cycle, reached = 0, stale = 0;
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
	for (cycle = 0; cycle < CYCLES; cycle++) {
		reached += stored_to(memory);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, 0, 0);
		stale += changes(memory);
		vm_set_slot(&w.f.vm, 1, SLOT_GPA, memory, size, 0);
	}
	tap_is(reached, CYCLES, "slot deleted and made again: the guest stores to it");
	tap_is(stale, 0, "slot deleted: the guest's stores do not reach its memory");
	writer_end(&w);
	munmap(memory, size);
}

int main(void)
{
	tap_start(100);
	page = sysconf(_SC_PAGESIZE);
	size = PAGES * page;
	if (host_cpus() < 2) {
		tap_skip("one CPU", "memory that changes while the guest runs");
		return tap_done();
	}
	replaced();
	migrated();
	log_switched();
	deleted();
	return tap_done();
}
