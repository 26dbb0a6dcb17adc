// SPDX-License-Identifier: GPL-2.0-only
/* kvmexit-top without its kernel side: arguments, model, columns, view. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "names.h"
#include "options.h"
#include "status.h"
#include "unit.h"
#include "view.h"

#define ARGS(...)	((char *[]){ "kvmexit-top", __VA_ARGS__, NULL })

static struct options parsed(char **argv)
{
	struct options options;
	int argc = 0;

	while (argv[argc])
		argc++;
	options_parse(argc, argv, &options);
	return options;
}

static void good_arguments(void **state)
{
	struct options options;

	(void)state;
	options = parsed((char *[]){ "kvmexit-top", NULL });
	assert_int_equal(options.vm, HVLENS_ANY);
	assert_int_equal(options.sorting.by, BY_VM);
	assert_int_equal(options.sorting.column, COL_EXITS);
	assert_int_equal(options.form, FORM_AUTO);
	assert_int_equal(options.interval, 1000000000);
	assert_int_equal(options.count, 0);

	options = parsed(ARGS("-p", "5", "-v", "3", "--by", "reason", "--sort", "handle",
			      "-d", "0.2", "-n", "4", "--json"));
	assert_int_equal(options.vm, 5);
	assert_int_equal(options.vcpu, 3);
	assert_int_equal(options.sorting.by, BY_REASON);
	assert_int_equal(options.sorting.column, COL_HANDLE);
	assert_int_equal(options.form, FORM_JSON);
	assert_int_equal(options.interval, 200000000);
	assert_int_equal(options.count, 4);
	assert_int_equal(parsed(ARGS("--batch")).form, FORM_BATCH);
	/* In any order */
	assert_int_equal(parsed(ARGS("--sort", "vcpu", "--by", "vcpu")).sorting.column, COL_VCPU);
}

static void parse_in_child(void *argv)
{
	parsed(argv);
}

static void bad_arguments(void **state)
{
	static char *const bad[][6] = {
		{ "kvmexit-top", "-p", "0" }, { "kvmexit-top", "-p" }, { "kvmexit-top", "-v", "x" },
		{ "kvmexit-top", "--by", "none" }, { "kvmexit-top", "--sort", "colour" },
		{ "kvmexit-top", "--sort", "vcpu" },	/* by vm: no such column */
		{ "kvmexit-top", "--by", "reason", "--sort", "user" },
		{ "kvmexit-top", "-d", "0" }, { "kvmexit-top", "-d", "1s" },
		{ "kvmexit-top", "-n", "0" }, { "kvmexit-top", "--json", "--batch" },
		{ "kvmexit-top", "extra" }, { "kvmexit-top", "--no" },
	};
	char output[4096];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		int status = run_child(parse_in_child, (void *)bad[i], output, sizeof(output));

		if (status != STATUS_USAGE)
			fail_msg("%s %s: %d", bad[i][1], bad[i][2] ? bad[i][2] : "", status);
		assert_non_null(strstr(output, "--help"));
	}
}

static void help_names_every_column(void **state)
{
	char output[8192], word[32];

	(void)state;
	assert_int_equal(run_child(parse_in_child, ARGS("--help"), output, sizeof(output)), 0);
	for (char *c = output; *c; c++)
		*c = *c == '\n' ? ' ' : *c;
	for (int column = 0; column < COL_COUNT; column++) {
		snprintf(word, sizeof(word), " %s", columns[column].name);
		if (!strstr(strstr(output, "Columns"), word))
			fail_msg("%s is not in the help", columns[column].name);
	}
	assert_int_equal(run_child(parse_in_child, ARGS("--version"), output, sizeof(output)), 0);
	assert_string_equal(output, "kvmexit-top (hvlens) test\n");
}

static void check_apart(const struct column_spec *a, const struct column_spec *b)
{
	if (!(a->by & b->by))
		return;
	assert_string_not_equal(a->shown.key, b->shown.key);
	assert_string_not_equal(a->shown.title, b->shown.title);
	assert_int_not_equal(a->key, b->key);
	if (a->raw.key && b->raw.key)
		assert_string_not_equal(a->raw.key, b->raw.key);
}

