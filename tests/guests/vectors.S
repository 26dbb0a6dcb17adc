/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt vectors of every guest, loaded at guest real address 0: each says
 * that its interrupt came, with
 *
 *	SPRG0 = r3	SPRG1 = SRR0	SPRG2 = SRR1	at the interrupt
 *
 * (the hypercall itself overwrites SRR0 and SRR1).  The VMM decides where the
 * guest goes on; the eight instructions leave no room for an end.
 */
#include "guest.h"

GUEST(vectors)
	.set	vector, 0
	.rept	GUEST_VECTORS_SIZE / 0x20
	mtspr	SPR_SPRG0, r3
	mfspr	r3, SPR_SRR0
	mtspr	SPR_SPRG1, r3
	mfspr	r3, SPR_SRR1
	mtspr	SPR_SPRG2, r3
	lis	r3, REPORT_TRAP >> 16
	ori	r3, r3, vector
	sc	1
	.set	vector, vector + 0x20
	.endr
GUEST_END(vectors)
