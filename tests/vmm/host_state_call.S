/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.h"
#include "host_state.h"

#define NR_ioctl	54
#define FRAME		320
#define FRAME_GPR	128	/* r14 to r31 */
#define FRAME_SAVE	48
#define FRAME_GOT	56
#define FRAME_CR	64
#define FRAME_DSCR	72
#define FRAME_VRSAVE	80
#define FRAME_FPSCR	88
#define FRAME_RESULT	96	/* of the ioctl: r3 and CR */
#define FRAME_SO	104
#define FRAME_THEN	112

#define SPR_AMR		13
#define SPR_VRSAVE	256
#define SPR_TAR		815

/*
 * long host_state_call(int fd, unsigned long request, const struct host_state *set,
 *			struct host_state *got, void *vector_save, long then);
 *
 * ioctl(fd, request, 0) with the registers of *set; returns the kernel's result
 * (with CR0.SO it is a positive errno).  vector_save: 384 bytes, 16-aligned, for the
 * caller's v20-v31 and f14-f31, which the ABI makes the callee preserve.  then: 0, or the
 * number of a system call without arguments that comes right after the ioctl.
 */
	.text
	.globl	host_state_call
	.type	host_state_call, @function
host_state_call:
	.cfi_startproc
	mflr	r0
	std	r0, 16(r1)
	stdu	r1, -FRAME(r1)
	.set	n, 14
	.rept	18
	std	n, FRAME_GPR + (n - 14) * 8(r1)
	.set	n, n + 1
	.endr
	mfcr	r0
	std	r0, FRAME_CR(r1)
	mfspr	r0, SPR_DSCR
	std	r0, FRAME_DSCR(r1)
	mfspr	r0, SPR_VRSAVE
	std	r0, FRAME_VRSAVE(r1)
	.set	n, 0
	.rept	12
	STORE_VSR (52 + n), n * 16, r7
	.set	n, n + 1
	.endr
	.set	n, 0
	.rept	18
	stfd	14 + n, 192 + n * 8(r7)
	.set	n, n + 1
	.endr
	mffs	f0
	stfd	f0, FRAME_FPSCR(r1)
	std	r7, FRAME_SAVE(r1)
	std	r6, FRAME_GOT(r1)
	std	r8, FRAME_THEN(r1)

	lfd	f0, HOST_STATE_FPSCR(r5)
	mtfsf	255, f0, 1, 0
	LOAD_VSR vs32, HOST_STATE_VSCR, r5
	mtvscr	v0
	.set	n, 0
	.rept	64
	LOAD_VSR n, HOST_STATE_VSR + n * 16, r5
	.set	n, n + 1
	.endr
	ld	r0, HOST_STATE_TAR(r5)
	mtspr	SPR_TAR, r0
	ld	r0, HOST_STATE_DSCR(r5)
	mtspr	SPR_DSCR, r0
	ld	r0, HOST_STATE_VRSAVE(r5)
	mtspr	SPR_VRSAVE, r0
	ld	r0, HOST_STATE_CR(r5)
	mtcr	r0
	.set	n, 14
	.rept	18
	ld	n, HOST_STATE_GPR + (n - 14) * 8(r5)
	.set	n, n + 1
	.endr

	li	r5, 0
	li	r0, NR_ioctl
	sc
	.globl	host_state_returns
host_state_returns:
	mfcr	r0
	std	r3, FRAME_RESULT(r1)
	std	r0, FRAME_SO(r1)
	ld	r0, FRAME_THEN(r1)
	cmpdi	r0, 0
	beq	1f
	sc
1:	ld	r6, FRAME_GOT(r1)

	.set	n, 14
	.rept	18
	std	n, HOST_STATE_GPR + (n - 14) * 8(r6)
	.set	n, n + 1
	.endr
	ld	r0, FRAME_SO(r1)
	std	r0, HOST_STATE_CR(r6)
	mfspr	r0, SPR_TAR
	std	r0, HOST_STATE_TAR(r6)
	mfspr	r0, SPR_DSCR
	std	r0, HOST_STATE_DSCR(r6)
	mfspr	r0, SPR_VRSAVE
	std	r0, HOST_STATE_VRSAVE(r6)
	mfspr	r0, SPR_AMR
	std	r0, HOST_STATE_AMR(r6)
	.set	n, 0
	.rept	64
	STORE_VSR n, HOST_STATE_VSR + n * 16, r6
	.set	n, n + 1
	.endr
	mffs	f0
	stfd	f0, HOST_STATE_FPSCR(r6)
	mfvscr	v0
	STORE_VSR vs32, HOST_STATE_VSCR, r6

	ld	r7, FRAME_SAVE(r1)
	lfd	f0, FRAME_FPSCR(r1)
	mtfsf	255, f0, 1, 0
	.set	n, 0
	.rept	12
	LOAD_VSR (52 + n), n * 16, r7
	.set	n, n + 1
	.endr
	.set	n, 0
	.rept	18
	lfd	14 + n, 192 + n * 8(r7)
	.set	n, n + 1
	.endr
	ld	r0, FRAME_VRSAVE(r1)
	mtspr	SPR_VRSAVE, r0
	ld	r0, FRAME_DSCR(r1)
	mtspr	SPR_DSCR, r0
	ld	r0, FRAME_CR(r1)
	mtcr	r0
	.set	n, 14
	.rept	18
	ld	n, FRAME_GPR + (n - 14) * 8(r1)
	.set	n, n + 1
	.endr
	ld	r3, FRAME_RESULT(r1)
	addi	r1, r1, FRAME
	ld	r0, 16(r1)
	mtlr	r0
	blr
	.cfi_endproc
	.size	host_state_call, . - host_state_call
	.section .note.GNU-stack, "", @progbits
