/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts about the machine that the tools run on. */
#ifndef HVLENS_HOST_H
#define HVLENS_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host {
	uint64_t timebase_hz;	/* 0: unknown */
	bool emulated;		/* times are an emulator's */
	char model[128];	/* from the device tree; "" if there is none */
	/* "" if unknown */
	char name[65];		/* of the host */
	char release[65];	/* of the kernel */
	char boot_id[37];	/* another one after each boot */
};

/* Parses the text of /proc/cpuinfo.  A missing line gives 0, false or "". */
void host_parse_cpuinfo(const char *text, struct host *host);
/* 0 or -errno; -ENODATA: no timebase in /proc/cpuinfo */
int host_read(struct host *host);

/* Is this a 64-bit POWER kernel? */
bool host_is_power(void);

/* Do these capabilities (CapEff of /proc/PID/status) suffice for tracing? */
bool caps_suffice(uint64_t effective);
/* Do the capabilities of this process suffice?  True if they cannot be read. */
bool host_privileged(void);
/* Drops all capabilities.  Only executing another program as root brings them back.  0 or -errno */
int host_drop_privileges(void);

/* Does lockdown forbid BPF to read the kernel's memory? */
bool host_locked_down(void);

#endif
