// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <string.h>
#include "names.h"
#include "options.h"
#include "parse.h"
#include "status.h"

const char *argp_program_version = "kvmlat (hvlens) " HVLENS_VERSION;

static const char doc[] =
	"How long each phase of a KVM guest's exits takes on this POWER host.\v"
	"Without INTERVAL: one report at the end, which is Ctrl-C, or when COMMAND ends. With it: a "
	"report every INTERVAL seconds, COUNT times.\n\n"
	"Phases: prepare entry guest exit replay handle norecover.";

static const struct argp_option spec[] = {
	{ "pid", 'p', "PID", 0, "only the VM of this process", 0 },
	{ "vcpu", 'v', "ID", 0, "only vCPUs with this id", 0 },
	{ "by", 'b', "KEY", 0, "a row for each: none (default), reason, vcpu, vm", 0 },
	{ "phase", 'f', "LIST", 0, "only these phases, separated by commas", 0 },
	{ "hist", 'H', NULL, 0, "histograms too", 0 },
	{ "json", 'j', NULL, 0, "JSON, a document a line", 0 },
	{ 0 }
};

/* In the order of enum kvmlat_by */
static const char *const by_names[] = { "none", "reason", "vcpu", "vm" };

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

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	int by;

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
		by = parse_word(arg, by_names, sizeof(by_names) / sizeof(*by_names));
		if (by < 0)
			argp_error(state, "--by is none, reason, vcpu or vm, not %s", arg);
		options->by = by;
		break;
	case 'f':
		if (!parse_phases(arg, &options->phases))
			argp_error(state, "unknown phase in %s", arg);
		break;
	case 'H':
		options->histograms = true;
		break;
	case 'j':
		options->json = true;
		break;
	case ARGP_KEY_ARG:
		if (state->quoted && state->next > state->quoted) {
			options->command = &state->argv[state->next - 1];
			state->next = state->argc;
		} else if (!options->interval) {
			if (!parse_seconds(arg, &options->interval))
				argp_error(state, "INTERVAL is 0.1 to 86400 seconds, not %s", arg);
		} else if (!options->count) {
			if (!parse_u32(arg, 1, UINT32_MAX, &options->count))
				argp_error(state, "COUNT is 1 or more, not %s", arg);
		} else {
			argp_error(state, "too many arguments; a command comes after --");
		}
		break;
	case ARGP_KEY_END:
		if (options->command && options->count)
			argp_error(state, "COUNT and COMMAND both say when to end: give one");
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
		.args_doc = "[INTERVAL [COUNT]]\n[INTERVAL] -- COMMAND [ARGUMENT...]",
		.doc = doc,
	};

	*options = (struct options){
		.vm = HVLENS_ANY,
		.vcpu = HVLENS_ANY,
		.phases = (1u << HVLENS_PHASE_MAX) - 1,
	};
	argp_err_exit_status = STATUS_USAGE;
	/* In order: what stands behind -- is known to. */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, options);
}
