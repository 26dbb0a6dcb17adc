/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest in real mode that makes the hypercall that the VMM chooses (guests/caller.S), and
 * the result as text:
 *
 *	"user space"		KVM_EXIT_PAPR_HCALL with the number and arguments
 *	"kernel r3 0 r4 12"	the kernel answered: r3, and those of r4 to r12 that changed
 *	"interrupt 900 r3 0"	the kernel answered, and the guest took this interrupt
 *	"EINTR" ...		any other result of KVM_RUN
 */
#ifndef TESTS_CALLER_VMM_H
#define TESTS_CALLER_VMM_H

#include "fixture.h"

#define CALLER_ARGUMENTS	9

/* A VM with the guest's code, and its vCPU 0 */
void caller_start(struct fixture *f);

/*
 * The vCPU, 0 to 15, makes a hypercall; @args are r4 to r12.  The text is valid until the
 * thread's next call.
 */
const char *caller_call(struct vcpu *vcpu, u64 nr, const u64 args[CALLER_ARGUMENTS]);

/* The same in two parts, for tests that call KVM_RUN themselves */
void caller_prepare(struct vcpu *vcpu, u64 nr, const u64 args[CALLER_ARGUMENTS]);
const char *caller_answer(struct vcpu *vcpu, int rc);

/* r3 to r12 of the last hypercall that the kernel answered */
const u64 *caller_results(struct vcpu *vcpu);

#endif
