/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest of lab/entry-race.c: a round so long that the same NIP again means no progress */
#include "guest.h"

GUEST(race_busy)
1:	.rept	2048
	nop
	.endr
	b	1b
GUEST_END(race_busy)
