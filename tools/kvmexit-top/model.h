/* SPDX-License-Identifier: GPL-2.0-only */
/* kvmexit-top's numbers: one window, added up by VM, by vCPU or by reason. */
#ifndef KVMEXIT_TOP_MODEL_H
#define KVMEXIT_TOP_MODEL_H

#include "heading.h"
#include "kvmexit-top.h"
#include "table.h"
#include "vcpus.h"

enum by { BY_VM, BY_VCPU, BY_REASON, BY_COUNT };

/* What a row is for; what it is not by is 0 */
struct row_key {
	uint32_t vm;
	uint32_t vcpu;
	uint32_t trap;
	uint64_t hcall;
};

struct row {
	struct row_key key;
	uint64_t exits;
	uint64_t ticks[HVLENS_PHASE_MAX];
	uint64_t outside[HVLENS_OUTCOME_MAX];	/* 0 by reason */
	uint64_t aborts;			/* 0 by reason */
	uint64_t missed;			/* 0 by reason */
	uint32_t vcpus;				/* that are present (vcpus.h); 0 by reason */
	/* The reason with the most exits; not by reason */
	uint32_t top_trap;
	uint64_t top_hcall;
	uint64_t top_exits;
};

struct model {
	enum by by;
	struct table rows;
	struct table reasons;		/* exits by row and reason */
	struct vcpus vcpus;
	struct window_facts window;
	uint64_t exits_ever;
};

void model_init(struct model *model, enum by by);
void model_free(struct model *model);
/* From the next window on */
void model_set_by(struct model *model, enum by by);
/* Forgets the last window. */
void model_clear(struct model *model);
/* For source_window.take; 0 or -ENOMEM */
int model_take_exits(struct model *model, const struct kvmexit_key *key,
		     const struct kvmexit_value *value);
int model_take_vcpu(struct model *model, const struct hvlens_vcpu_key *key,
		    const struct hvlens_vcpu_stat *stat);
/* The window is complete and was @span. */
void model_window(struct model *model, const struct span *span,
		  const struct hvlens_trouble *trouble);

#endif
