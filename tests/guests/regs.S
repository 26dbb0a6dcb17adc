/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests of lab/switch/isolation.c and fp-state.c. The first loads all registers from memory,
 * makes one exit, and stores the registers that it finds. r31 points to the data; the exit's
 * instruction may use r20 and r21 as pointers.
 */
#include "guest.h"
#include "regs.h"

#define TAKE_SPR(number, name, mask, fixed, one_reg)	\
	ld	r3, spr_offset(r31);			\
	mtspr	number, r3;				\
	.set	spr_offset, spr_offset + 8;

#define KEEP_SPR(number, name, mask, fixed, one_reg)	\
	mfspr	r3, number;				\
	std	r3, spr_offset(r31);			\
	.set	spr_offset, spr_offset + 8;

.macro TAKE_ALL
	.set	spr_offset, REGS_IN + REGS_SPR
	REGS_SPRS(TAKE_SPR)
	lfd	f0, REGS_IN + REGS_FPSCR(r31)
	mtfsf	255, f0, 1, 0
	LOAD_VSR vs32, REGS_IN + REGS_VSCR, r31
	mtvscr	v0
	.set	n, 0
	.rept	64
	LOAD_VSR n, REGS_IN + REGS_VSR + n * 16, r31
	.set	n, n + 1
	.endr
	ld	r3, REGS_IN + REGS_CR(r31)
	mtcr	r3
	ld	r3, REGS_IN + REGS_XER(r31)
	mtxer	r3
	ld	r3, REGS_IN + REGS_CTR(r31)
	mtctr	r3
	ld	r3, REGS_IN + REGS_LR(r31)
	mtlr	r3
	.set	n, 0
	.rept	31
	ld	n, REGS_IN + REGS_GPR + n * 8(r31)
	.set	n, n + 1
	.endr
.endm

.macro KEEP_ALL
	.set	n, 0
	.rept	32
	std	n, REGS_OUT + REGS_GPR + n * 8(r31)
	.set	n, n + 1
	.endr
	mfcr	r3
	std	r3, REGS_OUT + REGS_CR(r31)
	mfxer	r3
	std	r3, REGS_OUT + REGS_XER(r31)
	mfctr	r3
	std	r3, REGS_OUT + REGS_CTR(r31)
	mflr	r3
	std	r3, REGS_OUT + REGS_LR(r31)
	.set	n, 0
	.rept	64
	STORE_VSR n, REGS_OUT + REGS_VSR + n * 16, r31
	.set	n, n + 1
	.endr
	mffs	f0
	stfd	f0, REGS_OUT + REGS_FPSCR(r31)
	mfvscr	v0
	STORE_VSR vs32, REGS_OUT + REGS_VSCR, r31
	.set	spr_offset, REGS_OUT + REGS_SPR
	REGS_SPRS(KEEP_SPR)
.endm

GUEST(regs)
	TAKE_ALL
	.globl	guest_regs_exit
guest_regs_exit:
	nop				/* the VMM puts the exit here */
	KEEP_ALL
	DONE
GUEST_END(regs)

/* Stores what it finds first, then leaves other values behind */
GUEST(regs_intruder)
	KEEP_ALL
	TAKE_ALL
	DONE
GUEST_END(regs_intruder)

/*
 * Leaves the guest r20 times, or until the VMM sets REGS_STOP, by a hypercall for which the host's
 * context comes back. The count is at REGS_LEFT.
 */
GUEST(regs_loop)
	TAKE_ALL
1:	li	r4, 0			/* no subfunction has this number */
	HCALL	H_REGISTER_VPA
	addi	r20, r20, -1
	std	r20, REGS_LEFT(r31)
	cmpdi	r20, 0
	beq	2f
	ld	r5, REGS_STOP(r31)
	cmpdi	r5, 0
	beq	1b
2:	KEEP_ALL
	DONE
GUEST_END(regs_loop)

/* Leaves other values behind and sleeps 0.5 ms; its decrementer's interrupt ends the sleep */
GUEST(regs_sleeper)
	TAKE_ALL
	lis	r3, 4
	mtspr	SPR_DEC, r3
	HCALL	H_CEDE
	b	.
GUEST_END(regs_sleeper)
