// SPDX-License-Identifier: GPL-2.0-only
/* kvmlat without its BPF programs: arguments, model, view */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "counts.h"
#include "options.h"
#include "slow.h"
#include "status.h"
#include "feed.h"
#include "unit.h"
#include "view.h"

#define ARGS(...)	((char *[]){ "kvmlat", __VA_ARGS__, NULL })

static int count_args(char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return argc;
}

static struct options parsed(char **argv)
{
	struct options options;

	options_parse(count_args(argv), argv, &options);
	return options;
}

static void good_arguments(void **state)
{
	struct options options;

	(void)state;
	options = parsed((char *[]){ "kvmlat", NULL });
	assert_memory_equal(&options.filter, &filter_all, sizeof(filter_all));
	assert_int_equal(options.by, KVMLAT_BY_NONE);
	assert_int_equal(options.phases, (1 << HVLENS_PHASE_MAX) - 1);
	assert_int_equal(options.interval, 0);
	assert_null(options.command);

	options = parsed(ARGS("-p", "123", "-v", "0", "--by", "reason", "-j", "--hist",
			      "0.5", "10"));
	assert_int_equal(options.filter.vm.values[0], 123);
	assert_int_equal(options.filter.vcpu.values[0], 0);
	assert_int_equal(options.by, KVMLAT_BY_REASON);
	assert_true(options.json);
	assert_true(options.histograms);
	assert_int_equal(options.interval, 500000000);
	assert_int_equal(options.count, 10);

	options = parsed(ARGS("--phase", "guest,norecover", "2", "--by=vcpu"));
	assert_int_equal(options.phases, 1 << HVLENS_PHASE_GUEST | 1 << HVLENS_PHASE_NORECOVER);
	assert_int_equal(options.by, KVMLAT_BY_VCPU);
	assert_int_equal(options.count, 0);

	options = parsed(ARGS("-c", "3", "-r", "0xe00", "-k", "h_prod", "--over", "50us", "-b",
			      "hcall"));
	assert_int_equal(options.filter.cpu.values[0], 3);
	assert_int_equal(options.filter.trap.values[0], 0xe00);
	assert_int_equal(options.filter.hcall.values[0], 0xe8);
	assert_int_equal(options.over, 50000);
	assert_int_equal(options.by, KVMLAT_BY_HCALL);
	options = parsed(ARGS("advise", "-j", "2"));
	assert_true(options.advise);
	assert_int_equal(options.interval, 2000000000);
	options = parsed(ARGS("--heat"));
	assert_int_equal(options.interval, 1000000000);
	assert_int_equal(options.phases, 1 << HVLENS_PHASE_ROUNDTRIP);
}

static struct hvlens_filter filter_of(char **argv)
{
	return parsed(argv).filter;
}

static bool selects(char **argv, struct hvlens_key key)
{
	const struct hvlens_filter filter = filter_of(argv);

	return filter_selects(&filter, &key);
}

static void lists_select_exits(void **state)
{
	const struct hvlens_key
		hdec = { 7, 0, 3, 0x980, HVLENS_HCALL_NONE }, cede = { 8, 1, 4, 0xc00, 0xe0 };
	char text[FILTER_TEXT_SIZE];
	struct hvlens_filter filter;

	(void)state;
	assert_true(selects(ARGS("-r", "hdec,hcall"), hdec));
	assert_true(selects(ARGS("-r", "hdec,hcall"), cede));
	assert_true(selects(ARGS("-r", "!hcall"), hdec));
	assert_false(selects(ARGS("-r", "!hcall"), cede));
	assert_false(selects(ARGS("-r", "!hvirt,hdec"), hdec));
	/* An exit that is no hypercall is none of these hypercalls either. */
	assert_true(selects(ARGS("-k", "!H_CEDE"), hdec));
	assert_false(selects(ARGS("-k", "H_PROD,H_CEDE"), hdec));
	assert_true(selects(ARGS("-k", "H_PROD,H_CEDE"), cede));
	assert_false(selects(ARGS("-v", "0", "-p", "8"), cede));
	assert_true(selects(ARGS("-v", "0,1", "--pid", "8,9", "--vm=8"), cede));
	assert_true(selects(ARGS("-c", "1,2,3,4,5,6,7,8"), cede));
	assert_false(selects(ARGS("-c", "!1,2,3,4,5,6,7,8"), cede));

	filter = filter_of(ARGS("-p", "8", "-r", "!hdec,0xabc", "-k", "H_CEDE,0xdead"));
	assert_string_equal(filter_text(text, &filter),
			    "pid 8, reason !hdec,0xabc, hypercall H_CEDE,0xdead");
	filter = filter_of((char *[]){ "kvmlat", NULL });
	assert_string_equal(filter_text(text, &filter), "");
}

