/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.h"
#include "irqchip_data.h"

#define TM_ACK_OS	0x810	/* halfword: NSR, CPPR; acknowledges */
#define TM_OS_CPPR	0x11
#define ESB_SET_PQ_00	0xc00

/*
 * Starts in virtual mode with interrupts off: sets the CPPR, enables interrupts, waits as r20
 * says
 */
GUEST(irq_main)
	ld	r5, IRQ_TIMA(r31)
	cmpdi	r5, 0
	beq	1f
	li	r4, 0xff
	stb	r4, TM_OS_CPPR(r5)
	b	2f
1:	li	r4, 0xff
	HCALL	H_CPPR
2:	mfmsr	r21
	ori	r22, r21, 0x8000
	mtmsrd	r22
	ld	r6, IRQ_START(r31)
	cmpdi	r6, 0
	beq	3f
	ld	r4, IRQ_NEXT(r31)
	ld	r5, IRQ_TIMA(r31)
	cmpdi	r5, 0
	beq	6f
	std	r4, 0(r4)
	b	3f
6:	li	r5, XICS_PRIORITY
	HCALL	H_IPI
3:	cmpdi	r20, IRQ_CEDE
	bne	4f
	HCALL	H_CEDE
	b	3b
4:	cmpdi	r20, IRQ_USER
	bne	5f
	HCALL	REPORT_STEP
	b	3b
5:	cmpdi	r20, IRQ_MASKED
	bne	3b
	mtmsrd	r21
	.rept	100
	nop
	.endr
	mtmsrd	r22
	b	3b
GUEST_END(irq_main)

/* Makes the hypercalls that the VMM passes in r3 and the next registers; r6 = result */
GUEST(irq_hcall)
1:	HCALL	REPORT_STEP
	sc	1
	mr	r6, r3
	b	1b
GUEST_END(irq_hcall)

/* r4 = 64 bits at r20 */
GUEST(irq_load)
	ldx	r4, 0, r20
	DONE
GUEST_END(irq_load)

/* External interrupt with XIVE: empties the event queue */
GUEST(irq_xive)
	std	r3, IRQ_SAVED(r31)
	std	r4, IRQ_SAVED + 8(r31)
	std	r5, IRQ_SAVED + 16(r31)
	std	r6, IRQ_SAVED + 24(r31)
	std	r7, IRQ_SAVED + 32(r31)
	std	r8, IRQ_SAVED + 40(r31)
	mfcr	r3
	std	r3, IRQ_SAVED + 48(r31)
	COUNT_BY IRQ_TAKEN, r3
	ld	r4, IRQ_TIMA(r31)
	li	r5, TM_ACK_OS
	lhbrx	r3, r4, r5
	/* the acknowledged interrupt is in the queue by now */
	sync
	andi.	r3, r3, 0x8000
	bne	1f
	COUNT_BY IRQ_EMPTY, r3
	b	7f

1:	ld	r5, IRQ_EQ_OFFSET(r31)
	ld	r6, IRQ_EQ(r31)
	ld	r7, IRQ_EQ_TOGGLE(r31)
	lwbrx	r3, r6, r5
	srdi	r8, r3, 31
	cmpd	r8, r7
	bne	6f
	clrldi	r3, r3, 33
	addi	r5, r5, 4
	andi.	r5, r5, 0xffff
	std	r5, IRQ_EQ_OFFSET(r31)
	bne	2f
	xori	r7, r7, 1
	std	r7, IRQ_EQ_TOGGLE(r31)

	/* end of interrupt; Q set: it came again meanwhile */
2:	ld	r6, IRQ_ESB(r31)
	ld	r7, IRQ_ESB_STRIDE(r31)
	mulld	r7, r7, r3
	add	r6, r6, r7
	ld	r7, IRQ_ESB_PAGE(r31)
	add	r7, r6, r7
	li	r8, ESB_SET_PQ_00
	ldbrx	r8, r7, r8
	andi.	r8, r8, 1
	beq	3f
	std	r8, 0(r6)

