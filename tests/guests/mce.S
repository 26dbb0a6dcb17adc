/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests of lab/core/machine-check.c, in real mode; r20 = an address where nothing answers */
#include "guest.h"
#include "mce.h"

/* Machine check: note it, step over the instruction */
GUEST(mce_vector)
	mfspr	r30, SPR_SRR0
	std	r30, MCE_SRR0(r31)
	addi	r30, r30, 4
	mtspr	SPR_SRR0, r30
	mfspr	r30, SPR_SRR1
	std	r30, MCE_SRR1(r31)
	mfspr	r30, SPR_DAR
	std	r30, MCE_DAR(r31)
	mfspr	r30, SPR_DSISR
	std	r30, MCE_DSISR(r31)
	COUNT_BY MCE_TAKEN, r30
	rfid
GUEST_END(mce_vector)

/* r4 is the load's result; the second instruction is the one that fails */
GUEST(mce_load)
1:	li	r4, 0x123
	ld	r4, 0(r20)
	HCALL	REPORT_VALUE
	b	1b
GUEST_END(mce_load)

GUEST(mce_store)
1:	li	r4, 0x123
	std	r4, 0(r20)
	HCALL	REPORT_VALUE
	b	1b
GUEST_END(mce_store)

/* r21 loads, one machine check each */
GUEST(mce_loop)
	mtctr	r21
1:	ld	r4, 0(r20)
	COUNT_BY MCE_ROUNDS, r5
	bdnz	1b
	HCALL	REPORT_DONE
	b	.
GUEST_END(mce_loop)

/* Asks the hypervisor to use memory where nothing answers. */
GUEST(mce_register)
	li	r4, 0
	oris	r4, r4, 0x2000		/* flags 0b001 << 45: a VPA */
	sldi	r4, r4, 16
	li	r5, 0
	mr	r6, r20
	HCALL	H_REGISTER_VPA
	mr	r4, r3
	HCALL	REPORT_VALUE
	b	.
GUEST_END(mce_register)
