// SPDX-License-Identifier: GPL-2.0-only
/* Text and JSON from the same calls. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "emit.h"
#include "unit.h"

static const struct emit_column
	name	= { "name", "NAME", -6, EMIT_STRING },
	count	= { "count", "COUNT", 6, EMIT_COUNT },
	time	= { "time_ns", "TIME", 8, EMIT_NS },
	share	= { "share_pct", "SHARE%", 6, EMIT_TENTHS },
	hidden	= { "hidden", NULL, 0, EMIT_COUNT },
	drawn	= { NULL, "DRAWN", -1, EMIT_STRING },
	yes	= { "yes", "really", 0, EMIT_BOOL };

static void ns_have_four_digits(void **state)
{
	static const struct { uint64_t ns; const char *text; } cases[] = {
		{ 0, "0ns" }, { 1, "1ns" }, { 999, "999ns" }, { 1000, "1.000us" },
		{ 1234, "1.234us" }, { 9999, "9.999us" }, { 10000, "10.00us" },
		{ 99994, "99.99us" }, { 99995, "100.0us" },
		{ 100000, "100.0us" }, { 999949, "999.9us" }, { 999950, "1.000ms" },
		{ 1234567, "1.235ms" }, { 12345678, "12.35ms" }, { 999999999, "1.000s" },
		{ 1500000000, "1.500s" }, { 60000000000, "60.00s" }, { 3600000000000, "3600s" },
	};
	char buf[FORMAT_NS_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(format_ns(buf, cases[i].ns), cases[i].text);
	/* The largest fits. */
	assert_true(strlen(format_ns(buf, UINT64_MAX)) < FORMAT_NS_SIZE - 1);
}

static void document(struct emit *emit)
{
	const struct emit_column titles[] = { name, count, time, share, hidden };

	emit_document(emit);
	emit_facts(emit);
	emit_number(emit, &count, 3);
	emit_number(emit, &hidden, 4);
	emit_number(emit, &yes, 1);
	emit_absent(emit, &time);
	emit_facts_end(emit);
	emit_text(emit, "a line for people\n");
	emit_object(emit, "object");
	emit_number(emit, &hidden, 5);
	emit_object_end(emit);
	emit_titles(emit, titles, COUNT(titles));
	emit_array(emit, "rows");
	emit_row(emit);
	emit_string(emit, &name, "a");
	emit_number(emit, &count, 12);
	emit_number(emit, &time, 1234);
	emit_number(emit, &share, 1005);
	emit_row_end(emit);
	emit_row(emit);
	emit_string(emit, &name, "b");
	emit_absent(emit, &count);
	emit_absent(emit, &time);
	emit_number(emit, &share, 7);
	emit_number(emit, &hidden, 9);
	emit_array(emit, "inner");
	emit_row(emit);
	emit_number(emit, &count, 1);
	emit_string(emit, &drawn, "##");
	emit_row_end(emit);
	emit_row(emit);
	emit_number(emit, &count, 2);
	emit_row_end(emit);
	emit_array_end(emit);
	emit_row_end(emit);
	emit_array_end(emit);
}

static char *emitted(enum emit_form form, void (*write)(struct emit *emit))
{
	struct emit emit = { .form = form };
	char *text;
	size_t size;

	emit.out = open_memstream(&text, &size);
	assert_non_null(emit.out);
	write(&emit);
	assert_int_equal(emit_document_end(&emit), 0);
	fclose(emit.out);
	return text;
}

static void as_text(void **state)
{
	char *text = emitted(EMIT_TEXT, document);

	(void)state;
	assert_string_equal(text,
			    "COUNT 3  really  TIME -\n"
			    "a line for people\n"
			    "NAME    COUNT     TIME SHARE%\n"
			    "a          12  1.234us  100.5\n"
			    "b           -        -    0.7\n"
			    "     1 ##\n"
			    "     2\n");
	free(text);
}

static void as_json(void **state)
{
	char *text = emitted(EMIT_JSON, document);

	(void)state;
	assert_string_equal(text,
			    "{\"count\":3,\"hidden\":4,\"yes\":true,\"time_ns\":null,\"object\":{\"hidden\":5},"
			    "\"rows\":[{\"name\":\"a\",\"count\":12,\"time_ns\":1234,\"share_pct\":100.5},"
			    "{\"name\":\"b\",\"count\":null,\"time_ns\":null,\"share_pct\":0.7,\"hidden\":9,"
			    "\"inner\":[{\"count\":1},{\"count\":2}]}]}\n");
	assert_true(json_valid(text));
	free(text);
}

static void evil_name(struct emit *emit)
{
	emit_document(emit);
	emit_string(emit, &name, "a\"b\\c\n\t\x01\x7f\xff{");
}

static void strings_are_escaped(void **state)
{
	char *text = emitted(EMIT_JSON, evil_name);

	(void)state;
	assert_string_equal(text, "{\"name\":\"a\\\"b\\\\c\\u000a\\u0009\\u0001\\u007f\\u00ff{\"}\n");
	assert_true(json_valid(text));
	free(text);
}

