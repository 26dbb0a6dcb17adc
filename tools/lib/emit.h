/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One call for text and JSON, so that the two can't differ.
 *
 * A document is an object with facts, and arrays of rows.  As text, facts are
 * "title value" side by side on a line, rows are lines of aligned cells; as
 * JSON each cell is a member of the innermost object.  A row may hold an array
 * itself; as text its rows follow on lines of their own.
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
	EMIT_NS,	/* JSON: integer; text: 1.234us */
	EMIT_TENTHS,	/* value is ten times the quantity; both: one decimal */
	EMIT_STRING,
	EMIT_BOOL,	/* text: only its title, if it is true */
};

struct emit_column {
	const char *key;	/* NULL: not in JSON */
	const char *title;	/* NULL: not in text */
	int width;		/* of rows' cells; < 0: left-aligned */
	enum emit_unit unit;
};

#define EMIT_DEPTH	8

struct emit {
	FILE *out;
	enum emit_form form;
	int depth;
	bool comma[EMIT_DEPTH];		/* JSON: something stands before on this level */
	bool line_open;			/* text: the line has cells */
	bool facts;			/* text: cells come with their title */
	bool cut;			/* text: what is too long for its column is cut */
};

void emit_document(struct emit *emit);
/* Flushes; 0 or -errno of the stream. */
int emit_document_end(struct emit *emit);

void emit_facts(struct emit *emit);
void emit_facts_end(struct emit *emit);

void emit_array(struct emit *emit, const char *key);
void emit_array_end(struct emit *emit);
/* A nested object, its cells facts */
void emit_object(struct emit *emit, const char *key);
void emit_object_end(struct emit *emit);

/* Text only: the titles of @count columns */
void emit_titles(struct emit *emit, const struct emit_column *columns, size_t count);
void emit_row(struct emit *emit);
void emit_row_end(struct emit *emit);

/* For every unit but strings; a bool is 0 or 1. */
void emit_number(struct emit *emit, const struct emit_column *column, uint64_t value);
void emit_string(struct emit *emit, const struct emit_column *column, const char *value);
/* Not measured: "-" or null */
void emit_absent(struct emit *emit, const struct emit_column *column);

/* Text only */
__attribute__((format(printf, 2, 3)))
void emit_text(struct emit *emit, const char *format, ...);

/*
 * How many columns of a terminal @text takes in this locale, and how many of its
 * bytes fit @columns.
 */
int display_width(const char *text);
size_t display_fit(const char *text, int columns);

/* @ns with four digits and a unit: "12.34us" */
#define FORMAT_NS_SIZE	24
char *format_ns(char buf[FORMAT_NS_SIZE], uint64_t ns);

#endif
