/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/doorbells.c */
#include "guest.h"

#define SPR_TIR		446
#define SPR_DPDES	176

/* r4 = TIR, r5 = DPDES */
GUEST(doorbell_look)
	mfspr	r4, SPR_TIR
	mfspr	r5, SPR_DPDES
	DONE
GUEST_END(doorbell_look)

/* msgsndp with r20, then r4 = DPDES, r5 = DPDES after msgclrp with r21 */
GUEST(doorbell_send)
	msgsndp	r20
	mfspr	r22, SPR_DPDES
	msgclrp	r21
	mfspr	r5, SPR_DPDES
	mr	r4, r22
	DONE
GUEST_END(doorbell_send)

/* msgsndp to the executing thread (r20), interrupts enabled: the doorbell arrives */
GUEST(doorbell_take)
	msgsndp	r20
	b	.
GUEST_END(doorbell_take)

/* Cedes; a doorbell ends the sleep and, since H_CEDE enables interrupts, is taken */
GUEST(doorbell_cede)
	HCALL	H_CEDE
	DONE
GUEST_END(doorbell_cede)

/*
 * Sends a doorbell with r20 when one arrives: the vector of doorbell_play; 0(r31) counts. The
 * isync is for QEMU (10.0), which reports hypervisor facility unavailable at the address of the
 * last instruction that could raise another exception.
 */
GUEST(doorbell_return)
	COUNT_BY 0, r30
	isync
	msgsndp	r20
	rfid
GUEST_END(doorbell_return)

/* Begins with a doorbell if r21 is not 0, then computes with interrupts enabled */
GUEST(doorbell_play)
	cmpdi	r21, 0
	beq	1f
	isync
	msgsndp	r20
1:	b	1b
GUEST_END(doorbell_play)
