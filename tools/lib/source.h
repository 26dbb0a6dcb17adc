/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source of the numbers: attaches the BPF programs of bpf/source.bpf.h in the best way that
 * this kernel offers, and reads the windows of their maps.
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

/* A tool's BPF program, and what happens to its counts */
struct source_program {
	/* Opens the skeleton and sets its read-only data.  NULL with errno on failure */
	struct bpf_object_skeleton *(*open)(void *arg);
	/* Tells the program the frequency of its times; NULL: it need not know */
	void (*set_clock)(void *arg, uint64_t hz);
	void (*destroy)(void *arg);
	void *arg;
	/* source_read() calls it with its @arg for each entry.  0, or -errno to end the read */
	int (*take)(const void *key, const void *value, void *arg);
	/* The tool's map, and its number of entries */
	const char *map;
	uint32_t value_size;	/* 0: as in the BPF object */
	uint32_t max_entries;
	const struct hvlens_filter *filter;
};

struct source {
	struct source_facts facts;
	struct host host;
	/* the rest belongs to source.c */
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
 * Prints to stderr what is missing if it fails.  HVLENS_SOURCE in the environment
 * ("hvlens", "stock", "hvlens/raw_tp", ...) limits the choice.
 */
enum status source_open(struct source *source, const struct source_program *program);

/*
 * Ends the window and sets *@span to its time.  Gives its vCPUs to @counts and its other entries
 * to take(@arg).  0 or -errno
 */
int source_read(struct source *source, struct counts *counts, void *arg, struct span *span);

/* Detaches the programs.  The counts can still be read. */
void source_detach(struct source *source);

/* Trouble since the start */
struct hvlens_trouble source_trouble(const struct source *source);

void source_close(struct source *source);

/*
 * The number of entries with values of @value_size bytes for each of a map's two slots: @wanted,
 * or fewer if the map would take more than 1/64 of the machine's memory or 256 MB.
 */
uint32_t source_entries(uint64_t wanted, size_t value_size);

#endif
