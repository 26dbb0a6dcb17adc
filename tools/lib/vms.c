// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"
#include "vms.h"

struct vm_row {
	uint32_t vm;
	uint64_t began;		/* when the process began, clock ticks since boot; 0: unknown */
	char name[VM_NAME_SIZE];
	char uuid[VM_UUID_SIZE];
	struct cgroup cgroup;
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

/*
 * Copies the value at *@text up to a comma or the end of the text.  Two commas stand for one
 * that belongs to the value.  Moves *@text behind the comma.
 */
static void take_value(const char **text, char *value, size_t size)
{
	const char *from = *text;
	size_t len = 0;

	for (; *from; from++) {
		if (*from == ',' && *++from != ',')
			break;
		if (len + 1 < size)
			value[len++] = *from;
	}
	value[len] = '\0';
	*text = from;
}

/*
 * QEMU's -name is a list of KEY=VALUE with commas between.  The first element may be the value
 * alone; its key is "guest".
 */
static void take_name(const char *text, char name[VM_NAME_SIZE])
{
	char part[VM_NAME_SIZE + sizeof("guest=")];
	bool first = true;

	for (; *text; first = false) {
		take_value(&text, part, sizeof(part));
		if (!strncmp(part, "guest=", 6))
			snprintf(name, VM_NAME_SIZE, "%.*s", VM_NAME_SIZE - 1, part + 6);
		else if (first && !strchr(part, '='))
			snprintf(name, VM_NAME_SIZE, "%.*s", VM_NAME_SIZE - 1, part);
	}
}

void vms_parse_cmdline(const char *cmdline, size_t size, char name[VM_NAME_SIZE],
		       char uuid[VM_UUID_SIZE])
{
	const char *end = cmdline + size, *argument, *option;

	name[0] = '\0';
	uuid[0] = '\0';
	while (cmdline < end) {
		option = cmdline;
		cmdline += strlen(cmdline) + 1;
		argument = cmdline;
		if (*option++ != '-' || cmdline >= end)
			continue;
		option += *option == '-';
		if (!strcmp(option, "name"))
			take_name(argument, name);
		else if (!strcmp(option, "uuid"))
			snprintf(uuid, VM_UUID_SIZE, "%.*s", VM_UUID_SIZE - 1, argument);
		else
			continue;
		cmdline += strlen(cmdline) + 1;
	}
}

/* The content of /proc/@vm/@file with a 0 added; *@size is without the 0.  NULL on failure */
static char *read_proc(uint32_t vm, const char *file, size_t *size)
{
	size_t room = 4096, got;
	char path[64], *text, *grown;
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/%s", vm, file);
	stream = fopen(path, "re");
	if (!stream)
		return NULL;
	*size = 0;
	text = malloc(room);
	while (text) {
		got = fread(text + *size, 1, room - *size - 1, stream);
		*size += got;
		if (!got)
			break;
		if (*size + 1 < room)
			continue;
		room *= 2;
		grown = realloc(text, room);
		if (!grown)
			free(text);
		text = grown;
	}
	fclose(stream);
	if (text)
		text[*size] = '\0';
	return text;
}

/* The field "starttime" of /proc/@vm/stat, see proc_pid_stat(5); 0: unknown */
static uint64_t began(uint32_t vm)
{
	uint64_t value = 0;
	const char *field;
	size_t size;
	char *text;

	text = read_proc(vm, "stat", &size);
	if (!text)
		return 0;
	/* The name, which may have blanks and parentheses, is the 2nd field.  This is the 22nd. */
	field = strrchr(text, ')');
	for (int n = 2; field && n < 22; n++) {
		field = strchr(field, ' ');
		field += !!field;
	}
	if (field)
		value = strtoull(field, NULL, 10);
	free(text);
	return value;
}

static void look_up(struct vm_row *row)
{
	size_t size;
	char *text;

	row->began = began(row->vm);
	text = read_proc(row->vm, "cgroup", &size);
	if (text) {
		cgroup_parse(text, &row->cgroup);
		cgroup_find_machine(&row->cgroup);
	}
	free(text);
	text = read_proc(row->vm, "cmdline", &size);
	if (text)
		vms_parse_cmdline(text, size, row->name, row->uuid);
	free(text);
	if (*row->name)
		return;
	text = read_proc(row->vm, "comm", &size);
	if (text)
		snprintf(row->name, sizeof(row->name), "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
	if (!*row->name)
		strcpy(row->name, "?");
}

static const struct vm_row *row_of(struct vms *vms, uint32_t vm)
{
	struct vm_row *row = table_row(&vms->names, &vm);

	if (row && !*row->name)
		look_up(row);
	return row;
}

const char *vms_name(struct vms *vms, uint32_t vm)
{
	const struct vm_row *row = row_of(vms, vm);

	return row ? row->name : "?";
}

const char *vms_uuid(struct vms *vms, uint32_t vm)
{
	const struct vm_row *row = row_of(vms, vm);

	return row ? row->uuid : "";
}

const struct cgroup *vms_cgroup(struct vms *vms, uint32_t vm)
{
	const struct vm_row *row = row_of(vms, vm);

	return row ? &row->cgroup : NULL;
}

size_t vms_named(const char *text, uint32_t *pids, size_t room)
{
	char name[VM_NAME_SIZE], uuid[VM_UUID_SIZE], *cmdline;
	DIR *proc = opendir("/proc");
	size_t count = 0, size;
	struct dirent *process;
	uint32_t pid;

	while (proc && *text && (process = readdir(proc))) {
		if (!parse_u32(process->d_name, 1, INT32_MAX, &pid))
			continue;
		cmdline = read_proc(pid, "cmdline", &size);
		if (!cmdline)
			continue;
		vms_parse_cmdline(cmdline, size, name, uuid);
		free(cmdline);
		if (strcmp(text, name) && strcasecmp(text, uuid))
			continue;
		if (count < room)
			pids[count] = pid;
		count++;
	}
	if (proc)
		closedir(proc);
	return count;
}

static bool ended(uint32_t vm)
{
	return kill(vm, 0) && errno == ESRCH;
}

static bool row_gone(const void *data, void *arg)
{
	const struct vm_row *row = data;

	(void)arg;
	return ended(row->vm) || began(row->vm) != row->began;
}

bool vms_gone(const struct vms *vms, uint32_t vm)
{
	const struct vm_row *row = table_find(&vms->names, &vm);

	return row ? row_gone(row, NULL) : ended(vm);
}

void vms_prune(struct vms *vms)
{
	table_prune(&vms->names, row_gone, NULL);
}
