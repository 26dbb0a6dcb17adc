// SPDX-License-Identifier: GPL-2.0-only
/* kvmexit-top without its BPF programs: arguments, model, columns, view */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "detail.h"
#include "names.h"
#include "options.h"
#include "status.h"
#include "feed.h"
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
	assert_memory_equal(&options.filter, &filter_all, sizeof(filter_all));
	assert_int_equal(options.by, BY_VM);
	assert_int_equal(options.sorting.column, COL_EXITS);
	assert_int_equal(options.form, FORM_AUTO);
	assert_int_equal(options.interval, 1000000000);
	assert_int_equal(options.count, 0);

	options = parsed(ARGS("-p", "5", "-v", "3", "--by", "reason", "--sort", "handle",
			      "-d", "0.2", "-n", "4", "--json", "-c", "7", "-r", "hdec", "-k",
			      "H_CEDE", "--columns", "p99,exits"));
	assert_int_equal(options.filter.vm.values[0], 5);
	assert_int_equal(options.filter.vcpu.values[0], 3);
	assert_int_equal(options.filter.cpu.values[0], 7);
	assert_int_equal(options.filter.trap.values[0], 0x980);
	assert_int_equal(options.filter.hcall.values[0], 0xe0);
	assert_int_equal(options.columns.count, 2);
	assert_int_equal(options.columns.column[0], COL_P99);
	assert_int_equal(options.columns.column[1], COL_EXITS);
	assert_int_equal(options.by, BY_REASON);
	assert_int_equal(options.sorting.column, COL_HANDLE);
	assert_int_equal(options.form, FORM_JSON);
	assert_int_equal(options.interval, 200000000);
	assert_int_equal(options.count, 4);
	assert_int_equal(parsed(ARGS("--batch")).form, FORM_BATCH);
	options = parsed(ARGS("0.5"));
	assert_int_equal(options.interval, 500000000);
	assert_int_equal(options.count, 0);
	options = parsed(ARGS("2", "-j", "7"));
	assert_int_equal(options.interval, 2000000000);
	assert_int_equal(options.count, 7);
	options = parsed(ARGS("--sort", "-p99"));
	assert_int_equal(options.sorting.column, COL_P99);
	assert_true(options.sorting.reverse);
	/* In any order */
	assert_int_equal(parsed(ARGS("--sort", "vcpu", "--by", "vcpu")).sorting.column, COL_VCPU);
}

static void parse_in_child(void *argv)
{
	parsed(argv);
}

static void bad_arguments(void **state)
{
	static char *const bad[][7] = {
		{ "kvmexit-top", "-p", "0" }, { "kvmexit-top", "-p" }, { "kvmexit-top", "-v", "x" },
		{ "kvmexit-top", "--by", "none" }, { "kvmexit-top", "--sort", "colour" },
		{ "kvmexit-top", "--sort", "vcpu" },	/* by vm: no such column */
		{ "kvmexit-top", "--by", "reason", "--sort", "aborts" },
		{ "kvmexit-top", "-c", "x" }, { "kvmexit-top", "-r", "nonsense" },
		{ "kvmexit-top", "-r", "0x" }, { "kvmexit-top", "-k", "H_NONSENSE" },
		{ "kvmexit-top", "-o", "exits,p99,exits" },
		{ "kvmexit-top", "-o", "exits,," }, { "kvmexit-top", "-o", "" },
		{ "kvmexit-top", "-d", "0" }, { "kvmexit-top", "-d", "1s" },
		{ "kvmexit-top", "-n", "0" }, { "kvmexit-top", "--json", "--batch" },
		{ "kvmexit-top", "extra" }, { "kvmexit-top", "1", "x" },
		{ "kvmexit-top", "1", "2", "3" }, { "kvmexit-top", "0" },
		{ "kvmexit-top", "--none" },
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

static void helps(void **state)
{
	char output[8192];

	(void)state;
	assert_int_equal(run_child(parse_in_child, ARGS("--help"), output, sizeof(output)), 0);
	assert_non_null(strstr(output, "--by=KEY"));
	assert_int_equal(run_child(parse_in_child, ARGS("-h"), output, sizeof(output)), 0);
	assert_non_null(strstr(output, "--by=KEY"));
	assert_int_equal(run_child(parse_in_child, ARGS("--version"), output, sizeof(output)), 0);
	assert_string_equal(output, "kvmexit-top (hvlens) test\n");
}

static void help_explains_every_column(void **state)
{
	char output[8192], line[128];

	(void)state;
	assert_int_equal(run_child(parse_in_child, ARGS("--columns=help"), output, sizeof(output)),
			 0);
	for (int column = 0; column < COL_COUNT; column++) {
		snprintf(line, sizeof(line), "%-14s %-13s %s\n", columns[column].name,
			 columns[column].shown.title, columns[column].help);
		if (!strstr(output, line))
			fail_msg("%s is not explained", columns[column].name);
	}
}

static void check_apart(const struct column_spec *a, const struct column_spec *b)
{
	if (!(a->by & b->by))
		return;
	if (a->shown.key && b->shown.key)
		assert_string_not_equal(a->shown.key, b->shown.key);
	assert_string_not_equal(a->shown.title, b->shown.title);
	if (a->raw.key && b->raw.key)
		assert_string_not_equal(a->raw.key, b->raw.key);
}

static void columns_can_be_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < COL_COUNT; i++) {
		for (int j = 0; j < i; j++)
			check_apart(&columns[i], &columns[j]);
		/* A title has to fit its cells. */
		assert_true(strlen(columns[i].shown.title) <= (size_t)abs(columns[i].shown.width));
	}
}

