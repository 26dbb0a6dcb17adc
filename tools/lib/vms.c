// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "vms.h"

struct vm_row {
	uint32_t vm;
	char name[VM_NAME_SIZE];
};

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void vms_init(struct vms *vms)
{
	vms->names = (struct table){
		.row_size = sizeof(struct vm_row),
		.key_size = sizeof(uint32_t),
		.compare = compare,
	};
}

void vms_free(struct vms *vms)
{
	table_clear(&vms->names);
}

const char *vms_name(struct vms *vms, uint32_t vm)
{
	struct vm_row *row = table_row(&vms->names, &vm);
	char path[64];
	FILE *file;

	if (!row)
		return "?";
	if (*row->name)
		return row->name;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/comm", vm);
	file = fopen(path, "re");
	if (file) {
		if (fgets(row->name, sizeof(row->name), file))
			row->name[strcspn(row->name, "\n")] = '\0';
		fclose(file);
	}
	if (!*row->name)
		strcpy(row->name, "?");
	return row->name;
}

bool vm_gone(uint32_t vm)
{
	return kill(vm, 0) && errno == ESRCH;
}

static bool of_gone_vm(const void *row, void *arg)
{
	bool (**gone)(uint32_t vm) = arg;

	return (*gone)(((const struct vm_row *)row)->vm);
}

void vms_prune(struct vms *vms, bool (*gone)(uint32_t vm))
{
	table_prune(&vms->names, of_gone_vm, &gone);
}