static void columns_can_be_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < COL_COUNT; i++) {
		for (int j = 0; j < i; j++)
			check_apart(&columns[i], &columns[j]);
		/* Keys that the screen uses itself */
		assert_null(strchr("qQVCRI<>?h", columns[i].key));
	}
}

static struct model model;
static struct vms vms;

static int setup(void **state)
{
	(void)state;
	model_init(&model, BY_VM);
	vms_init(&vms);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&model);
	vms_free(&vms);
	return 0;
}

static void take(uint32_t vm, uint32_t vcpu, uint32_t cpu, uint32_t trap, uint64_t hcall,
		 uint64_t exits, uint64_t guest)
{
	const struct kvmexit_key key = { vm, vcpu, cpu, trap, hcall };
	struct kvmexit_value value = { .exits = exits };

	value.ticks[HVLENS_PHASE_GUEST] = guest;
	assert_int_equal(model_take_exits(&model, &key, &value), 0);
}

static void take_vcpu(uint32_t vm, uint32_t vcpu, uint64_t first, uint64_t last, uint64_t user)
{
	const struct hvlens_vcpu_key key = { vm, vcpu, 0 };
	struct hvlens_vcpu_stat stat = {
		.exits = first ? last - first + 1 : last,
		.first_seq = first,
		.last_seq = first ? last : 0,
	};

	stat.outside[HVLENS_OUTCOME_USER] = user;
	stat.aborts[HVLENS_ABORT_IRQ] = 1;
	assert_int_equal(model_take_vcpu(&model, &key, &stat), 0);
}

static void window_over(uint64_t ns)
{
	const struct span span = { .ns = ns, .begin = 0, .end = ns };
	const struct hvlens_trouble trouble = { 0 };

	model_window(&model, &span, &trouble);
}

static const struct row *row(size_t index)
{
	assert_true(index < model.rows.count);
	return model.rows.rows[index];
}

/* Two VMs: 10 with two vCPUs, 20 with one. One window of 1 s. */
static void two_vms(void)
{
	take(10, 0, 0, 0x980, HVLENS_HCALL_NONE, 30, 100000000);
	take(10, 0, 1, 0x980, HVLENS_HCALL_NONE, 20, 50000000);
	take(10, 0, 0, 0xc00, 0xe0, 40, 1000000);
	take(10, 1, 0, 0xc00, 0xe8, 45, 2000000);
	take(20, 0, 1, 0xe00, HVLENS_HCALL_NONE, 5, 400000000);
	take_vcpu(10, 0, 1, 90, 0);
	take_vcpu(10, 1, 101, 145, 0);
	take_vcpu(20, 0, 1, 5, 250000000);
	window_over(1000000000);
}

static void by_vm(void **state)
{
	(void)state;
	two_vms();
	assert_int_equal(model.rows.count, 2);
	assert_int_equal(row(0)->key.vm, 10);
	assert_int_equal(row(0)->exits, 135);
	assert_int_equal(row(0)->vcpus, 2);
	assert_int_equal(row(0)->ticks[HVLENS_PHASE_GUEST], 153000000);
	assert_int_equal(row(0)->top_trap, 0x980);
	assert_int_equal(row(0)->top_exits, 50);
	assert_int_equal(row(0)->aborts, 2);
	assert_int_equal(row(1)->key.vm, 20);
	assert_int_equal(row(1)->outside[HVLENS_OUTCOME_USER], 250000000);
	assert_int_equal(model.window.exits, 140);
	assert_int_equal(model.window.vcpus, 3);
	assert_int_equal(model.window.missed, 0);
}

static void by_vcpu(void **state)
{
	(void)state;
	model_set_by(&model, BY_VCPU);
	two_vms();
	assert_int_equal(model.rows.count, 3);
	assert_int_equal(row(0)->exits, 90);
	assert_int_equal(row(1)->key.vcpu, 1);
	assert_int_equal(row(1)->exits, 45);
	assert_int_equal(row(1)->top_hcall, 0xe8);
	assert_int_equal(row(1)->vcpus, 1);
}

