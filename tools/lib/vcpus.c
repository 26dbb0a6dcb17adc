// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "vcpus.h"

struct vcpu_row {
	struct vcpu_id {
		uint32_t vm;
		uint32_t vcpu;
	} id;
	uint64_t last_before;	/* of the windows before, 0: none */
	uint64_t first;		/* of this window */
	uint64_t last;
	uint64_t exits;
	bool active;
};

static int compare(const void *a, const void *b)
{
	const struct vcpu_id *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return (x->vcpu > y->vcpu) - (x->vcpu < y->vcpu);
}

void vcpus_init(struct vcpus *vcpus)
{
	*vcpus = (struct vcpus){
		.rows = {
			.row_size = sizeof(struct vcpu_row),
			.key_size = sizeof(struct vcpu_id),
			.compare = compare,
		},
	};
}

void vcpus_free(struct vcpus *vcpus)
{
	table_clear(&vcpus->rows);
}

int vcpus_add(struct vcpus *vcpus, uint32_t vm, uint32_t vcpu,
	      uint64_t first, uint64_t last, uint64_t exits)
{
	struct vcpu_id id = { vm, vcpu };
	struct vcpu_row *row = table_row(&vcpus->rows, &id);

	if (!row)
		return -ENOMEM;
	row->active = true;
	/* On this CPU it only failed to enter. */
	if (!exits)
		return 0;
	if (!row->exits || first < row->first)
		row->first = first;
	if (last > row->last)
		row->last = last;
	row->exits += exits;
	return 0;
}

static uint64_t gap(const struct vcpu_row *row)
{
	uint64_t missing = 0, span;

	if (!row->first)
		return 0;
	/* Numbers that start again are another vCPU's. */
	if (row->last_before && row->first > row->last_before)
		missing = row->first - row->last_before - 1;
	span = row->last - row->first + 1;
	return span > row->exits ? missing + span - row->exits : missing;
}

void vcpus_close_window(struct vcpus *vcpus,
			void (*each)(uint32_t vm, uint32_t vcpu, uint64_t missed, void *arg),
			void *arg)
{
	uint64_t missing;

	vcpus->active = 0;
	vcpus->missed = 0;
	for (size_t i = 0; i < vcpus->rows.count; i++) {
		struct vcpu_row *row = vcpus->rows.rows[i];

		if (!row->active)
			continue;
		missing = row->exits ? gap(row) : 0;
		vcpus->active++;
		vcpus->missed += missing;
		if (each)
			each(row->id.vm, row->id.vcpu, missing, arg);
		if (row->exits)
			row->last_before = row->last;
		row->first = row->last = row->exits = 0;
		row->active = false;
	}
}

static bool of_vm(const void *row, void *arg)
{
	return ((const struct vcpu_row *)row)->id.vm == *(uint32_t *)arg;
}

void vcpus_forget(struct vcpus *vcpus, uint32_t vm)
{
	table_prune(&vcpus->rows, of_vm, &vm);
}
