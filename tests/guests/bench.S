/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests of bench/bench-exits.c: each does one thing r20 times, takes the
 * timebase before and after, and leaves the differences at r21.
 */
#include "guest.h"
#include "bench.h"

.macro BENCH_BEGIN
1:	mftb	r25
.endm

.macro BENCH_END
	mftb	r26
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

/* r22 = where no memory is */
GUEST(bench_mmio_load)
	BENCH_BEGIN
	lwz	r4, 0(r22)
	BENCH_END
GUEST_END(bench_mmio_load)

/* Computes, and looks for gaps in its time: the host's timer took them */
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
