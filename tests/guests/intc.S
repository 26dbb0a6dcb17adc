/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests that take external interrupts: a handler for each kind of controller, and loops to
 * interrupt. All run in real mode; r31 points to the vCPU's data (intc_data.h). The handlers save
 * the registers that they change there; the loops do not use CTR, LR and XER.
 */
#include "guest.h"
#include "intc_data.h"

/* XIVE: offsets in the OS page of the TIMA and in a source's ESB pages */
#define TM_QW1_CPPR	0x11
#define TM_ACK_OS	0x810
#define NSR_EO		0x8000	/* acknowledged: an interrupt for the OS was pending */
#define ESB_SET_PQ_00	0xc00
#define ESB_Q		1

#define QUEUE_SIZE	0x10000

/* 0x500 and 0x900 */
GUEST(irqs_external)
	ba	IRQS_HANDLER
GUEST_END(irqs_external)

GUEST(irqs_decrementer)
	lis	r30, 0x7fff
	mtspr	SPR_DEC, r30
	rfid
GUEST_END(irqs_decrementer)

	.set	saved_cr, IRQS_SAVED + 13 * 8

.macro ENTER
	.irp	r, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	std	\r, IRQS_SAVED + \r * 8(r31)
	.endr
	mfcr	r3
	std	r3, saved_cr(r31)
	mfspr	r28, SPR_SRR0
	mfspr	r29, SPR_SRR1
.endm

.macro LEAVE
	mtspr	SPR_SRR0, r28
	mtspr	SPR_SRR1, r29
	ld	r3, saved_cr(r31)
	mtcr	r3
	.irp	r, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ld	\r, IRQS_SAVED + \r * 8(r31)
	.endr
	rfid
.endm

/* Counts source number r27; clobbers r9 to r12, CR0. */
.macro COUNT_SOURCE
	COUNT	IRQS_TAKEN
	addi	r9, r27, -IRQS_FIRST
	cmpldi	r9, IRQS_SOURCES
	blt	8f
	COUNT	IRQS_WRONG
	b	9f
8:	sldi	r9, r9, 3
	addi	r9, r9, IRQS_COUNTS
	ldx	r10, r31, r9
	addi	r10, r10, 1
	stdx	r10, r31, r9
9:
.endm

/* Takes the pending interrupt of the XICS, at most one. */
.macro TAKE_XICS
	HCALL	H_XIRR
	mr	r30, r4
	clrldi.	r27, r4, 40
	beq	1f
	cmpldi	r27, XICS_IPI
	beq	3f
	COUNT_SOURCE
	b	4f
3:	COUNT	IRQS_IPIS
	ld	r4, IRQS_SERVER(r31)
	li	r5, 0xff
	HCALL	H_IPI
4:	mr	r4, r30
	HCALL	H_EOI
	b	2f
1:	COUNT	IRQS_EMPTY
2:
.endm

/* Takes all interrupts in the queue. */
.macro TAKE_NATIVE
	LOAD32	r30, IRQS_TIMA
	lhz	r3, TM_ACK_OS(r30)
	sync
	ld	r4, IRQS_QUEUE(r31)
	ld	r5, IRQS_INDEX(r31)
	ld	r6, IRQS_TOGGLE(r31)
	li	r8, 0
1:	lwbrx	r7, r4, r5
	srdi	r9, r7, 31
	cmpd	r9, r6
	beq	2f
	addi	r5, r5, 4
	andis.	r9, r5, QUEUE_SIZE >> 16
	beq	3f
	li	r5, 0
	xori	r6, r6, 1
3:	std	r5, IRQS_INDEX(r31)
	std	r6, IRQS_TOGGLE(r31)
	addi	r8, r8, 1
	clrldi	r27, r7, 33
	COUNT_SOURCE
	/* EOI: clear P and Q; an event that came meanwhile is sent again */
	ld	r9, IRQS_PAGE(r31)
	sldi	r10, r27, 1
	mulld	r10, r10, r9
	LOAD32	r11, IRQS_ESB
	add	r10, r10, r11
	add	r11, r10, r9
	li	r12, ESB_SET_PQ_00
	sync
	ldbrx	r7, r11, r12
	andi.	r7, r7, ESB_Q
	beq	1b
	li	r7, 0
	std	r7, 0(r10)
	b	1b
2:	cmpdi	r8, 0
	bne	4f
	COUNT	IRQS_EMPTY
4:	li	r7, 0xff
	stb	r7, TM_QW1_CPPR(r30)
.endm

/* At IRQS_HANDLER */
GUEST(irqs_xics)
	ENTER
	TAKE_XICS
	LEAVE
GUEST_END(irqs_xics)

GUEST(irqs_native)
	ENTER
	TAKE_NATIVE
	LEAVE
GUEST_END(irqs_native)

.macro ACCEPT_XICS
	li	r4, 0xff
	HCALL	H_CPPR
.endm

.macro ACCEPT_NATIVE
	LOAD32	r30, IRQS_TIMA
	li	r7, 0xff
	stb	r7, TM_QW1_CPPR(r30)
	sync
.endm

.macro ENABLE
	li	r14, 2		/* RI */
	ori	r14, r14, 0x8000
	mtmsrd	r14, 1
.endm

/* Runs all the time */
.macro RUN
	ENABLE
1:	COUNT	IRQS_ROUNDS
	b	1b
.endm

GUEST(irqs_xics_run)
	ACCEPT_XICS
	RUN
GUEST_END(irqs_xics_run)

GUEST(irqs_native_run)
	ACCEPT_NATIVE
	RUN
GUEST_END(irqs_native_run)

/* Sleeps whenever it can */
.macro CEDE
	ENABLE
1:	COUNT	IRQS_ROUNDS
	HCALL	H_CEDE
	b	1b
.endm

GUEST(irqs_xics_cede)
	ACCEPT_XICS
	CEDE
GUEST_END(irqs_xics_cede)

GUEST(irqs_native_cede)
	ACCEPT_NATIVE
	CEDE
GUEST_END(irqs_native_cede)

/* Runs with interrupts off, and polls */
GUEST(irqs_xics_poll)
	ACCEPT_XICS
10:	COUNT	IRQS_ROUNDS
	TAKE_XICS
	b	10b
GUEST_END(irqs_xics_poll)

GUEST(irqs_native_poll)
	ACCEPT_NATIVE
10:	COUNT	IRQS_ROUNDS
	TAKE_NATIVE
	b	10b
GUEST_END(irqs_native_poll)

/* At each entry: takes what is pending, and returns to the VMM. */
GUEST(irqs_xics_step)
	ACCEPT_XICS
	ENABLE
1:	HCALL	REPORT_STEP
	b	1b
GUEST_END(irqs_xics_step)

/* At each entry: sends an interprocessor interrupt to server r20 */
GUEST(irqs_xics_send)
1:	mr	r4, r20
	li	r5, XICS_PRIORITY
	HCALL	H_IPI
	mr	r4, r3
	HCALL	REPORT_STEP
	b	1b
GUEST_END(irqs_xics_send)

/* Loops without end; interrupts as the VMM has set them */
GUEST(irqs_busy)
1:	b	1b
GUEST_END(irqs_busy)
