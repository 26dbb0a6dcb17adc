// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "filter.h"
#include "names.h"
#include "parse.h"
#include "status.h"

const struct hvlens_filter filter_all = {
	.vm = HVLENS_ANY,
	.vcpu = HVLENS_ANY,
	.cpu = HVLENS_ANY,
	.trap = HVLENS_ANY,
	.hcall = HVLENS_ANY_HCALL,
};

static const struct argp_option spec[] = {
	{ NULL, 0, NULL, 0, "Only some exits:", 0 },
	{ "pid", 'p', "PID", 0, "only the VM whose VMM is this process", 0 },
	{ "vcpu", 'v', "ID", 0, "only vCPUs with this id", 0 },
	{ "cpu", 'c', "CPU", 0, "only exits that this host CPU handled", 0 },
	{ "reason", 'r', "NAME", 0, "only this exit reason (hdec, 0x980); \"help\" lists them", 0 },
	{ "hcall", 'k', "NAME", 0, "only this hypercall (H_CEDE, 0xe0); \"help\" lists them", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct hvlens_filter *filter = state->input;
	uint64_t number;

	switch (key) {
	case 'p':
		if (!parse_u32(arg, 1, INT32_MAX, &filter->vm))
			argp_error(state, "not a process id: %s", arg);
		break;
	case 'v':
		if (!parse_u32(arg, 0, INT32_MAX, &filter->vcpu))
			argp_error(state, "not a vCPU id: %s", arg);
		break;
	case 'c':
		if (!parse_u32(arg, 0, INT32_MAX, &filter->cpu))
			argp_error(state, "not a CPU number: %s", arg);
		break;
	case 'r':
		if (!strcmp(arg, "help")) {
			traps_list();
			exit(STATUS_OK);
		}
		if (!trap_named(arg, &filter->trap))
			argp_error(state, "no exit reason is named %s", arg);
		break;
	case 'k':
		if (!strcmp(arg, "help")) {
			hcalls_list();
			exit(STATUS_OK);
		}
		if (!hcall_named(arg, &number))
			argp_error(state, "no hypercall is named %s", arg);
		filter->hcall = number;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

const struct argp filter_argp = { .options = spec, .parser = parse };

char *filter_text(char buf[FILTER_TEXT_SIZE], const struct hvlens_filter *filter)
{
	char reason[REASON_NAME_SIZE];
	const char *hcall = hcall_name(filter->hcall);
	size_t len = 0;

	buf[0] = '\0';
#define ADD(...)							\
	do {								\
		if (len)						\
			len += snprintf(buf + len, FILTER_TEXT_SIZE - len, ", "); \
		len += snprintf(buf + len, FILTER_TEXT_SIZE - len, __VA_ARGS__); \
	} while (0)
	if (filter->vm != HVLENS_ANY)
		ADD("pid %" PRIu32, filter->vm);
	if (filter->vcpu != HVLENS_ANY)
		ADD("vcpu %" PRIu32, filter->vcpu);
	if (filter->cpu != HVLENS_ANY)
		ADD("cpu %" PRIu32, filter->cpu);
	if (filter->trap != HVLENS_ANY)
		ADD("reason %s", reason_name(reason, filter->trap, HVLENS_HCALL_NONE));
	if (filter->hcall != HVLENS_ANY_HCALL && hcall)
		ADD("hypercall %s", hcall);
	else if (filter->hcall != HVLENS_ANY_HCALL)
		ADD("hypercall 0x%" PRIx64, (uint64_t)filter->hcall);
#undef ADD
	return buf;
}