static struct model model;
static struct vms vms;
static struct window_facts window;

static int setup(void **state)
{
	(void)state;
	model_init(&model, BY_VM);
	vms_init(&vms);
	window = (struct window_facts){ 0 };
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
	const struct hvlens_key key = { vm, vcpu, cpu, trap, hcall };
	struct feed value = { .exits = exits };

	value.ticks[HVLENS_PHASE_GUEST] = guest;
	assert_int_equal(feed(model_take, &model, &key, &value), 0);
	window.exits += exits;
}

static void take_vcpu(uint32_t vm, uint32_t vcpu, uint64_t missed, uint64_t user)
{
	struct vcpu_window of = { .vm = vm, .vcpu = vcpu, .missed = missed, .aborts = 1 };

	of.outside[HVLENS_OUTCOME_USER] = user;
	model_take_vcpu(&of, &model);
	window.vcpus++;
}

static void window_over(uint64_t ns)
{
	window.ns = ns;
	assert_int_equal(model_window(&model, &window), 0);
	window = (struct window_facts){ 0 };
}

static void group(enum by by, struct hvlens_filter path)
{
	assert_int_equal(model_group(&model, by, &path), 0);
}

static const struct row *row(size_t index)
{
	assert_true(index < model.rows.count);
	return model.rows.rows[index];
}

/*
 * Two VMs with ids beyond any process id: 5000010 with two vCPUs, 5000020 with one. One window of
 * 1 s
 */
static void two_vms(void)
{
	take(5000010, 0, 0, 0x980, HVLENS_HCALL_NONE, 30, 100000000);
	take(5000010, 0, 1, 0x980, HVLENS_HCALL_NONE, 20, 50000000);
	take(5000010, 0, 0, 0xc00, 0xe0, 40, 1000000);
	take(5000010, 1, 0, 0xc00, 0xe8, 45, 2000000);
	take(5000020, 0, 1, 0xe00, HVLENS_HCALL_NONE, 5, 400000000);
	take_vcpu(5000010, 0, 0, 0);
	take_vcpu(5000010, 1, 0, 0);
	take_vcpu(5000020, 0, 0, 250000000);
	window_over(1000000000);
}

static void by_vm(void **state)
{
	(void)state;
	two_vms();
	assert_int_equal(model.rows.count, 2);
	assert_int_equal(row(0)->key.vm, 5000010);
	assert_int_equal(row(0)->exits, 135);
	assert_int_equal(row(0)->vcpus, 2);
	assert_int_equal(row(0)->ticks[HVLENS_PHASE_GUEST], 153000000);
	assert_int_equal(row(0)->top_trap, 0x980);
	assert_int_equal(row(0)->top_exits, 50);
	assert_int_equal(row(0)->aborts, 2);
	assert_int_equal(row(1)->key.vm, 5000020);
	assert_int_equal(row(1)->ticks[HVLENS_PHASE_USER], 250000000);
	assert_int_equal(model.window.exits, 140);
	assert_int_equal(model.window.vcpus, 3);
	assert_int_equal(model.window.missed, 0);
}

