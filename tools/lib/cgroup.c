// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cgroup.h"

/* Sets @to, which has @size bytes, to @len bytes of @from, or to as many as fit. */
static void take(char *to, size_t size, const char *from, size_t len)
{
	snprintf(to, size, "%.*s", (int)len, from);
}

static bool ends(const char *name, size_t len, const char *end)
{
	return len > strlen(end) && !memcmp(name + len - strlen(end), end, strlen(end));
}

/*
 * A line is ID:CONTROLLERS:PATH, see cgroups(7).  Version 2 has no controllers; with version 1,
 * systemd has a hierarchy of that name.
 */
static const char *path_in(const char *text, size_t *len)
{
	static const char *const marks[] = { ":name=systemd:", "0::" };
	const char *line, *found;

	for (line = text; *line; line += strspn(line, "\n")) {
		*len = strcspn(line, "\n");
		for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
			found = strstr(line, marks[i]);
			if (!found || found >= line + *len)
				continue;
			found += strlen(marks[i]);
			*len -= found - line;
			return found;
		}
		line += *len;
	}
	*len = 0;
	return line;
}

/*
 * The UID of a pod stands behind "pod" in the name of its folder; systemd's slices have "_" in the
 * place of "-".
 */
static void take_pod(const char *name, size_t len, struct cgroup *cgroup)
{
	char text[128];
	const char *pod;

	take(text, sizeof(text), name, len);
	pod = strstr(text, "pod");
	if (strstr(text, "kubepods") && pod)
		pod = strstr(pod + 3, "pod");
	if (!pod || strspn(pod + 3, "0123456789abcdef-_") != 36)
		return;
	take(cgroup->pod, sizeof(cgroup->pod), pod + 3, 36);
	for (char *c = cgroup->pod; *c; c++) {
		if (*c == '_')
			*c = '-';
	}
}

void cgroup_parse(const char *text, struct cgroup *cgroup)
{
	const char *path, *name, *end;
	size_t len;

	*cgroup = (struct cgroup){ 0 };
	path = path_in(text, &len);
	take(cgroup->path, sizeof(cgroup->path), path, len);
	end = path + len;
	for (name = path; name < end; name += len + 1) {
		len = strcspn(name, "/\n");
		if (ends(name, len, ".slice"))
			take(cgroup->slice, sizeof(cgroup->slice), name, len);
		else if (ends(name, len, ".scope") || ends(name, len, ".service"))
			take(cgroup->unit, sizeof(cgroup->unit), name, len);
		take_pod(name, len, cgroup);
	}
}

/* systemd-machined has a link from each unit to the name of its machine. */
void cgroup_find_machine(struct cgroup *cgroup)
{
	char path[256], name[sizeof(cgroup->machine)];
	ssize_t len;

	if (!*cgroup->unit)
		return;
	snprintf(path, sizeof(path), "/run/systemd/machines/unit:%s", cgroup->unit);
	len = readlink(path, name, sizeof(name) - 1);
	if (len > 0)
		take(cgroup->machine, sizeof(cgroup->machine), name, len);
}
