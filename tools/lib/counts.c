// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "counts.h"

void counts_init(struct counts *counts)
{
	memset(counts, 0, sizeof(*counts));
	vcpus_init(&counts->vcpus);
}

void counts_free(struct counts *counts)
{
	vcpus_free(&counts->vcpus);
}

static void add_completes(struct hvlens_completes *sum, const struct hvlens_completes *completes)
{
	sum->calls += completes->calls;
	sum->untold += completes->untold;
	sum->ticks += completes->ticks;
	for (int i = 0; i < HVLENS_RM_MAX; i++)
		sum->done[i] += completes->done[i];
}

int counts_take(struct counts *counts, const struct hvlens_vcpu_key *key,
		const struct hvlens_vcpu_stat *stat)
{
	counts->window.exits += stat->selected;
	counts->exits_ever += stat->selected;
	for (int i = 0; i < HVLENS_ABORT_MAX; i++)
		counts->window.aborts[i] += stat->aborts[i];
	counts->window.derived += stat->derived;
	counts->window.borderless += stat->borderless;
	add_completes(&counts->window.completes, &stat->completes);
	return vcpus_add(&counts->vcpus, key, stat);
}

void counts_window(struct counts *counts, const struct span *span,
		   const struct hvlens_trouble *trouble,
		   void (*each)(const struct vcpu_window *vcpu, void *arg), void *arg)
{
	vcpus_close_window(&counts->vcpus, span, each, arg);
	counts->window.ns += span->ns;
	counts->window.missed += counts->vcpus.missed;
	if (counts->vcpus.present > counts->window.vcpus)
		counts->window.vcpus = counts->vcpus.present;
	counts->window.trouble = *trouble;
}

void counts_clear(struct counts *counts)
{
	counts->window = (struct window_facts){ 0 };
}
