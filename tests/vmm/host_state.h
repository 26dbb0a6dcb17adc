/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One KVM_RUN with known values in every register of the process. It shows a backend that
 * leaks a guest's value to the process or loses a value of the process.
 */
#ifndef TESTS_HOST_STATE_H
#define TESTS_HOST_STATE_H

/* Offsets in struct host_state, for host_state.S */
#define HOST_STATE_GPR		0
#define HOST_STATE_CR		144
#define HOST_STATE_TAR		152
#define HOST_STATE_DSCR		160
#define HOST_STATE_VRSAVE	168
#define HOST_STATE_AMR		176
#define HOST_STATE_FPSCR	184
#define HOST_STATE_VSCR		192
#define HOST_STATE_VSR		208

#ifndef __ASSEMBLER__
#include "vmm.h"

struct host_state {
	u64 gpr[18];		/* r14 to r31 */
	u64 cr;			/* of which a system call keeps CR2 to CR4 */
	u64 tar, dscr, vrsave;
	u64 amr;		/* only read: a process cannot change it */
	u64 fpscr;
	u64 vscr[2];
	u64 vsr[64][2];
};

/*
 * Loads the registers from @set, calls ioctl(fd, KVM_RUN) and stores the registers to @got.
 * Returns the same as vcpu_run() and counts the exit.
 */
int host_state_run(struct vcpu *vcpu, const struct host_state *set, struct host_state *got);

/*
 * The same, with another system call in between: number @then, without arguments. The registers
 * that are stored are those after it. With fork the child returns, too, with its registers in its
 * copy of @got.
 */
int host_state_run_then(struct vcpu *vcpu, const struct host_state *set, struct host_state *got,
			long then);

/* Where KVM_RUN returns to: the registers are those of @set there. */
extern const char host_state_returns[];

/* Gives every register a value that it can hold and that has no effect, see image_value(). */
void host_state_fill(struct host_state *set, unsigned int seed);
#endif
#endif
