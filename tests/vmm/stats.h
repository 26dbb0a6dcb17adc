/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM's statistics of a VM or a vCPU: those of KVM_GET_STATS_FD (see the
 * kernel's Documentation/virt/kvm/api.rst, "The binary statistics"), and the
 * same as debugfs shows them.  Histograms are left out.
 */
#ifndef TESTS_STATS_H
#define TESTS_STATS_H

#include "vmm.h"

#define STATS_MAX	64

struct stats {
	unsigned int count;
	struct {
		char name[48];
		u64 value;
	} stat[STATS_MAX];
};

/* All of @fd, the file of a VM or a vCPU; "Bail out!" when that fails */
void stats_read(struct stats *stats, int fd);

/* The one of this name; "Bail out!" when there is none */
u64 stats_get(const struct stats *stats, const char *name);

/*
 * The number in debugfs of @vm's statistic (its vCPUs' sum, if it is a vCPU's);
 * -1 when there is none.  With NULL: the sum over all VMs.
 */
long long stats_debugfs(const struct vm *vm, const char *name);

#endif