3:	cmpdi	r3, IRQ_IPIS
	bge	4f
	COUNT_BY IRQ_TOKENS, r5
	ld	r5, IRQ_FORWARDS(r31)
	cmpdi	r5, 0
	beq	1b
	addi	r5, r5, -1
	std	r5, IRQ_FORWARDS(r31)
	ld	r6, IRQ_NEXT(r31)
	sync
	std	r5, 0(r6)
	b	1b
4:	sldi	r3, r3, 3
	add	r3, r3, r31
	ld	r5, IRQ_COUNTS(r3)
	addi	r5, r5, 1
	std	r5, IRQ_COUNTS(r3)
	b	1b

6:	li	r3, 0xff
	stb	r3, TM_OS_CPPR(r4)
7:	ld	r3, IRQ_SAVED + 48(r31)
	mtcr	r3
	ld	r3, IRQ_SAVED(r31)
	ld	r4, IRQ_SAVED + 8(r31)
	ld	r5, IRQ_SAVED + 16(r31)
	ld	r6, IRQ_SAVED + 24(r31)
	ld	r7, IRQ_SAVED + 32(r31)
	ld	r8, IRQ_SAVED + 40(r31)
	rfid
GUEST_END(irq_xive)

/* External interrupt with XICS: handles one interrupt, by hypercalls */
GUEST(irq_xics)
	std	r0, IRQ_SAVED(r31)
	.irp	n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	std	\n, IRQ_SAVED + 8 * (\n - 2)(r31)
	.endr
	mfcr	r3
	std	r3, IRQ_SAVED + 88(r31)
	mfctr	r3
	std	r3, IRQ_SAVED + 96(r31)
	mfxer	r3
	std	r3, IRQ_SAVED + 104(r31)
	mfspr	r3, SPR_SRR0
	std	r3, IRQ_SAVED + 112(r31)
	mfspr	r3, SPR_SRR1
	std	r3, IRQ_SAVED + 120(r31)
	COUNT_BY IRQ_TAKEN, r3

	HCALL	H_XIRR
	mr	r28, r4
	clrldi	r27, r4, 40
	cmpdi	r27, 0
	bne	1f
	COUNT_BY IRQ_EMPTY, r3
	b	4f
1:	cmpdi	r27, XICS_IPI
	bne	2f
	ld	r4, IRQ_SERVER(r31)
	li	r5, 0xff
	HCALL	H_IPI
	COUNT_BY IRQ_TOKENS, r3
	ld	r3, IRQ_FORWARDS(r31)
	cmpdi	r3, 0
	beq	3f
	addi	r3, r3, -1
	std	r3, IRQ_FORWARDS(r31)
	ld	r4, IRQ_NEXT(r31)
	li	r5, XICS_PRIORITY
	HCALL	H_IPI
	b	3f
2:	sldi	r3, r27, 3
	add	r3, r3, r31
	ld	r4, IRQ_COUNTS(r3)
	addi	r4, r4, 1
	std	r4, IRQ_COUNTS(r3)
3:	mr	r4, r28
	HCALL	H_EOI

4:	ld	r3, IRQ_SAVED + 120(r31)
	mtspr	SPR_SRR1, r3
	ld	r3, IRQ_SAVED + 112(r31)
	mtspr	SPR_SRR0, r3
	ld	r3, IRQ_SAVED + 104(r31)
	mtxer	r3
	ld	r3, IRQ_SAVED + 96(r31)
	mtctr	r3
	ld	r3, IRQ_SAVED + 88(r31)
	mtcr	r3
	.irp	n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ld	\n, IRQ_SAVED + 8 * (\n - 2)(r31)
	.endr
	ld	r0, IRQ_SAVED(r31)
	rfid
GUEST_END(irq_xics)
