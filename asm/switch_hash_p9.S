/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The innermost part of the switch to a guest with a hashed page table, on POWER9 and
 * later.
 *
 * With the guest's LPCR (HR = 0) and LPID the host's addresses can't be translated, so this
 * code runs with the MMU off. Real mode finds only the linear mapping, and module text is
 * not there: switch_p9_init() copies the code from hv_hash_real to hv_hash_real_end to a
 * page of the linear mapping. So the code must not depend on its address.
 * vmlinux's part in between (see switch_p9.S) runs with the MMU off, too: LPCR[AIL] does not
 * apply to the interrupts by which a hash guest is left (ISA Book III, LPCR[AIL]).
 */
#include <linux/linkage.h>

#include "enter.S"

	.section .noinstr.text, "ax"

/*
 * void hv_enter_hash_p9(struct kvm_vcpu *vcpu, struct hv_landing *landing)
 *
 * In:	MSR[EE,RI]=0,1 MSR[IR,DR]=1,1 MSR[HV,ME]=1,1; in_guest = HV_P9; HSRR0/1:
 *	where and how the guest goes on; landing: all that is set before the entry
 * Out:	in the guest.  hv_landed_hash_p9 makes it look like a return to the caller.
 */
_GLOBAL(hv_enter_hash_p9)
	mflr	r0
	std	r0, PPC_LR_STKOFF(r1)
	stdu	r1, -OUR_FRAME_SIZE(r1)
	std	r4, OUR_LANDING(r1)
	std	r2, OUR_TOC(r1)

	/* the frame that vmlinux's exit unwinds: r14 to r31, CR, and on to the landing */
	ld	r0, LANDING_REAL_LANDING(r4)
	std	r0, PPC_LR_STKOFF(r1)
	stdu	r1, -VMLINUX_FRAME_SIZE(r1)
	mfcr	r0
	stw	r0, VMLINUX_FRAME_SIZE + 8(r1)
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	std	\n, VMLINUX_FRAME_SIZE - (32 - \n) * 8(r1)
	.endr
	std	r1, HSTATE_HOST_R1(r13)

	ld	r5, LANDING_REAL_ENTER(r4)
	ld	r6, LANDING_REAL_MSR(r4)
	mtspr	SPRN_SRR0, r5
	mtspr	SPRN_SRR1, r6
	rfid
	b	.	/* no speculation past rfid */

	.globl	hv_hash_real
hv_hash_real:
	LOAD_MMU 1

	/* a radix host has left the SLB empty */
	lwz	r5, VCPU_SLB_MAX(r3)
	cmpwi	r5, 0
	beq	2f
	mtctr	r5
	addi	r6, r3, VCPU_SLB
1:	ld	r7, VCPU_SLB_E(r6)
	ld	r8, VCPU_SLB_V(r6)
	slbmte	r8, r7
	addi	r6, r6, VCPU_SLB_SIZE
	bdnz	1b
2:
	LOAD_LATE
	LOAD_GUEST
	GO_TO_GUEST 1

/*
 * vmlinux "returns" here after an exit, MMU off.
 *
 * In:	MSR: HV, ME; IR, DR, EE, RI clear; LPIDR, PIDR, LPCR, SLB, timebase: the guest's
 *	r1 = our frame, r13 = PACA, r14 to r31 and CR: the host's
 * Out:	in hv_landed_hash_p9 with the host's MMU context and MSR, RI set
 */
	.globl	hv_hash_real_landing
hv_hash_real_landing:
	SAVE_LANDING

	/*
	 * Save the guest's valid SLB entries, and make all invalid.  slbia may leave entry 0,
	 * so it gets a zero.  Of an invalid entry slbmfee and slbmfev return 0 (Book III, "SLB
	 * Management Instructions").  QEMU's return what the entry held, and the next guest
	 * would see it: there all entries get a zero, on hardware switch_p9_init() makes a nop
	 * of this slbmte.
	 */
	ld	r3, HSTATE_KVM_VCPU(r13)
	lwz	r5, VCPU_SLB_NR(r3)
	mtctr	r5
	addi	r6, r3, VCPU_SLB
	li	r7, 0
	li	r8, 0
	li	r11, 0
1:	slbmfee	r9, r7
	andis.	r0, r9, SLB_ESID_V@h
	beq	2f
	slbmfev	r10, r7
	or	r9, r9, r7	/* the index, where slbmte wants it */
	std	r9, VCPU_SLB_E(r6)
	std	r10, VCPU_SLB_V(r6)
	addi	r6, r6, VCPU_SLB_SIZE
	addi	r8, r8, 1
	.globl	hv_hash_zero_entry
hv_hash_zero_entry:
2:	slbmte	r11, r7
	addi	r7, r7, 1
	bdnz	1b
	stw	r8, VCPU_SLB_MAX(r3)
	slbmte	r11, r11
	/* all entries, and what was cached of these segments */
	PPC_SLBIA(6)

	/* see hv_hash_real */
	ld	r5, LANDING_HOST_PID(r4)
	ld	r6, LANDING_HOST_LPID(r4)
	ld	r7, LANDING_HOST_LPCR(r4)
	ld	r8, LANDING_VIRT_HASH(r4)
	ld	r9, LANDING_EXIT_MSR(r4)
	ori	r9, r9, MSR_RI
	hwsync
	isync
	mtspr	SPRN_PID, r5
	mtspr	SPRN_LPID, r6
	mtspr	SPRN_LPCR, r7
	isync
	mtspr	SPRN_SRR0, r8
	mtspr	SPRN_SRR1, r9
	rfid
	b	.	/* no speculation past rfid */
	.globl	hv_hash_real_end
hv_hash_real_end:

	.globl	hv_landed_hash_p9
hv_landed_hash_p9:
	ld	r2, OUR_TOC(r1)
	addi	r1, r1, OUR_FRAME_SIZE
	ld	r0, PPC_LR_STKOFF(r1)
	mtlr	r0
	blr
