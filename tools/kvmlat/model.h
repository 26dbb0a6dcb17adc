/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmlat's numbers: histograms by key and phase, added up until they are shown. */
#ifndef KVMLAT_MODEL_H
#define KVMLAT_MODEL_H

#include "heading.h"
#include "histsum.h"
#include "kvmlat.h"
#include "table.h"
#include "vcpus.h"

struct model_row {
	struct model_key {
		uint32_t vm;
		uint32_t id;	/* vcpu_id or trap, as by kvmlat_key */
	} key;
	struct histsum phase[HVLENS_PHASE_MAX];
};

struct model {
	struct table rows;
	struct vcpus vcpus;
	struct window_facts window;	/* all since the model was cleared */
	uint64_t exits_ever;
};

void model_init(struct model *model);
void model_free(struct model *model);
/* For source_window.take; 0 or -ENOMEM */
int model_take_hist(struct model *model, const struct kvmlat_key *key,
		    const struct kvmlat_value *value);
int model_take_vcpu(struct model *model, const struct hvlens_vcpu_key *key,
		    const struct hvlens_vcpu_stat *stat);
/* A window of the source is complete and was @span. */
void model_window(struct model *model, const struct span *span,
		  const struct hvlens_trouble *trouble);
/* It has been shown: begins anew. */
void model_clear(struct model *model);

#endif