/* Names that write to the terminal, forge a row, or hide what they are, and how text shows them */
static const struct { const char *name, *in_c, *in_utf8; } hostile[] = {
	{ "a\033[31m",		"a\\x1b[31m",		"a\\x1b[31m" },
	{ "a\033]0;b\007",	"a\\x1b]0;b\\x07",	"a\\x1b]0;b\\x07" },
	{ "a\nb\r\tc\x7f",	"a\\x0ab\\x0d\\x09c\\x7f", "a\\x0ab\\x0d\\x09c\\x7f" },
	{ "a\23331m",	"a\\x9b31m",		"a\\x9b31m" },
	{ "a\302\23331m",	"a\\xc2\\x9b31m",	"a\\xc2\\x9b31m" },
	{ "a\342\200\256b",	"a\\xe2\\x80\\xaeb", "a\\xe2\\x80\\xaeb" },
	{ "a\342\200\213b",	"a\\xe2\\x80\\x8bb", "a\\xe2\\x80\\x8bb" },
	{ "a\xc3\xa4\xff",	"a\\xc3\\xa4\\xff",	"a\xc3\xa4\\xff" },
	{ "a\xe4\xb8\xad",	"a\\xe4\\xb8\\xad",	"a\xe4\xb8\xad" },
	{ "",			"",			"" },
};

static const char *hostile_name;

static void hostile_text(struct emit *emit)
{
	static const struct emit_column wide = { "name", "NAME", -1, EMIT_STRING };

	emit_document(emit);
	emit_facts(emit);
	emit_string(emit, &wide, hostile_name);
	emit_facts_end(emit);
	emit_array(emit, "rows");
	emit_row(emit);
	emit_string(emit, &wide, hostile_name);
	emit_number(emit, &count, 1);
	emit_row_end(emit);
	emit_array_end(emit);
}

static void names_cannot_write_to_the_terminal(void **state)
{
	static const char *const locales[] = { "C", "C.UTF-8" };
	char want[256], buf[128], small[8];

	(void)state;
	for (size_t l = 0; l < COUNT(locales); l++) {
		assert_non_null(setlocale(LC_CTYPE, locales[l]));
		for (size_t i = 0; i < COUNT(hostile); i++) {
			const char *shown = l ? hostile[i].in_utf8 : hostile[i].in_c;
			char *text;

			hostile_name = hostile[i].name;
			text = emitted(EMIT_TEXT, hostile_text);
			snprintf(want, sizeof(want), "NAME%s%s\n%s%s      1\n", *shown ? " " : "",
				 shown, shown, *shown ? "" : " ");
			assert_string_equal(text, want);
			assert_string_equal(printable(buf, sizeof(buf), hostile_name), shown);
			/* cut between characters, never within one */
			printable(small, sizeof(small), hostile_name);
			assert_memory_equal(small, shown, strlen(small));
			free(text);
			text = emitted(EMIT_JSON, hostile_text);
			assert_true(json_valid(text));
			free(text);
		}
	}
	setlocale(LC_CTYPE, "C");
}

static const char *long_name;

static void a_cut_row(struct emit *emit)
{
	static const struct emit_column narrow = { "name", "NAME", -6, EMIT_STRING };

	emit->cut = true;
	emit_document(emit);
	emit_row(emit);
	emit_string(emit, &narrow, long_name);
	emit_number(emit, &count, 1);
	emit_row_end(emit);
}

/* Names that differ at their ends differ on the screen. */
static void a_name_loses_its_middle(void **state)
{
	static const struct { const char *locale, *name, *text; } cases[] = {
		{ "C", "instance-00000017", "ins~17      1\n" },
		{ "C.UTF-8", "instance-00000017", "ins…17      1\n" },
		{ "C.UTF-8", "123456", "123456      1\n" },
		{ "C.UTF-8", "中中中中中", "中…中       1\n" },
		{ "C.UTF-8", "ab\033cdef", "ab…ef       1\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text;

		assert_non_null(setlocale(LC_CTYPE, cases[i].locale));
		long_name = cases[i].name;
		text = emitted(EMIT_TEXT, a_cut_row);
		assert_string_equal(text, cases[i].text);
		free(text);
	}
	setlocale(LC_CTYPE, "C");
}

static void a_cell_is_cut_between_characters(void **state)
{
	static const struct { int columns; const char *text; size_t bytes; } cases[] = {
		{ 3, "abc", 3 }, { 2, "abc", 2 }, { 4, "\033b", 1 }, { 3, "\033b", 0 },
		{ 5, "\033b", 2 }, { 3, "\xe4\xb8\xad\xe4\xb8\xad", 3 }, { 0, "a", 0 },
	};

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(display_fit(cases[i].text, cases[i].columns), cases[i].bytes);
	setlocale(LC_CTYPE, "C");
}

static void a_full_device_is_an_error(void **state)
{
	struct emit emit = { .form = EMIT_JSON, .out = fopen("/dev/full", "w") };

	(void)state;
	assert_non_null(emit.out);
	document(&emit);
	assert_true(emit_document_end(&emit) < 0);
	fclose(emit.out);
}

/* Tests the checker that the other tests rely on */
static void the_checker_refuses(void **state)
{
	static const char *const bad[] = {
		"", "\n", "{}", "{,}\n", "{\"a\":1,}\n", "{\"a\":01}\n", "{\"a\":1.}\n",
		"{\"a\":nul}\n",
		"[1 2]\n", "{\"a\" 1}\n", "{\"a\":\"\n\"}\n", "{}\n{}\n", "[1\n", "{\"a\":-}\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(json_valid(bad[i]));
	assert_true(json_valid("{\"a\":[1,-2.5,\"x\\u00ff\",{},[],null,true,false]}\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ns_have_four_digits),
		cmocka_unit_test(as_text),
		cmocka_unit_test(as_json),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(names_cannot_write_to_the_terminal),
		cmocka_unit_test(a_name_loses_its_middle),
		cmocka_unit_test(a_cell_is_cut_between_characters),
		cmocka_unit_test(a_full_device_is_an_error),
		cmocka_unit_test(the_checker_refuses),
	};

	return RUN(tests);
}
