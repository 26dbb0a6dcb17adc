/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/signals.c: 0(r31) counts rounds */
#include "guest.h"

/* Decrementer: the next one is far away */
GUEST(signals_decrementer)
	lis	r30, 0x7fff
	mtspr	SPR_DEC, r30
	rfid
GUEST_END(signals_decrementer)

GUEST(signals_busy)
1:	COUNT	0
	b	1b
GUEST_END(signals_busy)
