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

void model_init(struct model *model, uint32_t phases)
{
	memset(model, 0, sizeof(*model));
	model->rows = (struct table){
		.row_size = sizeof(struct model_row),
		.key_size = sizeof(struct model_key),
		.compare = compare,
	};
	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++)
		model->hist_of[phase] = phases >> phase & 1 ? model->hists++ : KVMLAT_NO_HIST;
}

void model_free(struct model *model)
{
	table_clear(&model->rows);
}

int model_take(const void *key, const void *value, void *arg)
{
	const struct kvmlat_key *from = key;
	const struct kvmlat_value *hists = value;
	struct model_key row_key = { .vm = from->vm, .id = from->id };
	struct model *model = arg;
	struct model_row *row = table_row(&model->rows, &row_key);

	if (!row)
		return -ENOMEM;
	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++) {
		if (model->hist_of[phase] != KVMLAT_NO_HIST)
			histsum_add(&row->phase[phase], &hists->hist[model->hist_of[phase]]);
	}
	return 0;
}

void model_sort(struct model *model)
{
	table_sort(&model->rows);
}

void model_clear(struct model *model)
{
	table_clear(&model->rows);
}
