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

static void entries_free(struct entries *entries)
{
	free(entries->at);
	free(entries->index);
	tally_free(&entries->roundtrips);
}

void model_free(struct model *model)
{
	table_clear(&model->rows);
	table_clear(&model->reasons);
	table_clear(&model->trends);
	entries_free(&model->entries);
	entries_free(&model->next);
	free(model->vcpus);
}

void model_clear(struct model *model)
{
	model->vcpu_count = 0;
	model->no_memory = false;
	model->window = (struct window_facts){ 0 };
}

/* The index has twice as many places as there is room for entries. */
static size_t index_size(const struct entries *entries)
{
	return 2 * entries->room;
}

static uint64_t hash_of(const struct hvlens_key *key)
{
	uint64_t hash = (uint64_t)key->vm << 32 | key->vcpu;

	hash = (hash ^ hash >> 29) * 0x9e3779b97f4a7c15ull + ((uint64_t)key->cpu << 32 | key->trap);
	hash = (hash ^ hash >> 32) * 0xbf58476d1ce4e5b9ull + key->hcall;
	hash *= 0x94d049bb133111ebull;
	return hash ^ hash >> 32;
}

/*
 * The place of the index that refers to @key, whose hash is @hash, or the free place for it.  An
 * entry of another hash is not looked at, because it is hardly ever in the caches.
 */
static struct entry_place *place_of(const struct entries *entries, const struct hvlens_key *key,
				    uint64_t hash)
{
	size_t mask = index_size(entries) - 1, at;

	for (at = hash & mask; entries->index[at].number; at = (at + 1) & mask) {
		if (entries->index[at].tag == hash >> 32 &&
		    !memcmp(&entries->at[entries->index[at].number - 1].key, key, sizeof(*key)))
			break;
	}
	return &entries->index[at];
}

static void refer(const struct entries *entries, const struct hvlens_key *key, uint32_t number)
{
	uint64_t hash = hash_of(key);

	*place_of(entries, key, hash) = (struct entry_place){ .number = number, .tag = hash >> 32 };
}

/* Room for one more entry; false: no memory */
static bool grow(struct entries *entries)
{
	size_t room = entries->room ? 2 * entries->room : 64;
	struct entry_place *index;
	struct entry *at;

	if (entries->count < entries->room)
		return true;
	at = realloc(entries->at, room * sizeof(*at));
	if (!at)
		return false;
	entries->at = at;
	index = calloc(2 * room, sizeof(*index));
	if (!index)
		return false;
	free(entries->index);
	entries->index = index;
	entries->room = room;
	for (size_t i = 0; i < entries->count; i++)
		refer(entries, &entries->at[i].key, i + 1);
	return true;
}

/* The entry of @key, which is made if there is none; NULL: no memory */
static struct entry *entry_of(struct entries *entries, const struct hvlens_key *key)
{
	struct entry_place *place;
	uint64_t hash = hash_of(key);

	if (!grow(entries))
		return NULL;
	place = place_of(entries, key, hash);
	if (!place->number) {
		entries->at[entries->count++] = (struct entry){ .key = *key };
		*place = (struct entry_place){ .number = entries->count, .tag = hash >> 32 };
	}
	return &entries->at[place->number - 1];
}

/*
 * Empties @next for a new window, which follows @ended.  Only a window that has not ended needs an
 * index, so the two share one.
 */
static int begin_window(struct entries *next, struct entries *ended)
{
	next->count = 0;
	tally_clear(&next->roundtrips);
	next->index = ended->index;
	ended->index = NULL;
	if (next->room == ended->room) {
		if (next->room)
			memset(next->index, 0, index_size(next) * sizeof(*next->index));
		return 0;
	}
	free(next->index);
	next->index = NULL;
	if (!next->room)
		return 0;
	next->index = calloc(index_size(next), sizeof(*next->index));
	return next->index ? 0 : -ENOMEM;
}

/* The key of a bucket in the tally: number of the entry, bucket */
#define ENTRY_SHIFT	8

_Static_assert(KVMEXIT_BUCKETS <= 1 << ENTRY_SHIFT, "a bucket's number must fit");

static uint32_t bucket_of(uint64_t ticks)
{
	uint32_t bucket = ticks >> KVMEXIT_LOWEST ?
			  hvlens_hist_index_of(ticks, KVMEXIT_SUB_BITS) - KVMEXIT_FIRST : 0;

	return bucket < KVMEXIT_BUCKETS ? bucket : KVMEXIT_BUCKETS - 1;
}

