/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/modes.c: real mode, translation, problem state */
#include "guest.h"
#include "modes.h"

/* The smallest guest that reports something and reads the answer */
GUEST(real_mode)
	li	r4, 0x1234
	addi	r4, r4, 1
	mfmsr	r5
	HCALL	REPORT_VALUE
	mr	r4, r3
	DONE
GUEST_END(real_mode)

/* Through a mapping that is not 1:1: stores, and loads the value again */
GUEST(translated)
	mfmsr	r5
	LOAD64	r6, MODES_EA
	ld	r4, 0(r6)
	LOAD32	r7, 0xabcd
	std	r7, 8(r6)
	DONE
GUEST_END(translated)

/* r20 = address, r21 = what to do with it, as data: see modes.h */
GUEST(access)
	cmpdi	r21, MODES_STORE
	beq	1f
	cmpdi	r21, MODES_FETCH
	beq	2f
	ld	r4, 0(r20)
	DONE
1:	std	r4, 0(r20)
	DONE
2:	mtctr	r20
	bctr
GUEST_END(access)

/* The same address in two processes */
GUEST(two_processes)
	LOAD64	r6, MODES_USER_EA
	li	r7, 1
	mtspr	SPR_PIDR, r7
	isync
	ld	r4, 0(r6)
	li	r7, 2
	mtspr	SPR_PIDR, r7
	isync
	ld	r5, 0(r6)
	DONE
GUEST_END(two_processes)

/* The same in a hash guest: r20 = the operand of slbmte for process 2's segment */
GUEST(two_segments)
	LOAD64	r6, MODES_USER_EA
	ld	r4, 0(r6)
	lis	r7, 0x0200		/* of 2^40 bytes, at 0 */
	isync
	slbie	r7
	lis	r7, 0x0800		/* valid, ... */
	ori	r7, r7, 1		/* ... the SLB's entry 1 */
	slbmte	r20, r7
	isync
	ld	r5, 0(r6)
	DONE
GUEST_END(two_segments)

/* Kernel: runs the problem-state program at MODES_USER_EA as process 1 */
GUEST(start_user)
	li	r7, 1
	mtspr	SPR_PIDR, r7
	isync
	LOAD64	r7, MODES_USER_EA
	mtspr	SPR_SRR0, r7
	LOAD64	r7, MODES_USER_MSR
	mtspr	SPR_SRR1, r7
	rfid
GUEST_END(start_user)

/* 0xc00 of the guest's kernel: r3 += 1; counts; causes no exit */
GUEST(system_call)
	addi	r3, r3, 1
	COUNT_BY	0, r30
	rfid
GUEST_END(system_call)

/*
 * Problem state: a thousand system calls, then a hypercall that is refused, as a program
 * interrupt or as one more system call, and a privileged instruction
 */
GUEST(user)
	li	r3, 0
	li	r5, 1000
	mtctr	r5
1:	sc	0
	bdnz	1b
	mr	r4, r3
	HCALL	REPORT_DONE
	mfmsr	r5
	b	.
GUEST_END(user)

/* Problem state: a privileged instruction */
GUEST(user_privileged)
	mfmsr	r3
	b	.
GUEST_END(user_privileged)

/* Problem state: computes without end */
GUEST(user_busy)
	b	.
GUEST_END(user_busy)

/* An instruction that no ISA has, and another one after it */
GUEST(illegal)
	li	r4, 1
	.long	0
	li	r4, 2
	DONE
GUEST_END(illegal)
