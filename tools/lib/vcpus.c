// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "vcpu_id.h"
#include "vcpus.h"

struct vcpu_row {
	struct vcpu_id id;
	uint64_t last_before;		/* last number of the previous windows, 0: none */
	uint64_t since;			/* T6 of the last record, 0: none */
	uint32_t doing;			/* its outcome */
	/* of this window */
	uint64_t first;			/* lowest number */
	uint64_t highest;		/* highest number */
	uint64_t last;			/* number of the latest record */
	uint64_t exits;
	uint64_t aborts;
	uint64_t completes;
	uint64_t before;		/* T6 of the record before the first one, 0: unknown */
	uint32_t did;			/* its outcome */
	uint64_t outside[HVLENS_OUTCOME_MAX];
	bool active;
};

void vcpus_init(struct vcpus *vcpus)
{
	*vcpus = (struct vcpus){
		.rows = {
			.row_size = sizeof(struct vcpu_row),
			.key_size = sizeof(struct vcpu_id),
			.compare = vcpu_id_compare,
		},
	};
}

void vcpus_free(struct vcpus *vcpus)
{
	table_clear(&vcpus->rows);
}

int vcpus_add(struct vcpus *vcpus, const struct hvlens_vcpu_key *key,
	      const struct hvlens_vcpu_stat *stat)
{
	struct vcpu_id id = { key->vm, key->vcpu };
	struct vcpu_row *row = table_row(&vcpus->rows, &id);

	if (!row)
		return -ENOMEM;
	row->active = true;
	for (int i = 0; i < HVLENS_ABORT_MAX; i++)
		row->aborts += stat->aborts[i];
	row->completes += stat->completes.calls;
	/* On this CPU there were only aborted entries. */
	if (!stat->exits)
		return 0;
	if (!row->exits || stat->first_seq < row->first) {
		row->first = stat->first_seq;
		row->before = stat->first_prev_t6;
		row->did = stat->first_prev_outcome;
	}
	if (stat->first_seq > row->highest)
		row->highest = stat->first_seq;
	if (stat->last_seq > row->highest)
		row->highest = stat->last_seq;
	if (stat->last_t6 >= row->since) {
		row->last = stat->last_seq;
		row->since = stat->last_t6;
		row->doing = stat->last_outcome;
	}
	row->exits += stat->exits;
	for (int i = 0; i < HVLENS_OUTCOME_MAX; i++)
		row->outside[i] += stat->outside[i];
	return 0;
}

static uint64_t gap(const struct vcpu_row *row)
{
	uint64_t missing = 0, span;

	if (!row->exits || !row->first)
		return 0;
	/*
	 * The numbers started again: the same process has made another VM.  Whether records
	 * of the earlier vCPU are missing is not known.
	 */
	if (row->last < row->highest)
		return 0;
	if (row->last_before && row->first > row->last_before)
		missing = row->first - row->last_before - 1;
	span = row->last - row->first + 1;
	return span > row->exits ? missing + span - row->exits : missing;
}

/* Fits the time outside of the run loop to the window, see vcpus.h. */
static void fit_outside(struct vcpu_row *row, const struct span *span)
{
	uint64_t early, since, *did;

	if (row->before && row->before < span->begin && row->did < HVLENS_OUTCOME_MAX) {
		early = span->begin - row->before;
		did = &row->outside[row->did];
		*did -= early < *did ? early : *did;
	}
	since = row->since > span->begin ? row->since : span->begin;
	if (row->since && row->doing < HVLENS_OUTCOME_MAX && since < span->end)
		row->outside[row->doing] += span->end - since;
}

/* Is the vCPU in user space or blocked, which may take long? */
static bool away(const struct vcpu_row *row)
{
	return row->since &&
	       (row->doing == HVLENS_OUTCOME_USER || row->doing == HVLENS_OUTCOME_BLOCK);
}

void vcpus_close_window(struct vcpus *vcpus, const struct span *span,
			void (*each)(const struct vcpu_window *vcpu, void *arg), void *arg)
{
	struct vcpu_window window;

	vcpus->active = 0;
	vcpus->present = 0;
	vcpus->missed = 0;
	table_sort(&vcpus->rows);
	for (size_t i = 0; i < vcpus->rows.count; i++) {
		struct vcpu_row *row = vcpus->rows.rows[i];

		if (!row->active && !away(row))
			continue;
		fit_outside(row, span);
		window = (struct vcpu_window){
			.vm = row->id.vm,
			.vcpu = row->id.vcpu,
			.active = row->active,
			.missed = gap(row),
			.aborts = row->aborts,
			.completes = row->completes,
		};
		memcpy(window.outside, row->outside, sizeof(window.outside));
		vcpus->active += row->active;
		vcpus->present++;
		vcpus->missed += window.missed;
		if (each)
			each(&window, arg);

		if (row->exits)
			row->last_before = row->last;
		row->first = 0;
		row->highest = 0;
		row->last = 0;
		row->exits = 0;
		row->aborts = 0;
		row->completes = 0;
		row->before = 0;
		memset(row->outside, 0, sizeof(row->outside));
		row->active = false;
	}
}

struct pruning {
	bool (*gone)(uint32_t vm, void *arg);
	void *arg;
};

static bool of_gone_vm(const void *row, void *arg)
{
	const struct pruning *pruning = arg;

	return pruning->gone(((const struct vcpu_row *)row)->id.vm, pruning->arg);
}

void vcpus_prune(struct vcpus *vcpus, bool (*gone)(uint32_t vm, void *arg), void *arg)
{
	table_prune(&vcpus->rows, of_gone_vm, &(struct pruning){ gone, arg });
}
