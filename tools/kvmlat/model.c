// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "model.h"

static int compare(const void *a, const void *b)
{
	const struct model_key *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->rows = (struct table){
		.row_size = sizeof(struct model_row),
		.key_size = sizeof(struct model_key),
		.compare = compare,
	};
	vcpus_init(&model->vcpus);
}

void model_free(struct model *model)
{
	table_clear(&model->rows);
	vcpus_free(&model->vcpus);
}

int model_take_hist(struct model *model, const struct kvmlat_key *key,
		    const struct kvmlat_value *value)
{
	struct model_key row_key = { .vm = key->vm, .id = key->id };
	struct model_row *row = table_row(&model->rows, &row_key);

	if (!row)
		return -ENOMEM;
	for (int i = 0; i < HVLENS_PHASE_MAX; i++)
		histsum_add(&row->phase[i], &value->phase[i]);
	return 0;
}

int model_take_vcpu(struct model *model, const struct hvlens_vcpu_key *key,
		    const struct hvlens_vcpu_stat *stat)
{
	model->window.exits += stat->exits;
	model->exits_ever += stat->exits;
	for (int i = 0; i < HVLENS_ABORT_MAX; i++)
		model->window.aborts[i] += stat->aborts[i];
	return vcpus_add(&model->vcpus, key, stat);
}

void model_window(struct model *model, const struct span *span,
		  const struct hvlens_trouble *trouble)
{
	vcpus_close_window(&model->vcpus, span, NULL, NULL);
	model->window.ns += span->ns;
	model->window.missed += model->vcpus.missed;
	if (model->vcpus.active > model->window.vcpus)
		model->window.vcpus = model->vcpus.active;
	model->window.trouble = *trouble;
}

void model_clear(struct model *model)
{
	table_clear(&model->rows);
	model->window = (struct window_facts){ 0 };
}