static void by_vcpu(void **state)
{
	(void)state;
	two_vms();
	group(BY_VCPU, filter_all);
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
	two_vms();
	group(BY_REASON, filter_all);
	assert_int_equal(model.rows.count, 3);
	assert_int_equal(row(0)->key.trap, 0x980);
	assert_int_equal(row(0)->exits, 50);
	assert_int_equal(row(1)->key.trap, 0xc00);
	assert_int_equal(row(1)->exits, 85);
	assert_int_equal(row(2)->key.trap, 0xe00);
	assert_int_equal(model.window.exits, 140);
}

static void by_hypercall_and_cpu(void **state)
{
	(void)state;
	two_vms();
	group(BY_HCALL, filter_all);
	assert_int_equal(model.rows.count, 2);
	assert_int_equal(row(0)->key.hcall, 0xe0);
	assert_int_equal(row(0)->exits, 40);
	assert_int_equal(row(1)->key.hcall, 0xe8);
	assert_int_equal(row(1)->exits, 45);
	group(BY_CPU, filter_all);
	assert_int_equal(model.rows.count, 2);
	assert_int_equal(row(0)->exits, 115);
	assert_int_equal(row(1)->key.cpu, 1);
	assert_int_equal(row(1)->exits, 25);
	assert_int_equal(row(1)->top_trap, 0x980);
}

static void a_part_of_the_window(void **state)
{
	struct hvlens_filter path = filter_all;

	(void)state;
	two_vms();
	path.vm = filter_only(5000010);
	group(BY_VCPU, path);
	assert_int_equal(model.rows.count, 2);
	assert_int_equal(model.path_vcpus, 2);
	path.vcpu = filter_only(0);
	group(BY_REASON, path);
	assert_int_equal(model.rows.count, 2);
	assert_int_equal(row(0)->exits, 50);
	path.trap = filter_only(0x980);
	group(BY_CPU, path);
	assert_int_equal(model.rows.count, 2);
	assert_int_equal(row(0)->exits, 30);
	assert_int_equal(row(1)->exits, 20);
	/*
	 * Rows by VM, of one reason: no rows for VMs without it, and nothing that belongs to the
	 * whole vCPU
	 */
	path = filter_all;
	path.trap = filter_only(0xe00);
	group(BY_VM, path);
	assert_int_equal(model.rows.count, 1);
	assert_int_equal(row(0)->key.vm, 5000020);
	assert_int_equal(row(0)->ticks[HVLENS_PHASE_USER], 0);
}

static void a_vm_that_vanishes(void **state)
{
	(void)state;
	two_vms();
	model_clear(&model);
	take(5000020, 0, 1, 0xe00, HVLENS_HCALL_NONE, 5, 1);
	take_vcpu(5000020, 0, 2, 0);
	window_over(1000000000);
	assert_int_equal(model.rows.count, 1);
	assert_int_equal(row(0)->key.vm, 5000020);
	assert_int_equal(row(0)->missed, 2);
	/* It had the same number in the previous window. */
	assert_int_equal(row(0)->trend[TREND - 1], 5);
	assert_int_equal(row(0)->trend[TREND - 2], 5);
	assert_int_equal(row(0)->trend[TREND - 3], 0);
	assert_int_equal(model.trends.count, 1);
	model_clear(&model);
	window_over(1000000000);
	assert_int_equal(model.rows.count, 0);
	assert_int_equal(model.trends.count, 0);
}

/* @count round trips of @ticks */
static void take_roundtrips(uint32_t count, uint64_t ticks)
{
	const struct hvlens_key key = { 5000030, 0, 0, 0x980, HVLENS_HCALL_NONE };

	assert_int_equal(feed_times(model_take, &model, &key, HVLENS_PHASE_ROUNDTRIP, count, ticks),
			 0);
}

static void round_trips(void **state)
{
	(void)state;
	take_roundtrips(98, 1000);
	assert_int_equal(model.next.count, 1);
	take_roundtrips(1, 50000);
	take_roundtrips(1, 7000000);
	window_over(1000000000);
	assert_int_equal(row_roundtrips(row(0)), 100);
	assert_in_range(row_quantile(row(0), 500), 1000 - 1000 / 16, 1000 + 1000 / 16);
	assert_in_range(row_quantile(row(0), 990), 50000 - 50000 / 16, 50000 + 50000 / 16);
	assert_in_range(row_quantile(row(0), 1000), 7000000 - 7000000 / 16, 7000000);
	assert_int_equal(row(0)->roundtrip_max, 7000000);
}

