// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "host.h"

/* Value of the line "name<blanks>: value" of @text, its length in *@len; NULL if none */
static const char *cpuinfo_value(const char *text, const char *name, size_t *len)
{
	size_t name_len = strlen(name);
	const char *line, *p;

	for (line = text; line && *line; line = strchr(line, '\n'), line += !!line) {
		if (strncmp(line, name, name_len))
			continue;
		p = line + name_len + strspn(line + name_len, " \t");
		if (*p != ':')
			continue;
		p += 1 + strspn(p + 1, " \t");
		*len = strcspn(p, "\n");
		return p;
	}
	return NULL;
}

void host_parse_cpuinfo(const char *text, struct host *host)
{
	const char *value;
	size_t len;

	memset(host, 0, sizeof(*host));
	value = cpuinfo_value(text, "timebase", &len);
	if (value)
		host->timebase_hz = strtoull(value, NULL, 10);
	value = cpuinfo_value(text, "model", &len);
	if (value)
		snprintf(host->model, sizeof(host->model), "%.*s", (int)len, value);
	host->emulated = strstr(host->model, "emulated by qemu");
}

static void read_identity(struct host *host)
{
	struct utsname name;
	FILE *file;

	if (!uname(&name)) {
		snprintf(host->name, sizeof(host->name), "%s", name.nodename);
		snprintf(host->release, sizeof(host->release), "%s", name.release);
	}
	file = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (!file)
		return;
	if (!fgets(host->boot_id, sizeof(host->boot_id), file))
		host->boot_id[0] = '\0';
	fclose(file);
}

int host_read(struct host *host)
{
	size_t size = 0, room = 0, got;
	char *text = NULL, *grown;
	int err = 0;
	FILE *file;

	file = fopen("/proc/cpuinfo", "re");
	if (!file)
		return -errno;
	do {
		if (room - size < 4096) {
			room = room * 2 + 8192;
			grown = realloc(text, room);
			if (!grown) {
				err = -ENOMEM;
				break;
			}
			text = grown;
		}
		got = fread(text + size, 1, room - size - 1, file);
		size += got;
	} while (got);
	if (!err && ferror(file))
		err = -EIO;
	fclose(file);
	if (!err) {
		text[size] = '\0';
		host_parse_cpuinfo(text, host);
		read_identity(host);
		if (!host->timebase_hz)
			err = -ENODATA;
	}
	free(text);
	return err;
}

bool host_is_power(void)
{
	struct utsname name;

	return !uname(&name) && !strncmp(name.machine, "ppc64", 5);
}

bool caps_suffice(uint64_t effective)
{
	const uint64_t bpf = 1ull << CAP_BPF | 1ull << CAP_PERFMON;

	return effective >> CAP_SYS_ADMIN & 1 || (effective & bpf) == bpf;
}

bool host_privileged(void)
{
	uint64_t effective;
	bool known = false;
	char line[256];
	FILE *file;

	file = fopen("/proc/self/status", "re");
	if (!file)
		return true;
	while (!known && fgets(line, sizeof(line), file))
		known = sscanf(line, "CapEff: %" SCNx64, &effective) == 1;
	fclose(file);
	return !known || caps_suffice(effective);
}

int host_drop_privileges(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capset, &header, none) ? -errno : 0;
}

bool host_locked_down(void)
{
	char line[256] = "";
	FILE *file;

	file = fopen("/sys/kernel/security/lockdown", "re");
	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	return strstr(line, "[confidentiality]");
}