static void a_command(void **state)
{
	char **argv = ARGS("-j", "1", "--", "2", "-p", "--", "x");
	struct options options = parsed(argv);

	(void)state;
	assert_int_equal(options.interval, 1000000000);
	assert_int_equal(options.filter.vm.count, 0);
	assert_ptr_equal(options.command, argv + 4);
	options = parsed(ARGS("--", "true"));
	assert_string_equal(options.command[0], "true");
	assert_int_equal(options.interval, 0);
}

static void parse_in_child(void *argv)
{
	parsed(argv);
}

static void bad_arguments(void **state)
{
	static char *const bad[][6] = {
		{ "kvmlat", "-p", "0" }, { "kvmlat", "-p", "x" }, { "kvmlat", "-p", "-1" },
		{ "kvmlat", "-p" },
		{ "kvmlat", "-c", "1,2,3,4,5,6,7,8,9" }, { "kvmlat", "-r", "" },
		{ "kvmlat", "-r", "hdec," }, { "kvmlat", "-r", "!" }, { "kvmlat", "-v", "!,1" },
		{ "kvmlat", "--vm", "no-such-vm" },
		{ "kvmlat", "-v", "1x" }, { "kvmlat", "-v", "99999999999" },
		{ "kvmlat", "--by", "colour" }, { "kvmlat", "--over", "50" },
		{ "kvmlat", "--over", "0us" }, { "kvmlat", "--heat", "--json" },
		{ "kvmlat", "--by", "" },
		{ "kvmlat", "--phase", "gues" }, { "kvmlat", "--phase", "guest,,exit" },
		{ "kvmlat", "--phase", "" }, { "kvmlat", "--phase", "guest," },
		{ "kvmlat", "--phase", "averyveryverylongname" },
		{ "kvmlat", "0" }, { "kvmlat", "one" }, { "kvmlat", "1", "0" },
		{ "kvmlat", "1", "1.5" },
		{ "kvmlat", "1", "2", "3" },
		{ "kvmlat", "--unknown" }, { "kvmlat", "-x" },
		{ "kvmlat", "advise", "--by", "vm" }, { "kvmlat", "advise", "-H" },
		{ "kvmlat", "1", "advise" },
	};
	char output[4096];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		int status = run_child(parse_in_child, (void *)bad[i], output, sizeof(output));

		if (status != STATUS_USAGE)
			fail_msg("%s %s: %d", bad[i][1], bad[i][2] ? bad[i][2] : "", status);
		assert_non_null(strstr(output, "kvmlat"));
		assert_non_null(strstr(output, "--help"));
	}
}

/* As env(1) and timeout(1), so that the status of the command cannot be confused with it */
static void bad_arguments_before_a_command(void **state)
{
	static char *const bad[][6] = {
		{ "kvmlat", "1", "2", "--", "true" }, { "kvmlat", "--unknown", "--", "true" },
	};
	char output[4096];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(run_child(parse_in_child, (void *)bad[i], output, sizeof(output)),
				 STATUS_BEFORE_COMMAND);
}

static void help_and_version(void **state)
{
	char output[8192];

	(void)state;
	assert_int_equal(run_child(parse_in_child, ARGS("-h"), output, sizeof(output)), 0);
	assert_non_null(strstr(output, "--by=KEY"));
	assert_int_equal(run_child(parse_in_child, ARGS("--help"), output, sizeof(output)), 0);
	assert_non_null(strstr(output, "--phase"));
	assert_non_null(strstr(output, "norecover"));
	assert_int_equal(run_child(parse_in_child, ARGS("--version"), output, sizeof(output)), 0);
	assert_string_equal(output, "kvmlat (hvlens) test\n");
}

