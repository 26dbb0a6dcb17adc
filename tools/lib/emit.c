// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
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
	/* 999950 and more would be rounded to 1000.0. */
	while (unit < 2 && value >= 999950) {
		value = value / 1000 + (value % 1000 >= 500);
		unit++;
	}
	decimals = value < 10000 ? 3 : value < 99995 ? 2 : value < 999950 ? 1 : 0;
	snprintf(buf, FORMAT_NS_SIZE, "%.*f%s", decimals, value / 1000.0, units[unit]);
	return buf;
}

/*
 * Characters that the C library calls printable, but that have no shape: they hide text, or show
 * it in another order (Unicode's format characters and separators of lines)
 */
static bool is_shapeless(wchar_t character)
{
	static const struct { wchar_t first, last; } ranges[] = {
		{ 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	}
	return false;
}

/* A character as it may be printed */
struct piece {
	char text[4 * MB_LEN_MAX + 1];
	int columns;
};

/*
 * Takes the character at @text.  One that is not printable becomes "\x1b", byte by byte, and so
 * does a byte that belongs to no character: whoever names a VM must not write to the terminal.
 * Returns the length of the character.
 */
static size_t next_piece(const char *text, struct piece *piece)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t len = mbrtowc(&character, text, strlen(text), &state);
	bool valid = len && len != (size_t)-1 && len != (size_t)-2;

	if (!valid)
		len = 1;
	if (valid && iswprint(character) && !is_shapeless(character)) {
		piece->columns = wcwidth(character);
		memcpy(piece->text, text, len);
		piece->text[len] = '\0';
		return len;
	}
	for (size_t i = 0; i < len; i++)
		sprintf(piece->text + 4 * i, "\\x%02x", (unsigned char)text[i]);
	piece->columns = 4 * len;
	return len;
}

int display_width(const char *text)
{
	struct piece piece;
	int width = 0;

	while (*text) {
		text += next_piece(text, &piece);
		width += piece.columns;
	}
	return width;
}

size_t display_fit(const char *text, int columns)
{
	struct piece piece;
	size_t len = 0, next;

	while (text[len]) {
		next = next_piece(text + len, &piece);
		if (piece.columns > columns)
			break;
		columns -= piece.columns;
		len += next;
	}
	return len;
}

char *printable(char *buf, size_t size, const char *text)
{
	struct piece piece;
	size_t len = 0, more;

	buf[0] = '\0';
	for (; *text; len += more) {
		text += next_piece(text, &piece);
		more = strlen(piece.text);
		if (len + more >= size)
			break;
		memcpy(buf + len, piece.text, more + 1);
	}
	return buf;
}

/* Prints as much of @text as fits @columns.  Returns the columns that it takes. */
static int put_printable(FILE *out, const char *text, int columns)
{
	struct piece piece;
	int used = 0;

	while (*text) {
		text += next_piece(text, &piece);
		if (piece.columns > columns - used)
			break;
		fputs(piece.text, out);
		used += piece.columns;
	}
	return used;
}

/*
 * Prints @text, which is wider than @columns, with a mark in the place of its middle: the names of
 * VMs often differ at their ends only.
 */
static void put_without_middle(FILE *out, const char *text, int columns)
{
	int head = columns / 2, tail = columns - head - 1, used;
	struct piece piece;

	used = put_printable(out, text, head);
	fputs(MB_CUR_MAX > 1 ? "…" : "~", out);
	while (display_width(text) > tail)
		text += next_piece(text, &piece);
	used += 1 + put_printable(out, text, tail);
	fprintf(out, "%*s", columns - used, "");
}

/* JSON: prints the comma before the next member, and the key unless it is NULL */
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

/* Length of the UTF-8 character at @text; 0: it is ASCII or invalid */
static size_t utf8_length(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t len = byte[0] >= 0xc2 && byte[0] <= 0xdf ? 2 :
		     (byte[0] & 0xf0) == 0xe0 ? 3 : byte[0] >= 0xf0 && byte[0] <= 0xf4 ? 4 : 0;

	for (size_t i = 1; i < len; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, beyond Unicode */
	if ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] > 0x9f) ||
	    (byte[0] == 0xf0 && byte[1] < 0x90) || (byte[0] == 0xf4 && byte[1] > 0x8f))
		return 0;
	return len;
}

static void json_string(FILE *out, const char *text)
{
	size_t len;

	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = *text;

		len = utf8_length(text);
		if (len) {
			fwrite(text, 1, len, out);
			text += len - 1;
			continue;
		}
		/* The name of a process may have any bytes; JSON must be UTF-8. */
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
	int err;

	if (emit->form == EMIT_JSON) {
		json_close(emit, '}');
		fputc('\n', emit->out);
	}
	if (!fflush(emit->out) && !ferror(emit->out))
		return 0;
	err = errno ? -errno : -EIO;
	/* The caller reports it.  What could not be written is not tried again later. */
	__fpurge(emit->out);
	clearerr(emit->out);
	return err;
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
	int room = abs(column->width), pad = room - display_width(value);

	if (!column->title)
		return;
	if (emit->facts) {
		fprintf(emit->out, "%s%s%s", emit->line_open ? "  " : "", column->title,
			*column->title && *value ? " " : "");
		put_printable(emit->out, value, INT_MAX);
		emit->line_open = true;
		return;
	}
	fprintf(emit->out, "%s%*s", emit->line_open ? " " : "",
		column->width > 0 && pad > 0 ? pad : 0, "");
	if (emit->cut && pad < 0 && room)
		put_without_middle(emit->out, value, room);
	else
		put_printable(emit->out, value, INT_MAX);
	fprintf(emit->out, "%*s", column->width < 0 && pad > 0 ? pad : 0, "");
	emit->line_open = true;
}

void emit_string(struct emit *emit, const struct emit_column *column, const char *value)
{
	if (!value) {
		emit_absent(emit, column);
	} else if (emit->form == EMIT_TEXT) {
		text_cell(emit, column, value);
	} else if (column->key) {
		json_next(emit, column->key);
		json_string(emit->out, value);
	}
}

void emit_number(struct emit *emit, const struct emit_column *column, uint64_t value)
{
	const char *quote;
	char buf[48] = "";

	switch (column->unit) {
	case EMIT_BOOL:
		if (emit->form == EMIT_JSON)
			snprintf(buf, sizeof(buf), "%s", value ? "true" : "false");
		else if (!value)
			return;
		break;
	case EMIT_SIGNED:
		snprintf(buf, sizeof(buf), "%" PRId64, (int64_t)value);
		break;
	case EMIT_HEX:
		quote = emit->form == EMIT_JSON ? "\"" : "";
		snprintf(buf, sizeof(buf), "%s0x%" PRIx64 "%s", quote, value, quote);
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
