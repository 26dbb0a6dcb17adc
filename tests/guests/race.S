/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/entry-race.c and lab/core/entry-abort.c */
#include "guest.h"

/* A loop that is so long that the same NIP again means no progress */
GUEST(race_busy)
1:	.rept	2048
	nop
	.endr
	b	1b
GUEST_END(race_busy)

/* Exits all the time: a hypercall, and a store to r21 pages from r20 on in turn */
GUEST(race_leaves)
1:	mr	r22, r20
	mr	r23, r21
2:	li	r4, 0
	HCALL	H_PROD
	std	r23, 0(r22)
	addis	r22, r22, 1	/* 64 KiB */
	addic.	r23, r23, -1
	bne	2b
	b	1b
GUEST_END(race_leaves)