static struct model model;
static struct counts counts;
static struct vms vms;

static int setup(void **state)
{
	(void)state;
	model_init(&model, KVMLAT_BY_VCPU, (1u << HVLENS_PHASE_MAX) - 1);
	counts_init(&counts);
	vms_init(&vms);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&model);
	counts_free(&counts);
	vms_free(&vms);
	return 0;
}

static void take_vcpu(uint32_t vm, uint32_t vcpu, uint64_t first, uint64_t last, uint64_t signals)
{
	const struct hvlens_vcpu_key key = { vm, vcpu, 0 };
	struct hvlens_vcpu_stat stat = {
		.exits = last - first + 1,
		.selected = last - first + 1,
		.first_seq = first,
		.last_seq = last,
	};

	stat.aborts[HVLENS_ABORT_SIGNAL] = signals;
	assert_int_equal(counts_take(&counts, &key, &stat), 0);
}

/* A row whose key is @vm and @id, whatever the report takes it for */
static void take_time(uint32_t cpu, uint32_t vm, uint32_t id, enum hvlens_phase phase,
		      uint64_t ticks)
{
	const struct hvlens_key key = { .vm = vm, .vcpu = id, .cpu = cpu };

	assert_int_equal(feed_times(model_take, &model, &key, phase, 1, ticks), 0);
}

static void window_over(uint64_t ns, uint64_t dropped)
{
	const struct span span = { .ns = ns };
	const struct hvlens_trouble trouble = { .dropped = dropped };

	counts_window(&counts, &span, &trouble, NULL, NULL);
}

static const struct model_row *row(size_t index)
{
	return model.rows.rows[index];
}

static void adds_cpus_and_windows_up(void **state)
{
	(void)state;
	take_vcpu(7, 0, 1, 2, 1);
	take_time(0, 0, 0x980, HVLENS_PHASE_GUEST, 10);
	take_time(1, 0, 0x980, HVLENS_PHASE_GUEST, 20);
	window_over(1000, 0);
	take_vcpu(7, 0, 5, 6, 2);
	take_time(0, 0, 0xc00, HVLENS_PHASE_GUEST, 5);
	take_time(0, 0, 0x980, HVLENS_PHASE_EXIT, 1);
	window_over(1000, 4);
	take_vcpu(7, 0, 8, 8, 0);
	window_over(1000, 4);

	assert_int_equal(model.rows.count, 2);
	assert_int_equal(row(0)->key.id, 0x980);
	assert_int_equal(row(0)->phase[HVLENS_PHASE_GUEST].count, 2);
	assert_int_equal(row(0)->phase[HVLENS_PHASE_GUEST].sum, 30);
	assert_int_equal(row(0)->phase[HVLENS_PHASE_EXIT].count, 1);
	assert_int_equal(row(1)->key.id, 0xc00);
	assert_int_equal(counts.window.ns, 3000);
	assert_int_equal(counts.window.exits, 5);
	assert_int_equal(counts.window.vcpus, 1);
	assert_int_equal(counts.window.missed, 3);
	assert_int_equal(counts.window.aborts[HVLENS_ABORT_SIGNAL], 3);
	assert_int_equal(counts.window.trouble.dropped, 4);
	assert_int_equal(counts.exits_ever, 5);

	model_clear(&model);
	counts_clear(&counts);
	assert_int_equal(model.rows.count, 0);
	assert_int_equal(counts.window.exits, 0);
	assert_int_equal(counts.exits_ever, 5);
}

