/* SPDX-License-Identifier: GPL-2.0-only */
/* The heading of every document. */
#ifndef HVLENS_HEADING_H
#define HVLENS_HEADING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "emit.h"
#include "window.h"

/* Facts about the source of the numbers */
struct source_facts {
	const char *backend;	/* "hvlens" or "stock" */
	const char *attach;	/* "tp_btf", "raw_tp" or "tp" */
	bool records;		/* it has records: all phases, sequence numbers, aborts */
	bool completes;		/* counts kvmppc_xics_rm_complete(); with records, also the time */
	uint64_t hz;		/* frequency of the clock behind its times */
	bool emulated;		/* the times are an emulator's */
	const char *model;	/* of the machine */
	const char *host, *kernel, *boot_id;	/* see struct host; NULL: unknown */
	const char *filter;	/* the selected exits; "": all */
};

/* Does the source measure this phase? */
bool source_measures(const struct source_facts *source, enum hvlens_phase phase);

/* A window of time */
struct span {
	uint64_t ns;		/* its length, CLOCK_MONOTONIC */
	uint64_t begin;		/* timebase ticks, 0: unknown */
	uint64_t end;
};

/* Sums of a window, for any kind of rows */
struct window_facts {
	uint64_t ns;				/* its length */
	uint64_t exits;				/* that passed the filter */
	uint64_t vcpus;				/* that are present, see vcpus.h */
	uint64_t missed;			/* records */
	uint64_t aborts[HVLENS_ABORT_MAX];	/* aborted entries by cause */
	uint64_t derived;			/* exits whose T2 and T3 are derived */
	uint64_t borderless;			/* exits that lack T2 or T3 */
	struct hvlens_completes completes;
	struct hvlens_trouble trouble;		/* since the start */
};

/*
 * The first facts of every document: its kind, when, where and by what it was made.  @schema is
 * "name/version"; @time is CLOCK_REALTIME in ns.
 */
void emit_identity(struct emit *emit, const char *schema, uint64_t time,
		   const struct source_facts *source);

/* "12:34:56", local time; "" if it is not known */
#define CLOCK_SIZE	16
char *format_clock(char buf[CLOCK_SIZE], uint64_t time);

void emit_heading(struct emit *emit, const char *schema, uint64_t time,
		  const struct source_facts *source, const struct window_facts *window);

#endif
