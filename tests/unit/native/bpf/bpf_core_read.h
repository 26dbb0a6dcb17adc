/* SPDX-License-Identifier: GPL-2.0-only */
/* Replaces libbpf's header, see bpf_helpers.h: nothing has to be relocated. */
#ifndef NATIVE_BPF_CORE_READ_H
#define NATIVE_BPF_CORE_READ_H

#define CORE_READ_1(from, a)		((from)->a)
#define CORE_READ_2(from, a, b)		((from)->a->b)
#define CORE_READ_NAME(a, b, name, ...)	name
#define BPF_CORE_READ(from, ...)	\
	CORE_READ_NAME(__VA_ARGS__, CORE_READ_2, CORE_READ_1)(from, __VA_ARGS__)
#define bpf_core_field_exists(...)	1

#endif