static void groups_by_any_key(void **state)
{
	static const struct model_key keys[] = {
		[KVMLAT_BY_NONE]	= { 0, 0 },
		[KVMLAT_BY_REASON]	= { 0, 0xc00 },
		[KVMLAT_BY_HCALL]	= { 0, 0xe0 },
		[KVMLAT_BY_VCPU]	= { 7, 3 },
		[KVMLAT_BY_VM]		= { 7, 0 },
		[KVMLAT_BY_CPU]		= { 0, 9 },
	};
	const struct hvlens_key
		hcall = { 7, 3, 9, 0xc00, 0xe0 },
		timer = { 7, 3, 9, 0x980, HVLENS_HCALL_NONE };
	static struct histsum sum;

	(void)state;
	for (int by = 0; by < KVMLAT_BY_COUNT; by++) {
		struct model of;

		model_init(&of, by, 1u << HVLENS_PHASE_EXIT | 1u << HVLENS_PHASE_WAKE);
		assert_int_equal(feed_times(model_take, &of, &hcall, HVLENS_PHASE_EXIT, 2, 5), 0);
		assert_int_equal(feed_times(model_take, &of, &hcall, HVLENS_PHASE_WAKE, 1,
					    1ull << 40), 0);
		assert_int_equal(feed_times(model_take, &of, &hcall, HVLENS_PHASE_ENTRY, 1, 5), 0);
		assert_int_equal(feed_times(model_take, &of, &timer, HVLENS_PHASE_EXIT, 1, 70), 0);
		model_sort(&of);
		/* only by reason the two are apart; by hypercall the timer does not count */
		assert_int_equal(of.rows.count, by == KVMLAT_BY_REASON ? 2 : 1);
		const struct model_row *last = of.rows.rows[of.rows.count - 1];

		assert_memory_equal(&last->key, &keys[by], sizeof(keys[by]));
		assert_int_equal(last->phase[HVLENS_PHASE_ENTRY].count, 0);
		model_histogram(&of, last, HVLENS_PHASE_EXIT, &sum);
		assert_int_equal(sum.bucket[5], 2);
		assert_int_equal(sum.count, sum.bucket[5] + sum.bucket[hvlens_hist_index(70)]);
		assert_int_equal(sum.max,
				 by == KVMLAT_BY_REASON || by == KVMLAT_BY_HCALL ? 5 : 70);
		model_histogram(&of, last, HVLENS_PHASE_WAKE, &sum);
		assert_int_equal(sum.bucket[HVLENS_HIST_BUCKETS - 1], 1);
		assert_true(sum.sum == 1ull << 40);
		model_free(&of);
	}
}

static const struct source_facts ours = {
	.backend = "hvlens", .attach = "tp_btf", .records = true, .hz = 500000000,
	.model = "8335-GTH", .filter = "",
};

static const struct source_facts stock = {
	.backend = "stock", .attach = "raw_tp", .hz = 1000000000, .emulated = true,
	.model = "IBM PowerNV (emulated by qemu)", .filter = "pid 7",
};

static char *report(enum emit_form form, enum kvmlat_by by, bool histograms,
		    const struct source_facts *source)
{
	const struct options options = { .by = by, .histograms = histograms };
	const struct view view = {
		.model = &model,
		.options = &options,
		.source = source,
		.window = &counts.window,
		.vms = &vms,
	};
	struct emit emit = { .form = form };
	char *text;
	size_t size;

	model_sort(&model);
	emit.out = open_memstream(&text, &size);
	assert_non_null(emit.out);
	assert_int_equal(view_report(&emit, &view), 0);
	fclose(emit.out);
	return text;
}

