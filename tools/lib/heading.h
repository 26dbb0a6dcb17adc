/* SPDX-License-Identifier: GPL-2.0-only */
/* What every document of every tool begins with. */
#ifndef HVLENS_HEADING_H
#define HVLENS_HEADING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "emit.h"
#include "window.h"

/* What is known of the source of the numbers */
struct source_facts {
	const char *backend;	/* "hvlens" or "stock" */
	const char *attach;	/* "tp_btf", "raw_tp" or "tp" */
	bool records;		/* has the whole record: all phases, numbers, aborts */
	bool completes;		/* counts kvmppc_xics_rm_complete(); with records, its time too */
	uint64_t hz;		/* of its times */
	bool emulated;		/* they are an emulator's */
	const char *model;	/* of the machine */
	const char *filter;	/* what is looked at, "": all */
};

/* Does the source tell how long this takes? */
bool source_measures(const struct source_facts *source, enum hvlens_phase phase);

/* A window of time */
struct span {
	uint64_t ns;		/* its length, CLOCK_MONOTONIC */
	uint64_t begin;		/* timebase ticks, 0: unknown */
	uint64_t end;
};

/* A window's sums, whatever the rows are */
struct window_facts {
	uint64_t ns;				/* its length */
	uint64_t exits;				/* that the filter takes */
	uint64_t vcpus;				/* that were active or are present, see vcpus.h */
	uint64_t missed;			/* records */
	uint64_t aborts[HVLENS_ABORT_MAX];	/* entries */
	uint64_t derived;			/* exits whose T2 and T3 are derived */
	uint64_t borderless;			/* exits that lack T2 or T3 */
	struct hvlens_completes completes;
	struct hvlens_trouble trouble;		/* since the start */
};

/* @schema is "name/version"; @time is CLOCK_REALTIME in ns. */
void emit_heading(struct emit *emit, const char *schema, uint64_t time,
		  const struct source_facts *source, const struct window_facts *window);

#endif
