/* SPDX-License-Identifier: GPL-2.0-only */
/* Map layouts of kvmexit-top, see window.h. */
#ifndef HVLENS_KVMEXIT_TOP_H
#define HVLENS_KVMEXIT_TOP_H

#include <hvlens/hist.h>
#include "window.h"

/*
 * Round trips have eight buckets per octave, so the middle of a bucket is off by at most 1/16.
 * The buckets begin at 2^6 ticks (125 ns), because no round trip is shorter.  The last bucket
 * has all values from 2^33 ticks (17 s) on.
 */
#define KVMEXIT_SUB_BITS	3
#define KVMEXIT_LOWEST		6
#define KVMEXIT_HIGHEST		33
#define KVMEXIT_FIRST		((KVMEXIT_LOWEST - KVMEXIT_SUB_BITS + 1) << KVMEXIT_SUB_BITS)
#define KVMEXIT_BUCKETS		\
	(((KVMEXIT_HIGHEST - KVMEXIT_LOWEST) << KVMEXIT_SUB_BITS) + 1)

struct kvmexit_value {
	__u64 exits;
	__u64 replays;			/* exits with host interrupts to replay */
	__u64 norecover_max;		/* ticks */
	__u64 roundtrip_max;		/* ticks */
	__u64 ticks[HVLENS_PHASE_MAX];
	__u32 roundtrip[KVMEXIT_BUCKETS];
	__u32 reserved;
};

#endif /* HVLENS_KVMEXIT_TOP_H */
