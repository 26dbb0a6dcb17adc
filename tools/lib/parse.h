/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict conversion of command-line arguments. */
#ifndef HVLENS_PARSE_H
#define HVLENS_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits and nothing else, from @min to @max; false leaves @value alone. */
bool parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value);

/* Seconds with up to three decimals ("2", "0.5") from 0.1 to 86400, into ns. */
bool parse_seconds(const char *text, uint64_t *ns);

/* A time with a unit, with up to three decimals ("50us", "1.5ms", "2s", "800ns"), into ns; not 0 */
bool parse_ns(const char *text, uint64_t *ns);

/* Index of @text in @words, or -1. */
int parse_word(const char *text, const char *const *words, size_t count);

#endif
