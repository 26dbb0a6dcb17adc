// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "names.h"
#include "window.h"

struct name {
	uint64_t number;
	const char *name;
	const char *help;
};

static const struct name traps[] = {
#define HVLENS_EXIT(trap, symbol, name, class, help)	{ trap, name, help },
#include <hvlens/exit_reasons.def>
#undef HVLENS_EXIT
};

static const struct name hcalls[] = {
#define HVLENS_HCALL(number, symbol, name)	{ number, name, NULL },
#include <hvlens/hcalls.def>
#undef HVLENS_HCALL
};

const char *const phase_names[] = {
#define PHASE_NAME(symbol, name, ...)	name,
	HVLENS_PHASES(PHASE_NAME)
	HVLENS_DERIVED(PHASE_NAME)
};

const char *const phase_helps[] = {
#define PHASE_HELP(symbol, name, begin, end, help)	help,
#define DERIVED_HELP(symbol, name, help)		help,
	HVLENS_PHASES(PHASE_HELP)
	HVLENS_DERIVED(DERIVED_HELP)
};

#define NAME(symbol, name, help)	name,
const char *const outcome_names[] = { HVLENS_OUTCOMES(NAME) };
const char *const abort_names[] = { HVLENS_ABORTS(NAME) };

#define RM_NAME(symbol, name, bit, help)	name,
const char *const rm_names[] = { HVLENS_RM_ACTIONS(RM_NAME) };

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = ((const struct name *)b)->number;

	return (x > y) - (x < y);
}

static const struct name *find(uint64_t number, const struct name *table, size_t size)
{
	/* The tables are ascending. */
	return bsearch(&number, table, size / sizeof(*table), sizeof(*table), compare);
}

const char *trap_name(uint32_t trap)
{
	const struct name *found = find(trap, traps, sizeof(traps));

	return found ? found->name : NULL;
}

const char *trap_help(uint32_t trap)
{
	const struct name *found = find(trap, traps, sizeof(traps));

	return found ? found->help : NULL;
}

const char *hcall_name(uint64_t number)
{
	const struct name *found = find(number, hcalls, sizeof(hcalls));

	return found ? found->name : NULL;
}

static void list(const struct name *table, size_t size)
{
	for (size_t i = 0; i < size / sizeof(*table); i++)
		printf("0x%04" PRIx64 "  %-24s %s\n", table[i].number, table[i].name,
		       table[i].help ? table[i].help : "");
}

void traps_list(void)
{
	list(traps, sizeof(traps));
}

void hcalls_list(void)
{
	list(hcalls, sizeof(hcalls));
}

static bool named(const char *text, const struct name *table, size_t size, uint64_t most,
		  uint64_t *number)
{
	char *end;

	for (size_t i = 0; i < size / sizeof(*table); i++) {
		if (!strcasecmp(text, table[i].name)) {
			*number = table[i].number;
			return true;
		}
	}
	if (strncmp(text, "0x", 2))
		return false;
	errno = 0;
	*number = strtoull(text, &end, 16);
	return end > text + 2 && !*end && !errno && *number <= most;
}

bool trap_named(const char *name, uint32_t *trap)
{
	uint64_t number;

	if (!named(name, traps, sizeof(traps), UINT32_MAX - 1, &number))
		return false;
	*trap = number;
	return true;
}

bool hcall_named(const char *name, uint64_t *number)
{
	return named(name, hcalls, sizeof(hcalls), HVLENS_HCALL_NONE - 1, number);
}

char *reason_name(char buf[REASON_NAME_SIZE], uint32_t trap, uint64_t hcall)
{
	const char *name = trap_name(trap), *call;

	if (!name) {
		snprintf(buf, REASON_NAME_SIZE, "0x%" PRIx32, trap);
	} else if (hcall == HVLENS_HCALL_NONE) {
		snprintf(buf, REASON_NAME_SIZE, "%s", name);
	} else {
		call = hcall_name(hcall);
		snprintf(buf, REASON_NAME_SIZE, "%s %s", name, call ? call : "(unknown)");
	}
	return buf;
}
