/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvmexit-top's numbers: the entries of one window, and the rows that they
 * are added up to.  Rows can be made anew, by something else or of a part of
 * the window, as often as one likes.
 */
#ifndef KVMEXIT_TOP_MODEL_H
#define KVMEXIT_TOP_MODEL_H

#include "counts.h"
#include "kvmexit-top.h"
#include "table.h"

enum by { BY_VM, BY_VCPU, BY_REASON, BY_HCALL, BY_CPU, BY_COUNT };

/* What a row is for; what it is not by is 0 */
struct row_key {
	uint32_t vm;
	uint32_t vcpu;
	uint32_t cpu;
	uint32_t trap;
	uint64_t hcall;
};

/* Windows that a row remembers */
#define TREND	8

struct row {
	struct row_key key;
	uint64_t exits;
	uint64_t replays;
	uint64_t ticks[HVLENS_PHASE_MAX];
	uint64_t norecover_max;		/* ticks */
	uint64_t roundtrip_max;		/* ticks */
	uint64_t roundtrip[KVMEXIT_BUCKETS];
	/* by VM and by vCPU, of all exits */
	uint64_t aborts;
	uint64_t completes;
	uint64_t missed;
	uint64_t vcpus;			/* that are present (vcpus.h) */
	/* The reason with the most exits; not by reason or hypercall */
	uint32_t top_trap;
	uint64_t top_hcall;
	uint64_t top_exits;
	/* Exits a second of this window and those before, the latest last */
	uint64_t trend[TREND];
};

/* An entry of the window */
struct entry {
	struct hvlens_key key;
	struct kvmexit_value value;
};

struct model {
	struct window_facts window;
	/* of the window */
	struct entry *entries;
	size_t entry_count, entry_room;
	struct vcpu_window *vcpus;
	size_t vcpu_count, vcpu_room;
	/* what is made of it */
	enum by by;
	struct hvlens_filter path;	/* the part of the window that is shown */
	struct table rows;
	uint64_t path_vcpus;		/* that are present in that part */
	/* the rest is model.c's */
	struct table reasons;
	struct table trends;
	bool no_memory;
};

void model_init(struct model *model, enum by by);
void model_free(struct model *model);

/* A new window begins. */
void model_clear(struct model *model);
/* For the source; 0 or -ENOMEM */
int model_take(const void *key, const void *value, void *model);
/* For vcpus_close_window() */
void model_take_vcpu(const struct vcpu_window *vcpu, void *model);
/* The window is complete: makes the rows.  0 or -ENOMEM */
int model_window(struct model *model, const struct window_facts *window);
/* Makes other rows of the same window.  0 or -ENOMEM */
int model_group(struct model *model, enum by by, const struct hvlens_filter *path);

/* Ticks that @per_mille / 1000 of the row's round trips don't exceed, off by at most 1/16 */
uint64_t row_quantile(const struct row *row, unsigned int per_mille);
/* How many round trips it has */
uint64_t row_roundtrips(const struct row *row);

#endif
