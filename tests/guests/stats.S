/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/stats.c */
#include "guest.h"

/*
 * Sleeps until the other vCPU has set 0(r31) and woken it.  (The prod that ended the
 * sleep before lets the first H_CEDE return at once.)
 */
GUEST(stats_cede)
1:	HCALL	H_CEDE
	ld	r4, 0(r31)
	cmpdi	r4, 0
	beq	1b
	DONE
GUEST_END(stats_cede)

/* Wakes vCPU 0 */
GUEST(stats_prod)
	li	r4, 1
	std	r4, 0(r31)
	li	r4, 0
	HCALL	H_PROD
	DONE
GUEST_END(stats_prod)
