/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/modes.c: real mode, translation, problem state */
#include "guest.h"

/* r4 = 0x1234 + 1: the smallest guest that says something */
GUEST(real_mode)
	li	r4, 0x1234
	addi	r4, r4, 1
	mfmsr	r5
	HCALL	REPORT_VALUE
	mr	r4, r3
	DONE
GUEST_END(real_mode)
