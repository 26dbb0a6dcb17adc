/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros that the switches to radix and to hash guests have in common. r13 = PACA
 * throughout.
 */
#include <asm/asm-offsets.h>
#include <asm/book3s/64/mmu-hash.h>
#include <asm/kvm_asm.h>
#include <asm/ppc-opcode.h>
#include <asm/ppc_asm.h>
#include <asm/ptrace.h>
#include <asm/reg.h>

#include "landing.h"

/*
 * The stack, from high to low addresses: the caller's frame; our frame (ELFv2 header,
 * pointer to struct hv_landing, r2); the frames that vmlinux unwinds after the exit.
 */
#define OUR_LANDING		STACK_FRAME_MIN_SIZE
#define OUR_TOC			(STACK_FRAME_MIN_SIZE + 8)
#define OUR_FRAME_SIZE		(STACK_FRAME_MIN_SIZE + 16)

/*
 * L1D_DISPLACE area: push everything out of the L1 data cache by loading the area that the
 * kernel keeps for that, as the kernel's fallback does.  The prefetcher is stopped first,
 * because it would load other lines.
 * In: CTR = what L1D_ROUNDS gives. Clobbers area, r0, CTR.
 */
.macro L1D_DISPLACE area
	DCBT_BOOK3S_STOP_ALL_STREAM_IDS(r0)
	sync
11:
	.irp	line, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	ld	r0, (0x80 + 8) * \line(\area)
	.endr
	addi	\area, \area, 0x80 * 16
	bdnz	11b
.endm

/* L1D_ROUNDS size: lines of 128 bytes, 16 a round */
.macro L1D_ROUNDS size
	ld	\size, PACA_L1D_FLUSH_SIZE(r13)
	srdi	\size, \size, 7 + 4
	mtctr	\size
.endm

/*
 * MITIGATE: flush what the guest must not see.
 * In: CR7 = LANDING_FLUSH; r5, CTR: see L1D_DISPLACE. Clobbers r0, r5, CTR.
 */
.macro MITIGATE
	bf	4 * cr7 + so, 1f	/* FLUSH_STORES */
	.long	0x7e0006ac	/* eieio, with the bit that makes it a store barrier */
1:	bf	4 * cr7 + eq, 1f	/* FLUSH_L1D_DISPLACE */
	L1D_DISPLACE	r5
1:	bf	4 * cr7 + gt, 1f	/* FLUSH_L1D_ORI */
	ori	r31, r31, 0	/* speculation barrier */
	ori	r30, r30, 0	/* L1D flush hint */
1:	bf	4 * cr7 + lt, 1f	/* FLUSH_L1D_TRIG2 */
	mtspr	SPRN_TRIG2, r0
1:
.endm

/*
 * LOAD_GUEST: load the guest's registers but for those that are still needed: r0, r1, r3 to r5
 * and r13. The host can still recover afterwards: its handlers do not depend on what is loaded
 * here, and give it back.
 *
 * In: r3 = struct kvm_vcpu *, r4 = struct hv_landing *. Clobbers r5 to r10.
 */
.macro LOAD_GUEST
	ld	r5, VCPU_LR(r3)
	ld	r6, VCPU_XER(r3)
	ld	r7, VCPU_PPR(r3)
	mtlr	r5
	mtxer	r6
	mtspr	SPRN_PPR, r7

	/* the registers that the flush needs; it branches, which changes CFAR */
	ld	r5, VCPU_CFAR(r3)
	ld	r6, VCPU_CTR(r3)
	ld	r7, VCPU_CR(r3)
	ld	r8, __VCPU_GPR(0)(r3)
	ld	r9, __VCPU_GPR(4)(r3)
	ld	r10, __VCPU_GPR(5)(r3)
	std	r5, LANDING_LAST_CFAR(r4)
	std	r6, LANDING_LAST_CTR(r4)
	std	r7, LANDING_LAST_CR(r4)
	std	r8, LANDING_LAST_R0(r4)
	std	r9, LANDING_LAST_R4(r4)
	std	r10, LANDING_LAST_R5(r4)

	.irp	n, 2,6,7,8,9,10,11,12,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	\n, __VCPU_GPR(\n)(r3)
	.endr
.endm

