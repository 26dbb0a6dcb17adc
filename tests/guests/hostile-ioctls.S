/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/hostile/hostile-ioctls.c */
#include "guest.h"

/* r4 = timebase, reported again and again */
GUEST(say_timebase)
1:	mftb	r4
	HCALL	REPORT_VALUE
	b	1b
GUEST_END(say_timebase)

/* r4, r5 = the timebase's values around its wrap */
GUEST(timebase_wraps)
	mftb	r4
1:	mr	r5, r4
	mftb	r4
	cmpld	r4, r5
	bge	1b
	HCALL	REPORT_VALUE
	b	.
GUEST_END(timebase_wraps)

/* counts at 0(r31) */
GUEST(count_up)
	li	r4, 0
1:	addi	r4, r4, 1
	std	r4, 0(r31)
	b	1b
GUEST_END(count_up)
