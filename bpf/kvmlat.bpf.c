// SPDX-License-Identifier: GPL-2.0-only
/* kvmlat: a histogram for each phase of an exit and each key. */
#include "source.bpf.h"
#include "kvmlat.h"

const volatile __u32 by = KVMLAT_BY_NONE;
const volatile __u32 phases = (1u << HVLENS_PHASE_MAX) - 1;

HVLENS_WINDOW_MAP(hists, struct kvmlat_key, struct kvmlat_value);

static const struct kvmlat_value zero_hists;

static __always_inline void tool_exit(const volatile struct hvlens_exit *rec, __u32 cpu,
				      __u32 slot)
{
	struct kvmlat_key key = { .cpu = cpu };
	struct kvmlat_value *value;
	__u64 ticks;

	if (by == KVMLAT_BY_REASON) {
		key.id = rec->trap;
	} else if (by == KVMLAT_BY_VM) {
		key.vm = rec->vm;
	} else if (by == KVMLAT_BY_VCPU) {
		key.vm = rec->vm;
		key.id = rec->vcpu_id;
	}
	value = window_entry(&hists, slot, &key, &zero_hists);
	if (!value)
		return;

#define each(which, ticks)						\
	do {								\
		if (phases & (1u << (which)))				\
			hvlens_hist_add(&value->phase[which], ticks);	\
	} while (0)
	HVLENS_EACH_PHASE();
#undef each
}
