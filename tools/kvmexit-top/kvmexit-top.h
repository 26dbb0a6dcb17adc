/* SPDX-License-Identifier: GPL-2.0-only */
/* The buckets of kvmexit-top's round trips. */
#ifndef KVMEXIT_TOP_H
#define KVMEXIT_TOP_H

#include <linux/types.h>
#include <hvlens/hist.h>

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

#endif
