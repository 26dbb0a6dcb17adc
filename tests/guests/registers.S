/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/hostile/hostile-registers.c: real mode */
#include "guest.h"

/* Says its MSR, once */
GUEST(say_msr)
	mfmsr	r4
	HCALL	REPORT_VALUE
	b	.
GUEST_END(say_msr)

/* Returns to the VMM again and again */
GUEST(say_steps)
1:
	HCALL	REPORT_STEP
	b	1b
GUEST_END(say_steps)
