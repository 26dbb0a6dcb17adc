// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>
#include "heading.h"
#include "names.h"

static const struct emit_column
	schema_fact	= { "schema",		NULL,		0, EMIT_STRING },
	time_text	= { NULL,		"",		0, EMIT_STRING },
	time_fact	= { "time_ns",		NULL,		0, EMIT_NS },
	backend_fact	= { "backend",		"backend",	0, EMIT_STRING },
	attach_fact	= { "attach",		"by",		0, EMIT_STRING },
	model_fact	= { "model",		NULL,		0, EMIT_STRING },
	emulated_fact	= { "emulated",		NULL,		0, EMIT_BOOL },
	hz_fact		= { "clock_hz",		NULL,		0, EMIT_COUNT },
	window_fact	= { "window_ns",	"window",	0, EMIT_NS },
	exits_fact	= { "exits",		"exits",	0, EMIT_COUNT },
	vcpus_fact	= { "vcpus",		"vcpus",	0, EMIT_COUNT },
	missed_fact	= { "missed",		"missed",	0, EMIT_COUNT },
	aborts_fact	= { "aborts",		NULL,		0, EMIT_COUNT };

/* Always in JSON, as text when there is some */
static void emit_trouble(struct emit *emit, const char *key, const char *title, uint64_t value)
{
	struct emit_column column = { key, value ? title : NULL, 0, EMIT_COUNT };

	emit_number(emit, &column, value);
}

static void emit_aborts(struct emit *emit, const struct source_facts *source,
			const struct window_facts *window)
{
	struct emit_column column = { .unit = EMIT_COUNT };
	uint64_t total = 0;

	if (!source->records) {
		emit_absent(emit, &aborts_fact);
		return;
	}
	for (int i = 0; i < HVLENS_ABORT_MAX; i++)
		total += window->aborts[i];
	if (total)
		emit_text(emit, "entries aborted: ");
	emit_object(emit, aborts_fact.key);
	for (int i = 0; i < HVLENS_ABORT_MAX; i++) {
		column.key = abort_names[i];
		column.title = window->aborts[i] ? abort_names[i] : NULL;
		emit_number(emit, &column, window->aborts[i]);
	}
	emit_object_end(emit);
}

void emit_heading(struct emit *emit, const char *schema, uint64_t time,
		  const struct source_facts *source, const struct window_facts *window)
{
	time_t seconds = time / 1000000000ull;
	char clock[16] = "";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(clock, sizeof(clock), "%T", &local);

	emit_facts(emit);
	emit_string(emit, &schema_fact, schema);
	emit_string(emit, &time_text, clock);
	emit_number(emit, &time_fact, time);
	emit_string(emit, &backend_fact, source->backend);
	emit_string(emit, &attach_fact, source->attach);
	emit_string(emit, &model_fact, source->model);
	emit_number(emit, &emulated_fact, source->emulated);
	emit_number(emit, &hz_fact, source->hz);
	emit_number(emit, &window_fact, window->ns);
	emit_number(emit, &exits_fact, window->exits);
	emit_number(emit, &vcpus_fact, window->vcpus);
	if (source->records)
		emit_number(emit, &missed_fact, window->missed);
	else
		emit_absent(emit, &missed_fact);
	emit_trouble(emit, "dropped", "DROPPED (a map was full)", window->trouble.dropped);
	emit_trouble(emit, "unknown_version", "NOT UNDERSTOOD (record version)",
		     window->trouble.version);
	emit_trouble(emit, "backwards", "BACKWARDS (phase ends before it begins)",
		     window->trouble.backwards);
	emit_aborts(emit, source, window);
	emit_facts_end(emit);

	if (source->emulated)
		emit_text(emit, "times are an emulator's, not POWER's: %s\n", source->model);
	if (!source->records)
		emit_text(emit, "stock events: only counts, and guest time with replayed host interrupts\n");
}
