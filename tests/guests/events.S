/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/trace/events.c, in real mode */
#include "guest.h"
#include "events.h"

/* Program interrupt: step over the instruction */
GUEST(events_program)
	mfspr	r30, SPR_SRR0
	addi	r30, r30, 4
	mtspr	SPR_SRR0, r30
	rfid
GUEST_END(events_program)

GUEST(events_return)
	blr
GUEST_END(events_return)

/*
 * The script of events.h, in its order; r20, r21 = pages to touch and to run from, r22 = an
 * address without memory, r24 = 64 KiB. At its end the guest reports that and starts again.
 */
GUEST(events_script)
1:	.rept	EVENTS_PROD
	li	r4, 0
	HCALL	H_PROD
	.endr
	.rept	EVENTS_REPORT
	HCALL	REPORT_STEP
	.endr
	.rept	EVENTS_ILLEGAL
	.long	0
	.endr
	.rept	EVENTS_MMIO
	lwz	r4, 0(r22)
	.endr
	.rept	EVENTS_TOUCH
	std	r24, 0(r20)
	add	r20, r20, r24
	.endr
	.rept	EVENTS_FETCH
	mtctr	r21
	bctrl
	add	r21, r21, r24
	.endr
	HCALL	REPORT_DONE
	b	1b
GUEST_END(events_script)

/* r4 = the timebase soon after the entry, r5 = soon before the exit; 50 us between */
GUEST(events_times)
1:	mftb	r4
	addi	r6, r4, 25600
2:	mftb	r5
	cmpld	r5, r6
	blt	2b
	HCALL	REPORT_VALUE
	b	1b
GUEST_END(events_times)

/* Computes for r20 ticks */
GUEST(events_busy)
	mftb	r4
	add	r20, r20, r4
1:	mftb	r4
	cmpld	r4, r20
	blt	1b
	DONE
GUEST_END(events_busy)

/* Sleeps 20 ms, r20 times; the decrementer's interrupt ends the sleep */
GUEST(events_decrementer)
	lis	r30, 0x7fff
	mtspr	SPR_DEC, r30
	rfid
GUEST_END(events_decrementer)

GUEST(events_sleeper)
1:	lis	r4, 156
	mtspr	SPR_DEC, r4
	HCALL	H_CEDE
	addi	r20, r20, -1
	cmpdi	r20, 0
	bne	1b
	DONE
GUEST_END(events_sleeper)
