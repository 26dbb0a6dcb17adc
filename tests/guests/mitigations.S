/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest of lab/switch/mitigations.c: real mode */
#include "guest.h"
#include "bench.h"

/*
 * 0(r31) = the fewest ticks of a hypercall that the kernel answers, since the VMM has set this
 * to the greatest number; 8(r31) = how many of them there were
 */
GUEST(hcall_times)
1:	mftb	r25
	li	r4, 0
	HCALL	H_PROD
	mftb	r26
	subf	r26, r25, r26
	ld	r27, 0(r31)
	cmpld	r26, r27
	bge	2f
	std	r26, 0(r31)
2:	COUNT	8
	b	1b
GUEST_END(hcall_times)