static const struct source_facts ours = {
	.backend = "hvlens", .attach = "tp_btf", .records = true, .hz = 1000000000,
	.model = "8335-GTH", .filter = "",
};

static const struct source_facts stock = {
	.backend = "stock", .attach = "tp_btf", .hz = 1000000000, .model = "8335-GTH",
	.filter = "",
};

static char *report(enum emit_form form, enum column column, bool reverse,
		    const struct source_facts *source)
{
	const struct view view = {
		.scale = { source, &model, &vms },
		.sorting = { column, reverse },
		.filter = "",
		.columns = columns_of(form == EMIT_JSON ? PLACE_JSON : PLACE_TEXT),
	};
	struct emit emit = { .form = form };
	char *text;
	size_t size;

	emit.out = open_memstream(&text, &size);
	assert_non_null(emit.out);
	assert_int_equal(view_report(&emit, &view), 0);
	fclose(emit.out);
	return text;
}

static void shows_vms(void **state)
{
	char *text;

	(void)state;
	two_vms();
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	/* 10: 153 ms of two vCPUs' 2 s; 20: 400 ms of 1 s, 250 ms in user space */
	assert_has(text, "     VM NAME          EXITS/s GUEST%  HOST%     P99     MAX TOP REASON         VCPUS  USER% BLOCK%  WAIT%     P50 ");
	assert_has(text, "\n5000010 ?               135.0    7.7      -       -       - hdec                   2    0.0    0.0      -       - ");
	assert_has(text, "\n5000020 ?                 5.0   40.0      -       -       - hdsi                   1   25.0    0.0      -       - ");
	assert_true(strstr(text, "\n5000010 ") < strstr(text, "\n5000020 "));
	free(text);

	text = report(EMIT_JSON, COL_EXITS, false, &ours);
	assert_true(json_valid(text));
	assert_has(text, "\"schema\":\"hvlens-kvmexit-top/3\"");
	assert_has(text, "\"by\":\"vm\",\"rows\":[{\"vm\":5000010,\"name\":\"?\",\"exits_per_s\":135.0,"
			 "\"exits\":135,\"guest_pct\":7.7,\"guest_ns\":153000000,");
	assert_has(text, "\"user_pct\":25.0,\"user_ns\":250000000,");
	assert_has(text, "\"roundtrip_p50_ns\":null,");
	assert_has(text, "\"top_reason\":\"hdec\",\"top_exits\":50,");
	assert_has(text, "\"aborted_entries_per_s\":2.0,\"aborted_entries\":2,");
	assert_has(text, "\"rm_complete_calls_per_s\":null,\"rm_complete_calls\":null,"
			 "\"complete_time_pct\":0.0,\"complete_time_ns\":0,\"missed\":0,\"uuid\":null,\"machine\":null,"
			 "\"slice\":null,\"cgroup\":null,\"pod\":null}");
	free(text);
}

