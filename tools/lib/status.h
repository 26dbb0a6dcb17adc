/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit statuses of the tools; the man pages list them. */
#ifndef HVLENS_STATUS_H
#define HVLENS_STATUS_H

enum status {
	STATUS_OK		= 0,
	STATUS_ERROR		= 1,	/* an error that has no other status */
	STATUS_USAGE		= 2,	/* unknown option, bad value */
	STATUS_PRIVILEGE	= 3,	/* CAP_BPF and CAP_PERFMON, or root, missing */
	STATUS_NOT_POWER	= 4,	/* not a 64-bit POWER kernel */
	STATUS_NO_BACKEND	= 5,	/* no KVM HV backend is loaded */
	STATUS_NO_BTF		= 6,	/* the kernel has no BTF and it is needed */
	STATUS_NO_EXITS		= 7,	/* no exit was seen */
	/* With a command, as env(1) and timeout(1) have them */
	STATUS_BEFORE_COMMAND	= 125,	/* an error before the command was started */
	STATUS_NOT_EXECUTABLE	= 126,	/* the command could not be executed */
	STATUS_NO_COMMAND	= 127,	/* there is no such command */
};

#endif
