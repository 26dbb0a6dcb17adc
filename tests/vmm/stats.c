// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"
#include "stats.h"
#include "tap.h"

static void read_at(int fd, void *to, size_t size, off_t offset, const char *what)
{
	ssize_t got = pread(fd, to, size, offset);

	if (got != (ssize_t)size)
		tap_bail("statistics: %s: %zd of %zu bytes: %s", what, got, size,
			 got < 0 ? strerror(errno) : "file too short");
}

void stats_read(struct stats *stats, int fd)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *desc;
	size_t size;
	char *descs;
	u32 i;
	int s;

	s = ioctl(fd, KVM_GET_STATS_FD, NULL);
	if (s < 0)
		tap_bail("KVM_GET_STATS_FD: %s", strerror(errno));
	read_at(s, &header, sizeof(header), 0, "header");
	size = sizeof(*desc) + header.name_size;
	descs = malloc(size * header.num_desc);
	if (!descs)
		tap_bail("statistics: no memory");
	read_at(s, descs, size * header.num_desc, header.desc_offset, "descriptors");

	stats->count = 0;
	for (i = 0; i < header.num_desc; i++) {
		desc = (void *)(descs + i * size);
		if (desc->size != 1)
			continue;
		if (stats->count == STATS_MAX)
			tap_bail("statistics: more than %d", STATS_MAX);
		snprintf(stats->stat[stats->count].name, sizeof(stats->stat[0].name), "%.*s",
			 (int)header.name_size, desc->name);
		read_at(s, &stats->stat[stats->count].value, sizeof(u64),
			header.data_offset + desc->offset, desc->name);
		stats->count++;
	}
	free(descs);
	close(s);
}

u64 stats_get(const struct stats *stats, const char *name)
{
	unsigned int i;

	for (i = 0; i < stats->count; i++)
		if (!strcmp(stats->stat[i].name, name))
			return stats->stat[i].value;
	tap_bail("there is no statistic %s", name);
}

long long stats_debugfs(const struct vm *vm, const char *name)
{
	char path[128], text[32];

	if (vm)
		snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/%s", getpid(), vm->fd,
			 name);
	else
		snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%s", name);
	host_read(path, text, sizeof(text));
	return *text ? strtoll(text, NULL, 0) : -1;
}
