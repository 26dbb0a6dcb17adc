/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest of vmm/crowd.c: one vCPU of several that count in words of their own,
 * which lie in the same pages.
 *
 *	r20 = the first word	r21 = bytes from word to word	r22 = words
 *	r23 = what they hold	r24 = 1: they may become zero
 *	r26 = where to say which round is through
 *
 * A word that does not hold what was stored to it is REPORT_VALUE: r4 = address,
 * r5 = value found, r6 = value expected.
 */
#include "guest.h"

GUEST(crowd)
1:	mr	r5, r20
	mtctr	r22
2:	ld	r6, 0(r5)
	cmpd	r6, r23
	bne-	4f
3:	addi	r7, r23, 1
	std	r7, 0(r5)
	add	r5, r5, r21
	bdnz	2b
	addi	r23, r23, 1
	std	r23, 0(r26)
	b	1b

4:	cmpdi	r24, 0
	beq	5f
	cmpdi	r6, 0
	beq	3b
5:	mr	r4, r5
	mr	r5, r6
	mr	r6, r23
	HCALL	REPORT_VALUE
	b	.
GUEST_END(crowd)
