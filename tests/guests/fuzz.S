/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that executes the hypercalls, loads and stores of a script, and goes on with the next
 * step whatever happens. Its hypercalls preserve r14 to r31.
 *
 * r31 = script, r30 = MSR, r29 = this code's address
 */
#include "guest.h"
#include "fuzz.h"

GUEST(fuzz)
fuzz_next:
	ld	r20, FUZZ_NEXT(r31)
	cmpldi	r20, FUZZ_BATCH
	blt	1f
	HCALL	REPORT_STEP
	b	fuzz_next
1:	addi	r21, r20, 1
	std	r21, FUZZ_NEXT(r31)
	mulli	r22, r20, FUZZ_STEP_SIZE
	add	r22, r22, r31
	addi	r22, r22, FUZZ_STEPS
	ld	r23, FUZZ_OP(r22)
	ld	r24, FUZZ_DEC(r22)
	.irp	n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ld	r\n, FUZZ_REGS + 8 * (\n - 3)(r22)
	.endr
	mtspr	SPR_DEC, r24
	.irp	op, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	cmpldi	r23, \op
	beq	fuzz_op_\op
	.endr

	sc	1
	std	r3, FUZZ_ANSWER(r22)
	ld	r24, FUZZ_ANSWERED(r31)
	addi	r24, r24, 1
	std	r24, FUZZ_ANSWERED(r31)
	b	fuzz_next

fuzz_op_1:
	ld	r5, 0(r3)
	b	fuzz_next
fuzz_op_2:
	std	r4, 0(r3)
	b	fuzz_next
fuzz_op_3:
	stb	r4, 0(r3)
	b	fuzz_next
fuzz_op_4:
	dcbz	0, r3
	b	fuzz_next
fuzz_op_5:
	msgsndp	r3
	b	fuzz_next
fuzz_op_6:
	.long	0
	b	fuzz_next
fuzz_op_7:
	li	r5, 0
	ori	r5, r5, 0x8002		/* EE, RI */
	mtmsrd	r5, 1
	b	fuzz_next
fuzz_op_8:
	ptesync
	tlbie	r3, r4, 2, 1, 1
	eieio
	tlbsync
	ptesync
	b	fuzz_next
fuzz_op_9:
	mtspr	795, r3			/* MMCR0 */
	b	fuzz_next
	/* not a hypercall for the hypervisor: the interrupt leads to the next step */
fuzz_op_10:
	ori	r24, r30, 0x4000	/* PR */
	mtspr	SPR_SRR1, r24
	addi	r24, r29, 1f - fuzz_next
	mtspr	SPR_SRR0, r24
	rfid
1:	sc	1
	trap
GUEST_END(fuzz)

/*
 * All interrupts go on to the next step, without EE, and with DEC far from negative. Otherwise no
 * step would ever be executed.
 */
GUEST(fuzz_vectors)
	.rept	GUEST_VECTORS_SIZE / 0x20
	ld	r24, FUZZ_TRAPS(r31)
	addi	r24, r24, 1
	std	r24, FUZZ_TRAPS(r31)
	mtspr	SPR_SRR0, r29
	mtspr	SPR_SRR1, r30
	lis	r24, 0x7fff
	mtspr	SPR_DEC, r24
	rfid
	.endr
GUEST_END(fuzz_vectors)

/* Hypercalls without end, numbers and arguments as they come; stores at r31 */
GUEST(fuzz_forever)
	li	r20, 0
1:	addi	r20, r20, 1
	clrldi	r3, r20, 53
	mulli	r4, r20, 0x61c9
	rldicl	r5, r4, 45, 0
	mr	r6, r31
	xor	r7, r4, r5
	sldi	r8, r20, 12
	mr	r9, r7
	cmpldi	r3, H_CEDE
	beq	2f
	sc	1
2:	std	r20, 0(r31)
	b	1b
GUEST_END(fuzz_forever)
