// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <time.h>
#include "heading.h"
#include "histsum.h"
#include "names.h"

static const struct emit_column
	schema_fact	= { "schema",		NULL,		0, EMIT_STRING },
	clock_text	= { NULL,		"",		0, EMIT_STRING },
	time_fact	= { "time",		NULL,		0, EMIT_STRING },
	version_fact	= { "tool_version",	NULL,		0, EMIT_STRING },
	host_fact	= { "host",		NULL,		0, EMIT_STRING },
	kernel_fact	= { "kernel",		NULL,		0, EMIT_STRING },
	boot_fact	= { "boot_id",		NULL,		0, EMIT_STRING },
	backend_fact	= { "backend",		"backend",	0, EMIT_STRING },
	attach_fact	= { "attach",		"by",		0, EMIT_STRING },
	model_fact	= { "model",		NULL,		0, EMIT_STRING },
	emulated_fact	= { "emulated",		NULL,		0, EMIT_BOOL },
	hz_fact		= { "clock_hz",		NULL,		0, EMIT_COUNT },
	window_fact	= { "window_ns",	"window",	0, EMIT_NS },
	exits_fact	= { "exits",		"exits",	0, EMIT_COUNT },
	vcpus_fact	= { "vcpus",		"vcpus",	0, EMIT_COUNT },
	missed_fact	= { "missed",		"missed",	0, EMIT_COUNT },
	filter_fact	= { "filter",		NULL,		0, EMIT_STRING },
	aborts_fact	= { "aborts",		NULL,		0, EMIT_COUNT },
	completed_fact	= { "rm_completes",	NULL,		0, EMIT_COUNT },
	untold_text	= { NULL, "(purpose not known)", 0, EMIT_BOOL },
	derived_fact	= { "derived",		NULL,		0, EMIT_COUNT },
	borderless_fact	= { "borderless",	NULL,		0, EMIT_COUNT };

bool source_measures(const struct source_facts *source, enum hvlens_phase phase)
{
	return source->records || phase == HVLENS_PHASE_GUEST ||
	       phase == HVLENS_PHASE_ROUNDTRIP || phase == HVLENS_PHASE_HCALL;
}

/* Always in JSON, in text only if @value is not 0 */
static void emit_trouble(struct emit *emit, const char *key, const char *title, uint64_t value)
{
	struct emit_column column = { key, value ? title : NULL, 0, EMIT_COUNT };

	emit_number(emit, &column, value);
}

/* In text: a line with the values that are not 0, if there are any */
static void emit_counts(struct emit *emit, const struct emit_column *fact, bool known,
			const char *text, const char *const *names, const uint64_t *values,
			size_t count)
{
	struct emit_column column = { .unit = EMIT_COUNT };
	uint64_t total = 0;

	if (!known) {
		emit_absent(emit, fact);
		return;
	}
	for (size_t i = 0; i < count; i++)
		total += values[i];
	if (total)
		emit_text(emit, "%s: ", text);
	emit_object(emit, fact->key);
	for (size_t i = 0; i < count; i++) {
		column.key = names[i];
		column.title = values[i] ? names[i] : NULL;
		emit_number(emit, &column, values[i]);
	}
	emit_object_end(emit);
}

/* What kvmppc_xics_rm_complete() did: its calls, their purposes, the time that it took */
static void emit_completes(struct emit *emit, const struct source_facts *source,
			   const struct hvlens_completes *completes)
{
	struct emit_column column = { .unit = EMIT_COUNT };

	if (!source->completes) {
		emit_absent(emit, &completed_fact);
		return;
	}
	if (completes->calls)
		emit_text(emit, "rm_complete: ");
	emit_object(emit, completed_fact.key);
	column.key = "calls";
	column.title = completes->calls ? "calls" : NULL;
	emit_number(emit, &column, completes->calls);
	for (int i = 0; i < HVLENS_RM_MAX; i++) {
		column.key = rm_names[i];
		column.title = completes->done[i] ? rm_names[i] : NULL;
		if (completes->untold)
			emit_absent(emit, &column);
		else
			emit_number(emit, &column, completes->done[i]);
	}
	column = (struct emit_column){ "time_ns", completes->ticks ? "time" : NULL, 0, EMIT_NS };
	if (source->records)
		emit_number(emit, &column, ticks_to_ns(completes->ticks, source->hz));
	else
		emit_absent(emit, &column);
	emit_number(emit, &untold_text, completes->untold != 0);
	emit_object_end(emit);
}

