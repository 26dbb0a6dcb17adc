/* SPDX-License-Identifier: GPL-2.0-only */
/* The script of a fuzzed guest (guests/fuzz.S) */
#ifndef TESTS_GUESTS_FUZZ_H
#define TESTS_GUESTS_FUZZ_H

#define FUZZ_BATCH	64	/* steps */

/* Offsets in struct fuzz_script */
#define FUZZ_NEXT	0
#define FUZZ_ANSWERED	8
#define FUZZ_TRAPS	16
#define FUZZ_STEPS	64

/* Offsets in struct fuzz_script_step, and its size */
#define FUZZ_OP		0
#define FUZZ_DEC	8
#define FUZZ_REGS	16	/* r3 to r12 */
#define FUZZ_ANSWER	96
#define FUZZ_STEP_SIZE	112

/* FUZZ_OP: r3 is the address, or the SPR's value; r4 the value to store */
#define FUZZ_HCALL	0
#define FUZZ_LOAD	1
#define FUZZ_STORE	2
#define FUZZ_STORE_BYTE	3
#define FUZZ_ZERO_LINE	4
#define FUZZ_DOORBELL	5
#define FUZZ_ILLEGAL	6
#define FUZZ_ENABLE	7	/* interrupts that the guest has taken */
#define FUZZ_TLBIE	8	/* r3 = RB, r4 = RS */
#define FUZZ_PMU	9	/* MMCR0 = r3 */
#define FUZZ_PROBLEM	10	/* a hypercall from problem state */
#define FUZZ_OPS	11

#ifndef __ASSEMBLER__
#include "vmm.h"

struct fuzz_script_step {
	u64 op, dec;
	u64 regs[10];
	u64 answer;		/* of the hypercall: r3 */
	u64 reserved;
};

struct fuzz_script {
	volatile u64 next;	/* step; the guest asks for more at FUZZ_BATCH */
	volatile u64 answered;	/* hypercalls that came back */
	volatile u64 traps;	/* interrupts taken */
	u64 reserved[5];
	struct fuzz_script_step steps[FUZZ_BATCH];
};

_Static_assert(offsetof(struct fuzz_script, steps) == FUZZ_STEPS, "script");
_Static_assert(offsetof(struct fuzz_script_step, answer) == FUZZ_ANSWER, "step");
_Static_assert(sizeof(struct fuzz_script_step) == FUZZ_STEP_SIZE, "step");
#endif
#endif
