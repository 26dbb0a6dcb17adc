// SPDX-License-Identifier: GPL-2.0-only
/* bench-drain's part with kvmlat's model, whose functions have the names of kvmexit-top's. */
#include "kvmlat/model.h"

int lat_init(void);
part_fn lat_take;
void lat_report(size_t *rows, uint64_t *times);

static struct model model;

int lat_init(void)
{
	model_init(&model, KVMLAT_BY_VCPU, (1u << HVLENS_PHASE_MAX) - 1);
	return 0;
}

int lat_take(const struct part *part, void *arg)
{
	(void)arg;
	return model_take(part, &model);
}

/* *@times: how often the phase "handle" is in the histograms */
void lat_report(size_t *rows, uint64_t *times)
{
	struct histsum sum;

	model_sort(&model);
	*rows = model.rows.count;
	*times = 0;
	for (size_t i = 0; i < model.rows.count; i++) {
		model_histogram(&model, model.rows.rows[i], HVLENS_PHASE_HANDLE, &sum);
		for (int bucket = 0; bucket < HVLENS_HIST_BUCKETS; bucket++)
			*times += sum.bucket[bucket];
	}
}
