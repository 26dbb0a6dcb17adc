// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "filter.h"
#include "model.h"

/* Exits of a row by reason */
struct reason_row {
	struct reason_key {
		struct row_key row;
		uint64_t hcall;
		uint32_t trap;
		uint32_t reserved;
	} key;
	uint64_t exits;
};

/* Exits per second of a row in the last windows, the latest last */
struct trend_row {
	struct row_key key;
	uint64_t rates[TREND];
	bool seen;
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
	COMPARE(x, y, cpu);
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
	model->path = filter_all;
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
	model->trends = (struct table){
		.row_size = sizeof(struct trend_row),
		.key_size = sizeof(struct row_key),
		.compare = compare_rows,
	};
}

void model_free(struct model *model)
{
	table_clear(&model->rows);
	table_clear(&model->reasons);
	table_clear(&model->trends);
	free(model->entries);
	free(model->vcpus);
}

void model_clear(struct model *model)
{
	model->entry_count = 0;
	model->vcpu_count = 0;
	model->no_memory = false;
	model->window = (struct window_facts){ 0 };
}

/* Room for one more of @size in *@array; false: no memory */
static bool grow(void *array, size_t count, size_t *room, size_t size)
{
	void **at = array, *grown;
	size_t more = *room ? *room * 2 : 64;

	if (count < *room)
		return true;
	grown = realloc(*at, more * size);
	if (!grown)
		return false;
	*at = grown;
	*room = more;
	return true;
}

int model_take(const void *key, const void *value, void *arg)
{
	struct model *model = arg;
	struct entry *entry;

	if (!grow(&model->entries, model->entry_count, &model->entry_room, sizeof(*entry)))
		return -ENOMEM;
	entry = &model->entries[model->entry_count++];
	memcpy(&entry->key, key, sizeof(entry->key));
	memcpy(&entry->value, value, sizeof(entry->value));
	return 0;
}

void model_take_vcpu(const struct vcpu_window *vcpu, void *arg)
{
	struct model *model = arg;

	if (grow(&model->vcpus, model->vcpu_count, &model->vcpu_room, sizeof(*vcpu)))
		model->vcpus[model->vcpu_count++] = *vcpu;
	else
		model->no_memory = true;
}

/* Does @path show only a part of what its vCPUs did?  Then sums of whole vCPUs do not fit. */
static bool partial(const struct hvlens_filter *path)
{
	return path->cpu.count || path->trap.count || path->hcall.count;
}

static struct row_key row_key_of(enum by by, const struct hvlens_key *key)
{
	struct row_key row = { 0 };

	switch (by) {
	case BY_VCPU:
		row.vcpu = key->vcpu;
		/* fallthrough */
	case BY_VM:
		row.vm = key->vm;
		break;
	case BY_REASON:
		row.trap = key->trap;
		break;
	case BY_HCALL:
		row.hcall = key->hcall;
		break;
	default:
		row.cpu = key->cpu;
	}
	return row;
}

static int add_entry(struct model *model, const struct entry *entry)
{
	const struct row_key key = row_key_of(model->by, &entry->key);
	const struct kvmexit_value *value = &entry->value;
	struct row *row = table_row(&model->rows, &key);
	struct reason_key reason_key = {
		.row = key,
		.trap = entry->key.trap,
		.hcall = entry->key.hcall,
	};
	struct reason_row *reason;

	if (!row)
		return -ENOMEM;
	row->exits += value->exits;
	row->replays += value->replays;
	for (int i = 0; i < HVLENS_PHASE_MAX; i++)
		row->ticks[i] += value->ticks[i];
	if (value->norecover_max > row->norecover_max)
		row->norecover_max = value->norecover_max;
	if (value->roundtrip_max > row->roundtrip_max)
		row->roundtrip_max = value->roundtrip_max;
	for (int i = 0; i < KVMEXIT_BUCKETS; i++)
		row->roundtrip[i] += value->roundtrip[i];
	if (model->by == BY_REASON || model->by == BY_HCALL)
		return 0;

	reason = table_row(&model->reasons, &reason_key);
	if (!reason)
		return -ENOMEM;
	reason->exits += value->exits;
	if (reason->exits > row->top_exits) {
		row->top_trap = entry->key.trap;
		row->top_hcall = entry->key.hcall;
		row->top_exits = reason->exits;
	}
	return 0;
}

/*
 * Adds what a vCPU did outside of its passes.  The scheduler says how long its thread waited for a
 * CPU, but not when.  The wait is taken out of the time in the run loop first, then out of the time
 * blocked, since a woken vCPU waits too, then out of user space.  So all parts come to the whole.
 */
static void add_outside(struct row *row, const struct vcpu_window *vcpu)
{
	static const enum hvlens_outcome order[] = {
		HVLENS_OUTCOME_RESUME, HVLENS_OUTCOME_BLOCK, HVLENS_OUTCOME_USER,
	};
	uint64_t left = vcpu->waited, outside[HVLENS_OUTCOME_MAX], taken;

	memcpy(outside, vcpu->outside, sizeof(outside));
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		taken = left < outside[order[i]] ? left : outside[order[i]];
		outside[order[i]] -= taken;
		left -= taken;
	}
	row->between += outside[HVLENS_OUTCOME_RESUME];
	row->ticks[HVLENS_PHASE_BLOCK] += outside[HVLENS_OUTCOME_BLOCK];
	row->ticks[HVLENS_PHASE_USER] += outside[HVLENS_OUTCOME_USER];
	row->waited += vcpu->waited;
	row->waits += vcpu->waited_known;
}

