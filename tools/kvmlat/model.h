/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmlat's numbers: histograms by key and phase, added up until they are shown. */
#ifndef KVMLAT_MODEL_H
#define KVMLAT_MODEL_H

#include "histsum.h"
#include "kvmlat.h"
#include "table.h"

struct model_row {
	struct model_key {
		uint64_t vm;
		uint64_t id;	/* as kvmlat_key's */
	} key;
	struct histsum phase[HVLENS_PHASE_MAX];
};

struct model {
	struct table rows;
	uint32_t hist_of[HVLENS_PHASE_MAX];	/* place in a value, or KVMLAT_NO_HIST */
	uint32_t hists;				/* how many a value has */
};

/* @phases: bits of those that are wanted */
void model_init(struct model *model, uint32_t phases);
void model_free(struct model *model);
/* For the source; 0 or -ENOMEM */
int model_take(const void *key, const void *value, void *model);
/* The rows are complete: puts them in order. */
void model_sort(struct model *model);
/* It has been shown: begins anew. */
void model_clear(struct model *model);

#endif
