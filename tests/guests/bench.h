/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_GUESTS_BENCH_H
#define TESTS_GUESTS_BENCH_H

#define BENCH_RESULTS	0x30000		/* ticks of each repetition, 64 bits each */
#define BENCH_MIN_GAP	256		/* ticks: less is no exit */

#endif
