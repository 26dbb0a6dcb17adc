/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmlat's BPF program, as the source wants it, and its slow exits. */
#ifndef KVMLAT_COLLECT_H
#define KVMLAT_COLLECT_H

#include "model.h"
#include "options.h"
#include "source.h"

struct collect {
	const struct options *options;
	const struct model *model;
	/* the rest is collect.c's */
	struct kvmlat_bpf *skeleton;
	struct ring_buffer *ring;
};

/* @collect stays until the source is closed. */
struct source_program collect_program(struct collect *collect, const struct options *options,
				      const struct model *model);

/*
 * After the source has been opened: gives slow exits to @take(@arg), which returns 0
 * or -errno; -EAGAIN after having taken it: no more for now.  The descriptor to wait
 * for them on, or -errno
 */
int collect_slow(struct collect *collect, int (*take)(void *arg, void *slow, size_t size),
		 void *arg);
/*
 * Takes those that are there until @take returns -EAGAIN.  0: there are no more; 1: there
 * may be; or -errno
 */
int collect_read_slow(struct collect *collect);
void collect_close_slow(struct collect *collect);

#endif
