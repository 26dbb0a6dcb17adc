/* SPDX-License-Identifier: GPL-2.0-only */
/* See hold.h.  ELFv2: r14 to r31, f14 to f31, v20 to v31, CR2 to 4 and LR are the caller's. */
#include "hold.h"

#define FRAME		(32 + 18 * 8 + 18 * 8 + 12 * 16 + 16)
#define FRAME_GPR	32
#define FRAME_FPR	(FRAME_GPR + 18 * 8)
#define FRAME_VR	(FRAME_FPR + 18 * 8)
#define FRAME_VRSAVE	(FRAME_VR + 12 * 16)

#define LOAD_SPR(number, name, mask)		\
	ld	r3, spr_offset(r31);		\
	mtspr	number, r3;			\
	.set	spr_offset, spr_offset + 8;

#define STORE_SPR(number, name, mask)		\
	mfspr	r3, number;			\
	std	r3, spr_offset(r30);		\
	.set	spr_offset, spr_offset + 8;

/* op REG, offset: for each register from first to last, step bytes apart */
.macro EACH op, first, last, offset, step, base
	.set	n, \first
	.rept	\last - \first + 1
	\op	n, \offset + (n - \first) * \step(\base)
	.set	n, n + 1
	.endr
.endm

	.text
	.abiversion 2
	.globl	hold
	.type	hold, @function
hold:
	mflr	r0
	std	r0, 16(r1)
	mfcr	r0
	stw	r0, 8(r1)
	stdu	r1, -FRAME(r1)
	EACH	std, 14, 31, FRAME_GPR, 8, r1
	EACH	stfd, 14, 31, FRAME_FPR, 8, r1
	EACH	stxv, 52, 63, FRAME_VR, 16, r1
	mfspr	r0, 256
	std	r0, FRAME_VRSAVE(r1)
	mr	r31, r3
	mr	r30, r4
	mr	r29, r5
	mr	r28, r6

	.set	spr_offset, HOLD_SPR
	HOLD_SPRS(LOAD_SPR)
	lfd	f0, HOLD_FPSCR(r31)
	mtfsf	255, f0, 1, 0
	lxv	vs32, HOLD_VSCR(r31)
	mtvscr	v0
	EACH	lxv, 0, 63, HOLD_VSR, 16, r31
	ld	r3, HOLD_CR(r31)
	mtcr	r3
	ld	r3, HOLD_XER(r31)
	mtxer	r3
	ld	r0, HOLD_GPR(r31)
	EACH	ld, 3, 12, HOLD_GPR + 24, 8, r31
	EACH	ld, 14, 27, HOLD_GPR + 14 * 8, 8, r31
	/* r31 has done its work: it looks at the word */
1:	lwz	r31, 0(r29)
	cmplw	cr7, r31, r28
	beq	cr7, 1b

	std	r0, HOLD_GPR(r30)
	EACH	std, 3, 12, HOLD_GPR + 24, 8, r30
	EACH	std, 14, 27, HOLD_GPR + 14 * 8, 8, r30
	mfxer	r3
	std	r3, HOLD_XER(r30)
	mfcr	r3
	std	r3, HOLD_CR(r30)
	EACH	stxv, 0, 63, HOLD_VSR, 16, r30
	mfvscr	v0
	stxv	vs32, HOLD_VSCR(r30)
	mffs	f0
	stfd	f0, HOLD_FPSCR(r30)
	.set	spr_offset, HOLD_SPR
	HOLD_SPRS(STORE_SPR)

	/* Reset what the compiler relies on: rounding mode, VSCR, VRSAVE */
	li	r3, 0
	mtvsrd	vs0, r3
	mtfsf	255, f0, 1, 0
	vspltisw	v0, 0
	mtvscr	v0
	ld	r0, FRAME_VRSAVE(r1)
	mtspr	256, r0
	EACH	lxv, 52, 63, FRAME_VR, 16, r1
	EACH	lfd, 14, 31, FRAME_FPR, 8, r1
	EACH	ld, 14, 31, FRAME_GPR, 8, r1
	addi	r1, r1, FRAME
	lwz	r0, 8(r1)
	mtcr	r0
	ld	r0, 16(r1)
	mtlr	r0
	blr
	.size	hold, . - hold
	.section .note.GNU-stack, "", @progbits