static void shows_a_reason(void **state)
{
	char *text;

	(void)state;
	take_vcpu(7, 0, 1, 3, 0);
	/* 500 MHz: 2 ns a tick */
	take_time(0, 0, 0x980, HVLENS_PHASE_GUEST, 10);
	take_time(0, 0, 0x980, HVLENS_PHASE_GUEST, 20);
	take_time(0, 0, 0x980, HVLENS_PHASE_GUEST, 1100);
	window_over(1500000000, 0);

	text = report(EMIT_TEXT, KVMLAT_BY_REASON, false, &ours);
	assert_has(text, "backend hvlens  by tp_btf  window 1.500s  exits 3  vcpus 1  missed 0\n");
	assert_has(text, "REASON      PHASE        COUNT     MIN    MEAN     P50     P90     P99   P99.9     MAX\n"
			 "hdec        guest            3    20ns   753ns    40ns 2.200us 2.200us 2.200us 2.200us\n");
	assert_lacks(text, "aborted");
	assert_lacks(text, "emulator");
	assert_lacks(text, "DROPPED");
	free(text);

	text = report(EMIT_JSON, KVMLAT_BY_REASON, true, &ours);
	assert_true(json_valid(text));
	assert_has(text, "\"schema\":\"hvlens-kvmlat/3\"");
	assert_has(text, "\"clock_hz\":500000000,\"window_ns\":1500000000,\"exits\":3,");
	assert_has(text, "\"aborts\":{\"signal\":0,\"resched\":0,\"mmu\":0,\"irq\":0,\"request\":0,\"limit\":0}");
	assert_has(text, "{\"trap\":\"0x980\",\"reason\":\"hdec\",\"phase\":\"guest\",\"count\":3,\"min_ns\":20,"
			 "\"mean_ns\":753,\"p50_ns\":40,\"p90_ns\":2200,\"p99_ns\":2200,\"p999_ns\":2200,"
			 "\"max_ns\":2200,\"buckets\":[{\"from\":10,\"to\":11,\"n\":1},"
			 "{\"from\":20,\"to\":21,\"n\":1},{\"from\":1088,\"to\":1120,\"n\":1}],"
			 "\"histogram\":[{\"from_ns\":20,\"to_ns\":50,\"count\":2},");
	assert_has(text, "{\"from_ns\":2000,\"to_ns\":5000,\"count\":1}]}");
	free(text);
}

static void draws_a_histogram(void **state)
{
	char *text;

	(void)state;
	take_vcpu(7, 0, 1, 3, 0);
	for (int i = 0; i < 72; i++)
		take_time(0, 0, 0, HVLENS_PHASE_GUEST, 600);	/* 1.2 us */
	take_time(0, 0, 0, HVLENS_PHASE_GUEST, 3000);		/* 6 us */
	window_over(1500000000, 0);
	text = report(EMIT_TEXT, KVMLAT_BY_NONE, true, &ours);
	assert_has(text, "\n"
			 "        1us ..   2us       72 ####################################\n"
			 "        2us ..   5us        0\n"
			 "        5us ..  10us        1 #\n");
	free(text);
}

static void shows_what_is_wrong(void **state)
{
	char *text;

	(void)state;
	take_vcpu(7, 0, 1, 3, 2);
	take_vcpu(7, 1, 1, 1, 0);
	take_time(0, 0, 0, HVLENS_PHASE_GUEST, 10);
	window_over(1000, 5);
	take_vcpu(7, 0, 10, 10, 0);
	window_over(1000, 5);
	text = report(EMIT_TEXT, KVMLAT_BY_NONE, false, &ours);
	assert_has(text, "missed 6  DROPPED (not recorded, or not read in time) 5\nentries aborted: signal 2\n");
	free(text);
	text = report(EMIT_JSON, KVMLAT_BY_NONE, false, &ours);
	assert_true(json_valid(text));
	assert_has(text, "\"missed\":6,\"dropped\":5,\"unknown_version\":0,\"backwards\":0,"
			 "\"lost\":0,\"filter\":\"\",\"aborts\":{\"signal\":2,");
	free(text);
}

static void says_what_stock_events_lack(void **state)
{
	char *text;

	(void)state;
	take_vcpu(7, 0, 0, 2, 0);
	take_time(0, 7, 0, HVLENS_PHASE_GUEST, 10);
	window_over(1000, 0);
	text = report(EMIT_TEXT, KVMLAT_BY_VCPU, false, &stock);
	assert_has(text, "missed -\nonly: pid 7\n");
	assert_has(text, "times are an emulator's, not POWER's: IBM PowerNV (emulated by qemu)\n");
	assert_has(text, "stock events: counts, round trips, hypercalls");
	assert_has(text, "\n      7     0 guest            1    10ns");
	free(text);
	text = report(EMIT_JSON, KVMLAT_BY_VCPU, false, &stock);
	assert_true(json_valid(text));
	assert_has(text, "\"emulated\":true");
	assert_has(text, "\"missed\":null");
	assert_has(text, "\"aborts\":null");
	free(text);
}

/* @stat: what one vCPU did besides ten exits; the report's heading has @count parts */
static void heading_tells(enum emit_form form, const struct source_facts *source,
			  struct hvlens_vcpu_stat stat, const char *const *parts, size_t count)
{
	const struct hvlens_vcpu_key key = { 7, 0, 0 };
	char *text;

