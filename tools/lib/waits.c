// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "parse.h"
#include "waits.h"

/* A directory here is called PID-DESCRIPTOR, after the VMM that made the VM (virt/kvm/kvm_main.c). */
#define VMS	"/sys/kernel/debug/kvm"

struct thread {
	uint32_t tid;
	uint32_t pid;
	uint64_t waited;	/* ns */
};

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void waits_init(struct waits *waits)
{
	waits->threads = (struct table){
		.row_size = sizeof(struct thread),
		.key_size = sizeof(uint32_t),
		.compare = compare,
	};
}

void waits_free(struct waits *waits)
{
	table_clear(&waits->threads);
}

static bool read_waited(uint32_t pid, uint32_t tid, uint64_t *ns)
{
	char path[64];
	bool known;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task/%" PRIu32 "/schedstat", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	known = fscanf(file, "%*u %" SCNu64, ns) == 1;
	fclose(file);
	return known;
}

static struct thread *thread_of(struct waits *waits, uint32_t pid, uint32_t tid)
{
	struct thread *thread = table_row(&waits->threads, &tid);

	if (thread)
		thread->pid = pid;
	return thread;
}

static void begin_process(struct waits *waits, uint32_t pid)
{
	struct dirent *entry;
	struct thread *thread;
	uint64_t waited;
	uint32_t tid;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task", pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		if (!parse_u32(entry->d_name, 1, INT32_MAX, &tid) || !read_waited(pid, tid, &waited))
			continue;
		thread = thread_of(waits, pid, tid);
		if (thread)
			thread->waited = waited;
	}
	if (tasks)
		closedir(tasks);
}

void waits_begin(struct waits *waits)
{
	DIR *vms = opendir(VMS);
	struct dirent *entry;
	unsigned int pid;

	while (vms && (entry = readdir(vms))) {
		if (sscanf(entry->d_name, "%u-%*u", &pid) == 1)
			begin_process(waits, pid);
	}
	if (vms)
		closedir(vms);
}

bool waits_since(struct waits *waits, uint32_t pid, uint32_t tid, uint64_t *ns)
{
	struct thread *thread = table_find(&waits->threads, &tid);
	bool known = thread;
	uint64_t waited;

	if (!tid || !read_waited(pid, tid, &waited))
		return false;
	thread = thread_of(waits, pid, tid);
	if (!thread)
		return false;
	/* Less than before: another thread has this number now. */
	known = known && waited >= thread->waited;
	if (known)
		*ns = waited - thread->waited;
	thread->waited = waited;
	return known;
}

static bool ended(const void *row, void *arg)
{
	const struct thread *thread = row;

	(void)arg;
	return syscall(SYS_tgkill, thread->pid, thread->tid, 0) && errno == ESRCH;
}

void waits_prune(struct waits *waits)
{
	table_prune(&waits->threads, ended, NULL);
}
