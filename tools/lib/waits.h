/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the threads of vCPUs waited for a CPU while they could have run: the second number of
 * /proc/PID/task/TID/schedstat.  KVM tells in debugfs which thread is which vCPU's: the folder
 * PID-DESCRIPTOR/vcpuID of each VM has the file pid (virt/kvm/kvm_main.c).
 */
#ifndef HVLENS_WAITS_H
#define HVLENS_WAITS_H

#include <stdbool.h>
#include <stdint.h>
#include "table.h"

struct waits {
	const char *debugfs;	/* KVM's folder there */
	/* the rest belongs to waits.c */
	struct table vcpus;
};

void waits_init(struct waits *waits);
void waits_free(struct waits *waits);
/* Looks for new VMs and vCPUs.  Without debugfs, or the right to read it, nothing is found. */
void waits_find(struct waits *waits);
/* Sets *@ns to the time that the vCPU's thread waited since the previous call.  false: unknown */
bool waits_since(struct waits *waits, uint32_t vm, uint32_t vcpu, uint64_t *ns);

#endif
