// SPDX-License-Identifier: GPL-2.0-only
/* kvmlat: a histogram for each phase of an exit and each key; single slow exits. */
#include "source.bpf.h"
#include "kvmlat.h"

const volatile __u32 by = KVMLAT_BY_NONE;
/* Index of each phase's histogram in a value, or KVMLAT_NO_HIST */
const volatile __u32 hist_of[HVLENS_PHASE_MAX] = { 0 };
/* Exits that take longer go to the ring buffer.  In ticks of the source; 0: no exit does */
const volatile __u64 over = 0;

HVLENS_WINDOW_MAP(hists, struct kvmlat_key, struct kvmlat_value);

/* User space sets the size. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} slow SEC(".maps");

static const struct kvmlat_value zero_hists;

static __always_inline void *tool_value(const struct hvlens_key *key, __u32 slot)
{
	struct kvmlat_key own = { .cpu = key->cpu };

	switch (by) {
	case KVMLAT_BY_REASON:
		own.id = key->trap;
		break;
	case KVMLAT_BY_HCALL:
		if (key->hcall == HVLENS_HCALL_NONE)
			return NULL;
		own.id = key->hcall;
		break;
	case KVMLAT_BY_VM:
		own.vm = key->vm;
		break;
	case KVMLAT_BY_VCPU:
		own.vm = key->vm;
		own.id = key->vcpu;
		break;
	case KVMLAT_BY_CPU:
		own.id = key->cpu;
		break;
	}
	return window_entry(&hists, slot, &own, &zero_hists);
}

static __always_inline bool tool_same(const struct hvlens_key *a, const struct hvlens_key *b)
{
	return (by != KVMLAT_BY_REASON || a->trap == b->trap) &&
	       (by != KVMLAT_BY_HCALL || a->hcall == b->hcall);
}

static __always_inline bool tool_wants_exits(void)
{
	return over;
}

static __always_inline void tool_took(const volatile struct hvlens_exit *rec, __u64 ticks,
				      void *ctx)
{
	struct kvmlat_slow *event;

	if (ticks <= over)
		return;
	event = bpf_ringbuf_reserve(&slow, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&control.trouble.lost, 1);
		return;
	}
#define COPY(type, name)	event->rec.name = rec->name;
	HVLENS_EXIT_FIELDS(COPY)
#undef COPY
	event->reserved = 0;
	event->stack_size = bpf_get_stack(ctx, event->stack, sizeof(event->stack), 0);
	bpf_ringbuf_submit(event, 0);
}

static __always_inline void tool_exit(void *value, bool replays)
{
	/* The histograms count the exits. */
	(void)value;
	(void)replays;
}

static __always_inline void tool_add(void *to, enum hvlens_phase phase, __u64 ticks)
{
	struct kvmlat_value *value = to;
	__u32 hist = hist_of[phase];

	if (hist < HVLENS_PHASE_MAX)
		hvlens_hist_add(&value->hist[hist], ticks);
}
