// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include "histsum.h"
#include "names.h"
#include "slow.h"

enum shown { NUMBER, ADDRESS, OUTCOME };

/* The record's fields */
static const struct field {
	const char *name;
	size_t offset;
	size_t size;
} fields[] = {
#define FIELD(type, name)	{ #name, offsetof(struct hvlens_exit, name), sizeof(type) },
	HVLENS_EXIT_FIELDS(FIELD)
};

static uint64_t value_of(const struct hvlens_exit *rec, const struct field *field)
{
	const char *at = (const char *)rec + field->offset;

	switch (field->size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	default:
		return *(const uint64_t *)at;
	}
}

static enum shown shown_as(const char *name)
{
	static const char *const addresses[] = {
		"flags", "trap", "hcall", "nip", "msr", "fault_ea", "fault_gpa", "fault_dsisr",
		"prev_trap", "prev_hcall", "host_msr", "irq_before", "irq_after", "irq_replayed",
	};

	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		if (!strcmp(name, addresses[i]))
			return ADDRESS;
	}
	return strcmp(name, "outcome") && strcmp(name, "prev_outcome") ? NUMBER : OUTCOME;
}

static void emit_absent_field(struct emit *emit, const struct field *field)
{
	const struct emit_column column = { field->name, field->name, 0, EMIT_STRING };

	emit_absent(emit, &column);
}

static void emit_field(struct emit *emit, const struct field *field, uint64_t value)
{
	struct emit_column column = { field->name, field->name, 0, EMIT_COUNT };
	char text[32];

	if (emit->form == EMIT_JSON) {
		emit_number(emit, &column, value);
		return;
	}
	column.unit = EMIT_STRING;
	if (shown_as(field->name) == ADDRESS)
		snprintf(text, sizeof(text), "0x%" PRIx64, value);
	else
		snprintf(text, sizeof(text), "%" PRIu64, value);
	if (shown_as(field->name) == OUTCOME && value < HVLENS_OUTCOME_MAX)
		snprintf(text, sizeof(text), "%s", outcome_names[value]);
	emit_string(emit, &column, text);
}

/* The flag that says whether the field holds a value; 0: no flag does */
static uint32_t flag_of(const char *name)
{
	static const struct { const char *name; uint32_t flag; } optional[] = {
		{ "hcall",	 HVLENS_F_HCALL },
		{ "fault_ea",	 HVLENS_F_EA },
		{ "fault_gpa",	 HVLENS_F_GPA },
		{ "fault_dsisr", HVLENS_F_DSISR },
		{ "rm_pending",	 HVLENS_F_RM },
		{ "rm_done",	 HVLENS_F_RM },
		{ "rm_target",	 HVLENS_F_RM },
	};

	for (size_t i = 0; i < sizeof(optional) / sizeof(*optional); i++) {
		if (!strcmp(name, optional[i].name))
			return optional[i].flag;
	}
	return 0;
}

/* Fields for which 0 means that they were not taken */
static bool zero_is_absent(const char *name)
{
	static const char *const never[] = {
		"host_msr", "ri_entry", "ri_exit", "rm_ticks", "prev_t3", "prev_t6", "wake",
		"t0", "t1", "t2", "t3", "t4", "t5", "t6",
	};

	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		if (!strcmp(name, never[i]))
			return true;
	}
	return false;
}

static bool is_absent(const struct hvlens_exit *rec, const struct field *field)
{
	uint32_t flag = flag_of(field->name);

	if (flag)
		return !(rec->flags & flag);
	return zero_is_absent(field->name) && !value_of(rec, field);
}

/* As text, a line has a few fields. */
static void emit_record(struct emit *emit, const struct hvlens_exit *rec)
{
	const size_t per_line = 6;

	emit_object(emit, "record");
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (i % per_line == 0)
			emit_text(emit, "  ");
		if (is_absent(rec, &fields[i]))
			emit_absent_field(emit, &fields[i]);
		else
			emit_field(emit, &fields[i], value_of(rec, &fields[i]));
	}
	emit_text(emit, "%s", "");
	emit_object_end(emit);
}

static void emit_phases(struct emit *emit, const struct hvlens_exit *rec, uint64_t hz)
{
	struct emit_column column = { .unit = EMIT_NS };

	emit_text(emit, "  ");
	emit_object(emit, "phases_ns");
#define PHASE(symbol, phase, begin, end, help)				\
	if (rec->begin && rec->end) {					\
		column.key = phase;					\
		column.title = phase;					\
		emit_number(emit, &column, ticks_to_ns(rec->end - rec->begin, hz)); \
	}
	HVLENS_PHASES(PHASE)
#undef PHASE
	emit_object_end(emit);
	emit_text(emit, "%s", "");
}

static void emit_stack(struct emit *emit, const struct kvmlat_slow *slow, const struct ksyms *ksyms)
{
	static const struct emit_column function = { "function", "", 0, EMIT_STRING };
	char name[KSYM_NAME_SIZE];

	emit_array(emit, "stack");
	for (int i = 0; i < slow->stack_size / (int)sizeof(*slow->stack); i++) {
		emit_row(emit);
		emit_text(emit, "    ");
		emit_string(emit, &function, ksyms_name(name, ksyms, slow->stack[i]));
		emit_row_end(emit);
	}
	emit_array_end(emit);
}

int slow_report(struct emit *emit, const struct kvmlat_slow *slow,
		const struct source_facts *source, const struct ksyms *ksyms, struct vms *vms,
		uint64_t time)
{
	static const struct emit_column
		schema_fact	= { "schema",	NULL,	0, EMIT_STRING },
		clock_text	= { NULL,	"",	0, EMIT_STRING },
		time_fact	= { "time_ns",	NULL,	0, EMIT_NS },
		name_fact	= { "name",	"vm",	0, EMIT_STRING },
		reason_fact	= { "reason",	"",	0, EMIT_STRING },
		took_fact	= { "took_ns",	"took",	0, EMIT_NS },
		derived_fact	= { "derived",	"(T2, T3 derived)", 0, EMIT_BOOL },
		vcpu_text	= { NULL,	"vcpu",	0, EMIT_COUNT },
		cpu_text	= { NULL,	"cpu",	0, EMIT_COUNT };
	const struct hvlens_exit *rec = &slow->rec;
	time_t seconds = time / 1000000000ull;
	char reason[REASON_NAME_SIZE], clock[16] = "";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(clock, sizeof(clock), "%T", &local);
	emit_document(emit);
	emit_facts(emit);
	emit_string(emit, &schema_fact, KVMLAT_SLOW_SCHEMA);
	emit_string(emit, &clock_text, clock);
	emit_number(emit, &time_fact, time);
	emit_string(emit, &reason_fact,
		    reason_name(reason, rec->trap,
				rec->flags & HVLENS_F_HCALL ? rec->hcall : HVLENS_HCALL_NONE));
	emit_number(emit, &took_fact, ticks_to_ns(rec->t6 - hvlens_exit_began(rec), source->hz));
	emit_string(emit, &name_fact, vms_name(vms, rec->vm));
	emit_number(emit, &vcpu_text, rec->vcpu_id);
	emit_number(emit, &cpu_text, rec->cpu);
	emit_number(emit, &derived_fact, !!(rec->flags & HVLENS_F_DERIVED));
	emit_phases(emit, rec, source->hz);
	emit_record(emit, rec);
	emit_facts_end(emit);
	emit_stack(emit, slow, ksyms);
	return emit_document_end(emit);
}