	stat.exits = 10;
	stat.selected = 10;
	counts_clear(&counts);
	assert_int_equal(counts_take(&counts, &key, &stat), 0);
	assert_int_equal(counts_take(&counts, &key, &stat), 0);
	window_over(1000, 0);
	text = report(form, KVMLAT_BY_NONE, false, source);
	assert_true(form == EMIT_TEXT || json_valid(text));
	for (size_t i = 0; i < count; i++)
		assert_has(text, parts[i]);
	free(text);
}

#define HEADING_TELLS(form, source, stat, ...)				\
	heading_tells(form, source, stat, (const char *[]){ __VA_ARGS__ },	\
		      COUNT(((const char *[]){ __VA_ARGS__ })))

static void tells_what_was_completed(void **state)
{
	struct source_facts ours8 = ours, stock8 = stock;
	struct hvlens_vcpu_stat stat = { .completes = { .calls = 3, .ticks = 500 } };

	(void)state;
	ours8.completes = true;
	stock8.completes = true;
	stat.completes.done[HVLENS_RM_KICK] = 2;
	stat.completes.done[HVLENS_RM_EOI] = 1;
	HEADING_TELLS(EMIT_TEXT, &ours8, stat, "\nrm_complete: calls 6  kick 4  eoi 2  time 2.000us\n");
	HEADING_TELLS(EMIT_JSON, &ours8, stat, "\"rm_completes\":{\"calls\":6,\"kick\":4,"
		      "\"resend\":0,\"eoi\":2,\"time_ns\":2000}");

	/* from the kprobe: the duration is not known */
	stat.completes.ticks = 0;
	HEADING_TELLS(EMIT_TEXT, &stock8, stat, "\nrm_complete: calls 6  kick 4  eoi 2\n");
	HEADING_TELLS(EMIT_JSON, &stock8, stat, "\"resend\":0,\"eoi\":2,\"time_ns\":null}");

	/* by a module that was built without the kernel's BTF: the purpose is not */
	stat.completes = (struct hvlens_completes){ .calls = 3, .untold = 1, .ticks = 500 };
	HEADING_TELLS(EMIT_TEXT, &ours8, stat,
		      "\nrm_complete: calls 6  time 2.000us  (purpose not known)\n");
	HEADING_TELLS(EMIT_JSON, &ours8, stat, "\"rm_completes\":{\"calls\":6,\"kick\":null,"
		      "\"resend\":null,\"eoi\":null,\"time_ns\":2000}");

	/* nobody counts them */
	HEADING_TELLS(EMIT_JSON, &stock, stat, "\"rm_completes\":null");
}

static void tells_where_it_was_made(void **state)
{
	const struct hvlens_vcpu_stat stat = { 0 };
	struct source_facts named = ours;

	(void)state;
	named.host = "a\"host";
	named.kernel = "6.12.0";
	named.boot_id = "1-2-3";
	HEADING_TELLS(EMIT_JSON, &named, stat, "\"tool_version\":\"test\",\"host\":\"a\\\"host\","
		      "\"kernel\":\"6.12.0\",\"boot_id\":\"1-2-3\",");
	HEADING_TELLS(EMIT_JSON, &ours, stat, "\"host\":null,\"kernel\":null,\"boot_id\":null,");
}

static void tells_derived_borders(void **state)
{
	const struct hvlens_vcpu_stat stat = { .derived = 8, .borderless = 1 }, none = { 0 };
	char *text;

	(void)state;
	HEADING_TELLS(EMIT_TEXT, &ours, stat,
		      "\nentry, guest, exit, round trips: derived (T2, T3 from the PURR) in 16 exits\n"
		      "entry, guest, exit, round trips: not measured in 2 exits\n");
	HEADING_TELLS(EMIT_JSON, &ours, stat, "\"derived\":16,\"borderless\":2,");
	HEADING_TELLS(EMIT_JSON, &ours, none, "\"derived\":0,\"borderless\":0,");
	HEADING_TELLS(EMIT_JSON, &stock, none, "\"derived\":null,\"borderless\":null,");
	text = report(EMIT_TEXT, KVMLAT_BY_NONE, false, &ours);
	assert_lacks(text, "derived");
	assert_lacks(text, "rm_complete");
	free(text);
}