static int add_roundtrip(struct entries *entries, struct entry *entry, uint64_t ticks)
{
	size_t number = entry - entries->at;

	if (number >> (32 - ENTRY_SHIFT))
		return -ENOMEM;
	if (ticks > entry->roundtrip_max)
		entry->roundtrip_max = ticks;
	return tally_add(&entries->roundtrips, number << ENTRY_SHIFT | bucket_of(ticks), 1);
}

int model_take(const struct part *part, void *arg)
{
	struct model *model = arg;
	struct entry *entry = entry_of(&model->next, &part->key);
	int err = 0;

	if (!entry)
		return -ENOMEM;
	entry->exits += part->exits;
	entry->replays += part->replays;
	for (uint32_t i = 0; i < part->count && !err; i++) {
		const struct part_time *time = &part->times[i];

		entry->ticks[time->phase] += time->ticks;
		if (time->phase == HVLENS_PHASE_NORECOVER && time->ticks > entry->norecover_max)
			entry->norecover_max = time->ticks;
		if (time->phase == HVLENS_PHASE_ROUNDTRIP)
			err = add_roundtrip(&model->next, entry, time->ticks);
	}
	return err;
}

static bool grow_vcpus(struct model *model)
{
	size_t room = model->vcpu_room ? 2 * model->vcpu_room : 64;
	struct vcpu_window *vcpus;

	if (model->vcpu_count < model->vcpu_room)
		return true;
	vcpus = realloc(model->vcpus, room * sizeof(*vcpus));
	if (!vcpus)
		return false;
	model->vcpus = vcpus;
	model->vcpu_room = room;
	return true;
}

void model_take_vcpu(const struct vcpu_window *vcpu, void *arg)
{
	struct model *model = arg;

	if (grow_vcpus(model))
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

/* *@of becomes the row that the entry was added to. */
static int add_entry(struct model *model, const struct entry *entry, struct row **of)
{
	const struct row_key key = row_key_of(model->by, &entry->key);
	struct row *row = table_row(&model->rows, &key);
	struct reason_key reason_key = {
		.row = key,
		.trap = entry->key.trap,
		.hcall = entry->key.hcall,
	};
	struct reason_row *reason;

	if (!row)
		return -ENOMEM;
	*of = row;
	row->exits += entry->exits;
	row->replays += entry->replays;
	for (int i = 0; i < HVLENS_PHASE_MAX; i++)
		row->ticks[i] += entry->ticks[i];
	if (entry->norecover_max > row->norecover_max)
		row->norecover_max = entry->norecover_max;
	if (entry->roundtrip_max > row->roundtrip_max)
		row->roundtrip_max = entry->roundtrip_max;
	if (model->by == BY_REASON || model->by == BY_HCALL)
		return 0;

	reason = table_row(&model->reasons, &reason_key);
	if (!reason)
		return -ENOMEM;
	reason->exits += entry->exits;
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

static int add_entries(struct model *model)
{
	const struct entries *entries = &model->entries;
	const struct tally *roundtrips = &entries->roundtrips;
	struct row **of = calloc(entries->count + 1, sizeof(*of));
	int err = of ? 0 : -ENOMEM;

	for (size_t i = 0; i < entries->count && !err; i++) {
		const struct entry *entry = &entries->at[i];

		if (model->by == BY_HCALL && entry->key.hcall == HVLENS_HCALL_NONE)
			continue;
		if (filter_selects(&model->path, &entry->key))
			err = add_entry(model, entry, &of[i]);
	}
	for (size_t i = 0; i < roundtrips->slots && !err; i++) {
		const struct tallied *tallied = &roundtrips->at[i];
		struct row *row = tallied->count ? of[tallied->key >> ENTRY_SHIFT] : NULL;

		if (row)
			row->roundtrip[tallied->key % (1 << ENTRY_SHIFT)] += tallied->count;
	}
	free(of);
	return err;
}

static int make_rows(struct model *model)
{
	int err = model->no_memory ? -ENOMEM : 0;

	table_clear(&model->rows);
	table_clear(&model->reasons);
	model->path_vcpus = 0;
	if (!err)
		err = add_entries(model);
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
	struct entries ended = model->next;
	int err;

	model->next = model->entries;
	model->entries = ended;
	err = begin_window(&model->next, &model->entries);
	model->window = *window;
	if (!err)
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
