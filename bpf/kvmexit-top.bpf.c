// SPDX-License-Identifier: GPL-2.0-only
/* kvmexit-top: counts and times by VM, vCPU, CPU, reason and hypercall. */
#include "source.bpf.h"
#include "kvmexit-top.h"

HVLENS_WINDOW_MAP(exits, struct hvlens_key, struct kvmexit_value);

static __always_inline void *tool_value(const struct hvlens_key *key, __u32 slot)
{
	static const struct kvmexit_value zero;

	return window_entry(&exits, slot, key, &zero);
}

static __always_inline bool tool_same(const struct hvlens_key *a, const struct hvlens_key *b)
{
	return a->trap == b->trap && a->hcall == b->hcall;
}

static __always_inline bool tool_wants_exits(void)
{
	return false;
}

static __always_inline void tool_took(const volatile struct hvlens_exit *rec, __u64 ticks,
				      void *ctx)
{
	(void)rec;
	(void)ticks;
	(void)ctx;
}

static __always_inline void tool_exit(void *to, bool replays)
{
	struct kvmexit_value *value = to;

	value->exits++;
	value->replays += replays;
}

static __always_inline void tool_add(void *to, enum hvlens_phase phase, __u64 ticks)
{
	struct kvmexit_value *value = to;
	__u32 bucket;

	value->ticks[phase] += ticks;
	if (phase == HVLENS_PHASE_NORECOVER && ticks > value->norecover_max)
		value->norecover_max = ticks;
	if (phase != HVLENS_PHASE_ROUNDTRIP)
		return;
	if (ticks > value->roundtrip_max)
		value->roundtrip_max = ticks;
	bucket = ticks >> KVMEXIT_LOWEST ?
		 hvlens_hist_index_of(ticks, KVMEXIT_SUB_BITS) - KVMEXIT_FIRST : 0;
	if (bucket >= KVMEXIT_BUCKETS)
		bucket = KVMEXIT_BUCKETS - 1;
	value->roundtrip[bucket]++;
}