static char *heat(bool titles, bool ascii)
{
	const struct options options = { .by = KVMLAT_BY_REASON, .heat = true };
	const struct view view = {
		.model = &model,
		.options = &options,
		.source = &ours,
		.window = &counts.window,
		.vms = &vms,
	};
	struct emit emit = { .form = EMIT_TEXT };
	char *text;
	size_t size;

	emit.out = open_memstream(&text, &size);
	assert_non_null(emit.out);
	model_sort(&model);
	assert_int_equal(view_heat(&emit, &view, titles, ascii), 0);
	fclose(emit.out);
	return text;
}

static void draws_a_heat_map(void **state)
{
	char *text, *axis, *line;

	(void)state;
	setenv("TZ", "UTC", 1);
	take_vcpu(7, 0, 1, 1001, 0);
	for (int i = 0; i < 1000; i++)
		take_time(0, 0, 0x980, HVLENS_PHASE_ROUNDTRIP, 600);		/* 1.2 us */
	take_time(0, 0, 0x980, HVLENS_PHASE_ROUNDTRIP, 600000);			/* 1.2 ms */
	window_over(1000000000, 0);
	text = heat(true, true);
	axis = strchr(strstr(text, "TIME"), '|');
	line = strstr(text, "00:00:00 hdec");
	line = strchr(line, '@');
	/* The marks stand below the decades of the axis: '@' has most samples, '.' has one. */
	assert_int_equal(line - strstr(text, "00:00:00 hdec"),
			 strstr(text, "|1us") - strstr(text, "TIME"));
	assert_int_equal(strchr(line, '.') - line, strstr(axis, "|1ms") - strstr(axis, "|1us"));
	assert_string_equal(line + 1 + strspn(line + 1, " ."), "\n");
	free(text);
	setlocale(LC_CTYPE, "C.UTF-8");
	text = heat(false, false);
	setlocale(LC_CTYPE, "C");
	assert_null(strstr(text, "TIME"));
	assert_has(text, "█");
	assert_has(text, "░");
	free(text);
}

static void shows_a_slow_exit(void **state)
{
	struct hvlens_slow slow = {
		.rec = {
			.version = HVLENS_EXIT_VERSION, .vm = 5000007, .vcpu_id = 3, .cpu = 2,
			.trap = 0xc00, .flags = HVLENS_F_HCALL, .hcall = 0xe0,
			.outcome = HVLENS_OUTCOME_BLOCK,
			.t3 = 1000, .t4 = 2000, .t5 = 3000, .t6 = 51000, .nip = 0xc0de,
		},
		.stack_size = 16,
		.stack = { 0xc000000000000110, 0xd000000000000000 },
	};
	char kallsyms[] = "c000000000000100 T run_vcpu\t[kvm_hv]\nc000000000000200 d data\n";
	FILE *file = fmemopen(kallsyms, strlen(kallsyms), "r");
	struct ksyms ksyms;
	char *text;
	size_t size;

	(void)state;
	assert_int_equal(ksyms_read(&ksyms, file), 0);
	fclose(file);
	for (int form = EMIT_TEXT; form <= EMIT_JSON; form++) {
		struct emit emit = { .form = form };

		emit.out = open_memstream(&text, &size);
		assert_non_null(emit.out);
		assert_int_equal(slow_report(&emit, &slow, &ours, &ksyms, &vms, 0), 0);
		fclose(emit.out);
		if (form == EMIT_JSON) {
			assert_true(json_valid(text));
			assert_has(text, "\"schema\":\"hvlens-kvmlat-slow/3\"");
			assert_has(text, "\"took_ns\":100000,");
			assert_has(text, "\"record\":{\"version\":4,");
			assert_has(text, "\"hcall\":\"0xe0\",");
			assert_has(text, "\"stack\":[{\"function\":"
					 "\"run_vcpu+0x10 [kvm_hv]\"},");
		} else {
			assert_has(text, "hcall H_CEDE  took 100.0us  vm ?  vcpu 3  cpu 2\n");
			assert_has(text, "handle 96.00us\n");
			assert_has(text, "outcome block");
			assert_has(text, "nip 0xc0de");
			assert_has(text, "    run_vcpu+0x10 [kvm_hv]\n    0xd000000000000000\n");
		}
		free(text);
	}
	ksyms_free(&ksyms);
}

