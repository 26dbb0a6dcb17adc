/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same call prints text or JSON, so that the two cannot differ.
 *
 * A document is an object with facts and arrays of rows.  In text, facts are "title value" pairs
 * on a line, and rows are lines of aligned cells.  In JSON, each cell is a member of the
 * innermost object.  A row may contain an array; in text, the array's rows follow on further lines.
 */
#ifndef HVLENS_EMIT_H
#define HVLENS_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum emit_form { EMIT_TEXT, EMIT_JSON };

enum emit_unit {
	EMIT_COUNT,	/* JSON: integer */
	EMIT_SIGNED,	/* the same for an int64_t */
	EMIT_HEX,	/* 0x1f; JSON: as a string, since readers round integers above 2^53 */
	EMIT_NS,	/* JSON: integer; text: 1.234us */
	EMIT_TENTHS,	/* value is in tenths; text and JSON: one decimal */
	EMIT_STRING,
	EMIT_BOOL,	/* text: its title if it is true, else nothing */
};

struct emit_column {
	const char *key;	/* an identifier: letters, digits, "_"; NULL: not in JSON */
	const char *title;	/* NULL: not in text */
	int width;		/* of cells in rows; < 0: left-aligned */
	enum emit_unit unit;
};

#define EMIT_DEPTH	8

struct emit {
	FILE *out;
	enum emit_form form;
	int depth;
	bool comma[EMIT_DEPTH];		/* JSON: this level already has a member */
	bool line_open;			/* text: the line has cells */
	bool facts;			/* text: print titles before cells */
	bool cut;			/* text: cut the middle out of cells that are too long */
};

void emit_document(struct emit *emit);
/* Flushes; 0 or -errno of the stream. */
int emit_document_end(struct emit *emit);

void emit_facts(struct emit *emit);
void emit_facts_end(struct emit *emit);

void emit_array(struct emit *emit, const char *key);
void emit_array_end(struct emit *emit);
/* A nested object; in text its cells are facts */
void emit_object(struct emit *emit, const char *key);
void emit_object_end(struct emit *emit);

/* Text only: the titles of @count columns */
void emit_titles(struct emit *emit, const struct emit_column *columns, size_t count);
void emit_row(struct emit *emit);
void emit_row_end(struct emit *emit);

/* For every unit but strings; a bool is 0 or 1. */
void emit_number(struct emit *emit, const struct emit_column *column, uint64_t value);
/* NULL: as emit_absent() */
void emit_string(struct emit *emit, const struct emit_column *column, const char *value);
/* For a value that was not measured: "-" or null */
void emit_absent(struct emit *emit, const struct emit_column *column);

/* Text only */
__attribute__((format(printf, 2, 3)))
void emit_text(struct emit *emit, const char *format, ...);

/* Columns of a terminal that @text takes in this locale; bytes of it that fit @columns */
int display_width(const char *text);
size_t display_fit(const char *text, int columns);

/*
 * Copies @text, or as much of it as fits.  What this locale cannot print becomes "\x1b".  Names of
 * VMs come from whoever may start one; text cells and JSON take them as they are, all other text
 * needs this.
 */
char *printable(char *buf, size_t size, const char *text);

/* @ns with four digits and a unit: "12.34us" */
#define FORMAT_NS_SIZE	24
char *format_ns(char buf[FORMAT_NS_SIZE], uint64_t ns);

#endif
