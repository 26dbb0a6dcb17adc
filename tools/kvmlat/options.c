// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <string.h>
#include "names.h"
#include "options.h"
#include "parse.h"
#include "status.h"

const char *argp_program_version = "kvmlat (hvlens) " HVLENS_VERSION;

static const char doc[] =
	"Measures how long each phase of a KVM guest's exits takes on this POWER host.\v"
	"Without INTERVAL, prints one report after Ctrl-C, or when COMMAND ends. With INTERVAL, prints "
	"a report every INTERVAL seconds, COUNT times.\n\n"
	"kvmlat advise measures in the same way, and says what is wrong and what to do.\n\n"
	"Phases: prepare entry guest exit replay handle norecover delay hcall complete roundtrip user "
	"block wake.\n\n"
	"On a POWER8 host, entry, guest, exit and roundtrip are derived, and norecover is absent.";

#define ASCII	0x100

static const struct argp_option spec[] = {
	{ "by", 'b', "KEY", 0, "rows by reason, hcall, vcpu, vm or cpu", 0 },
	{ "phase", 'f', "LIST", 0, "measure only these phases, separated by commas", 0 },
	{ "hist", 'H', NULL, 0, "print histograms too", 0 },
	{ "heat", 'm', NULL, 0, "print a heat map: one line per INTERVAL (default 1 s)", 0 },
	{ "ascii", ASCII, NULL, 0, "draw the heat map in ASCII", 0 },
	{ "over", 't', "TIME", 0, "print each exit that takes longer than, for example, 50us", 0 },
	{ "json", 'j', NULL, 0, "print JSON, one document per line", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0 },
	{ 0 }
};

/* In the order of enum kvmlat_by */
static const char *const by_names[] = { "none", "reason", "hcall", "vcpu", "vm", "cpu" };

static bool parse_phases(const char *list, uint32_t *phases)
{
	char name[16];
	size_t len;
	int phase;

	*phases = 0;
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (len >= sizeof(name))
			return false;
		memcpy(name, list, len);
		name[len] = '\0';
		phase = parse_word(name, phase_names, HVLENS_PHASE_MAX);
		if (phase < 0)
			return false;
		*phases |= 1u << phase;
		if (!list[len])
			return true;
	}
}

static void parse_argument(struct options *options, char *arg, struct argp_state *state)
{
	if (state->quoted && state->next > state->quoted) {
		options->command = &state->argv[state->next - 1];
		state->next = state->argc;
	} else if (!state->arg_num && !strcmp(arg, "advise")) {
		options->advise = true;
	} else if (!options->interval) {
		if (!parse_seconds(arg, &options->interval))
			argp_error(state, "INTERVAL is 0.1 to 86400 seconds, not %s", arg);
	} else if (!options->count) {
		if (!parse_u32(arg, 1, UINT32_MAX, &options->count))
			argp_error(state, "COUNT is 1 or more, not %s", arg);
	} else {
		argp_error(state, "too many arguments; a command comes after --");
	}
}

/* Refuses options that exclude each other, and sets defaults. */
static void finish(struct options *options, struct argp_state *state)
{
	if (options->advise &&
	    (options->by || options->phases || options->histograms || options->heat ||
	     options->over))
		argp_error(state, "advise excludes --by, --phase, --hist, --heat and --over");
	if (options->command && options->count)
		argp_error(state, "COUNT and COMMAND exclude each other");
	if (options->heat && (options->json || options->histograms))
		argp_error(state, "--heat excludes --json and --hist");
	if (options->heat && !options->interval)
		options->interval = 1000000000;
	if (!options->phases)
		options->phases = options->heat ? 1u << HVLENS_PHASE_ROUNDTRIP :
						  (1u << HVLENS_PHASE_MAX) - 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	int by;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->filter;
		break;
	case 'b':
		by = parse_word(arg, by_names, KVMLAT_BY_COUNT);
		if (by < 0)
			argp_error(state, "--by is none, reason, hcall, vcpu, vm or cpu, not %s",
				   arg);
		options->by = by;
		break;
	case 'f':
		if (!parse_phases(arg, &options->phases))
			argp_error(state, "unknown phase in %s", arg);
		break;
	case 'H':
		options->histograms = true;
		break;
	case 'm':
		options->heat = true;
		break;
	case ASCII:
		options->ascii = true;
		break;
	case 't':
		if (!parse_ns(arg, &options->over))
			argp_error(state, "--over is a time like 50us or 1.5ms, not %s", arg);
		break;
	case 'j':
		options->json = true;
		break;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		break;
	case ARGP_KEY_ARG:
		parse_argument(options, arg, state);
		break;
	case ARGP_KEY_END:
		finish(options, state);
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
		.args_doc = "[INTERVAL [COUNT]]\n[INTERVAL] -- COMMAND [ARGUMENT...]\nadvise ...",
		.doc = doc,
		.children = children,
	};

	*options = (struct options){ .filter = filter_all };
	argp_err_exit_status = STATUS_USAGE;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			argp_err_exit_status = STATUS_BEFORE_COMMAND;
	}
	/* In order, so that the parser knows which arguments come after --. */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, options);
}