static void by_reason(void **state)
{
	(void)state;
	model_set_by(&model, BY_REASON);
	two_vms();
	assert_int_equal(model.rows.count, 4);
	assert_int_equal(row(0)->key.trap, 0x980);
	assert_int_equal(row(0)->exits, 50);
	assert_int_equal(row(1)->key.hcall, 0xe0);
	assert_int_equal(row(1)->exits, 40);
	assert_int_equal(row(2)->key.hcall, 0xe8);
	assert_int_equal(row(3)->key.trap, 0xe00);
	assert_int_equal(model.window.exits, 140);
}

static void a_vm_that_vanishes(void **state)
{
	(void)state;
	two_vms();
	model_clear(&model);
	take(20, 0, 1, 0xe00, HVLENS_HCALL_NONE, 5, 1);
	take_vcpu(20, 0, 8, 12, 0);
	window_over(1000000000);
	assert_int_equal(model.rows.count, 1);
	assert_int_equal(row(0)->key.vm, 20);
	assert_int_equal(row(0)->missed, 2);
	assert_int_equal(model.window.vcpus, 1);
	model_clear(&model);
	window_over(1000000000);
	assert_int_equal(model.rows.count, 0);
	assert_int_equal(model.exits_ever, 145);
}

static const struct source_facts ours = {
	.backend = "hvlens", .attach = "tp_btf", .records = true, .hz = 1000000000,
	.model = "8335-GTH",
};

static const struct source_facts stock = {
	.backend = "stock", .attach = "tp_btf", .hz = 1000000000, .model = "8335-GTH",
};

static char *report(enum emit_form form, enum column column, bool reverse,
		    const struct source_facts *source)
{
	const struct sorting sorting = { model.by, column, reverse };
	const struct view view = { &model, &sorting, source, &vms, 0 };
	struct emit emit = { .form = form };
	char *text;
	size_t size;

	emit.out = open_memstream(&text, &size);
	assert_non_null(emit.out);
	assert_int_equal(view_report(&emit, &view), 0);
	fclose(emit.out);
	return text;
}

#define assert_has(text, part)						\
	do {								\
		if (!strstr(text, part))				\
			fail_msg("no \"%s\" in:\n%s", part, text);	\
	} while (0)

static void shows_vms(void **state)
{
	char *text;

	(void)state;
	two_vms();
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	/* 10: 153 ms of two vCPUs' 2 s; 20: 400 ms of 1 s, 250 ms in user space */
	assert_has(text, "     VM VCPUS   EXITS/s GUEST%  PREP% ENTRY%  EXIT%  REPL% HANDL%  USER% BLOCK% TOP REASON");
	assert_has(text, "\n     10     2     135.0    7.7    0.0    0.0    0.0    0.0    0.0    0.0    0.0 hdec ");
	assert_has(text, "\n     20     1       5.0   40.0    0.0    0.0    0.0    0.0    0.0   25.0    0.0 hdsi ");
	assert_true(strstr(text, "\n     10 ") < strstr(text, "\n     20 "));
	free(text);

	text = report(EMIT_JSON, COL_EXITS, false, &ours);
	assert_true(json_valid(text));
	assert_has(text, "\"schema\":\"hvlens-kvmexit-top/1\"");
	assert_has(text, "\"by\":\"vm\",\"rows\":[{\"vm\":10,\"vcpus\":2,\"exits_per_s\":135.0,\"exits\":135,"
			 "\"guest_pct\":7.7,\"guest_ns\":153000000,");
	assert_has(text, "\"user_pct\":25.0,\"user_ns\":250000000,");
	assert_has(text, "\"top_reason\":\"hdec\",\"top_exits\":50,");
	assert_has(text, "\"aborts_per_s\":2.0,\"aborts\":2,\"missed\":0}");
	free(text);
}

