// SPDX-License-Identifier: GPL-2.0-only
#include "hcall_args.h"

/* KINDS(a, b): ARG_a, ARG_b; up to HCALL_MAX_ARGS of them */
#define K1(a)		ARG_##a
#define K2(a, ...)	ARG_##a, K1(__VA_ARGS__)
#define K3(a, ...)	ARG_##a, K2(__VA_ARGS__)
#define K4(a, ...)	ARG_##a, K3(__VA_ARGS__)
#define K5(a, ...)	ARG_##a, K4(__VA_ARGS__)
#define K6(a, ...)	ARG_##a, K5(__VA_ARGS__)
#define K7(a, ...)	ARG_##a, K6(__VA_ARGS__)
#define K8(a, ...)	ARG_##a, K7(__VA_ARGS__)
#define PICK(a, b, c, d, e, f, g, h, macro, ...)	macro
#define KINDS(...)	PICK(__VA_ARGS__, K8, K7, K6, K5, K4, K3, K2, K1)(__VA_ARGS__)
#define NUMBER(...)	PICK(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1)

const struct hcall_args hcall_args[] = {
#define HCALL_ARGS(number, ...)	{ number, NUMBER(__VA_ARGS__), { KINDS(__VA_ARGS__) } },
#include "hcall_args.def"
};

const size_t hcall_args_count = ARRAY_SIZE(hcall_args);

const u64 hcall_numbers[] = {
#define HVLENS_HCALL(number, symbol, name)	number,
#include <hvlens/hcalls.def>
};

const size_t hcall_numbers_count = ARRAY_SIZE(hcall_numbers);
