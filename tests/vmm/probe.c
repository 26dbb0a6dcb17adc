// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "probe.h"
#include "tap.h"

#define TRACEFS		"/sys/kernel/tracing/"
#define GROUP		"hvlens_test"

/* Each line that is written is a command; truncating the file removes all probes. */
static void command(const char *text)
{
	int fd = open(TRACEFS "kprobe_events", O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		tap_bail("kprobe_events: %s: %s", text, strerror(errno));
	close(fd);
}

static void enable(const char *function, const char *on)
{
	char path[160];

	snprintf(path, sizeof(path), TRACEFS "events/" GROUP "/%s/enable", function);
	host_write(path, on);
}

void probe_start(const char *function)
{
	char text[160];

	snprintf(text, sizeof(text), "p:" GROUP "/%s %s", function, function);
	command(text);
	enable(function, "1");
}

u64 probe_hits(const char *function)
{
	static char text[4096];
	char name[80];
	const char *line;
	u64 hits;

	/* "  NAME   HITS   MISSED" */
	host_read(TRACEFS "kprobe_profile", text, sizeof(text));
	snprintf(name, sizeof(name), " %s ", function);
	line = strstr(text, name);
	if (!line || sscanf(line + strlen(name), "%lu", &hits) != 1)
		tap_bail("kprobe_profile has no number for %s", function);
	return hits;
}

void probe_end(const char *function)
{
	char text[160];

	enable(function, "0");
	snprintf(text, sizeof(text), "-:" GROUP "/%s", function);
	command(text);
}
