// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "options.h"
#include "parse.h"
#include "settings.h"
#include "status.h"

const char *argp_program_version = "kvmexit-top (hvlens) " HVLENS_VERSION;

static const char doc[] =
	"Shows the exits of KVM guests on this POWER host and where the time goes.\v"
	"On a terminal it fills the screen (? or H shows the keys), otherwise it prints text.\n\n"
	"On a POWER8 host, guest, entry, exit and round trips are derived, and norecover is "
	"absent.";

#define NO_COLOUR	0x100

static const struct argp_option spec[] = {
	{ "by", 'b', "KEY", 0, "rows by vm (default), vcpu, reason, hcall or cpu", 0 },
	{ "sort", 's', "COLUMN", 0,
	  "sort by this column, -COLUMN in the inverse order; default: exits", 0 },
	{ "columns", 'o', "LIST", 0,
	  "show these columns in this order, separated by commas; \"help\" lists them", 0 },
	{ "delay", 'd', "SECONDS", 0, "interval, 0.1 to 86400; default: 1", 0 },
	{ "iterations", 'n', "COUNT", 0, "stop after that many intervals", 0 },
	{ "batch", 'B', NULL, 0, "print text, even on a terminal", 0 },
	{ "json", 'j', NULL, 0, "print JSON, one document per line", 0 },
	{ "no-color", NO_COLOUR, NULL, 0, "use no colours", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0 },
	{ 0 }
};

static bool set_form(struct options *options, enum form form)
{
	bool clash = options->form != FORM_AUTO && options->form != form;

	options->form = form;
	return !clash;
}

static void set_interval(struct options *options, const char *arg, struct argp_state *state)
{
	if (!parse_seconds(arg, &options->interval))
		argp_error(state, "the interval is 0.1 to 86400 seconds, not %s", arg);
}

static void set_count(struct options *options, const char *arg, struct argp_state *state)
{
	if (!parse_u32(arg, 1, UINT32_MAX, &options->count))
		argp_error(state, "COUNT is 1 or more, not %s", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	int found;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->filter;
		break;
	case 'b':
		found = parse_word(arg, by_names, BY_COUNT);
		if (found < 0)
			argp_error(state, "--by is vm, vcpu, reason, hcall or cpu, not %s", arg);
		options->by = found;
		break;
	case 's':
		found = column_named(arg + (*arg == '-'));
		if (found < 0)
			argp_error(state, "no column is named %s", arg);
		options->sorting = (struct sorting){ found, *arg == '-' };
		options->saved_sorting = false;
		break;
	case 'o':
		if (!strcmp(arg, "help")) {
			columns_help();
			exit(STATUS_OK);
		}
		if (!columns_named(arg, &options->columns))
			argp_error(state, "a column in %s is unknown, or there twice", arg);
		break;
	case 'd':
		set_interval(options, arg, state);
		break;
	case 'n':
		set_count(options, arg, state);
		break;
	case NO_COLOUR:
		options->no_colour = true;
		break;
	case 'B':
	case 'j':
		if (!set_form(options, key == 'j' ? FORM_JSON : FORM_BATCH))
			argp_error(state, "--batch and --json exclude each other");
		break;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		break;
	case ARGP_KEY_ARG:	/* as vmstat takes them */
		if (state->arg_num == 0)
			set_interval(options, arg, state);
		else if (state->arg_num == 1)
			set_count(options, arg, state);
		else
			argp_error(state, "unexpected argument: %s", arg);
		break;
	case ARGP_KEY_END:
		if (column_of(options->by, options->sorting.column))
			break;
		if (options->saved_sorting)
			options->sorting = (struct sorting){ .column = COL_EXITS };
		else
			argp_error(state, "--by %s has no column %s", by_names[options->by],
				   columns[options->sorting.column].name);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

void options_parse(int argc, char **argv, struct options *options)
{
	static const struct argp_child children[] = { { &filter_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		.options = spec,
		.parser = parse,
		.args_doc = "[SECONDS [COUNT]]",
		.doc = doc,
		.children = children,
	};

	const struct options defaults = {
		.filter = filter_all,
		.by = BY_VM,
		.sorting = { .column = COL_EXITS },
		.interval = 1000000000ull,
	};
	char *saved_argv[SETTINGS_MAX + 2] = { "saved settings" };
	struct settings saved;

	*options = defaults;
	argp_err_exit_status = STATUS_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, options);
	if (options->form != FORM_AUTO || !isatty(STDOUT_FILENO))
		return;
	/* On the screen, first what was saved, then the command line again */
	settings_read(&saved);
	memcpy(saved_argv + 1, saved.options, saved.count * sizeof(*saved.options));
	*options = defaults;
	argp_parse(&argp, saved.count + 1, saved_argv, 0, NULL, options);
	options->saved_sorting = true;
	argp_parse(&argp, argc, argv, 0, NULL, options);
	settings_free(&saved);
}
