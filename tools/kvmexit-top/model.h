/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvmexit-top's numbers: the entries of one window, and the rows that are their sums.  Other
 * rows can be made of the same window at any time: of another kind, or of a part of it.
 */
#ifndef KVMEXIT_TOP_MODEL_H
#define KVMEXIT_TOP_MODEL_H

#include "counts.h"
#include "fold.h"
#include "kvmexit-top.h"
#include "table.h"
#include "tally.h"

enum by { BY_VM, BY_VCPU, BY_REASON, BY_HCALL, BY_CPU, BY_COUNT };

/* The key of a row.  Fields that do not belong to this kind of rows are 0. */
struct row_key {
	uint32_t vm;
	uint32_t vcpu;
	uint32_t cpu;
	uint32_t trap;
	uint64_t hcall;
};

/* Number of windows in a trend */
#define TREND	8

struct row {
	struct row_key key;
	uint64_t exits;
	uint64_t replays;
	uint64_t ticks[HVLENS_PHASE_MAX];
	uint64_t norecover_max;		/* ticks */
	uint64_t roundtrip_max;		/* ticks */
	uint64_t roundtrip[KVMEXIT_BUCKETS];
	/* only in rows by VM or vCPU; of all exits, whatever the filter */
	uint64_t aborts;
	uint64_t completes;
	uint64_t missed;
	uint64_t vcpus;			/* that are present (vcpus.h) */
	uint64_t between;		/* ticks in the run loop between two passes */
	uint64_t waited;		/* ticks in which threads waited for a host CPU */
	uint64_t waits;			/* vCPUs for which that is known */
	/* The most frequent reason; not in rows by reason or hypercall */
	uint32_t top_trap;
	uint64_t top_hcall;
	uint64_t top_exits;
	/* Exits per second of this window and the previous ones, the latest last */
	uint64_t trend[TREND];
};

/* What exits of one kind have in common, and their sums */
struct entry {
	struct hvlens_key key;
	uint64_t exits;
	uint64_t replays;		/* exits with host interrupts to replay */
	uint64_t norecover_max;		/* ticks */
	uint64_t roundtrip_max;		/* ticks */
	uint64_t ticks[HVLENS_PHASE_MAX];
};

/* The entries of a window */
struct entries {
	struct entry *at;
	size_t count, room;
	/* the rest belongs to model.c */
	struct entry_place {
		uint32_t number;	/* of an entry, from 1; 0: this place is free */
		uint32_t tag;		/* half of the hash of its key */
	} *index;	/* a hash table, until the window has ended */
	struct tally roundtrips;	/* the buckets of all entries */
};

struct model {
	struct window_facts window;
	/* of the window */
	struct entries entries;
	struct vcpu_window *vcpus;
	size_t vcpu_count, vcpu_room;
	/* the rows made of it */
	enum by by;
	struct hvlens_filter path;	/* the part of the window that is shown */
	struct table rows;
	uint64_t path_vcpus;		/* that are present in that part */
	/* the rest belongs to model.c */
	struct entries next;		/* of the window that has not ended */
	struct table reasons;
	struct table trends;
	bool no_memory;
};

void model_init(struct model *model, enum by by);
void model_free(struct model *model);

/* The source calls it for each part of an exit.  0 or -ENOMEM */
int model_take(const struct part *part, void *model);
/* Forgets the vCPUs of the last window. */
void model_clear(struct model *model);
/* vcpus_close_window() calls it for each vCPU. */
void model_take_vcpu(const struct vcpu_window *vcpu, void *model);
/*
 * The window is complete: makes the rows of what has been taken, and a new window begins.
 * 0 or -ENOMEM
 */
int model_window(struct model *model, const struct window_facts *window);
/* Makes other rows of the same window.  0 or -ENOMEM */
int model_group(struct model *model, enum by by, const struct hvlens_filter *path);

/* Quantile of the row's round trips in ticks, with an error of at most 1/16 */
uint64_t row_quantile(const struct row *row, unsigned int per_mille);
/* Ticks in KVM, from prepare to handle and between passes */
uint64_t row_host_ticks(const struct row *row);
/* The number of the row's round trips */
uint64_t row_roundtrips(const struct row *row);

#endif
