/* SPDX-License-Identifier: GPL-2.0-only */
/* Map layouts of kvmexit-top, see window.h. */
#ifndef HVLENS_KVMEXIT_TOP_H
#define HVLENS_KVMEXIT_TOP_H

#include <hvlens/hist.h>
#include "window.h"

/*
 * Round trips: eight buckets an octave, so that a bucket's middle is off by at
 * most 1/16.  From 2^6 ticks (125 ns) on, below which there is no round trip;
 * the last bucket takes all from 2^33 ticks (17 s) on.
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
