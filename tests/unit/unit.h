/* SPDX-License-Identifier: GPL-2.0-only */
/* Headers that every unit test needs, in cmocka's order, and small helpers */
#ifndef HVLENS_UNIT_H
#define HVLENS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

/* Runs the tests with TAP as output. */
#define RUN(tests)	\
	(cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, NULL, NULL))

/* xorshift64*: the same numbers from the same seed everywhere */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

/* A text has this part, or lacks it; a failure shows both. */
#define assert_has(text, part)						\
	do {								\
		if (!strstr(text, part))				\
			fail_msg("no \"%s\" in:\n%s", part, text);	\
	} while (0)

#define assert_lacks(text, part)					\
	do {								\
		if (strstr(text, part))					\
			fail_msg("\"%s\" in:\n%s", part, text);		\
	} while (0)

/* A text is one JSON document and a newline, nothing else. */
bool json_valid(const char *text);

/*
 * Exit status of @child(arg) in a separate process, whose output goes into @output (@size bytes,
 * always terminated); -signal if it was killed
 */
int run_child(void (*child)(void *arg), void *arg, char *output, size_t size);

#endif
