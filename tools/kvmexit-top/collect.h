/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmexit-top's BPF program in the form that source.h asks for. */
#ifndef KVMEXIT_TOP_COLLECT_H
#define KVMEXIT_TOP_COLLECT_H

#include "options.h"
#include "source.h"

struct collect {
	const struct options *options;
	struct kvmexit_top_bpf *skeleton;	/* belongs to collect.c */
};

/* @collect must exist until the source is closed. */
struct source_program collect_program(struct collect *collect, const struct options *options);

#endif