/* Records of a POWER8 host: no window without recovery, and H_CEDE has no T2 and T3 */
static void shows_what_is_absent(void **state)
{
	const struct hvlens_key
		cede = { 5000010, 0, 0, 0xc00, 0xe0 },
		hard = { 5000010, 0, 0, 0x5555, HVLENS_HCALL_NONE };
	struct feed value = { .exits = 4 };
	char *text;

	(void)state;
	value.ticks[HVLENS_PHASE_HANDLE] = 1000000;
	assert_int_equal(feed(model_take, &model, &cede, &value), 0);
	value.ticks[HVLENS_PHASE_ENTRY] = 1000000;
	value.ticks[HVLENS_PHASE_GUEST] = 20000000;
	value.ticks[HVLENS_PHASE_EXIT] = 2000000;
	value.ticks[HVLENS_PHASE_COMPLETE] = 3000000;
	assert_int_equal(feed(model_take, &model, &hard, &value), 0);
	take_vcpu(5000010, 0, 0, 0);
	/* only the end of a sleep was counted for this vCPU */
	take_vcpu(5000010, 1, 0, 0);
	window_over(1000000000);
	group(BY_REASON, filter_all);
	text = report(EMIT_JSON, COL_EXITS, false, &ours);
	assert_true(json_valid(text));
	assert_has(text, "\"trap\":\"0x5555\",\"exits_per_s\":4.0,\"exits\":4,\"guest_pct\":1.0,\"guest_ns\":20000000,");
	assert_has(text, "\"entry_pct\":0.1,\"entry_ns\":1000000,");
	assert_has(text, "\"complete_time_pct\":0.2,\"complete_time_ns\":3000000}");
	assert_has(text, "\"trap\":\"0xc00\",\"exits_per_s\":4.0,\"exits\":4,\"guest_pct\":null,\"guest_ns\":null,");
	assert_has(text, "\"entry_pct\":null,\"entry_ns\":null,\"exit_pct\":null,\"exit_ns\":null,"
			 "\"replay_pct\":0.0,\"replay_ns\":0,\"handle_pct\":0.1,");
	assert_null(strstr(text, "\"norecover_pct\":0"));
	free(text);
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	assert_has(text, "\nrm_hard          4.0    1.0    0.2 ");
	assert_has(text, "\nhcall            4.0      - ");
	free(text);
	/* The second vCPU had no exit, so its time in the guest was 0. */
	group(BY_VCPU, filter_all);
	text = report(EMIT_JSON, COL_EXITS, false, &ours);
	assert_has(text, "\"vcpu\":1,\"exits_per_s\":0.0,\"exits\":0,\"guest_pct\":0.0,");
	assert_null(strstr(text, "\"norecover_pct\":0"));
	free(text);
}

/*
 * The parts of a vCPU's second: 400 ms in the guest, 100 ms in KVM's phases, and outside of its
 * passes 50 ms in the run loop, 250 ms blocked, 200 ms in user space; its thread waited @waited ms.
 */
static void take_parts(uint64_t waited)
{
	const struct hvlens_key key = { 5000040, 0, 0, 0x980, HVLENS_HCALL_NONE };
	struct feed value = { .exits = 10 };
	struct vcpu_window of = {
		.vm = 5000040, .waited_known = true, .waited = waited * 1000000,
	};

	value.ticks[HVLENS_PHASE_GUEST] = 400000000;
	value.ticks[HVLENS_PHASE_ENTRY] = 30000000;
	value.ticks[HVLENS_PHASE_EXIT] = 20000000;
	value.ticks[HVLENS_PHASE_REPLAY] = 50000000;
	/* of single exits: gives way to the vCPU's sum */
	value.ticks[HVLENS_PHASE_BLOCK] = 999000000;
	of.outside[HVLENS_OUTCOME_RESUME] = 50000000;
	of.outside[HVLENS_OUTCOME_BLOCK] = 250000000;
	of.outside[HVLENS_OUTCOME_USER] = 200000000;
	model_clear(&model);
	assert_int_equal(feed(model_take, &model, &key, &value), 0);
	model_take_vcpu(&of, &model);
	window_over(1000000000);
}

/* Per mille of the row's time */
static uint64_t share_of(enum column column)
{
	const struct scale scale = { &ours, &model, &vms };
	struct cell cell;

	column_cell(column, row(0), &scale, &cell);
	assert_true(cell.known);
	return cell.number;
}

