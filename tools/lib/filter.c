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
#include "vms.h"

const struct hvlens_filter filter_all = { 0 };

/* Parses a value of a set.  Returns the number of @values that it means, at most @room; 0: none */
typedef size_t parse_values(const char *text, uint64_t *values, size_t room);

static size_t a_number(const char *text, uint64_t *values, size_t room)
{
	uint32_t number;

	(void)room;
	if (!parse_u32(text, 0, INT32_MAX, &number))
		return 0;
	*values = number;
	return 1;
}

/* A name comes first: a VM may be called 4711. */
static size_t a_vm(const char *text, uint64_t *values, size_t room)
{
	uint32_t pids[HVLENS_SET_SIZE + 1];
	size_t count = vms_named(text, pids, HVLENS_SET_SIZE + 1);

	for (size_t i = 0; i < count && i < room; i++)
		values[i] = pids[i];
	if (count)
		return count;
	count = a_number(text, values, room);
	return count && *values ? count : 0;
}

static size_t a_reason(const char *text, uint64_t *values, size_t room)
{
	uint32_t trap;

	(void)room;
	if (!trap_named(text, &trap))
		return 0;
	*values = trap;
	return 1;
}

static size_t a_hypercall(const char *text, uint64_t *values, size_t room)
{
	(void)room;
	return hcall_named(text, values);
}

static const char *number_text(char buf[REASON_NAME_SIZE], uint64_t value)
{
	snprintf(buf, REASON_NAME_SIZE, "%" PRIu64, value);
	return buf;
}

static const char *reason_text(char buf[REASON_NAME_SIZE], uint64_t value)
{
	return reason_name(buf, value, HVLENS_HCALL_NONE);
}

static const char *hypercall_text(char buf[REASON_NAME_SIZE], uint64_t value)
{
	const char *name = hcall_name(value);

	snprintf(buf, REASON_NAME_SIZE, "0x%" PRIx64, value);
	return name ? name : buf;
}

/* The properties that an option selects by */
static const struct property {
	int option;
	size_t offset;			/* of the set in the filter */
	parse_values *parse;
	const char *(*text)(char buf[REASON_NAME_SIZE], uint64_t value);
	const char *title;
	const char *unknown;		/* the error, before the value */
	void (*list)(void);		/* for the value "help" */
} properties[] = {
#define SET(property)	offsetof(struct hvlens_filter, property)
	{ 'p', SET(vm), a_vm, number_text, "pid", "no VM has the name, UUID or process id", NULL },
	{ 'v', SET(vcpu), a_number, number_text, "vcpu", "not a vCPU id:", NULL },
	{ 'c', SET(cpu), a_number, number_text, "cpu", "not a CPU number:", NULL },
	{ 'r', SET(trap), a_reason, reason_text, "reason", "no exit reason is named", traps_list },
	{ 'k', SET(hcall), a_hypercall, hypercall_text, "hypercall", "no hypercall is named",
	  hcalls_list },
#undef SET
};

#define PROPERTIES	(sizeof(properties) / sizeof(*properties))

static const struct argp_option spec[] = {
	{ NULL, 0, NULL, 0, "Only some exits, by lists like A,B, or !A,B for all others:", 0 },
	{ "vm", 'p', "LIST", 0, "only these VMs: name, UUID, or process id of the VMM", 0 },
	{ "pid", 0, NULL, OPTION_ALIAS, NULL, 0 },
	{ "vcpu", 'v', "LIST", 0, "only vCPUs with these ids", 0 },
	{ "cpu", 'c', "LIST", 0, "only exits that these host CPUs handled", 0 },
	{ "reason", 'r', "LIST", 0,
	  "only these exit reasons (hdec, 0x980); \"help\" lists them", 0 },
	{ "hcall", 'k', "LIST", 0, "only these hypercalls (H_CEDE, 0xe0); \"help\" lists them", 0 },
	{ 0 }
};

static void *set_of(const struct hvlens_filter *filter, const struct property *property)
{
	return (char *)filter + property->offset;
}

static void parse_set(const struct property *property, struct hvlens_set *set, const char *list,
		      struct argp_state *state)
{
	uint64_t values[HVLENS_SET_SIZE];
	char text[VM_NAME_SIZE];
	size_t len, found;

	*set = (struct hvlens_set){ .negated = *list == '!' };
	for (list += set->negated;; list += len + 1) {
		len = strcspn(list, ",");
		snprintf(text, sizeof(text), "%.*s", (int)len, list);
		found = property->parse(text, values, HVLENS_SET_SIZE);
		if (!found)
			argp_error(state, "%s %s", property->unknown, text);
		if (found > HVLENS_SET_SIZE - set->count)
			argp_error(state, "a list has at most %d values", HVLENS_SET_SIZE);
		for (size_t i = 0; i < found; i++)
			set->values[set->count++] = values[i];
		if (!list[len])
			return;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct property *property = properties;

	while (property < properties + PROPERTIES && property->option != key)
		property++;
	if (property == properties + PROPERTIES)
		return ARGP_ERR_UNKNOWN;
	if (property->list && !strcmp(arg, "help")) {
		property->list();
		exit(STATUS_OK);
	}
	parse_set(property, set_of(state->input, property), arg, state);
	return 0;
}

const struct argp filter_argp = { .options = spec, .parser = parse };

struct hvlens_set filter_only(uint64_t value)
{
	return (struct hvlens_set){ .count = 1, .values = { value } };
}

bool filter_selects(const struct hvlens_filter *filter, const struct hvlens_key *key)
{
	return hvlens_set_selects(&filter->vm, key->vm) &&
	       hvlens_set_selects(&filter->vcpu, key->vcpu) &&
	       hvlens_set_selects(&filter->cpu, key->cpu) &&
	       hvlens_set_selects(&filter->trap, key->trap) &&
	       hvlens_set_selects(&filter->hcall, key->hcall);
}

char *filter_text(char buf[FILTER_TEXT_SIZE], const struct hvlens_filter *filter)
{
	FILE *out = fmemopen(buf, FILTER_TEXT_SIZE, "w");
	char value[REASON_NAME_SIZE];
	const char *between = "";

	buf[0] = '\0';
	for (size_t i = 0; out && i < PROPERTIES; i++) {
		const struct property *property = &properties[i];
		const struct hvlens_set *set = set_of(filter, property);

		if (!set->count)
			continue;
		fprintf(out, "%s%s %s", between, property->title, set->negated ? "!" : "");
		for (uint32_t at = 0; at < set->count; at++)
			fprintf(out, "%s%s", at ? "," : "", property->text(value, set->values[at]));
		between = ", ";
	}
	if (out)
		fclose(out);
	buf[FILTER_TEXT_SIZE - 1] = '\0';
	return buf;
}
