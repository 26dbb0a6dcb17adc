// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "emit.h"

char *format_ns(char buf[FORMAT_NS_SIZE], uint64_t ns)
{
	static const char *const units[] = { "us", "ms", "s" };
	/* in thousandths of the unit */
	uint64_t value = ns;
	size_t unit = 0;
	int decimals;

	if (ns < 1000) {
		snprintf(buf, FORMAT_NS_SIZE, "%" PRIu64 "ns", ns);
		return buf;
	}
	/* 999999 would be rounded to 1000.0 */
	while (unit < 2 && value >= 999950) {
		value = value / 1000 + (value % 1000 >= 500);
		unit++;
	}
	decimals = value < 10000 ? 3 : value < 99995 ? 2 : value < 999950 ? 1 : 0;
	snprintf(buf, FORMAT_NS_SIZE, "%.*f%s", decimals, value / 1000.0, units[unit]);
	return buf;
}

/* JSON: the comma before what comes next, and its key if it has one */
static void json_next(struct emit *emit, const char *key)
{
	if (emit->comma[emit->depth])
		fputc(',', emit->out);
	emit->comma[emit->depth] = true;
	if (key)
		fprintf(emit->out, "\"%s\":", key);
}

static void json_open(struct emit *emit, char bracket)
{
	fputc(bracket, emit->out);
	if (emit->depth + 1 >= EMIT_DEPTH)
		abort();
	emit->comma[++emit->depth] = false;
}

static void json_close(struct emit *emit, char bracket)
{
	fputc(bracket, emit->out);
	emit->depth--;
}

static void json_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = *text;

		/* Not ASCII: a name of a process may be any bytes, JSON is UTF-8. */
		if (c < 0x20 || c > 0x7e)
			fprintf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void text_line_end(struct emit *emit)
{
	if (emit->line_open)
		fputc('\n', emit->out);
	emit->line_open = false;
}

void emit_document(struct emit *emit)
{
	emit->depth = 0;
	emit->comma[0] = false;
	if (emit->form == EMIT_JSON)
		json_open(emit, '{');
}

int emit_document_end(struct emit *emit)
{
	if (emit->form == EMIT_JSON) {
		json_close(emit, '}');
		fputc('\n', emit->out);
	}
	if (fflush(emit->out) || ferror(emit->out))
		return errno ? -errno : -EIO;
	return 0;
}

void emit_facts(struct emit *emit)
{
	emit->facts = true;
}

void emit_facts_end(struct emit *emit)
{
	if (emit->form == EMIT_TEXT)
		text_line_end(emit);
	emit->facts = false;
}

void emit_array(struct emit *emit, const char *key)
{
	if (emit->form == EMIT_TEXT) {
		text_line_end(emit);
		return;
	}
	json_next(emit, key);
	json_open(emit, '[');
}

void emit_array_end(struct emit *emit)
{
	if (emit->form == EMIT_JSON)
		json_close(emit, ']');
}

void emit_object(struct emit *emit, const char *key)
{
	if (emit->form == EMIT_TEXT)
		return;
	json_next(emit, key);
	json_open(emit, '{');
}

void emit_object_end(struct emit *emit)
{
	if (emit->form == EMIT_JSON)
		json_close(emit, '}');
}

void emit_titles(struct emit *emit, const struct emit_column *columns, size_t count)
{
	if (emit->form != EMIT_TEXT)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!columns[i].title)
			continue;
		fprintf(emit->out, "%s%*s", emit->line_open ? " " : "", columns[i].width,
			columns[i].title);
		emit->line_open = true;
	}
	text_line_end(emit);
}

void emit_row(struct emit *emit)
{
	if (emit->form == EMIT_TEXT)
		return;
	json_next(emit, NULL);
	json_open(emit, '{');
}

void emit_row_end(struct emit *emit)
{
	if (emit->form == EMIT_TEXT)
		text_line_end(emit);
	else
		json_close(emit, '}');
}

static void text_cell(struct emit *emit, const struct emit_column *column, const char *value)
{
	if (!column->title)
		return;
	if (emit->facts)
		fprintf(emit->out, "%s%s%s%s", emit->line_open ? "  " : "", column->title,
			*column->title && *value ? " " : "", value);
	else
		fprintf(emit->out, "%s%*s", emit->line_open ? " " : "", column->width, value);
	emit->line_open = true;
}

void emit_string(struct emit *emit, const struct emit_column *column, const char *value)
{
	if (emit->form == EMIT_TEXT) {
		text_cell(emit, column, value);
	} else if (column->key) {
		json_next(emit, column->key);
		json_string(emit->out, value);
	}
}

void emit_number(struct emit *emit, const struct emit_column *column, uint64_t value)
{
	char buf[48] = "";

	switch (column->unit) {
	case EMIT_BOOL:
		if (emit->form == EMIT_JSON)
			snprintf(buf, sizeof(buf), "%s", value ? "true" : "false");
		else if (!value)
			return;
		break;
	case EMIT_TENTHS:
		snprintf(buf, sizeof(buf), "%" PRIu64 ".%" PRIu64, value / 10, value % 10);
		break;
	case EMIT_NS:
		if (emit->form == EMIT_TEXT) {
			format_ns(buf, value);
			break;
		}
		/* fallthrough */
	default:
		snprintf(buf, sizeof(buf), "%" PRIu64, value);
	}
	if (emit->form == EMIT_TEXT) {
		text_cell(emit, column, buf);
	} else if (column->key) {
		json_next(emit, column->key);
		fputs(buf, emit->out);
	}
}

void emit_absent(struct emit *emit, const struct emit_column *column)
{
	if (emit->form == EMIT_TEXT) {
		text_cell(emit, column, "-");
	} else if (column->key) {
		json_next(emit, column->key);
		fputs("null", emit->out);
	}
}

void emit_text(struct emit *emit, const char *format, ...)
{
	va_list args;

	if (emit->form != EMIT_TEXT)
		return;
	text_line_end(emit);
	va_start(args, format);
	vfprintf(emit->out, format, args);
	va_end(args);
}
