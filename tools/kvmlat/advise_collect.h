/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source of kvmlat advise: kvmexit-top's BPF program, which sums up by VM, vCPU, CPU, reason
 * and hypercall.  Entries go to a struct advise.
 */
#ifndef KVMLAT_ADVISE_COLLECT_H
#define KVMLAT_ADVISE_COLLECT_H

#include "advise.h"
#include "options.h"
#include "source.h"

struct advise_collect {
	const struct options *options;
	struct kvmexit_top_bpf *skeleton;	/* belongs to advise_collect.c */
};

/* @collect must exist until the source is closed. */
struct source_program advise_program(struct advise_collect *collect, const struct options *options);

#endif
