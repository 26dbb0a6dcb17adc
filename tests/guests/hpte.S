/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pieces of a hash guest, each of which is one KVM_RUN. vmm/hpte.c sets where a piece begins and
 * with what translation, and sets r24 to r26. The results of the guest's last hypercall, r3 to
 * r12, only reach its registers when it runs.
 */
#include "guest.h"
#include "hpte.h"

GUEST(hpte)
	.org	guest_hpte + HPTE_LOAD
	ld	r4, 0(r25)
	HCALL	REPORT_VALUE

	.org	guest_hpte + HPTE_STORE
	std	r24, 0(r25)
	HCALL	REPORT_VALUE

	/*
	 * Loads the SLB with the r26 pairs RB, RS at r25, in this order, and with nothing else.
	 */
	.org	guest_hpte + HPTE_SLB_SET
	li	r0, 0
	slbmte	r0, r0		/* slbia leaves entry 0 */
	slbia
	cmpdi	r26, 0
	beq	2f
	mtctr	r26
1:	ld	r7, 0(r25)
	ld	r8, 8(r25)
	slbmte	r8, r7
	addi	r25, r25, 16
	bdnz	1b
2:	isync
	HCALL	REPORT_VALUE

	/* Stores the whole SLB as such pairs to r25. */
	.org	guest_hpte + HPTE_SLB_GET
	li	r6, HPTE_SLB_ENTRIES
	mtctr	r6
	li	r6, 0
1:	slbmfee	r7, r6
	slbmfev	r8, r6
	std	r7, 0(r25)
	std	r8, 8(r25)
	addi	r25, r25, 16
	addi	r6, r6, 1
	bdnz	1b
	HCALL	REPORT_VALUE

	/* Code for any page that is executed */
	.org	guest_hpte + HPTE_FETCHED
	HCALL	REPORT_VALUE

	.org	guest_hpte + HPTE_PROBLEM
	ld	r4, 0(r25)
	sc
GUEST_END(hpte)