static void all_parts_come_to_the_whole(void **state)
{
	static const struct { uint64_t waited, loop, block, user; } cases[] = {
		{ 0, 50, 250, 200 },
		{ 40, 10, 250, 200 },		/* preempted in the run loop */
		{ 150, 0, 150, 200 },		/* and woken, but not run */
		{ 400, 0, 0, 100 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		take_parts(cases[i].waited);
		assert_int_equal(share_of(COL_GUEST), 400);
		assert_int_equal(share_of(COL_LOOP), cases[i].loop);
		assert_int_equal(share_of(COL_HOST), 100 + cases[i].loop);
		assert_int_equal(share_of(COL_BLOCK), cases[i].block);
		assert_int_equal(share_of(COL_USER), cases[i].user);
		assert_int_equal(share_of(COL_WAIT), cases[i].waited);
		assert_int_equal(share_of(COL_GUEST) + share_of(COL_HOST) + share_of(COL_USER) +
				 share_of(COL_BLOCK) + share_of(COL_WAIT), 1000);
	}
}

static void shows_columns_in_the_order_asked_for(void **state)
{
	struct view view = { .scale = { &ours, &model, &vms }, .filter = "" };
	struct emit emit = { .form = EMIT_TEXT };
	char *text;
	size_t size;

	(void)state;
	two_vms();
	assert_true(columns_named("top,exits,uuid", &view.columns));
	emit.out = open_memstream(&text, &size);
	assert_int_equal(view_report(&emit, &view), 0);
	fclose(emit.out);
	/* What tells the rows apart comes first unless it was asked for elsewhere. */
	assert_has(text, "\n     VM TOP REASON          EXITS/s UUID");
	free(text);
	assert_true(columns_named("top,vm,exits", &view.columns));
	emit.out = open_memstream(&text, &size);
	assert_int_equal(view_report(&emit, &view), 0);
	fclose(emit.out);
	assert_has(text, "\nTOP REASON              VM  EXITS/s\n");
	free(text);

	assert_false(columns_named("top,vm,top", &view.columns));
	columns_named("vm,p99,exits", &view.columns);
	columns_toggle(&view.columns, COL_P99);
	assert_int_equal(view.columns.count, 2);
	assert_int_equal(view.columns.column[1], COL_EXITS);
	columns_toggle(&view.columns, COL_P99);
	assert_int_equal(view.columns.count, 3);
	assert_int_equal(view.columns.column[2], COL_P99);
	columns_toggle(&view.columns, COL_NAME);
	assert_int_equal(view.columns.column[1], COL_NAME);
}

/* The lines of the first row's details, as one text */
static const char *details(size_t count, int width, enum by by)
{
	const struct scale scale = { &ours, &model, &vms };
	static char text[DETAIL_LINES * DETAIL_SIZE];
	char lines[DETAIL_LINES][DETAIL_SIZE];
	size_t len = 0;

	group(by, filter_all);
	count = detail_lines(lines, count, width, row(0), &scale);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		assert_true(display_width(lines[i]) <= width || width < 60);
		len += sprintf(text + len, "%s\n", lines[i]);
	}
	return text;
}

static void draws_what_a_row_is_made_of(void **state)
{
	const struct hvlens_key key = { 5000040, 0, 0, 0x980, HVLENS_HCALL_NONE };
	const char *text;

	(void)state;
	feed_times(model_take, &model, &key, HVLENS_PHASE_ROUNDTRIP, 100, 1500);
	feed_times(model_take, &model, &key, HVLENS_PHASE_ROUNDTRIP, 50, 7000);
	take_parts(40);
	text = details(DETAIL_LINES, 80, BY_VM);
	assert_has(text, "time, %                                  round trips\n");
	assert_has(text, "guest       40.0 #########                   1us ..   2us      100 #############\n");
	assert_has(text, "prepare      0.0                             2us ..   5us        0 " "\n");
	assert_has(text, "entry        3.0 #                           5us ..  10us       50 #######\n");
	assert_has(text, "\nloop         1.0 #");
	assert_has(text, "\nwait         4.0 #");
	assert_has(text, "\nblock       25.0 ######");
	/* Rows by reason have no run loop between two passes. */
	text = details(DETAIL_LINES, 80, BY_REASON);
	assert_null(strstr(text, "loop"));
	assert_has(text, "\nuser         0.0");
	/* Few lines: the bins of a decade are one. */
	text = details(3, 80, BY_VM);
	assert_has(text, "1us ..  10us      150 #############\n");
	assert_string_equal(details(0, 80, BY_VM), "");
	details(DETAIL_LINES, 10, BY_VM);
	details(DETAIL_LINES, 500, BY_VM);
}

static void shows_reasons(void **state)
{
	char *text;

	(void)state;
	two_vms();
	group(BY_REASON, filter_all);
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	/* 150 ms of three vCPUs' 3 s */
	assert_has(text, "\nhdec            50.0    5.0");
	assert_has(text, "\nhcall           85.0    0.1");
	assert_null(strstr(text, "ABORT"));
	free(text);
	group(BY_HCALL, filter_all);
	text = report(EMIT_JSON, COL_EXITS, false, &ours);
	assert_true(json_valid(text));
	assert_has(text, "{\"hcall\":\"H_PROD\"");
	assert_has(text, "\"hcall_number\":\"0xe8\",");
	free(text);
}

