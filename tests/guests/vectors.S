/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt vectors of every guest, loaded at guest real address 0: each says
 * that its interrupt came.  SPRG0 = r3, SRR0/1 as the interrupt left them;
 * the VMM decides where the guest goes on.
 */
#include "guest.h"

GUEST(vectors)
	.set	vector, 0
	.rept	GUEST_VECTORS_SIZE / 0x20
	mtspr	SPR_SPRG0, r3
	HCALL	REPORT_TRAP + vector
	b	.
	.balign	0x20
	.set	vector, vector + 0x20
	.endr
GUEST_END(vectors)