static int add_vcpu(struct model *model, const struct vcpu_window *vcpu)
{
	const struct hvlens_key as_key = { .vm = vcpu->vm, .vcpu = vcpu->vcpu };
	const struct row_key key = row_key_of(model->by, &as_key);
	struct row *row;

	model->path_vcpus++;
	if (model->by != BY_VM && model->by != BY_VCPU)
		return 0;
	row = partial(&model->path) ? table_find(&model->rows, &key) :
				      table_row(&model->rows, &key);
	if (!row)
		return partial(&model->path) ? 0 : -ENOMEM;
	row->vcpus++;
	row->aborts += vcpu->aborts;
	row->completes += vcpu->completes;
	row->missed += vcpu->missed;
	if (partial(&model->path))
		return 0;
	/* The sums of whole vCPUs fit the window; times of single exits may reach beyond it. */
	if (row->vcpus == 1) {
		row->ticks[HVLENS_PHASE_USER] = 0;
		row->ticks[HVLENS_PHASE_BLOCK] = 0;
	}
	add_outside(row, vcpu);
	return 0;
}

static int make_rows(struct model *model)
{
	int err = model->no_memory ? -ENOMEM : 0;

	table_clear(&model->rows);
	table_clear(&model->reasons);
	model->path_vcpus = 0;
	for (size_t i = 0; i < model->entry_count && !err; i++) {
		const struct entry *entry = &model->entries[i];

		if (model->by == BY_HCALL && entry->key.hcall == HVLENS_HCALL_NONE)
			continue;
		if (filter_selects(&model->path, &entry->key))
			err = add_entry(model, entry);
	}
	for (size_t i = 0; i < model->vcpu_count && !err; i++) {
		const struct vcpu_window *vcpu = &model->vcpus[i];

		if (hvlens_set_selects(&model->path.vm, vcpu->vm) &&
		    hvlens_set_selects(&model->path.vcpu, vcpu->vcpu))
			err = add_vcpu(model, vcpu);
	}
	table_sort(&model->rows);
	return err;
}

static bool unseen(const void *row, void *arg)
{
	(void)arg;
	return !((const struct trend_row *)row)->seen;
}

/* Trends of rows that are gone are dropped. */
static int add_trends(struct model *model, bool new_window)
{
	for (size_t i = 0; i < model->rows.count; i++) {
		struct row *row = model->rows.rows[i];
		struct trend_row *trend = table_row(&model->trends, &row->key);

		if (!trend)
			return -ENOMEM;
		if (new_window) {
			memmove(trend->rates, trend->rates + 1,
				sizeof(trend->rates) - sizeof(*trend->rates));
			trend->rates[TREND - 1] = row->exits * 1000000000ull / model->window.ns;
		}
		trend->seen = true;
		memcpy(row->trend, trend->rates, sizeof(row->trend));
	}
	table_prune(&model->trends, unseen, NULL);
	for (size_t i = 0; i < model->trends.count; i++)
		((struct trend_row *)model->trends.rows[i])->seen = false;
	return 0;
}

int model_window(struct model *model, const struct window_facts *window)
{
	int err;

	model->window = *window;
	err = make_rows(model);
	return err || !window->ns ? err : add_trends(model, true);
}

int model_group(struct model *model, enum by by, const struct hvlens_filter *path)
{
	int err;

	if (by != model->by || memcmp(path, &model->path, sizeof(*path)))
		table_clear(&model->trends);
	model->by = by;
	model->path = *path;
	err = make_rows(model);
	return err || !model->window.ns ? err : add_trends(model, !model->trends.count);
}

uint64_t row_host_ticks(const struct row *row)
{
	static const enum hvlens_phase phases[] = {
		HVLENS_PHASE_PREPARE, HVLENS_PHASE_ENTRY, HVLENS_PHASE_EXIT, HVLENS_PHASE_REPLAY,
		HVLENS_PHASE_HANDLE,
	};
	uint64_t ticks = row->between;

	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++)
		ticks += row->ticks[phases[i]];
	return ticks;
}

uint64_t row_roundtrips(const struct row *row)
{
	uint64_t count = 0;

	for (int i = 0; i < KVMEXIT_BUCKETS; i++)
		count += row->roundtrip[i];
	return count;
}

uint64_t row_quantile(const struct row *row, unsigned int per_mille)
{
	uint64_t count = row_roundtrips(row), rank, seen = 0, value;

	rank = ((__uint128_t)count * per_mille + 999) / 1000;
	if (rank < 1)
		rank = 1;
	for (int i = 0; i < KVMEXIT_BUCKETS; i++) {
		seen += row->roundtrip[i];
		if (seen < rank)
			continue;
		value = hvlens_hist_middle_of(i + KVMEXIT_FIRST, KVMEXIT_SUB_BITS);
		return i == KVMEXIT_BUCKETS - 1 || value > row->roundtrip_max ?
		       row->roundtrip_max : value;
	}
	return row->roundtrip_max;
}
