// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch-nothing EVENT...: attaches an empty BPF program to these tracepoints, until it is killed
 *
 * That is the least that any program costs. The kernel runs a program in the same way whether it
 * is attached by raw_tp, as here, or by tp_btf.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tap.h"
#include "vmm.h"

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	int fd = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	if (fd < 0)
		tap_bail("bpf(%d): %s", cmd, strerror(errno));
	return fd;
}

int main(int argc, char **argv)
{
	/* r0 = 0; exit */
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	for (int i = 1; i < argc; i++) {
		union bpf_attr attr = {
			.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
			.insns = (uintptr_t)nothing,
			.insn_cnt = ARRAY_SIZE(nothing),
			.license = (uintptr_t)"GPL",
		};
		int program = bpf(BPF_PROG_LOAD, &attr);

		attr = (union bpf_attr){
			.raw_tracepoint.name = (uintptr_t)argv[i],
			.raw_tracepoint.prog_fd = program,
		};
		bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	}
	/* A shell lets its background processes ignore SIGINT, by which the benchmark ends them. */
	signal(SIGINT, SIG_DFL);
	puts("attached");
	fflush(stdout);
	for (;;)
		pause();
}
