// SPDX-License-Identifier: GPL-2.0-only
/* The effect of keys on kvmexit-top's screen */
#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "settings.h"
#include "state.h"
#include "feed.h"
#include "unit.h"

static const struct source_facts ours = { .records = true, .hz = 1000000000, .filter = "" };
static struct model model;
static struct vms vms;
static struct state state;

static int setup(void **unused)
{
	const struct options options = { .by = BY_VM, .sorting = { COL_EXITS, false },
					 .interval = 1000000000 };
	const struct window_facts window = { .ns = 1000000000 };

	(void)unused;
	model_init(&model, BY_VM);
	vms_init(&vms);
	state_init(&state, &options);
	/* VMs 10, 11, 12 with two vCPUs; the higher, the more exits */
	for (uint32_t vm = 10; vm <= 12; vm++) {
		for (uint32_t vcpu = 0; vcpu < 2; vcpu++) {
			const struct hvlens_key keys[] = {
				{ vm, vcpu, 0, 0x980, HVLENS_HCALL_NONE },
				{ vm, vcpu, 1, 0xc00, 0xe0 }, { vm, vcpu, 1, 0xc00, 0xe8 },
			};
			const struct feed value = { .exits = vm * 10 + vcpu };
			const struct vcpu_window of = { .vm = vm, .vcpu = vcpu };

			for (size_t i = 0; i < COUNT(keys); i++)
				feed(model_take, &model, &keys[i], &value);
			model_take_vcpu(&of, &model);
		}
	}
	model_window(&model, &window);
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	model_free(&model);
	vms_free(&vms);
	return 0;
}

static enum action press(int key)
{
	const struct scale scale = { &ours, &model, &vms };
	const struct row **rows;
	enum action action;
	size_t count;

	rows = sorted_rows(&scale, &state.sorting, state.filter, &count);
	action = state_key(&state, key, rows, count);
	free(rows);
	if (action == ACTION_GROUP)
		assert_int_equal(model_group(&model, state.by, &state.path), 0);
	return action;
}

static void type(const char *text)
{
	for (; *text; text++)
		press(*text);
}

static void drills_down_and_back(void **unused)
{
	(void)unused;
	press(KEY_DOWN);	/* of 12, 11, 10: to 11 */
	assert_int_equal(press('\r'), ACTION_GROUP);
	assert_int_equal(state.by, BY_REASON);
	assert_int_equal(state.path.vm.values[0], 11);
	assert_int_equal(model.rows.count, 2);
	press('\r');		/* hcall */
	assert_int_equal(state.path.trap.values[0], 0xc00);
	assert_int_equal(state.by, BY_HCALL);
	press('\r');
	assert_int_equal(state.path.hcall.values[0], 0xe0);
	assert_int_equal(state.by, BY_VCPU);
	press('\r');		/* vCPU 1 has more */
	assert_int_equal(state.path.vcpu.values[0], 1);
	assert_int_equal(state.by, BY_CPU);
	assert_int_equal(model.rows.count, 1);
	/* The end */
	assert_int_equal(press('\r'), ACTION_NONE);
	for (int i = 0; i < 4; i++)
		assert_int_equal(press(KEY_BACKSPACE), ACTION_GROUP);
	assert_int_equal(press(KEY_BACKSPACE), ACTION_NONE);
	assert_int_equal(state.by, BY_VM);
	assert_memory_equal(&state.path, &filter_all, sizeof(filter_all));
	/* Where it was */
	assert_true(state.has_selected);
	assert_int_equal(state.selected.vm, 11);
}

static void other_rows_of_the_same_part(void **unused)
{
	(void)unused;
	press('\r');		/* VM 12, by reason */
	press('c');
	assert_int_equal(state.by, BY_VCPU);
	assert_int_equal(state.path.vm.values[0], 12);
	assert_int_equal(model.rows.count, 2);
	press('\r');		/* vCPU 1, by reason */
	assert_int_equal(state.path.vcpu.values[0], 1);
	assert_int_equal(state.by, BY_REASON);
	press('p');
	assert_int_equal(state.by, BY_CPU);
	assert_int_equal(state.path.vm.values[0], 12);
	assert_int_equal(state.path.vcpu.values[0], 1);
	press('k');
	assert_int_equal(model.rows.count, 2);
	press('\r');		/* H_CEDE on CPU 1 */
	assert_int_equal(state.by, BY_CPU);
	/* All reasons of the vCPU, not only hypercalls */
	press('r');
	assert_int_equal(state.path.trap.count, 0);
	assert_int_equal(state.path.hcall.count, 0);
	assert_int_equal(state.path.vcpu.values[0], 1);
	assert_int_equal(model.rows.count, 2);
	/* All vCPUs of the VM */
	press('c');
	assert_int_equal(state.path.vcpu.count, 0);
	assert_int_equal(model.rows.count, 2);
	press(KEY_BACKSPACE);
	assert_int_equal(state.path.vcpu.values[0], 1);
	assert_int_equal(state.by, BY_REASON);
	/* hdec has no hypercalls; K shows those of the vCPU. */
	press(KEY_END);
	press('\r');
	assert_int_equal(state.path.trap.values[0], 0x980);
	press('k');
	assert_int_equal(state.path.trap.count, 0);
	assert_int_equal(model.rows.count, 2);
	for (const char *key = "v\033"; *key; key++) {
		press('r');
		assert_int_equal(press(*key), ACTION_GROUP);
		assert_int_equal(state.by, BY_VM);
		assert_memory_equal(&state.path, &filter_all, sizeof(filter_all));
		assert_int_equal(press(KEY_BACKSPACE), ACTION_NONE);
	}
	/* The way back is not endless: the first steps are forgotten. */
	for (int i = 0; i < 3 * STATE_DEPTH; i++)
		press(i % 2 ? 'r' : 'c');
	for (int i = 0; i < STATE_DEPTH; i++)
		assert_int_equal(press(KEY_BACKSPACE), ACTION_GROUP);
	assert_int_equal(press(KEY_BACKSPACE), ACTION_NONE);
}

