/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source of the numbers: attaches the BPF programs of bpf/source.bpf.c in the best way that
 * this kernel offers, reads the records that they write, and gives them to the tool in parts.
 */
#ifndef HVLENS_SOURCE_H
#define HVLENS_SOURCE_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "counts.h"
#include "drain.h"
#include "filter.h"
#include "fold.h"
#include "heading.h"
#include "host.h"
#include "status.h"
#include "window.h"

#define SOURCE_MAX_LINKS	8

/* What a tool wants */
struct source_program {
	const struct hvlens_filter *filter;
	uint64_t over;		/* ns: slow exits take longer; 0: none are wanted */
	part_fn *take;		/* the source's functions call it with their @arg for each part */
};

struct source {
	struct source_facts facts;
	struct host host;
	int events;		/* can be polled: time to call source_poll() and read slow exits */
	/* the rest belongs to source.c */
	struct source_program program;
	struct source_bpf *skeleton;
	struct rings rings;
	size_t mapped;			/* bytes of the rings */
	struct fold fold;
	struct ring_buffer *bell, *slow;
	char filter_text[FILTER_TEXT_SIZE];
	struct bpf_link *links[SOURCE_MAX_LINKS];
	size_t link_count;
	uint64_t begin_ns;	/* of the window, CLOCK_MONOTONIC */
	uint64_t begin;		/* the same in ticks */
};

/*
 * Prints to stderr what is missing if it fails.  HVLENS_SOURCE in the environment
 * ("hvlens", "stock", "hvlens/raw_tp", ...) limits the choice.
 */
enum status source_open(struct source *source, const struct source_program *program);

/*
 * Reads what has been recorded so far, and gives it to @counts and to take(@arg), for the window
 * that has not ended.  Without it the rings would overflow in a long window.  0 or -errno
 */
int source_poll(struct source *source, struct counts *counts, void *arg);

/* Ends the window, sets *@span to its time, and reads what is left of it.  0 or -errno */
int source_read(struct source *source, struct counts *counts, void *arg, struct span *span);

/*
 * source_read_slow() will give slow exits (struct hvlens_slow) to @take(@arg), which returns 0 or
 * -errno; -EAGAIN means that it has taken this one and wants no more for now.  0 or -errno
 */
int source_slow(struct source *source, int (*take)(void *arg, void *slow, size_t size), void *arg);
/*
 * Gives the slow exits in the buffer to @take until it returns -EAGAIN.  0: the buffer is
 * empty; 1: there may be more; or -errno
 */
int source_read_slow(struct source *source);

/* Detaches the programs.  What they recorded can still be read. */
void source_detach(struct source *source);

/* Trouble since the start */
struct hvlens_trouble source_trouble(const struct source *source);

void source_close(struct source *source);

#endif
