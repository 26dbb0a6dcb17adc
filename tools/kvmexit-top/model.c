// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "model.h"

/* Exits of a row by reason */
struct reason_row {
	struct reason_key {
		struct row_key row;
		uint32_t trap;
		uint64_t hcall;
	} key;
	uint64_t exits;
};

#define COMPARE(a, b, field)						\
	do {								\
		if ((a)->field != (b)->field)				\
			return (a)->field < (b)->field ? -1 : 1;	\
	} while (0)

static int compare_rows(const void *a, const void *b)
{
	const struct row_key *x = a, *y = b;

	COMPARE(x, y, vm);
	COMPARE(x, y, vcpu);
	COMPARE(x, y, trap);
	COMPARE(x, y, hcall);
	return 0;
}

static int compare_reasons(const void *a, const void *b)
{
	const struct reason_key *x = a, *y = b;
	int order = compare_rows(&x->row, &y->row);

	if (order)
		return order;
	COMPARE(x, y, trap);
	COMPARE(x, y, hcall);
	return 0;
}

void model_init(struct model *model, enum by by)
{
	memset(model, 0, sizeof(*model));
	model->by = by;
	model->rows = (struct table){
		.row_size = sizeof(struct row),
		.key_size = sizeof(struct row_key),
		.compare = compare_rows,
	};
	model->reasons = (struct table){
		.row_size = sizeof(struct reason_row),
		.key_size = sizeof(struct reason_key),
		.compare = compare_reasons,
	};
	vcpus_init(&model->vcpus);
}

void model_free(struct model *model)
{
	table_clear(&model->rows);
	table_clear(&model->reasons);
	vcpus_free(&model->vcpus);
}

void model_clear(struct model *model)
{
	table_clear(&model->rows);
	table_clear(&model->reasons);
	model->window = (struct window_facts){ 0 };
}

void model_set_by(struct model *model, enum by by)
{
	model_clear(model);
	model->by = by;
}

static struct row *row_of(struct model *model, uint32_t vm, uint32_t vcpu, uint32_t trap,
			  uint64_t hcall)
{
	struct row_key key = { 0 };

	if (model->by == BY_REASON) {
		key.trap = trap;
		key.hcall = hcall;
	} else {
		key.vm = vm;
		if (model->by == BY_VCPU)
			key.vcpu = vcpu;
	}
	return table_row(&model->rows, &key);
}

int model_take_exits(struct model *model, const struct kvmexit_key *key,
		     const struct kvmexit_value *value)
{
	struct row *row = row_of(model, key->vm, key->vcpu, key->trap, key->hcall);
	struct reason_row *reason;
	struct reason_key reason_key = { 0 };

	if (!row)
		return -ENOMEM;
	row->exits += value->exits;
	for (int i = 0; i < HVLENS_PHASE_MAX; i++)
		row->ticks[i] += value->ticks[i];
	if (model->by == BY_REASON)
		return 0;

	reason_key.row = row->key;
	reason_key.trap = key->trap;
	reason_key.hcall = key->hcall;
	reason = table_row(&model->reasons, &reason_key);
	if (!reason)
		return -ENOMEM;
	reason->exits += value->exits;
	return 0;
}

int model_take_vcpu(struct model *model, const struct hvlens_vcpu_key *key,
		    const struct hvlens_vcpu_stat *stat)
{
	struct row *row = NULL;

	if (model->by != BY_REASON) {
		row = row_of(model, key->vm, key->vcpu, 0, 0);
		if (!row)
			return -ENOMEM;
	}
	model->window.exits += stat->exits;
	model->exits_ever += stat->exits;
	for (int i = 0; i < HVLENS_ABORT_MAX; i++) {
		model->window.aborts[i] += stat->aborts[i];
		if (row)
			row->aborts += stat->aborts[i];
	}
	return vcpus_add(&model->vcpus, key, stat);
}

static void present_vcpu(const struct vcpu_window *vcpu, void *arg)
{
	struct model *model = arg;
	struct row *row;

	if (model->by == BY_REASON)
		return;
	row = row_of(model, vcpu->vm, vcpu->vcpu, 0, 0);
	if (!row)
		return;
	row->vcpus++;
	row->missed += vcpu->missed;
	for (int i = 0; i < HVLENS_OUTCOME_MAX; i++)
		row->outside[i] += vcpu->outside[i];
}

void model_window(struct model *model, const struct span *span,
		  const struct hvlens_trouble *trouble)
{
	vcpus_close_window(&model->vcpus, span, present_vcpu, model);
	for (size_t i = 0; i < model->reasons.count; i++) {
		const struct reason_row *reason = model->reasons.rows[i];
		struct row *row = table_find(&model->rows, &reason->key.row);

		if (!row || reason->exits <= row->top_exits)
			continue;
		row->top_trap = reason->key.trap;
		row->top_hcall = reason->key.hcall;
		row->top_exits = reason->exits;
	}
	model->window.ns = span->ns;
	model->window.vcpus = model->vcpus.present;
	model->window.missed = model->vcpus.missed;
	model->window.trouble = *trouble;
}
