// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include "options.h"
#include "parse.h"
#include "status.h"

const char *argp_program_version = "kvmexit-top (hvlens) " HVLENS_VERSION;

static const char doc[] =
	"Why and how often KVM guests leave to this POWER host, and where the time goes.\v"
	"On a terminal it fills the screen (? or h for its keys), else it prints text.\n\n"
	"Columns to sort by: vm name vcpu vcpus reason exits guest prepare entry exit replay handle "
	"user block norecover aborts missed top.";

static const struct argp_option spec[] = {
	{ "pid", 'p', "PID", 0, "only the VM of this process", 0 },
	{ "vcpu", 'v', "ID", 0, "only vCPUs with this id", 0 },
	{ "by", 'b', "KEY", 0, "a row for each: vm (default), vcpu, reason", 0 },
	{ "sort", 's', "COLUMN", 0, "largest first (names and ids: smallest); default: exits", 0 },
	{ "delay", 'd', "SECONDS", 0, "interval, 0.1 to 86400; default: 1", 0 },
	{ "iterations", 'n', "COUNT", 0, "end after that many intervals", 0 },
	{ "batch", 'B', NULL, 0, "text, even on a terminal", 0 },
	{ "json", 'j', NULL, 0, "JSON, a document a line", 0 },
	{ 0 }
};

static bool set_form(struct options *options, enum form form)
{
	bool clash = options->form != FORM_AUTO && options->form != form;

	options->form = form;
	return !clash;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	int found;

	switch (key) {
	case 'p':
		if (!parse_u32(arg, 1, INT32_MAX, &options->vm))
			argp_error(state, "not a process id: %s", arg);
		break;
	case 'v':
		if (!parse_u32(arg, 0, INT32_MAX, &options->vcpu))
			argp_error(state, "not a vCPU id: %s", arg);
		break;
	case 'b':
		found = parse_word(arg, by_names, BY_COUNT);
		if (found < 0)
			argp_error(state, "--by is vm, vcpu or reason, not %s", arg);
		options->sorting.by = found;
		break;
	case 's':
		found = column_named(arg);
		if (found < 0)
			argp_error(state, "no column is named %s", arg);
		options->sorting.column = found;
		break;
	case 'd':
		if (!parse_seconds(arg, &options->interval))
			argp_error(state, "the interval is 0.1 to 86400 seconds, not %s", arg);
		break;
	case 'n':
		if (!parse_u32(arg, 1, UINT32_MAX, &options->count))
			argp_error(state, "COUNT is 1 or more, not %s", arg);
		break;
	case 'B':
	case 'j':
		if (!set_form(options, key == 'j' ? FORM_JSON : FORM_BATCH))
			argp_error(state, "--batch and --json exclude each other");
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument: %s", arg);
		break;
	case ARGP_KEY_END:
		if (!column_shown(options->sorting.by, options->sorting.column))
			argp_error(state, "--by %s has no column %s", by_names[options->sorting.by],
				   columns[options->sorting.column].name);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

void options_parse(int argc, char **argv, struct options *options)
{
	static const struct argp argp = {
		.options = spec,
		.parser = parse,
		.doc = doc,
	};

	*options = (struct options){
		.vm = HVLENS_ANY,
		.vcpu = HVLENS_ANY,
		.sorting = { .by = BY_VM, .column = COL_EXITS },
		.interval = 1000000000ull,
	};
	argp_err_exit_status = STATUS_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, options);
}
