// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "model.h"

/* The key of a bucket in the tally: row, phase, bucket */
#define PHASE_SHIFT	10
#define ROW_SHIFT	14
#define ROWS_MOST	((1u << (32 - ROW_SHIFT)) - 1)

_Static_assert(HVLENS_HIST_BUCKETS <= 1 << PHASE_SHIFT, "a bucket's number must fit");
_Static_assert(HVLENS_PHASE_MAX <= 1 << (ROW_SHIFT - PHASE_SHIFT), "a phase's number must fit");

static uint32_t first_bucket(const struct model_row *row, enum hvlens_phase phase)
{
	return row->number << ROW_SHIFT | phase << PHASE_SHIFT;
}

static int compare(const void *a, const void *b)
{
	const struct model_key *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

void model_init(struct model *model, enum kvmlat_by by, uint32_t phases)
{
	*model = (struct model){
		.rows = {
			.row_size = sizeof(struct model_row),
			.key_size = sizeof(struct model_key),
			.compare = compare,
		},
		.by = by,
		.phases = phases,
	};
}

void model_free(struct model *model)
{
	table_clear(&model->rows);
	tally_free(&model->buckets);
}

static struct model_key key_of(enum kvmlat_by by, const struct hvlens_key *key)
{
	switch (by) {
	case KVMLAT_BY_REASON:
		return (struct model_key){ .id = key->trap };
	case KVMLAT_BY_HCALL:
		return (struct model_key){ .id = key->hcall };
	case KVMLAT_BY_VM:
		return (struct model_key){ .vm = key->vm };
	case KVMLAT_BY_VCPU:
		return (struct model_key){ .vm = key->vm, .id = key->vcpu };
	case KVMLAT_BY_CPU:
		return (struct model_key){ .id = key->cpu };
	default:
		return (struct model_key){ 0 };
	}
}

static void add(struct model_phase *phase, uint64_t ticks)
{
	if (!phase->count || ticks < phase->min)
		phase->min = ticks;
	if (ticks > phase->max)
		phase->max = ticks;
	phase->count++;
	phase->sum += ticks;
}

int model_take(const struct part *part, void *arg)
{
	struct model *model = arg;
	const struct model_key key = key_of(model->by, &part->key);
	uint32_t buckets[HVLENS_PHASE_MAX];
	struct model_row *row;

	if (model->by == KVMLAT_BY_HCALL && key.id == HVLENS_HCALL_NONE)
		return 0;
	row = table_row(&model->rows, &key);
	if (!row)
		return -ENOMEM;
	if (!row->number)
		row->number = model->rows.count;
	if (row->number > ROWS_MOST)
		return -ENOMEM;
	for (uint32_t i = 0; i < part->count; i++) {
		buckets[i] = first_bucket(row, part->times[i].phase) +
			     hvlens_hist_index(part->times[i].ticks);
		tally_prefetch(&model->buckets, buckets[i]);
	}
	for (uint32_t i = 0; i < part->count; i++) {
		const struct part_time *time = &part->times[i];

		if (!(model->phases >> time->phase & 1))
			continue;
		if (tally_add(&model->buckets, buckets[i], 1))
			return -ENOMEM;
		add(&row->phase[time->phase], time->ticks);
	}
	return 0;
}

void model_sort(struct model *model)
{
	table_sort(&model->rows);
	tally_sort(&model->buckets);
}

void model_histogram(const struct model *model, const struct model_row *row,
		     enum hvlens_phase phase, struct histsum *sum)
{
	const struct model_phase *of = &row->phase[phase];
	const struct tally *buckets = &model->buckets;
	uint32_t first = first_bucket(row, phase);

	*sum = (struct histsum){
		.count = of->count, .sum = of->sum, .min = of->min, .max = of->max,
	};
	for (size_t i = tally_from(buckets, first); i < buckets->used; i++) {
		if (buckets->at[i].key - first >= HVLENS_HIST_BUCKETS)
			break;
		sum->bucket[buckets->at[i].key - first] = buckets->at[i].count;
	}
}

void model_clear(struct model *model)
{
	table_clear(&model->rows);
	tally_clear(&model->buckets);
}
