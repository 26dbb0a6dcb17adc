/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/hostile/hostile-guest.c */
#include "guest.h"

/*
 * Hypercalls r20, r20 + r22, ... below r21, all arguments r23. H_CEDE is left out, since it would
 * sleep, and so are the numbers that POWER8's real mode takes for H_CEDE, since it ignores the
 * low bits. 0(r31) = how many returned.
 */
GUEST(hostile_hcalls)
1:	clrrdi	r12, r20, 2
	cmpdi	r12, H_CEDE
	beq	2f
	mr	r3, r20
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12
	mr	r\n, r23
	.endr
	sc	1
	ld	r12, 0(r31)
	addi	r12, r12, 1
	std	r12, 0(r31)
2:	add	r20, r20, r22
	cmpld	r20, r21
	blt	1b
	DONE
GUEST_END(hostile_hcalls)

/* r4 = MSR, r5 = the value read from a hypervisor's register, r6 = 1 if that trapped */
GUEST(hostile_supervisor)
	li	r6, 0
	li	r5, 0
	mfmsr	r4
	mfspr	r5, 318			/* LPCR */
	DONE
GUEST_END(hostile_supervisor)

GUEST(hostile_spin)
	b	.
GUEST_END(hostile_spin)

/* Stores r21, a page-table entry of this code, to 0(r20), and then loads from 0(r22). */
GUEST(esb_moved_code)
	std	r21, 0(r20)
	ld	r4, 0(r22)
	DONE
GUEST_END(esb_moved_code)