static void a_reason_that_is_none_of_hypercalls(void **unused)
{
	(void)unused;
	press('r');
	press(KEY_END);		/* hdec */
	press('\r');
	assert_int_equal(state.path.trap.values[0], 0x980);
	/* Not said yet: which VM */
	assert_int_equal(state.by, BY_VM);
	press('\r');
	assert_int_equal(state.by, BY_VCPU);
	press('\r');
	assert_int_equal(state.by, BY_CPU);
}

static enum action click(int on, int at, bool twice)
{
	const struct scale scale = { &ours, &model, &vms };
	const struct click click = { on, at, twice };
	const struct row **rows;
	enum action action;
	size_t count;

	rows = sorted_rows(&scale, &state.sorting, state.filter, &count);
	action = state_click(&state, &click, rows, count);
	free(rows);
	return action;
}

static void takes_clicks(void **unused)
{
	(void)unused;
	assert_int_equal(click(CLICK_ROW, 2, false), ACTION_REDRAW);
	assert_int_equal(state.selected.vm, 10);
	click(CLICK_WHEEL, -1, false);
	assert_int_equal(state.selected.vm, 11);
	assert_int_equal(click(CLICK_TITLE, COL_VM, false), ACTION_REDRAW);
	assert_int_equal(state.sorting.column, COL_VM);
	assert_false(state.sorting.reverse);
	click(CLICK_TITLE, COL_VM, false);
	assert_true(state.sorting.reverse);
	assert_int_equal(click(CLICK_ELSEWHERE, 0, true), ACTION_NONE);
	assert_int_equal(click(CLICK_ROW, 0, true), ACTION_GROUP);	/* 12 */
	assert_int_equal(state.path.vm.values[0], 12);
	press('?');
	assert_int_equal(click(CLICK_ROW, 0, true), ACTION_NONE);
	click(CLICK_WHEEL, 3, false);
	assert_int_equal(state.help_at, 3);
}

static void helps(void **unused)
{
	struct help_line line;
	size_t lines = 0;

	(void)unused;
	assert_true(state_help(0, &line));
	assert_string_equal(line.name, "Enter");
	while (state_help(lines, &line)) {
		assert_non_null(line.name);
		assert_non_null(line.help);
		lines++;
	}
	assert_true(lines > COL_COUNT + 10);
	state_help(lines - 1, &line);
	assert_string_equal(line.name, columns[COL_COUNT - 1].shown.title);
	press('?');
	state.page = 5;
	press(KEY_NPAGE);
	press(KEY_DOWN);
	assert_int_equal(state.help_at, 6);
	press(KEY_PPAGE);
	press(KEY_UP);
	assert_int_equal(state.help_at, 0);
	assert_int_equal(state.mode, MODE_HELP);
	press('x');
	assert_int_equal(state.mode, MODE_TABLE);
}

static void keeps_the_selected_row(void **unused)
{
	(void)unused;
	press(KEY_END);
	assert_int_equal(state.selected.vm, 10);
	press('I');
	press(KEY_UP);		/* it is the first now */
	assert_int_equal(state.selected.vm, 10);
	assert_int_equal(state.at, 0);
	press(KEY_NPAGE);
	assert_int_equal(state.selected.vm, 11);
}

static void sorts_by_the_columns_that_are_shown(void **unused)
{
	(void)unused;
	press('>');
	assert_int_equal(state.sorting.column, COL_GUEST);
	press('<');
	press('<');
	assert_int_equal(state.sorting.column, COL_NAME);
	for (int i = 0; i < COL_COUNT; i++) {
		press(KEY_RIGHT);
		assert_true(column_of(BY_VM, state.sorting.column));
		assert_int_not_equal(state.sorting.column, COL_UUID);
	}
	/* A column that rows by reason do not have */
	state.sorting.column = COL_ABORTS;
	press('r');
	assert_int_equal(state.sorting.column, COL_EXITS);
}

