// SPDX-License-Identifier: GPL-2.0-only
/* kvmexit-top: counts and times by VM, vCPU, reason and hypercall. */
#include "source.bpf.h"
#include "kvmexit-top.h"

HVLENS_WINDOW_MAP(exits, struct kvmexit_key, struct kvmexit_value);

static __always_inline __u64 known_hcall(__u64 number)
{
	switch (number) {
#define HVLENS_HCALL(number, symbol, name)	case number:
#include <hvlens/hcalls.def>
#undef HVLENS_HCALL
		return number;
	default:
		return HVLENS_HCALL_UNKNOWN;
	}
}

static __always_inline void tool_exit(const volatile struct hvlens_exit *rec, __u32 cpu,
				      __u32 slot)
{
	static const struct kvmexit_value zero;
	struct kvmexit_key key = {
		.vm = rec->vm,
		.vcpu = rec->vcpu_id,
		.cpu = cpu,
		.trap = rec->trap,
		.hcall = HVLENS_HCALL_NONE,
	};
	struct kvmexit_value *value;
	__u64 ticks;

	if (rec->flags & HVLENS_F_HCALL)
		key.hcall = known_hcall(rec->hcall);
	value = window_entry(&exits, slot, &key, &zero);
	if (!value)
		return;

	value->exits++;
#define each(which, t)	(value->ticks[which] += (t))
	HVLENS_EACH_PHASE();
#undef each
}
