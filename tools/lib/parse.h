/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict conversion of command-line arguments. */
#ifndef HVLENS_PARSE_H
#define HVLENS_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A decimal number from @min to @max; nothing else may follow.  false: *@value is unchanged */
bool parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value);

/* Seconds from 0.1 to 86400 with up to three decimals ("2", "0.5"); the result is in ns. */
bool parse_seconds(const char *text, uint64_t *ns);

/* A time with a unit and up to three decimals ("50us", "1.5ms"), not 0; the result is in ns. */
bool parse_ns(const char *text, uint64_t *ns);

/* Index of @text in @words, or -1. */
int parse_word(const char *text, const char *const *words, size_t count);

#endif
