/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the numbers come from: the BPF programs of bpf/source.bpf.h, attached
 * in the best way that this kernel offers, and their maps' windows.
 */
#ifndef HVLENS_SOURCE_H
#define HVLENS_SOURCE_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "counts.h"
#include "filter.h"
#include "heading.h"
#include "host.h"
#include "status.h"
#include "window.h"
#include "windows.h"

#define SOURCE_MAX_LINKS	8
#define SOURCE_WINDOWS		2

/* A tool's program and what is done with what it counts */
struct source_program {
	/* Opens the skeleton with its read-only data set; NULL with errno set */
	struct bpf_object_skeleton *(*open)(void *arg);
	/* Tells what its times are in, ticks a second; NULL: it need not know */
	void (*set_clock)(void *arg, uint64_t hz);
	void (*destroy)(void *arg);
	void *arg;
	/* For source_read(), with its @arg: take an entry.  0 or -errno, which ends it */
	int (*take)(const void *key, const void *value, void *arg);
	/* The map that is the tool's own, and the entries that it has room for */
	const char *map;
	uint32_t value_size;	/* of its slots; 0: as the object has it */
	uint32_t max_entries;
	const struct hvlens_filter *filter;
};

struct source {
	struct source_facts facts;
	struct host host;
	/* the rest is source.c's */
	struct source_program program;
	struct window windows[SOURCE_WINDOWS];
	struct counts *counts;
	void *take_arg;
	char filter_text[FILTER_TEXT_SIZE];
	struct bpf_link *links[SOURCE_MAX_LINKS];
	size_t link_count;
	struct hvlens_control *control;
	uint64_t begin_ns;	/* of the window, CLOCK_MONOTONIC */
	uint64_t begin;		/* the same in ticks */
};

/*
 * Says on stderr what is missing if it fails.  HVLENS_SOURCE in the environment
 * ("hvlens", "stock", "hvlens/raw_tp", ...) limits the choice.
 */
enum status source_open(struct source *source, const struct source_program *program);

/*
 * Ends the window, which was @span: its vCPUs go to @counts, its other entries to
 * take(@arg).  0 or -errno
 */
int source_read(struct source *source, struct counts *counts, void *arg, struct span *span);

/* Detaches; what was counted can still be read. */
void source_detach(struct source *source);

/* Trouble since the start */
struct hvlens_trouble source_trouble(const struct source *source);

void source_close(struct source *source);

/*
 * How many entries of @value_size fit what a tool may take of this machine's
 * memory (1/64, at most 256 MB, for two slots), at most @wanted.
 */
uint32_t source_entries(uint64_t wanted, size_t value_size);

#endif
