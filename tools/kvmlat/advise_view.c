// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>
#include "advise_view.h"

#define WIDTH	80
#define INDENT	10

struct report {
	struct emit *emit;
	struct vms *vms;
	const struct source_facts *source;
	const struct window_facts *window;
	uint64_t time;
	size_t found;
};

/* "  seen:   TEXT", in lines of WIDTH columns */
static void wrapped(struct emit *emit, const char *title, const char *text)
{
	size_t len, fits;

	emit_text(emit, "  %-*s", INDENT - 2, title);
	for (; *text; text += len + strspn(text + len, " ")) {
		len = strlen(text);
		fits = WIDTH - INDENT;
		if (len > fits) {
			while (fits > 1 && text[fits] != ' ')
				fits--;
			len = fits;
		}
		emit_text(emit, "%.*s\n", (int)len, text);
		if (text[len])
			emit_text(emit, "%*s", INDENT, "");
	}
}

static void begin(struct report *report)
{
	emit_document(report->emit);
	emit_heading(report->emit, KVMLAT_ADVISE_SCHEMA, report->time, report->source,
		     report->window);
	emit_array(report->emit, "findings");
}

static void show(const struct finding *finding, void *arg)
{
	static const struct emit_column
		vm_column	= { "vm",	NULL, 0, EMIT_COUNT },
		name_column	= { "name",	NULL, 0, EMIT_STRING },
		rule_column	= { "rule",	NULL, 0, EMIT_STRING },
		seen_column	= { "evidence",	NULL, 0, EMIT_STRING },
		means_column	= { "means",	NULL, 0, EMIT_STRING },
		advice_column	= { "advice",	NULL, 0, EMIT_STRING };
	struct report *report = arg;
	struct emit *emit = report->emit;
	const char *name = vms_name(report->vms, finding->vm);
	char safe[4 * VM_NAME_SIZE];

	if (!report->found++ && emit->form == EMIT_TEXT)
		begin(report);
	emit_row(emit);
	emit_text(emit, "\n%s (pid %" PRIu32 "): %s\n", printable(safe, sizeof(safe), name),
		  finding->vm, finding->rule->name);
	emit_number(emit, &vm_column, finding->vm);
	emit_string(emit, &name_column, name);
	emit_string(emit, &rule_column, finding->rule->name);
	emit_string(emit, &seen_column, finding->evidence);
	emit_string(emit, &means_column, finding->rule->means);
	emit_string(emit, &advice_column, finding->rule->advice);
	wrapped(emit, "seen:", finding->evidence);
	wrapped(emit, "means:", finding->rule->means);
	wrapped(emit, "do:", finding->rule->advice);
	emit_row_end(emit);
}

int advise_report(struct emit *emit, struct advise *advise, const struct source_facts *source,
		  const struct window_facts *window, struct vms *vms, uint64_t time, size_t *found)
{
	struct report report = {
		.emit = emit, .vms = vms, .source = source, .window = window, .time = time,
	};

	if (emit->form == EMIT_JSON)
		begin(&report);
	advise_each(advise, source, show, &report);
	*found = report.found;
	if (emit->form == EMIT_TEXT && !report.found)
		return 0;
	emit_array_end(emit);
	emit_text(emit, "\n");
	return emit_document_end(emit);
}
