/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests of bench/bench-exits.c. Each repeats one operation r20 times, reads the timebase before
 * and after, and stores the differences at r21.
 */
#include "guest.h"
#include "bench.h"

.macro BENCH_BEGIN
1:	mftb	r25
.endm

.macro BENCH_END
	mftb	r26
	BENCH_NEXT
.endm

/* r25 and r26 = the time before and after */
.macro BENCH_NEXT
	subf	r26, r25, r26
	std	r26, 0(r21)
	addi	r21, r21, 8
	addi	r20, r20, -1
	cmpdi	r20, 0
	bne	1b
	DONE
.endm

/* Handled in the kernel: prod oneself */
GUEST(bench_hcall_kernel)
	BENCH_BEGIN
	li	r4, 0
	HCALL	H_PROD
	BENCH_END
GUEST_END(bench_hcall_kernel)

GUEST(bench_hcall_user)
	BENCH_BEGIN
	HCALL	REPORT_STEP
	BENCH_END
GUEST_END(bench_hcall_user)

/* r22 = a page that was never touched, r23 = distance to the next */
GUEST(bench_first_touch)
	BENCH_BEGIN
	std	r22, 0(r22)
	add	r22, r22, r23
	BENCH_END
GUEST_END(bench_first_touch)

/* r22 = an address without memory */
GUEST(bench_mmio_load)
	BENCH_BEGIN
	lwz	r4, 0(r22)
	BENCH_END
GUEST_END(bench_mmio_load)

/*
 * A hash guest enters a page into its table and removes it: r22 = the second doubleword of the
 * entry. What counts is the mean of the two hypercalls.
 */
GUEST(bench_hash)
	BENCH_BEGIN
	li	r4, 0
	li	r5, 0x800		/* an entry of a group that is empty */
	LOAD64	r6, 0x123456789001	/* AVPN, V */
	mr	r7, r22
	HCALL	H_ENTER
	cmpdi	r3, H_SUCCESS
	bne	2f
	mr	r5, r4
	li	r4, 0
	li	r6, 0
	HCALL	H_REMOVE
	cmpdi	r3, H_SUCCESS
	bne	2f
	mftb	r26
	subf	r26, r25, r26
	srdi	r26, r26, 1
	add	r26, r25, r26
	BENCH_NEXT
2:	HCALL	REPORT_VALUE
GUEST_END(bench_hash)

/*
 * Wakes vCPU 1, sleeps, and is woken by it: H_PROD and H_CEDE in both directions. 0(r22) = the
 * number of this round, 8(r22) = the last round that vCPU 1 answered. (After a prod has woken a
 * vCPU, the next H_CEDE of that vCPU returns at once.)
 */
GUEST(bench_wake_prod)
	BENCH_BEGIN
	std	r20, 0(r22)
	li	r4, 1
	HCALL	H_PROD
2:	HCALL	H_CEDE
	ld	r4, 8(r22)
	cmpd	r4, r20
	bne	2b
	BENCH_END
GUEST_END(bench_wake_prod)

/* vCPU 1: answers without end */
GUEST(bench_wake_answer)
1:	HCALL	H_CEDE
	ld	r4, 0(r22)
	ld	r5, 8(r22)
	cmpd	r4, r5
	beq	1b
	std	r4, 8(r22)
	li	r4, 0
	HCALL	H_PROD
	b	1b
GUEST_END(bench_wake_answer)

/* Sleeps for r22 ticks: from their end to the decrementer's interrupt */
GUEST(bench_wake_timer)
1:	li	r4, 2			/* MSR[RI] */
	mtmsrd	r4, 1			/* EE = 0 */
	mtspr	SPR_DEC, r22
	mftb	r25
	add	r25, r25, r22
	HCALL	H_CEDE
	BENCH_NEXT
GUEST_END(bench_wake_timer)

/* 0x900: r26 = its time; no other comes soon */
GUEST(bench_decrementer)
	mftb	r26
	lis	r30, 0x7fff
	mtspr	SPR_DEC, r30
	rfid
GUEST_END(bench_decrementer)

/* Computes, and looks for gaps in the time, which the host's timer causes */
GUEST(bench_timer)
	mftb	r25
1:	mftb	r26
	subf	r4, r25, r26
	mr	r25, r26
	cmpdi	r4, BENCH_MIN_GAP
	blt	1b
	std	r4, 0(r21)
	addi	r21, r21, 8
	addi	r20, r20, -1
	cmpdi	r20, 0
	bne	1b
	DONE
GUEST_END(bench_timer)