static void filters(void **unused)
{
	(void)unused;
	press('r');
	type("/hdex");
	press(KEY_BACKSPACE);
	press('\r');
	assert_string_equal(state.filter, "hde");
	assert_int_equal(state.mode, MODE_TABLE);
	type("/q");
	press(27);
	assert_string_equal(state.filter, "hde");
	/* Typed characters are text, whatever their meaning as keys */
	type("/ ");
	assert_false(state.paused);
	for (int i = 0; i < 100; i++)
		press('x');
	assert_int_equal(strlen(state.filter), STATE_FILTER - 1);
}

static void chooses_columns(void **unused)
{
	(void)unused;
	press('o');
	assert_int_equal(state.mode, MODE_COLUMNS);
	while (state.column_at != COL_P99)
		assert_int_equal(press(KEY_DOWN), ACTION_REDRAW);
	press(' ');
	assert_int_equal(columns_find(&state.columns, COL_P99), -1);
	press(' ');
	press('s');
	assert_int_equal(columns_find(&state.columns, COL_P99), COL_P99);
	assert_int_equal(state.sorting.column, COL_P99);
	for (int i = 0; i < 2 * COL_COUNT; i++)
		press(KEY_DOWN);
	assert_int_equal(state.column_at, COL_POD);
	press('\r');
	assert_int_equal(state.mode, MODE_TABLE);
}

static void pauses_helps_and_quits(void **unused)
{
	(void)unused;
	press(' ');
	assert_true(state.paused);
	press(' ');
	assert_false(state.paused);
	assert_int_equal(press('+'), ACTION_INTERVAL);
	assert_int_equal(state.interval, 2000000000);
	press('-');
	press('-');
	assert_int_equal(state.interval, 500000000);
	for (int i = 0; i < 10; i++)
		press('-');
	assert_int_equal(state.interval, 100000000);
	assert_int_equal(press('-'), ACTION_NONE);
	for (int i = 0; i < 20; i++)
		press('+');
	assert_int_equal(state.interval, 3600000000000);
	press('?');
	assert_int_equal(state.mode, MODE_HELP);
	press('x');
	assert_int_equal(state.mode, MODE_TABLE);
	assert_int_equal(press('q'), ACTION_QUIT);
	assert_int_equal(press('Z'), ACTION_NONE);
}

static void saves_settings(void **unused)
{
	char folder[] = "/tmp/hvlens-settings-XXXXXX", path[SETTINGS_PATH], command[64];
	struct settings settings;

	(void)unused;
	assert_non_null(mkdtemp(folder));
	setenv("XDG_CONFIG_HOME", folder, 1);
	settings_read(&settings);
	assert_int_equal(settings.count, 0);
	settings_free(&settings);
	press('r');
	press('i');
	press('+');
	columns_named("p99,exits", &state.columns);
	assert_int_equal(press('W'), ACTION_SAVE);
	assert_int_equal(settings_save(&state, path), 0);
	assert_memory_equal(path, folder, strlen(folder));
	/* again, over the old file */
	assert_int_equal(settings_save(&state, path), 0);
	settings_read(&settings);
	assert_int_equal(settings.count, 4);
	assert_string_equal(settings.options[0], "--by=reason");
	assert_string_equal(settings.options[1], "--sort=-exits");
	assert_string_equal(settings.options[2], "--delay=2.000");
	assert_string_equal(settings.options[3], "--columns=p99,exits");
	settings_free(&settings);
	/* The folder of another user is left alone. */
	if (!geteuid()) {
		assert_int_equal(chown(folder, 1, 1), 0);
		assert_int_equal(settings_save(&state, path), -EPERM);
	}
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", "", 1);
	assert_int_equal(settings_save(&state, path), -ENOENT);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void nothing_to_select(void **unused)
{
	(void)unused;
	type("/nothing\r");
	assert_int_equal(press('\r'), ACTION_NONE);
	assert_int_equal(press(KEY_DOWN), ACTION_REDRAW);
	assert_int_equal(state.at, 0);
}

int main(void)
{
#define TEST(function)	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(drills_down_and_back),
		TEST(other_rows_of_the_same_part),
		TEST(a_reason_that_is_none_of_hypercalls),
		TEST(takes_clicks),
		TEST(helps),
		TEST(keeps_the_selected_row),
		TEST(sorts_by_the_columns_that_are_shown),
		TEST(filters),
		TEST(chooses_columns),
		TEST(pauses_helps_and_quits),
		TEST(saves_settings),
		TEST(nothing_to_select),
	};

	return RUN(tests);
}
