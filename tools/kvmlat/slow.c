// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "histsum.h"
#include "names.h"
#include "slow.h"

enum shown { NUMBER, HEX, OUTCOME, TIME };

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
	static const struct { const char *name; enum shown shown; } others[] = {
		{ "flags", HEX }, { "trap", HEX }, { "hcall", HEX }, { "nip", HEX }, { "lr", HEX },
		{ "msr", HEX }, { "fault_ea", HEX }, { "fault_gpa", HEX }, { "fault_dsisr", HEX },
		{ "prev_trap", HEX }, { "prev_hcall", HEX }, { "host_msr", HEX },
		{ "irq_before", HEX }, { "irq_after", HEX }, { "irq_replayed", HEX },
		{ "outcome", OUTCOME }, { "prev_outcome", OUTCOME },
		{ "t0", TIME }, { "t1", TIME }, { "t2", TIME }, { "t3", TIME }, { "t4", TIME },
		{ "t5", TIME }, { "t6", TIME }, { "prev_t3", TIME }, { "prev_t6", TIME },
		{ "wake", TIME },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!strcmp(name, others[i].name))
			return others[i].shown;
	}
	return NUMBER;
}

static void emit_absent_field(struct emit *emit, const struct field *field)
{
	const struct emit_column column = { field->name, field->name, 0, EMIT_STRING };

	emit_absent(emit, &column);
}

/* @began: the timebase value that the record's times are told from */
static void emit_field(struct emit *emit, const struct field *field, uint64_t value,
		       uint64_t began)
{
	static const enum emit_unit units[] = {
		[NUMBER] = EMIT_COUNT, [HEX] = EMIT_HEX, [OUTCOME] = EMIT_STRING,
		[TIME] = EMIT_SIGNED,
	};
	enum shown shown = shown_as(field->name);
	struct emit_column column = { field->name, field->name, 0, units[shown] };

	if (shown == OUTCOME)
		emit_string(emit, &column,
			    value < HVLENS_OUTCOME_MAX ? outcome_names[value] : NULL);
	else
		emit_number(emit, &column, shown == TIME ? value - began : value);
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
		"tid", "host_msr", "ri_entry", "ri_exit", "rm_ticks", "prev_t3", "prev_t6", "wake",
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
	const uint64_t began = hvlens_exit_began(rec);
	const size_t per_line = 6;

	emit_object(emit, "record");
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (i % per_line == 0)
			emit_text(emit, "  ");
		if (is_absent(rec, &fields[i]))
			emit_absent_field(emit, &fields[i]);
		else
			emit_field(emit, &fields[i], value_of(rec, &fields[i]), began);
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

static void emit_stack(struct emit *emit, const struct hvlens_slow *slow, const struct ksyms *ksyms)
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

int slow_report(struct emit *emit, const struct hvlens_slow *slow,
		const struct source_facts *source, const struct ksyms *ksyms, struct vms *vms,
		uint64_t time)
{
	static const struct emit_column
		name_fact	= { "name",	"vm",	0, EMIT_STRING },
		reason_fact	= { "reason",	"",	0, EMIT_STRING },
		took_fact	= { "took_ns",	"took",	0, EMIT_NS },
		hz_fact		= { "clock_hz",	NULL,	0, EMIT_COUNT },
		began_fact	= { "began",	NULL,	0, EMIT_HEX },
		derived_fact	= { "is_derived", "(T2, T3 derived)", 0, EMIT_BOOL },
		vcpu_text	= { NULL,	"vcpu",	0, EMIT_COUNT },
		cpu_text	= { NULL,	"cpu",	0, EMIT_COUNT };
	const struct hvlens_exit *rec = &slow->rec;
	char reason[REASON_NAME_SIZE];

	emit_document(emit);
	emit_facts(emit);
	emit_identity(emit, KVMLAT_SLOW_SCHEMA, time, source);
	emit_number(emit, &hz_fact, source->hz);
	emit_number(emit, &began_fact, hvlens_exit_began(rec));
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
