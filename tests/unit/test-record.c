// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exit record's layout is an interface.  record-VERSION.layout holds it as
 * "offset size name"; a change needs a new version and a new file.
 */
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#include <hvlens/exit_record.h>
#include "unit.h"

static const struct field {
	const char *name;
	size_t offset;
	size_t size;
	bool is_unsigned;
} fields[] = {
#define FIELD(type, name)	\
	{ #name, offsetof(struct hvlens_exit, name), sizeof(type), (type)~0 > (type)0 },
	HVLENS_EXIT_FIELDS(FIELD)
};

static void has_no_holes(void **state)
{
	size_t end = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (fields[i].offset != end)
			fail_msg("%s is at %zu, the field before ends at %zu", fields[i].name,
				 fields[i].offset, end);
		assert_int_equal(fields[i].offset % fields[i].size, 0);
		assert_true(fields[i].is_unsigned);
		end += fields[i].size;
	}
	assert_int_equal(end, sizeof(struct hvlens_exit));
	assert_int_equal(end % 8, 0);
	assert_true(end <= UINT16_MAX);
}

static void is_the_one_of_its_version(void **state)
{
	char path[256], line[128], now[128];
	size_t i = 0;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/record-%d.layout", UNIT_SOURCE, HVLENS_EXIT_VERSION);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s is missing: a new version needs its layout", path);
	for (; fgets(line, sizeof(line), file); i++) {
		assert_true(i < COUNT(fields));
		snprintf(now, sizeof(now), "%zu %zu %s\n", fields[i].offset, fields[i].size,
			 fields[i].name);
		assert_string_equal(now, line);
	}
	fclose(file);
	assert_int_equal(i, COUNT(fields));
}

static void flags_and_enums_keep_their_values(void **state)
{
	(void)state;
	assert_int_equal(HVLENS_F_HCALL, 1);
	assert_int_equal(HVLENS_F_EA, 2);
	assert_int_equal(HVLENS_F_GPA, 4);
	assert_int_equal(HVLENS_F_DSISR, 8);
	assert_int_equal(HVLENS_F_RM, 16);
	assert_int_equal(HVLENS_F_DERIVED, 32);
	assert_int_equal(HVLENS_OUTCOME_NONE, 0);
	assert_int_equal(HVLENS_OUTCOME_RESUME, 1);
	assert_int_equal(HVLENS_OUTCOME_USER, 2);
	assert_int_equal(HVLENS_OUTCOME_BLOCK, 3);
	assert_int_equal(HVLENS_ABORT_SIGNAL, 0);
	assert_int_equal(HVLENS_ABORT_RESCHED, 1);
	assert_int_equal(HVLENS_ABORT_MMU, 2);
	assert_int_equal(HVLENS_ABORT_IRQ, 3);
	assert_int_equal(HVLENS_ABORT_REQUEST, 4);
	assert_int_equal(HVLENS_ABORT_LIMIT, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_no_holes),
		cmocka_unit_test(is_the_one_of_its_version),
		cmocka_unit_test(flags_and_enums_keep_their_values),
	};

	return RUN(tests);
}