static void a_slow_exit_shows_what_is_absent(void **state)
{
	struct hvlens_slow slow = {
		.rec = {
			.version = HVLENS_EXIT_VERSION, .vm = 5000007, .trap = 0x5555,
			.t4 = 2000, .t5 = 3000, .t6 = 52000, .rm_ticks = 40, .rm_pending = 1,
		},
	};
	struct ksyms ksyms = { 0 };
	char *text;
	size_t size;

	(void)state;
	for (uint32_t flags = 0; flags <= HVLENS_F_RM; flags += HVLENS_F_RM) {
		for (int form = EMIT_TEXT; form <= EMIT_JSON; form++) {
			struct emit emit = { .form = form };

			slow.rec.flags = flags | (flags ? HVLENS_F_DERIVED : 0);
			emit.out = open_memstream(&text, &size);
			assert_non_null(emit.out);
			assert_int_equal(slow_report(&emit, &slow, &ours, &ksyms, &vms, 0), 0);
			fclose(emit.out);
			if (form == EMIT_JSON) {
				assert_true(json_valid(text));
				/* from T4: T3 is absent */
				assert_has(text, "\"took_ns\":100000,");
				assert_has(text, "\"host_msr\":null,\"ri_entry\":null,\"ri_exit\":null,");
				assert_has(text, "\"rm_ticks\":40,");
				assert_has(text, "\"t2\":null,\"t3\":null,\"t4\":0,\"t5\":1000,");
				assert_has(text, "\"phases_ns\":{\"replay\":2000,\"handle\":98000}");
				assert_has(text, "\"hcall\":null,");
				assert_has(text, flags ? "\"rm_pending\":1,\"rm_done\":0," :
					   "\"rm_pending\":null,\"rm_done\":null,");
				assert_has(text, flags ? "\"is_derived\":true" : "\"is_derived\":false");
			} else {
				assert_has(text, "rm_hard  took 100.0us");
				assert_has(text, "ri_entry -");
				assert_has(text, "t2 -");
				assert_has(text, flags ? "rm_pending 1" : "rm_pending -");
				assert_true(!strstr(text, "derived") == !flags);
			}
			free(text);
		}
	}
}

static void hidden_addresses_are_told(void **state)
{
	char kallsyms[] = "0000000000000000 T run_vcpu\t[kvm_hv]\n";
	FILE *file = fmemopen(kallsyms, strlen(kallsyms), "r");
	struct ksyms ksyms;

	(void)state;
	assert_int_equal(ksyms_read(&ksyms, file), -EPERM);
	fclose(file);
}

static void shows_that_there_is_nothing(void **state)
{
	char *text;

	(void)state;
	window_over(1000, 0);
	text = report(EMIT_TEXT, KVMLAT_BY_VM, true, &ours);
	assert_has(text, "no exits yet\n");
	assert_lacks(text, "PHASE");
	free(text);
	text = report(EMIT_JSON, KVMLAT_BY_VM, true, &ours);
	assert_true(json_valid(text));
	assert_has(text, "\"rows\":[]}");
	free(text);
}

int main(void)
{
#define TEST(function)	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_arguments),
		cmocka_unit_test(lists_select_exits),
		cmocka_unit_test(a_command),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(bad_arguments_before_a_command),
		cmocka_unit_test(help_and_version),
		TEST(adds_cpus_and_windows_up),
		cmocka_unit_test(groups_by_any_key),
		TEST(shows_a_reason),
		TEST(draws_a_histogram),
		TEST(shows_what_is_wrong),
		TEST(says_what_stock_events_lack),
		TEST(tells_what_was_completed),
		TEST(tells_where_it_was_made),
		TEST(tells_derived_borders),
		TEST(draws_a_heat_map),
		TEST(shows_a_slow_exit),
		TEST(a_slow_exit_shows_what_is_absent),
		TEST(hidden_addresses_are_told),
		TEST(shows_that_there_is_nothing),
	};

	return RUN(tests);
}
