/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sequences of a fuzzer's steps that are kept, because together they have reached code that nothing
 * before them did, and variations of them.
 *
 * A step is a row of the fuzzer's table and the values that were drawn for it, in their order:
 * what fuzz_below(), fuzz_any() and fuzz_of() have returned. So a step that is made again gets the
 * same values, whatever the fuzzer would draw today, as long as its code draws as often. A
 * variation has a few values drawn anew.
 *
 * A file has a line "ROW VALUE..." for each step, and an empty line behind each sequence.
 */
#ifndef TESTS_FUZZ_CORPUS_H
#define TESTS_FUZZ_CORPUS_H

#include <stdio.h>

#include "vmm.h"

#define FUZZ_DRAWS	24	/* of a step that are kept */
#define FUZZ_SEQUENCE	24	/* steps */
#define FUZZ_CORPUS	512	/* sequences */

struct fuzz_thread;

struct fuzz_draws {
	u16 row;
	u16 n;			/* draws below */
	u32 anew;		/* bit i: draw[i] is to be drawn anew */
	u64 draw[FUZZ_DRAWS];
};

struct fuzz_sequence {
	unsigned int n;
	struct fuzz_draws steps[FUZZ_SEQUENCE];
};

struct fuzz_corpus {
	unsigned int n;
	struct fuzz_sequence sequences[FUZZ_CORPUS];
};

/* The steps that there are */
struct fuzz_rows {
	unsigned int n;
	const char *(*name)(unsigned int row);
	/* One of them, by their weights */
	unsigned int (*pick)(struct fuzz_thread *t);
	/* Makes it. Its values come from fuzz_below(), fuzz_any() and fuzz_of(). */
	void (*make)(struct fuzz_thread *t, unsigned int row);
};

/* Steps of rows that are not there any more are left out. No file is an empty corpus. */
void fuzz_corpus_read(struct fuzz_corpus *corpus, const char *path, const struct fuzz_rows *rows);
/* The sequences from @first on */
void fuzz_corpus_write(const struct fuzz_corpus *corpus, unsigned int first, FILE *file,
		       const struct fuzz_rows *rows);

/* A new sequence, or a variation of one of the corpus */
void fuzz_vary(struct fuzz_thread *t, const struct fuzz_corpus *corpus,
	       const struct fuzz_rows *rows, struct fuzz_sequence *sequence);

/* Makes step @d; its draws become what they were. */
void fuzz_make_draws(struct fuzz_thread *t, const struct fuzz_rows *rows, struct fuzz_draws *d);

#endif
