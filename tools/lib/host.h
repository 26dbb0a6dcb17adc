/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts about the machine that the tools run on. */
#ifndef HVLENS_HOST_H
#define HVLENS_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host {
	uint64_t timebase_hz;	/* 0: unknown */
	bool emulated;		/* times are an emulator's */
	char model[128];	/* the device tree's, "" if it has none */
};

/* From the text of /proc/cpuinfo; missing lines leave 0, false and "". */
void host_parse_cpuinfo(const char *text, struct host *host);
/* 0 or -errno; -ENODATA: no timebase in /proc/cpuinfo */
int host_read(struct host *host);

/* A 64-bit POWER kernel? */
bool host_is_power(void);

/* @effective is CapEff of /proc/PID/status: enough for tracing programs? */
bool caps_suffice(uint64_t effective);
/* Do ours suffice?  True if it cannot be told. */
bool host_privileged(void);
/*
 * Gives all capabilities up, for good unless root executes another program.
 * 0 or -errno
 */
int host_drop_privileges(void);

/* Does lockdown keep BPF from reading the kernel's memory? */
bool host_locked_down(void);

#endif