/*
 * GO_TO_GUEST timed: load the rest, flush, and enter the guest. The addresses are right with
 * the MMU on or off.
 *
 * After the flush only the line LANDING_LAST is accessed. It holds nothing of the host, so
 * that the guest finds nothing of the host in the L1 data cache.
 *
 * In: r3 = struct kvm_vcpu *, r4 = struct hv_landing *; HSRR0/1 and all else set.
 */
.macro GO_TO_GUEST timed
	ld	r0, LANDING_FLUSH(r4)
	mtocrf	0x01, r0
	L1D_ROUNDS	r0
	ld	r5, PACA_RFI_FLUSH_FALLBACK_AREA(r13)
	ld	r1, __VCPU_GPR(1)(r3)
	ld	r13, __VCPU_GPR(13)(r3)
	ld	r3, __VCPU_GPR(3)(r3)

	MITIGATE

	.if	\timed
	mftb	r0
	std	r0, LANDING_T2(r4)
	.endif
	ld	r0, LANDING_LAST_CTR(r4)
	ld	r5, LANDING_LAST_CR(r4)
	mtctr	r0
	mtcr	r5
	ld	r0, LANDING_LAST_CFAR(r4)
	ld	r5, LANDING_LAST_R5(r4)
	mtspr	SPRN_CFAR, r0
	ld	r0, LANDING_LAST_R0(r4)
	ld	r4, LANDING_LAST_R4(r4)
	hrfid
	b	.	/* no speculation past hrfid */
.endm

/*
 * LOAD_MMU isync: the guest's LPID, LPCR, PID, and HDEC.
 *
 * Host stores must be done before LPIDR and PIDR change, else a tlbie could overlook them (Book
 * III, "Partition Switch"). LPCR[HDICE] must be set before HDEC is written, or it is lost.
 *
 * In: r4 = struct hv_landing *. isync: not 0 if code follows that depends on the context.
 * Clobbers r0, r5.
 */
.macro LOAD_MMU isync
	hwsync
	isync
	ld	r0, LANDING_GUEST_LPID(r4)
	ld	r5, LANDING_GUEST_LPCR(r4)
	mtspr	SPRN_LPID, r0
	mtspr	SPRN_LPCR, r5
	ld	r0, LANDING_GUEST_PID(r4)
	mtspr	SPRN_PID, r0
	.if	\isync
	isync
	.endif
	mftb	r5
	ld	r0, LANDING_LIMIT(r4)
	subf	r0, r5, r0
	mtspr	SPRN_HDEC, r0
.endm

/*
 * LOAD_LATE: what a machine check overwrites, and DEC, which is to be exact.
 * In: r3 = struct kvm_vcpu *. Clobbers r0, r5.
 */
.macro LOAD_LATE
	mftb	r5
	ld	r0, VCPU_DEC_EXPIRES(r3)
	subf	r0, r5, r0
	mtspr	SPRN_DEC, r0
	ld	r0, VCPU_DAR(r3)
	lwz	r5, VCPU_DSISR(r3)
	mtspr	SPRN_DAR, r0
	mtspr	SPRN_DSISR, r5
	ld	r0, VCPU_SRR0(r3)
	ld	r5, VCPU_SRR1(r3)
	mtspr	SPRN_SRR0, r0
	mtspr	SPRN_SRR1, r5
.endm

/*
 * SAVE_LANDING: T3, and the guest's registers that the host's first steps overwrite.
 * In: r1 = our frame. Out: r4 = struct hv_landing *. Clobbers r5 to r12.
 */
.macro SAVE_LANDING
	mftb	r5
	mfspr	r6, SPRN_DEC
	mfmsr	r7
	ld	r4, OUR_LANDING(r1)
	mfspr	r8, SPRN_SRR0
	mfspr	r9, SPRN_SRR1
	mfspr	r10, SPRN_DAR
	mfspr	r11, SPRN_DSISR
	mfspr	r12, SPRN_PID
	std	r5, LANDING_T3(r4)
	std	r6, LANDING_DEC(r4)
	std	r7, LANDING_MSR(r4)
	std	r8, LANDING_SRR0(r4)
	std	r9, LANDING_SRR1(r4)
	std	r10, LANDING_DAR(r4)
	std	r11, LANDING_DSISR(r4)
	std	r12, LANDING_PID(r4)
.endm
