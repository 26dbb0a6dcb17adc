/* SPDX-License-Identifier: GPL-2.0-only */
/* The demo's guest: translation on, kernel addresses; data as in demo.h */
#include "guest.h"
#include "demo.h"

/* Decrementer: count, and quiet for 4 s */
GUEST(demo_decrementer)
	COUNT_BY	DEMO_DECREMENTER, r30
	lis	r30, 0x7fff
	mtspr	SPR_DEC, r30
	rfid
GUEST_END(demo_decrementer)

/* Program interrupt: count, and step over the instruction */
GUEST(demo_program)
	COUNT_BY	DEMO_ILLEGAL, r30
	mfspr	r30, SPR_SRR0
	addi	r30, r30, 4
	mtspr	SPR_SRR0, r30
	rfid
GUEST_END(demo_program)

/* The code at the start of each page to run from */
GUEST(demo_return)
	blr
GUEST_END(demo_return)

/* vCPU 0: a round of everything, until it is told to stop */
GUEST(demo_script)
	KERNEL_ADDRESS r20, DEMO_TOUCH
	KERNEL_ADDRESS r21, DEMO_FETCH
	KERNEL_ADDRESS r22, DEMO_MMIO
	li	r23, DEMO_PAGES
	lis	r24, 1			/* 64 KiB */
1:
	li	r4, 1
	HCALL	H_PROD
	COUNT	DEMO_HCALL_KERNEL

	HCALL	REPORT_STEP
	COUNT	DEMO_HCALL_USER

	lwz	r4, 0(r22)
	COUNT	DEMO_MMIO_LOAD
	stw	r4, 4(r22)
	COUNT	DEMO_MMIO_STORE

	.long	0			/* not an instruction of any ISA */

	/*
	 * A facility that the host does not give to guests. QEMU (10.0) reports this interrupt at
	 * the last address that it has noted, which is only right after an isync.
	 */
	lis	r4, 0x2800		/* type 5: directed privileged doorbell */
	isync
	msgclrp	r4
	COUNT	DEMO_FACILITY

	cmpdi	r23, 0
	beq	2f
	addi	r23, r23, -1
	std	r23, 0(r20)
	COUNT	DEMO_TOUCHED
	add	r20, r20, r24
	mtctr	r21
	bctrl
	COUNT	DEMO_FETCHED
	add	r21, r21, r24
2:
	/* H_CEDE enables interrupts, so an interrupt before it would not end the sleep */
	li	r4, 2			/* MSR[RI] */
	mtmsrd	r4, 1			/* EE = 0 */
	lis	r4, 4			/* 262144 ticks: 0.5 ms */
	mtspr	SPR_DEC, r4
	HCALL	H_CEDE
	COUNT	DEMO_CEDE

	ld	r4, DEMO_STOP(r31)
	cmpdi	r4, 0
	beq	1b
	DONE
GUEST_END(demo_script)

/* vCPU 1: computes, interrupts enabled, until it is told to stop */
GUEST(demo_busy)
1:
	ld	r4, DEMO_STOP(r31)
	cmpdi	r4, 0
	beq	1b
	DONE
GUEST_END(demo_busy)
