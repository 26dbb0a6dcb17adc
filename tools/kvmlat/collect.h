/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmlat's BPF program in the form that source.h asks for, and its slow exits. */
#ifndef KVMLAT_COLLECT_H
#define KVMLAT_COLLECT_H

#include "model.h"
#include "options.h"
#include "source.h"

struct collect {
	const struct options *options;
	const struct model *model;
	/* the rest belongs to collect.c */
	struct kvmlat_bpf *skeleton;
	struct ring_buffer *ring;
};

/* @collect must exist until the source is closed. */
struct source_program collect_program(struct collect *collect, const struct options *options,
				      const struct model *model);

/*
 * To be called after the source has been opened.  collect_read_slow() will give slow exits to
 * @take(@arg), which returns 0 or -errno; -EAGAIN means that it has taken this one and wants no
 * more for now.  Returns the descriptor to wait on for slow exits, or -errno.
 */
int collect_slow(struct collect *collect, int (*take)(void *arg, void *slow, size_t size),
		 void *arg);
/*
 * Gives the slow exits in the buffer to @take until it returns -EAGAIN.  0: the buffer is
 * empty; 1: there may be more; or -errno
 */
int collect_read_slow(struct collect *collect);
void collect_close_slow(struct collect *collect);

#endif
