/* SPDX-License-Identifier: GPL-2.0-only */
/* Who runs a process, by its control group: systemd's slice and machine, a pod of Kubernetes. */
#ifndef HVLENS_CGROUP_H
#define HVLENS_CGROUP_H

/* "" if there is none */
struct cgroup {
	char path[256];		/* cut if it is longer */
	char slice[128];	/* innermost slice */
	char unit[128];		/* systemd's service or scope */
	char machine[64];	/* its name at systemd-machined */
	char pod[40];		/* UID */
};

/* Parses the text of /proc/PID/cgroup.  Sets all but the machine. */
void cgroup_parse(const char *text, struct cgroup *cgroup);
/* Looks up the machine of the unit. */
void cgroup_find_machine(struct cgroup *cgroup);

#endif
