/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest of lab/switch/t2-t3.c: real mode */
#include "guest.h"

/*
 * Reports its first and its last timebase between two exits, which are r20 rounds of a loop apart
 */
GUEST(say_times)
1:	mftb	r4
	mtctr	r20
2:	bdnz	2b
	mftb	r5
	HCALL	REPORT_VALUE
	b	1b
GUEST_END(say_times)
