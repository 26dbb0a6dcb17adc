/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmlat's numbers: histograms by key and phase, summed up until they are shown. */
#ifndef KVMLAT_MODEL_H
#define KVMLAT_MODEL_H

#include "histsum.h"
#include "kvmlat.h"
#include "table.h"

struct model_row {
	struct model_key {
		uint64_t vm;
		uint64_t id;	/* as in struct kvmlat_key */
	} key;
	struct histsum phase[HVLENS_PHASE_MAX];
};

struct model {
	struct table rows;
	uint32_t hist_of[HVLENS_PHASE_MAX];	/* index in kvmlat_value, or KVMLAT_NO_HIST */
	uint32_t hists;				/* number of histograms in a value */
};

/* @phases: bits of the phases to measure */
void model_init(struct model *model, uint32_t phases);
void model_free(struct model *model);
/* The source calls it for each entry.  0 or -ENOMEM */
int model_take(const void *key, const void *value, void *model);
/* Puts the rows in the order of their keys. */
void model_sort(struct model *model);
/* Forgets all rows after they have been shown. */
void model_clear(struct model *model);

#endif
