// SPDX-License-Identifier: GPL-2.0-only
/* The shared tables and the names that come from them. */
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#include "names.h"
#include "unit.h"
#include "window.h"

struct entry {
	uint64_t number;
	const char *symbol;
	const char *name;
};

static const struct entry exits[] = {
#define HVLENS_EXIT(trap, symbol, name, class, help)	{ trap, #symbol, name },
#include <hvlens/exit_reasons.def>
#undef HVLENS_EXIT
};

static const struct entry hcalls[] = {
#define HVLENS_HCALL(number, symbol, name)	{ number, #symbol, name },
#include <hvlens/hcalls.def>
#undef HVLENS_HCALL
};

static void check_order(const struct entry *table, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (table[i].number <= table[i - 1].number)
			fail_msg("%s (%#llx) is not above %s (%#llx)", table[i].name,
				 (unsigned long long)table[i].number, table[i - 1].name,
				 (unsigned long long)table[i - 1].number);
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(table[i].name, table[j].name);
			assert_string_not_equal(table[i].symbol, table[j].symbol);
		}
	}
}

static void numbers_ascend_and_names_are_unique(void **state)
{
	(void)state;
	check_order(exits, COUNT(exits));
	check_order(hcalls, COUNT(hcalls));
}

static void traps_have_names_and_help(void **state)
{
	/* Traps that the tables of the stock kernel and of perf lack */
	static const uint32_t rare[] = {
		0xa00, 0xe60, 0xe80, 0xea0, 0xf60, 0xf80, 0x1500, 0x1980, 0x5555,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(exits); i++) {
		assert_string_equal(trap_name(exits[i].number), exits[i].name);
		assert_true(strlen(trap_help(exits[i].number)) > 3);
		assert_true(strlen(exits[i].name) <= 11);	/* kvmlat's column */
		for (const char *c = exits[i].name; *c; c++)
			assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz0123456789_", *c));
	}
	for (size_t i = 0; i < COUNT(rare); i++)
		assert_non_null(trap_name(rare[i]));
	assert_null(trap_name(0xc04));
	assert_null(trap_name(UINT32_MAX));
}

static void hcalls_have_papr_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hcalls); i++) {
		assert_string_equal(hcall_name(hcalls[i].number), hcalls[i].name);
		assert_memory_equal(hcalls[i].name, "H_", 2);
		assert_string_equal(hcalls[i].name + 2, hcalls[i].symbol);
		/* PAPR's numbers are multiples of four; those of QEMU and SLOF are not. */
		assert_true(hcalls[i].number % 4 == 0 ||
			    (hcalls[i].number >= 0xf000 && hcalls[i].number < 0xf010));
	}
	assert_string_equal(hcall_name(0x4), "H_REMOVE");
	assert_string_equal(hcall_name(0xe0), "H_CEDE");
	assert_string_equal(hcall_name(0xe8), "H_PROD");
	assert_string_equal(hcall_name(0x448), "H_RPT_INVALIDATE");
	assert_string_equal(hcall_name(0xf000), "H_RTAS");
	assert_string_equal(hcall_name(0xf804), "H_ENTER_NESTED");
	assert_null(hcall_name(0));
	assert_null(hcall_name(UINT64_MAX));
}

static void reasons_are_spelled(void **state)
{
	char buf[REASON_NAME_SIZE];

	(void)state;
	assert_string_equal(reason_name(buf, 0x980, HVLENS_HCALL_NONE), "hdec");
	assert_string_equal(reason_name(buf, 0xc00, HVLENS_HCALL_NONE), "hcall");
	assert_string_equal(reason_name(buf, 0xc00, 0xe0), "hcall H_CEDE");
	assert_string_equal(reason_name(buf, 0xc00, HVLENS_HCALL_UNKNOWN), "hcall (unknown)");
	assert_string_equal(reason_name(buf, 0xabc, HVLENS_HCALL_NONE), "0xabc");
	/* The longest fits. */
	for (size_t i = 0; i < COUNT(hcalls); i++)
		assert_in_range(strlen(reason_name(buf, 0xc00, hcalls[i].number)), 1,
				REASON_NAME_SIZE - 2);
}

static void phases_follow_one_another(void **state)
{
	static const struct { const char *begin, *end; } phases[] = {
#define PHASE(symbol, name, begin, end, help)	{ #begin, #end },
		HVLENS_PHASES(PHASE)
	};

	(void)state;
	assert_int_equal(COUNT(phases), HVLENS_PHASE_NORECOVER);
	assert_string_equal(phases[0].begin, "t0");
	assert_string_equal(phases[COUNT(phases) - 1].end, "t6");
	for (size_t i = 1; i < COUNT(phases); i++)
		assert_string_equal(phases[i].begin, phases[i - 1].end);
	for (int i = 0; i < HVLENS_PHASE_MAX; i++)
		assert_non_null(phase_names[i]);
	assert_string_equal(phase_names[HVLENS_PHASE_GUEST], "guest");
	assert_string_equal(outcome_names[HVLENS_OUTCOME_BLOCK], "block");
	assert_string_equal(abort_names[HVLENS_ABORT_REQUEST], "request");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_ascend_and_names_are_unique),
		cmocka_unit_test(traps_have_names_and_help),
		cmocka_unit_test(hcalls_have_papr_names),
		cmocka_unit_test(reasons_are_spelled),
		cmocka_unit_test(phases_follow_one_another),
	};

	return RUN(tests);
}
