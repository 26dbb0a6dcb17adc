/* SPDX-License-Identifier: GPL-2.0-only */
/* What a record says: counts of its vCPU, and parts that a tool adds to its numbers. */
#ifndef HVLENS_FOLD_H
#define HVLENS_FOLD_H

#include <stdbool.h>
#include <stdint.h>
#include "counts.h"
#include "window.h"

/*
 * A record has up to two parts: the record's own exit, and what happened from the previous exit of
 * the vCPU until this entry, which has ended only now.
 */
struct part {
	struct hvlens_key key;
	uint64_t exits;		/* 1: the record's exit; 0: the one before, already counted */
	uint64_t replays;	/* exits with host interrupts to replay */
	uint32_t count;		/* of times */
	struct part_time {
		enum hvlens_phase phase;
		uint64_t ticks;
	} times[HVLENS_PHASE_MAX];
};

/* 0 or -errno, which ends the read */
typedef int part_fn(const struct part *part, void *arg);

struct fold {
	const struct hvlens_filter *filter;
	/* where the next records go */
	struct counts *counts;
	part_fn *take;
	void *arg;
	uint64_t version, backwards;	/* see struct hvlens_trouble */
	/* the rest belongs to fold.c: records of one vCPU on one CPU, not in @counts yet */
	struct hvlens_vcpu_key key;
	struct hvlens_vcpu_stat stat;
	bool pending;
};

/* Takes an entry of @cpu's ring.  @fold: a struct fold.  0, -ENOMEM, or what take() returned */
int fold_entry(const struct hvlens_exit *rec, uint32_t cpu, void *fold);
/* Gives the counts of the last vCPU to @counts as well.  0 or -ENOMEM */
int fold_flush(struct fold *fold);

#endif