static void shows_reasons(void **state)
{
	char *text;

	(void)state;
	model_set_by(&model, BY_REASON);
	two_vms();
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	/* 150 ms of three vCPUs' 3 s */
	assert_has(text, "\nhdec                          50.0    5.0");
	assert_has(text, "\nhcall H_PROD                  45.0    0.1");
	assert_null(strstr(text, "USER%"));
	free(text);
}

static void shows_only_what_was_measured(void **state)
{
	char *text;

	(void)state;
	take(20, 0, 1, 0xe00, HVLENS_HCALL_NONE, 5, 400000000);
	take_vcpu(20, 0, 0, 5, 0);
	window_over(1000000000);
	text = report(EMIT_TEXT, COL_EXITS, false, &stock);
	assert_has(text, "\n     20     1       5.0   40.0      -      -      -      -      -      -      - hdsi ");
	free(text);
	text = report(EMIT_JSON, COL_EXITS, false, &stock);
	assert_true(json_valid(text));
	assert_has(text, "\"prepare_pct\":null,\"prepare_ns\":null,");
	assert_has(text, "\"block_pct\":null,\"block_ns\":null,");
	assert_has(text, "\"missed\":null}");
	free(text);
}

/* The names of the rows' VMs, in order of appearance */
static void assert_order(enum column column, bool reverse, uint32_t first)
{
	const struct sorting sorting = { model.by, column, reverse };
	const struct scale scale = { &ours, &model.window, model.by, &vms };
	const struct row **rows = sorted_rows(&model.rows, &sorting, &scale);

	assert_non_null(rows);
	assert_int_equal(rows[0]->key.vm, first);
	free(rows);
}

static void sorts_by_any_column(void **state)
{
	(void)state;
	two_vms();
	assert_order(COL_VM, false, 10);
	assert_order(COL_VM, true, 20);
	assert_order(COL_EXITS, false, 10);
	assert_order(COL_EXITS, true, 20);
	assert_order(COL_GUEST, false, 20);
	assert_order(COL_USER, false, 20);
	assert_order(COL_VCPUS, false, 10);
	assert_order(COL_TOP, false, 10);	/* hdec, hdsi */
	assert_order(COL_TOP, true, 20);
	assert_order(COL_BLOCK, false, 10);	/* equal: by id */
}

static void a_thousand_vcpus(void **state)
{
	size_t lines = 0;
	char *text;

	(void)state;
	model_set_by(&model, BY_VCPU);
	for (uint32_t vcpu = 0; vcpu < 1000; vcpu++) {
		for (uint32_t cpu = 0; cpu < 3; cpu++)
			take(30, vcpu, cpu, 0x980, HVLENS_HCALL_NONE, vcpu + 1, 1000);
		take_vcpu(30, vcpu, 1, 3 * (vcpu + 1), 0);
	}
	window_over(1000000000);
	assert_int_equal(model.rows.count, 1000);
	assert_int_equal(model.window.exits, 3 * 1000 * 1001 / 2);
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	for (char *c = text; *c; c++)
		lines += *c == '\n';
	assert_true(lines > 1000);
	assert_has(text, "\n     30   999    3000.0");
	free(text);
	text = report(EMIT_JSON, COL_EXITS, false, &ours);
	assert_true(json_valid(text));
	free(text);
}

static void shows_that_there_is_nothing(void **state)
{
	char *text;

	(void)state;
	window_over(1000000000);
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	assert_has(text, "no exits yet\n");
	free(text);
	text = report(EMIT_JSON, COL_EXITS, false, &ours);
	assert_true(json_valid(text));
	assert_has(text, "\"rows\":[]}");
	free(text);
}

int main(void)
{
#define TEST(function)	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_arguments),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(help_names_every_column),
		cmocka_unit_test(columns_can_be_told_apart),
		TEST(by_vm),
		TEST(by_vcpu),
		TEST(by_reason),
		TEST(a_vm_that_vanishes),
		TEST(shows_vms),
		TEST(shows_reasons),
		TEST(shows_only_what_was_measured),
		TEST(sorts_by_any_column),
		TEST(a_thousand_vcpus),
		TEST(shows_that_there_is_nothing),
	};

	return RUN(tests);
}
