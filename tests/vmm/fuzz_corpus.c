// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "fuzz_corpus.h"
#include "tap.h"

/*
 * A new sequence is made as often as this many sequences of the corpus are varied, so that a small
 * corpus does not keep the fuzzer from other steps.
 */
#define NEW_SHARE	16

static bool parse_step(char *line, const struct fuzz_rows *rows, struct fuzz_draws *d)
{
	char *save, *word = strtok_r(line, "\n ", &save);

	memset(d, 0, sizeof(*d));
	for (; d->row < rows->n && strcmp(word, rows->name(d->row)); d->row++)
		;
	while (d->n < FUZZ_DRAWS && (word = strtok_r(NULL, "\n ", &save)))
		d->draw[d->n++] = strtoull(word, NULL, 0);
	return d->row < rows->n;
}

void fuzz_corpus_read(struct fuzz_corpus *corpus, const char *path, const struct fuzz_rows *rows)
{
	struct fuzz_sequence *s = corpus->sequences;
	FILE *file = fopen(path, "r");
	char line[1024];

	corpus->n = 0;
	if (!file)
		return;
	memset(corpus, 0, sizeof(*corpus));
	while (corpus->n < FUZZ_CORPUS && fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		if (line[0] != '\n') {
			if (s->n < FUZZ_SEQUENCE && parse_step(line, rows, &s->steps[s->n]))
				s->n++;
			continue;
		}
		if (s->n) {
			corpus->n++;
			s++;
		}
	}
	fclose(file);
}

void fuzz_corpus_write(const struct fuzz_corpus *corpus, unsigned int first, FILE *file,
		       const struct fuzz_rows *rows)
{
	unsigned int i, j, k;

	for (i = first; i < corpus->n; i++) {
		const struct fuzz_sequence *s = &corpus->sequences[i];

		for (j = 0; j < s->n; j++) {
			fputs(rows->name(s->steps[j].row), file);
			for (k = 0; k < s->steps[j].n; k++) {
				u64 value = s->steps[j].draw[k];

				fprintf(file, value < 1024 ? " %llu" : " %#llx",
					(unsigned long long)value);
			}
			fputc('\n', file);
		}
		fputc('\n', file);
	}
}

static struct fuzz_draws new_step(struct fuzz_thread *t, const struct fuzz_rows *rows)
{
	return (struct fuzz_draws){ .row = rows->pick(t) };
}

static void insert(struct fuzz_sequence *s, unsigned int at, struct fuzz_draws step)
{
	if (s->n == FUZZ_SEQUENCE)
		s->n--;
	memmove(&s->steps[at + 1], &s->steps[at], (s->n - at) * sizeof(step));
	s->steps[at] = step;
	s->n++;
}

static void change(struct fuzz_thread *t, const struct fuzz_corpus *corpus,
		   const struct fuzz_rows *rows, struct fuzz_sequence *s)
{
	const struct fuzz_sequence *other = &corpus->sequences[fuzz_below(t, corpus->n)];
	unsigned int at = fuzz_below(t, s->n), i;

	switch (fuzz_below(t, 6)) {
	case 0:
		insert(s, at < FUZZ_SEQUENCE - 1 ? at : 0, new_step(t, rows));
		break;
	case 1:
		s->steps[at] = new_step(t, rows);
		break;
	case 2:
		/* the steps from here on come from another sequence */
		s->n = at;
		for (i = fuzz_below(t, other->n); i < other->n && s->n < FUZZ_SEQUENCE; i++)
			s->steps[s->n++] = other->steps[i];
		break;
	default:
		s->steps[at].anew |= fuzz_random(t);
	}
}

void fuzz_vary(struct fuzz_thread *t, const struct fuzz_corpus *corpus,
	       const struct fuzz_rows *rows, struct fuzz_sequence *sequence)
{
	unsigned int changes;

	memset(sequence, 0, sizeof(*sequence));
	if (fuzz_below(t, corpus->n + NEW_SHARE) >= corpus->n) {
		sequence->n = 4 + fuzz_below(t, FUZZ_SEQUENCE - 3);
		for (changes = 0; changes < sequence->n; changes++)
			sequence->steps[changes] = new_step(t, rows);
		return;
	}
	*sequence = corpus->sequences[fuzz_below(t, corpus->n)];
	for (changes = 1 + fuzz_below(t, 4); changes; changes--)
		change(t, corpus, rows, sequence);
}

void fuzz_make_draws(struct fuzz_thread *t, const struct fuzz_rows *rows, struct fuzz_draws *d)
{
	t->again = d;
	t->drawn = 0;
	rows->make(t, d->row);
	d->n = t->drawn < FUZZ_DRAWS ? t->drawn : FUZZ_DRAWS;
	d->anew = 0;
	t->again = NULL;
}
