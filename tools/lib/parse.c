// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "parse.h"

#define NS_PER_MS	1000000ull
#define MS_PER_S	1000ull
#define MIN_MS		100ull
#define MAX_MS		(86400 * MS_PER_S)

/* Parses a number of at most @limit at *@text and moves *@text behind it. */
static bool digits(const char **text, uint64_t limit, uint64_t *value)
{
	const char *p = *text;

	*value = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		*value = *value * 10 + (uint64_t)(*p - '0');
		if (*value > limit)
			return false;
	}
	if (p == *text)
		return false;
	*text = p;
	return true;
}

bool parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
	uint64_t number;

	if (!digits(&text, max, &number) || *text || number < min)
		return false;
	*value = number;
	return true;
}

bool parse_seconds(const char *text, uint64_t *ns)
{
	uint64_t ms, scale = MS_PER_S / 10;

	if (!digits(&text, MAX_MS / MS_PER_S, &ms))
		return false;
	ms *= MS_PER_S;
	if (*text == '.') {
		if (!*++text)
			return false;
		for (; *text >= '0' && *text <= '9'; text++, scale /= 10) {
			if (!scale)
				return false;
			ms += scale * (uint64_t)(*text - '0');
		}
	}
	if (*text || ms < MIN_MS || ms > MAX_MS)
		return false;
	*ns = ms * NS_PER_MS;
	return true;
}

bool parse_ns(const char *text, uint64_t *ns)
{
	static const struct {
		const char *unit;
		uint64_t scale;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	uint64_t whole, thousandths = 0, digit = 100;

	if (!digits(&text, 1000000000, &whole))
		return false;
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9'; text++, digit /= 10) {
			if (!digit)
				return false;
			thousandths += digit * (uint64_t)(*text - '0');
		}
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(text, units[i].unit))
			continue;
		*ns = whole * units[i].scale + thousandths * units[i].scale / 1000;
		return *ns;
	}
	return false;
}

int parse_word(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(text, words[i]))
			return i;
	}
	return -1;
}
