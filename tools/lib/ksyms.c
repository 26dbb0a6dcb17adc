// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"

/* An address further behind a symbol does not belong to that symbol. */
#define MAX_FUNCTION	(1u << 16)

static int add(struct ksyms *ksyms, uint64_t address, const char *name, const char *module)
{
	size_t need = strlen(name) + strlen(module) + 2, room;
	void *grown;

	if (ksyms->count == ksyms->room) {
		room = ksyms->room ? ksyms->room * 2 : 65536;
		grown = realloc(ksyms->symbols, room * sizeof(*ksyms->symbols));
		if (!grown)
			return -ENOMEM;
		ksyms->symbols = grown;
		ksyms->room = room;
	}
	if (ksyms->text_room - ksyms->text_size < need) {
		room = ksyms->text_room * 2 + (1 << 20);
		grown = realloc(ksyms->text, room);
		if (!grown)
			return -ENOMEM;
		ksyms->text = grown;
		ksyms->text_room = room;
	}
	ksyms->symbols[ksyms->count++] = (struct ksym){ address, ksyms->text_size };
	ksyms->text_size += sprintf(ksyms->text + ksyms->text_size, "%s%s%s", name,
				    *module ? " " : "", module) + 1;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static int read_all(struct ksyms *ksyms, FILE *file)
{
	char line[512], name[256], module[128], type;
	uint64_t address;
	int err = 0, fields;
	bool shown = false;

	while (!err && fgets(line, sizeof(line), file)) {
		module[0] = '\0';
		fields = sscanf(line, "%" SCNx64 " %c %255s %127s", &address, &type, name, module);
		if (fields < 3 || !strchr("tTwW", type))
			continue;
		shown |= address;
		err = add(ksyms, address, name, module);
	}
	if (!err && !shown)
		err = -EPERM;
	return err;
}

int ksyms_read(struct ksyms *ksyms, FILE *from)
{
	FILE *file = from ? from : fopen("/proc/kallsyms", "re");
	int err;

	memset(ksyms, 0, sizeof(*ksyms));
	if (!file)
		return -errno;
	err = read_all(ksyms, file);
	if (!from)
		fclose(file);
	if (err)
		ksyms_free(ksyms);
	else
		qsort(ksyms->symbols, ksyms->count, sizeof(*ksyms->symbols), compare);
	return err;
}

void ksyms_free(struct ksyms *ksyms)
{
	free(ksyms->symbols);
	free(ksyms->text);
	memset(ksyms, 0, sizeof(*ksyms));
}

char *ksyms_name(char buf[KSYM_NAME_SIZE], const struct ksyms *ksyms, uint64_t address)
{
	size_t low = 0, high = ksyms->count, middle;
	const char *name, *module;
	uint64_t offset;

	/* The last symbol that is not above @address */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (ksyms->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	offset = low ? address - ksyms->symbols[low - 1].address : MAX_FUNCTION;
	if (offset >= MAX_FUNCTION) {
		snprintf(buf, KSYM_NAME_SIZE, "0x%" PRIx64, address);
		return buf;
	}
	name = ksyms->text + ksyms->symbols[low - 1].name;
	module = name + strcspn(name, " ");
	snprintf(buf, KSYM_NAME_SIZE, "%.*s+0x%" PRIx64 "%s", (int)(module - name), name, offset,
		 module);
	return buf;
}
