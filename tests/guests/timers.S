/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/timers.c.  Data: 0(r31) = decrementer interrupts, 8(r31) = TB of the last */
#include "guest.h"

/* 0x900: counts, notes the time, sets the decrementer far away */
GUEST(timer_interrupt)
	COUNT_BY	0, r30
	mftb	r30
	std	r30, 8(r31)
	lis	r30, 0x7fff
	mtspr	SPR_DEC, r30
	rfid
GUEST_END(timer_interrupt)

/*
 * Sets the decrementer to r20 and computes until the interrupt came: r4 = TB
 * before, r5 = at the interrupt
 */
GUEST(timer_busy)
	mftb	r4
	mtspr	SPR_DEC, r20
1:	ld	r6, 0(r31)
	cmpdi	r6, 0
	beq	1b
	ld	r5, 8(r31)
	DONE
GUEST_END(timer_busy)

/* The same, but ceded; r6 = TB when the hypercall returned */
GUEST(timer_cede)
	mftb	r20
	mtspr	SPR_DEC, r21
1:	HCALL	H_CEDE
	ld	r6, 0(r31)
	cmpdi	r6, 0
	beq	1b
	mr	r4, r20
	ld	r5, 8(r31)
	mftb	r6
	DONE
GUEST_END(timer_cede)

/*
 * Interrupts off: the decrementer expires, the guest reports that and enables interrupts; r4 =
 * interrupts before and r5 = after
 */
GUEST(timer_masked)
	li	r4, 1
	mtspr	SPR_DEC, r4
	mftb	r20
	add	r20, r20, r21
1:	mftb	r5
	cmpld	r5, r20
	blt	1b
	HCALL	REPORT_STEP
	ld	r4, 0(r31)
	mfmsr	r7
	ori	r7, r7, 0x8000
	mtmsrd	r7
	ld	r5, 0(r31)
	DONE
GUEST_END(timer_masked)

/*
 * Sets the decrementer to r20, then exits to the VMM. On its return it waits for the interrupt;
 * r4 = TB then
 */
GUEST(timer_across)
	mtspr	SPR_DEC, r20
	HCALL	REPORT_STEP
1:	ld	r6, 0(r31)
	cmpdi	r6, 0
	beq	1b
	mftb	r4
	DONE
GUEST_END(timer_across)

/* r4 = interrupts before the first instruction */
GUEST(timer_due)
	ld	r4, 0(r31)
	DONE
GUEST_END(timer_due)

/* r4 = TB, for ever */
GUEST(timer_timebase)
1:	mftb	r4
	HCALL	REPORT_VALUE
	b	1b
GUEST_END(timer_timebase)
