/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmlat's numbers: histograms by key and phase, summed up until they are shown. */
#ifndef KVMLAT_MODEL_H
#define KVMLAT_MODEL_H

#include "fold.h"
#include "histsum.h"
#include "kvmlat.h"
#include "table.h"
#include "tally.h"

struct model_row {
	struct model_key {
		uint64_t vm;	/* by vCPU and by VM, else 0 */
		uint64_t id;	/* vCPU's id, trap, hypercall's number or CPU */
	} key;
	uint32_t number;	/* from 1, in the order in which the rows were made */
	struct model_phase {
		uint64_t count;
		uint64_t sum;
		uint64_t min;	/* valid only if count > 0 */
		uint64_t max;
	} phase[HVLENS_PHASE_MAX];
};

struct model {
	struct table rows;
	/* the rest belongs to model.c */
	enum kvmlat_by by;
	uint32_t phases;
	struct tally buckets;
};

/* @phases: bits of the phases to measure */
void model_init(struct model *model, enum kvmlat_by by, uint32_t phases);
void model_free(struct model *model);
/* The source calls it for each part of an exit.  0 or -ENOMEM */
int model_take(const struct part *part, void *model);
/* Puts the rows in the order of their keys, to be shown.  Nothing can be added any more. */
void model_sort(struct model *model);
/* Sets *@sum to the histogram of a phase of @row.  To be called after model_sort() */
void model_histogram(const struct model *model, const struct model_row *row,
		     enum hvlens_phase phase, struct histsum *sum);
/* Forgets all rows after they have been shown. */
void model_clear(struct model *model);

#endif
