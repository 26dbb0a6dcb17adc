/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives a tool's model what the source would give it, for many exits at once. */
#ifndef FEED_H
#define FEED_H

#include "fold.h"

struct feed {
	uint64_t exits;
	uint64_t replays;
	uint64_t ticks[HVLENS_PHASE_MAX];	/* sums; 0: the phase is absent */
};

static inline int feed(part_fn *take, void *arg, const struct hvlens_key *key,
		       const struct feed *feed)
{
	struct part part = { .key = *key, .exits = feed->exits, .replays = feed->replays };

	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++) {
		if (feed->ticks[phase])
			part.times[part.count++] = (struct part_time){ phase, feed->ticks[phase] };
	}
	return take(&part, arg);
}

/* @count times that @phase took @ticks */
static inline int feed_times(part_fn *take, void *arg, const struct hvlens_key *key,
			     enum hvlens_phase phase, uint64_t count, uint64_t ticks)
{
	const struct part part = { .key = *key, .count = 1, .times = { { phase, ticks } } };
	int err = 0;

	while (count-- && !err)
		err = take(&part, arg);
	return err;
}

#endif