/* JSON: exits for which T2 and T3 were derived or are unknown */
static void emit_borders(struct emit *emit, const struct source_facts *source,
			 const struct window_facts *window)
{
	if (source->records) {
		emit_number(emit, &derived_fact, window->derived);
		emit_number(emit, &borderless_fact, window->borderless);
	} else {
		emit_absent(emit, &derived_fact);
		emit_absent(emit, &borderless_fact);
	}
}

static void emit_borders_text(struct emit *emit, const struct window_facts *window)
{
	static const char what[] = "entry, guest, exit, round trips";

	if (window->derived)
		emit_text(emit, "%s: derived (T2, T3 from the PURR) in %" PRIu64 " exits\n", what,
			  window->derived);
	if (window->borderless)
		emit_text(emit, "%s: not measured in %" PRIu64 " exits\n", what,
			  window->borderless);
}

char *format_clock(char buf[CLOCK_SIZE], uint64_t time)
{
	time_t seconds = time / 1000000000ull;
	struct tm local;

	if (!localtime_r(&seconds, &local) || !strftime(buf, CLOCK_SIZE, "%T", &local))
		buf[0] = '\0';
	return buf;
}

/* ISO 8601 in UTC with all digits: "2026-01-01T12:34:56.123456789Z" */
#define ISO_SIZE	48

static char *format_iso(char buf[ISO_SIZE], uint64_t time)
{
	time_t seconds = time / 1000000000ull;
	struct tm utc;
	size_t len = 0;

	if (gmtime_r(&seconds, &utc))
		len = strftime(buf, ISO_SIZE, "%FT%T", &utc);
	snprintf(buf + len, ISO_SIZE - len, ".%09uZ", (unsigned int)(time % 1000000000u));
	return len ? buf : NULL;
}

void emit_identity(struct emit *emit, const char *schema, uint64_t time,
		   const struct source_facts *source)
{
	char clock[CLOCK_SIZE], iso[ISO_SIZE];

	emit_string(emit, &schema_fact, schema);
	emit_string(emit, &clock_text, format_clock(clock, time));
	emit_string(emit, &time_fact, format_iso(iso, time));
	emit_string(emit, &version_fact, HVLENS_VERSION);
	emit_string(emit, &host_fact, source->host);
	emit_string(emit, &kernel_fact, source->kernel);
	emit_string(emit, &boot_fact, source->boot_id);
}

void emit_heading(struct emit *emit, const char *schema, uint64_t time,
		  const struct source_facts *source, const struct window_facts *window)
{
	emit_facts(emit);
	emit_identity(emit, schema, time, source);
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
	emit_trouble(emit, "dropped", "DROPPED (not recorded, or not read in time)",
		     window->trouble.dropped);
	emit_trouble(emit, "unknown_version", "NOT UNDERSTOOD (record version)",
		     window->trouble.version);
	emit_trouble(emit, "backwards", "BACKWARDS (phase ends before it begins)",
		     window->trouble.backwards);
	emit_trouble(emit, "lost", "LOST (slow exits, the buffer was full)", window->trouble.lost);
	emit_string(emit, &filter_fact, source->filter);
	emit_counts(emit, &aborts_fact, source->records, "entries aborted", abort_names,
		    window->aborts, HVLENS_ABORT_MAX);
	emit_completes(emit, source, &window->completes);
	emit_borders(emit, source, window);
	emit_facts_end(emit);

	if (*source->filter)
		emit_text(emit, "only: %s\n", source->filter);

	emit_borders_text(emit, window);
	if (source->emulated)
		emit_text(emit, "times are an emulator's, not POWER's: %s\n", source->model);
	if (!source->records)
		emit_text(emit, "stock events: counts, round trips, hypercalls and guest time (with the replay of host interrupts) only\n");
}
