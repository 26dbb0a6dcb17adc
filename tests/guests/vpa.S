/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/vpa.c and lab/hostile/hostile-hcalls.c */
#include "guest.h"

#define VPA_YIELD_COUNT	256

/*
 * r20 = number, r21 to r26 = r4 to r9; r4 = r3, r5 = r4 of the result.
 * The report is not REPORT_DONE, which is the number of H_RTAS.
 */
GUEST(hcall6)
	mr	r3, r20
	mr	r4, r21
	mr	r5, r22
	mr	r6, r23
	mr	r7, r24
	mr	r8, r25
	mr	r9, r26
	sc	1
	mr	r5, r4
	mr	r4, r3
	HCALL	REPORT_VALUE
	b	.
GUEST_END(hcall6)

/*
 * r20 times: stores the yield count of the VPA at r21, and exits to the kernel, by a hypercall for
 * which the vCPU is dispatched anew: no subfunction of it has the number 0
 */
GUEST(yield_counts)
	li	r22, 0
	li	r24, VPA_YIELD_COUNT
1:	lwbrx	r23, r21, r24
	sldi	r4, r22, 3
	stdx	r23, r31, r4
	li	r4, 0
	HCALL	H_REGISTER_VPA
	addi	r22, r22, 1
	cmpd	r22, r20
	blt	1b
	DONE
GUEST_END(yield_counts)

/* Exits to the kernel until 8(r31) is not 0; 0(r31) counts */
GUEST(prod_until)
1:	li	r4, 0
	HCALL	H_PROD
	COUNT	0
	ld	r4, 8(r31)
	cmpdi	r4, 0
	beq	1b
	DONE
GUEST_END(prod_until)

/*
 * r20 times: registers r21 as the VPA of vCPU r22 (with its length, 2 bytes at 4) and deregisters
 * it. r4 = how many of these hypercalls succeeded.
 */
GUEST(register_other)
	li	r23, 0
	li	r24, 1
	sldi	r25, r24, 45
	mulli	r26, r25, 5
1:	mr	r4, r25
	mr	r5, r22
	mr	r6, r21
	HCALL	H_REGISTER_VPA
	cmpdi	r3, H_SUCCESS
	bne	2f
	addi	r23, r23, 1
2:	mr	r4, r26
	mr	r5, r22
	HCALL	H_REGISTER_VPA
	cmpdi	r3, H_SUCCESS
	bne	3f
	addi	r23, r23, 1
3:	addi	r20, r20, -1
	cmpdi	r20, 0
	bne	1b
	mr	r4, r23
	DONE
GUEST_END(register_other)