static void shows_only_what_was_measured(void **state)
{
	char *text;

	(void)state;
	take(5000020, 0, 1, 0xe00, HVLENS_HCALL_NONE, 5, 400000000);
	take_vcpu(5000020, 0, 0, 0);
	window_over(1000000000);
	text = report(EMIT_TEXT, COL_EXITS, false, &stock);
	assert_has(text, "\n5000020 ?                 5.0   40.0      -       -       - hdsi                   1      -      -"
			 "      -       -        -      -      -        -       -      -    0.0          -            -        -"
			 "         -            -      -\n");
	free(text);
	text = report(EMIT_JSON, COL_EXITS, false, &stock);
	assert_true(json_valid(text));
	assert_has(text, "\"prepare_pct\":null,\"prepare_ns\":null,");
	assert_has(text, "\"block_pct\":null,\"block_ns\":null,");
	assert_has(text, "\"missed\":null,");
	free(text);
}

/* The names of the rows' VMs, in order of appearance */
static void assert_order(enum column column, bool reverse, uint32_t first)
{
	const struct sorting sorting = { column, reverse };
	const struct scale scale = { &ours, &model, &vms };
	size_t count;
	const struct row **rows = sorted_rows(&scale, &sorting, "", &count);

	assert_non_null(rows);
	assert_int_equal(rows[0]->key.vm, first);
	free(rows);
}

static void sorts_by_any_column(void **state)
{
	(void)state;
	two_vms();
	assert_order(COL_VM, false, 5000010);
	assert_order(COL_VM, true, 5000020);
	assert_order(COL_EXITS, false, 5000010);
	assert_order(COL_EXITS, true, 5000020);
	assert_order(COL_GUEST, false, 5000020);
	assert_order(COL_USER, false, 5000020);
	assert_order(COL_VCPUS, false, 5000010);
	assert_order(COL_TOP, false, 5000010);	/* hdec, hdsi */
	assert_order(COL_TOP, true, 5000020);
	assert_order(COL_BLOCK, false, 5000010);	/* equal: by id */
}

static void filters_by_text(void **state)
{
	static const struct {
		const char *text;
		size_t rows;
	} filters[] = { { "", 3 }, { "HDEC", 1 }, { "hd", 2 }, { "nothing", 0 } };
	const struct sorting sorting = { COL_EXITS, false };
	const struct scale scale = { &ours, &model, &vms };
	size_t count;

	(void)state;
	two_vms();
	group(BY_REASON, filter_all);
	for (size_t i = 0; i < COUNT(filters); i++) {
		free(sorted_rows(&scale, &sorting, filters[i].text, &count));
		assert_int_equal(count, filters[i].rows);
	}
	/* A number that rows are grouped by is also a text. */
	group(BY_VM, filter_all);
	free(sorted_rows(&scale, &sorting, "5000020", &count));
	assert_int_equal(count, 1);
}

static void a_thousand_vcpus(void **state)
{
	size_t lines = 0;
	char *text;

	(void)state;
	for (uint32_t vcpu = 0; vcpu < 1000; vcpu++) {
		for (uint32_t cpu = 0; cpu < 3; cpu++)
			take(5000030, vcpu, cpu, 0x980, HVLENS_HCALL_NONE, vcpu + 1, 1000);
		take_vcpu(5000030, vcpu, 0, 0);
	}
	window_over(1000000000);
	group(BY_VCPU, filter_all);
	assert_int_equal(model.rows.count, 1000);
	assert_int_equal(model.window.exits, 3 * 1000 * 1001 / 2);
	text = report(EMIT_TEXT, COL_EXITS, false, &ours);
	for (char *c = text; *c; c++)
		lines += *c == '\n';
	assert_true(lines > 1000);
	assert_has(text, "\n5000030 ?              999   3000.0");
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
		cmocka_unit_test(helps),
		cmocka_unit_test(help_explains_every_column),
		cmocka_unit_test(columns_can_be_told_apart),
		TEST(by_vm),
		TEST(by_vcpu),
		TEST(by_reason),
		TEST(by_hypercall_and_cpu),
		TEST(a_part_of_the_window),
		TEST(a_vm_that_vanishes),
		TEST(round_trips),
		TEST(shows_vms),
		TEST(shows_what_is_absent),
		TEST(all_parts_come_to_the_whole),
		TEST(shows_columns_in_the_order_asked_for),
		TEST(draws_what_a_row_is_made_of),
		TEST(shows_reasons),
		TEST(shows_only_what_was_measured),
		TEST(sorts_by_any_column),
		TEST(filters_by_text),
		TEST(a_thousand_vcpus),
		TEST(shows_that_there_is_nothing),
	};

	return RUN(tests);
}
