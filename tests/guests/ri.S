/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/switch/entry-ri.c */
#include "guest.h"

/* A hypercall in the mode that the VMM has set */
GUEST(ri_call)
	li	r4, 0
	HCALL	H_PROD
	DONE
GUEST_END(ri_call)

/* Computes for ever */
GUEST(ri_busy)
1:	b	1b
GUEST_END(ri_busy)

/* Begins and ends a section without recovery, as an interrupt handler does */
GUEST(ri_section)
	li	r4, 0
	HCALL	H_PROD
	li	r14, 0
	mtmsrd	r14, 1
	li	r4, 0
	HCALL	H_PROD
	li	r14, 2		/* RI */
	mtmsrd	r14, 1
	li	r4, 0
	HCALL	H_PROD
	DONE
GUEST_END(ri_section)
