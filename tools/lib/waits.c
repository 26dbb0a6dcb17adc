// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vcpu_id.h"
#include "waits.h"

struct vcpu_row {
	struct vcpu_id id;
	uint32_t descriptor;	/* of the VM in its VMM */
	uint32_t tid;		/* 0: unknown */
	uint64_t waited;	/* ns */
	bool seen;		/* by waits_find() */
};

void waits_init(struct waits *waits)
{
	*waits = (struct waits){
		.debugfs = "/sys/kernel/debug/kvm",
		.vcpus = {
			.row_size = sizeof(struct vcpu_row),
			.key_size = sizeof(struct vcpu_id),
			.compare = vcpu_id_compare,
		},
	};
}

void waits_free(struct waits *waits)
{
	table_clear(&waits->vcpus);
}

/* Reads numbers as @format says.  Returns how many there are, 0 on failure */
__attribute__((format(scanf, 2, 0)))
static int read_numbers(const char *path, const char *format, ...)
{
	FILE *file = fopen(path, "re");
	va_list args;
	int count;

	if (!file)
		return 0;
	va_start(args, format);
	count = vfscanf(file, format, args);
	va_end(args);
	fclose(file);
	return count < 0 ? 0 : count;
}

/* The vCPU's thread, and how long that waited so far; false: unknown */
static bool read_vcpu(const struct waits *waits, const struct vcpu_row *row, uint32_t *tid,
		      uint64_t *waited)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%" PRIu32 "-%" PRIu32 "/vcpu%" PRIu32 "/pid",
		 waits->debugfs, row->id.vm, row->descriptor, row->id.vcpu);
	if (read_numbers(path, "%" SCNu32, tid) != 1)
		return false;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task/%" PRIu32 "/schedstat",
		 row->id.vm, *tid);
	return read_numbers(path, "%*u %" SCNu64, waited) == 1;
}

static void find_vcpus(struct waits *waits, const char *folder, uint32_t vm, uint32_t descriptor)
{
	struct dirent *entry;
	char path[512];
	DIR *vcpus;

	snprintf(path, sizeof(path), "%s/%.255s", waits->debugfs, folder);
	vcpus = opendir(path);
	while (vcpus && (entry = readdir(vcpus))) {
		struct vcpu_id id = { .vm = vm };
		struct vcpu_row *row;

		if (sscanf(entry->d_name, "vcpu%" SCNu32, &id.vcpu) != 1)
			continue;
		row = table_row(&waits->vcpus, &id);
		if (!row)
			continue;
		row->seen = true;
		row->descriptor = descriptor;
		/* From now on the wait counts. */
		if (!row->tid && !read_vcpu(waits, row, &row->tid, &row->waited))
			row->tid = 0;
	}
	if (vcpus)
		closedir(vcpus);
}

static bool is_gone(const void *data, void *arg)
{
	struct vcpu_row *row = (struct vcpu_row *)data;
	bool gone = !row->seen;

	(void)arg;
	row->seen = false;
	return gone;
}

void waits_find(struct waits *waits)
{
	DIR *vms = opendir(waits->debugfs);
	uint32_t vm, descriptor;
	struct dirent *entry;

	while (vms && (entry = readdir(vms))) {
		if (sscanf(entry->d_name, "%" SCNu32 "-%" SCNu32, &vm, &descriptor) == 2)
			find_vcpus(waits, entry->d_name, vm, descriptor);
	}
	if (vms)
		closedir(vms);
	table_prune(&waits->vcpus, is_gone, NULL);
}

bool waits_since(struct waits *waits, uint32_t vm, uint32_t vcpu, uint64_t *ns)
{
	const struct vcpu_id id = { vm, vcpu };
	struct vcpu_row *row = table_find(&waits->vcpus, &id);
	uint64_t waited;
	uint32_t tid;
	bool known;

	if (!row || !read_vcpu(waits, row, &tid, &waited))
		return false;
	/* Another thread may run the vCPU now. */
	known = tid == row->tid && waited >= row->waited;
	if (known)
		*ns = waited - row->waited;
	row->tid = tid;
	row->waited = waited;
	return known;
}
