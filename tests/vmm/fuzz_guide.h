/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer that looks where its steps lead: a backend that counts its code is loaded
 * (tests/modules/coverage.c). Each sequence runs in a process of its own, one at a time. A sequence
 * that reaches code which none before it has reached is kept, without the steps that are not
 * needed for that, and is varied later.
 */
#ifndef TESTS_FUZZ_GUIDE_H
#define TESTS_FUZZ_GUIDE_H

#include "fuzz.h"

/*
 * Runs the sequences of the fuzzer's corpus, then others, until @steps are made. Writes the new
 * ones that are kept to @path.
 * Return: what main() does.
 */
int fuzz_guide(const struct fuzzer *fuzzer, struct fuzz_episode *episode, u64 seed, u64 steps,
	       const char *path);

#endif
