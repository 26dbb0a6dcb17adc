// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "memory.h"
#include "tap.h"

static void debugfs_path(struct vm *vm, const char *name, char *path, size_t size)
{
	snprintf(path, size, "/sys/kernel/debug/kvm/%d-%d/%s", getpid(), vm->fd, name);
}

long vm_stat(struct vm *vm, const char *name)
{
	char path[128], text[32];
	long value = -1;

	debugfs_path(vm, name, path, sizeof(path));
	host_read(path, text, sizeof(text));
	sscanf(text, "%ld", &value);
	return value;
}

static FILE *open_file(struct vm *vm, const char *name)
{
	char path[128];
	FILE *f;

	debugfs_path(vm, name, path, sizeof(path));
	f = fopen(path, "r");
	if (!f)
		tap_bail("%s: %s", path, strerror(errno));
	return f;
}

static bool next_leaf(FILE *f, struct leaf *leaf)
{
	char line[128];

	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " %lx: %lx %u", &leaf->gpa, &leaf->entry, &leaf->shift) == 3)
			return true;
	return false;
}

bool vm_leaf(struct vm *vm, u64 gpa, struct leaf *leaf)
{
	FILE *f = open_file(vm, "radix");
	bool found = false;

	while (!found && next_leaf(f, leaf))
		found = gpa >= leaf->gpa && gpa - leaf->gpa < 1ull << leaf->shift;
	fclose(f);
	return found;
}

unsigned int vm_leaves(struct vm *vm, u64 gpa, u64 size, struct leaf *leaves, unsigned int max)
{
	FILE *f = open_file(vm, "radix");
	unsigned int n = 0;
	struct leaf leaf;

	while (next_leaf(f, &leaf)) {
		if (leaf.gpa < gpa || leaf.gpa - gpa >= size)
			continue;
		if (n < max)
			leaves[n] = leaf;
		n++;
	}
	fclose(f);
	return n;
}

unsigned int vm_leaves_of(struct vm *vm, u64 gpa, u64 size, unsigned int shift)
{
	FILE *f = open_file(vm, "radix");
	unsigned int n = 0;
	struct leaf leaf;

	while (next_leaf(f, &leaf))
		n += leaf.shift == shift && leaf.gpa >= gpa && leaf.gpa - gpa < size;
	fclose(f);
	return n;
}

bool vm_hpte(struct vm *vm, u64 index, u64 e[2], bool *valid)
{
	FILE *f = open_file(vm, "htab");
	char line[128], state[8];
	bool found = false;
	u64 at;

	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%lx %lx %lx %7s", &at, &e[0], &e[1], state) == 4 &&
			at == index;
	fclose(f);
	*valid = found && !strcmp(state, "valid");
	return found;
}
