/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/hcalls.c */
#include "guest.h"

/* r20 = number, r21 to r24 = arguments; then r4 = r3, r5 = r4 of the result */
GUEST(hcall)
	mr	r3, r20
	mr	r4, r21
	mr	r5, r22
	mr	r6, r23
	mr	r7, r24
	sc	1
	mr	r5, r4
	mr	r4, r3
	DONE
GUEST_END(hcall)

/* All nine arguments */
GUEST(hcall_arguments)
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12
	li	r\n, 0x100 + \n
	.endr
	HCALL	REPORT_VALUE
	std	r3, 0(r31)
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12
	std	r\n, (\n - 3) * 8(r31)
	.endr
	DONE
GUEST_END(hcall_arguments)

/* Cedes r20 times; r4 = how often it came back */
GUEST(hcall_cede)
	li	r21, 0
1:	HCALL	H_CEDE
	addi	r21, r21, 1
	std	r21, 0(r31)
	cmpd	r21, r20
	blt	1b
	mr	r4, r21
	DONE
GUEST_END(hcall_cede)

/* 0x900 of it: 8(r31) counts */
GUEST(hcall_cede_dec)
	COUNT_BY	8, r30
	lis	r30, 0x7fff
	mtspr	SPR_DEC, r30
	rfid
GUEST_END(hcall_cede_dec)

/*
 * vCPU 0 of the ping-pong: r20 rounds, in each of which it prods the other vCPU (r22) and waits
 * for the answer. Data: 0(r31) = rounds asked, 8(r31) = rounds answered.
 */
GUEST(hcall_ping)
	li	r21, 0
1:	addi	r21, r21, 1
	std	r21, 0(r31)
	sync
	mr	r4, r22
	HCALL	H_PROD
	cmpdi	r3, H_SUCCESS
	bne	3f
2:	ld	r4, 8(r31)
	cmpd	r4, r21
	beq	4f
	HCALL	H_CEDE
	b	2b
4:	cmpd	r21, r20
	blt	1b
3:	mr	r4, r21
	DONE
GUEST_END(hcall_ping)

/* The other vCPU: answers until r20 rounds are over; r22 = the vCPU to prod */
GUEST(hcall_pong)
	li	r21, 0
1:	ld	r4, 0(r31)
	cmpd	r4, r21
	bne	2f
	HCALL	H_CEDE
	b	1b
2:	mr	r21, r4
	std	r21, 8(r31)
	sync
	mr	r4, r22
	HCALL	H_PROD
	cmpd	r21, r20
	blt	1b
	mr	r4, r21
	DONE
GUEST_END(hcall_pong)
