// SPDX-License-Identifier: GPL-2.0-only
/* Strict conversion of arguments, and facts read from /proc. */
#include <linux/capability.h>
#include "host.h"
#include "parse.h"
#include "unit.h"

static void good_numbers(void **state)
{
	uint32_t value;

	(void)state;
	assert_true(parse_u32("0", 0, 10, &value));
	assert_int_equal(value, 0);
	assert_true(parse_u32("10", 0, 10, &value));
	assert_int_equal(value, 10);
	assert_true(parse_u32("4294967295", 0, UINT32_MAX, &value));
	assert_int_equal(value, UINT32_MAX);
	assert_true(parse_u32("007", 1, 10, &value));
	assert_int_equal(value, 7);
}

static void bad_numbers(void **state)
{
	static const char *const bad[] = {
		"", " ", "x", "1x", "x1", " 1", "1 ", "+1", "-1", "1.0", "0x10", "11", "0",
		"4294967296", "18446744073709551616", "99999999999999999999999999",
	};
	uint32_t value = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse_u32(bad[i], 1, 10, &value))
			fail_msg("\"%s\" was taken for %u", bad[i], value);
		assert_int_equal(value, 42);
	}
	assert_false(parse_u32("4294967296", 0, UINT32_MAX, &value));
}

static void good_seconds(void **state)
{
	static const struct { const char *text; uint64_t ns; } good[] = {
		{ "1", 1000000000 }, { "0.1", 100000000 }, { "0.5", 500000000 },
		{ "2.25", 2250000000 }, { "10.125", 10125000000 }, { "86400", 86400000000000 },
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(parse_seconds(good[i].text, &ns));
		assert_true(ns == good[i].ns);
	}
}

static void bad_seconds(void **state)
{
	static const char *const bad[] = {
		"", "0", "0.0", "0.05", "1.", ".5", "1.2345", "1,5", "1s", "-1", "1e3", "inf",
		"nan", "86400.001", "86401", "99999999999999999999",
	};
	uint64_t ns = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse_seconds(bad[i], &ns))
			fail_msg("\"%s\" was taken for %llu ns", bad[i], (unsigned long long)ns);
		assert_int_equal(ns, 42);
	}
}

static void words(void **state)
{
	static const char *const list[] = { "one", "two" };

	(void)state;
	assert_int_equal(parse_word("two", list, 2), 1);
	assert_int_equal(parse_word("tw", list, 2), -1);
	assert_int_equal(parse_word("twos", list, 2), -1);
	assert_int_equal(parse_word("", list, 2), -1);
}

static void cpuinfo_of_an_emulator(void **state)
{
	static const char text[] =
		"processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 1000.000000MHz\n"
		"revision\t: 2.2 (pvr 004e 1202)\n\n"
		"timebase\t: 512000000\nplatform\t: PowerNV\nmodel\t\t: IBM PowerNV (emulated by qemu)\n"
		"machine\t\t: PowerNV IBM PowerNV (emulated by qemu)\n";
	struct host host;

	(void)state;
	host_parse_cpuinfo(text, &host);
	assert_true(host.timebase_hz == 512000000);
	assert_true(host.emulated);
	assert_string_equal(host.model, "IBM PowerNV (emulated by qemu)");
}

static void cpuinfo_of_a_machine(void **state)
{
	struct host host;

	(void)state;
	host_parse_cpuinfo("timebase\t: 512000000\nmodel\t\t: 8335-GTH\n", &host);
	assert_false(host.emulated);
	assert_string_equal(host.model, "8335-GTH");
	/* Another architecture's */
	host_parse_cpuinfo("model name\t: some CPU\nmodel\t\t: 85\n", &host);
	assert_true(host.timebase_hz == 0);
	assert_false(host.emulated);
	assert_string_equal(host.model, "85");
	host_parse_cpuinfo("", &host);
	assert_true(host.timebase_hz == 0);
	assert_string_equal(host.model, "");
	/* No newline at the end */
	host_parse_cpuinfo("timebase\t: 7", &host);
	assert_true(host.timebase_hz == 7);
}

static void capabilities(void **state)
{
	(void)state;
	assert_false(caps_suffice(0));
	assert_false(caps_suffice(1ull << CAP_BPF));
	assert_false(caps_suffice(1ull << CAP_PERFMON));
	assert_true(caps_suffice(1ull << CAP_BPF | 1ull << CAP_PERFMON));
	assert_true(caps_suffice(1ull << CAP_SYS_ADMIN));
	assert_true(caps_suffice(~0ull));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_numbers),
		cmocka_unit_test(bad_numbers),
		cmocka_unit_test(good_seconds),
		cmocka_unit_test(bad_seconds),
		cmocka_unit_test(words),
		cmocka_unit_test(cpuinfo_of_an_emulator),
		cmocka_unit_test(cpuinfo_of_a_machine),
		cmocka_unit_test(capabilities),
	};

	return RUN(tests);
}
