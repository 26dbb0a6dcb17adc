/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world switch's innermost part on POWER9 and later: load the guest's
 * general registers and enter it; land, save what the host would overwrite, return.
 * C does everything else around it (module/switch/p9.c).
 *
 * Between the two lies vmlinux: with HSTATE_IN_GUEST = KVM_GUEST_MODE_HV_P9 an
 * interrupt that goes to the hypervisor ends in kvmppc_p9_exit_interrupt,
 * which stores the guest's registers in the vCPU that HSTATE_KVM_VCPU names,
 * unwinds the frame that HSTATE_HOST_R1 names, flushes the link stack where
 * the CPU needs that, and returns to the LR saved under that frame.  ENTER builds
 * the frame, and so chooses the LR.
 *
 * All that runs with the MMU on or off, as the interrupt found it: before ISA 3.1, LPCR[AIL]
 * of a radix guest applies to its exits too.  vmlinux's text can be executed either way,
 * module text only with the MMU on.  So the LR leads to a few instructions of vmlinux that
 * load MSR and registers from a second frame and return (vmlinux_code_init() finds them),
 * and from there to the landing.
 */
#include <linux/linkage.h>

#include "enter.S"

/*
 * ENTER timed
 *
 * In:	r3 = struct kvm_vcpu *, r4 = struct hv_landing *, r13 = PACA
 *	MSR[EE,RI]=0,1 MSR[IR,DR]=1,1 MSR[HV,ME]=1,1
 *	HSRR0/1: where and how the guest goes on; landing: all that is set before the entry
 *	r1: a task's kernel stack (linear mapping, vmlinux unwinds it in real
 *	mode)
 * Out:	in the guest.  hv_landing_p9 makes it look like a return to the caller
 *	with all non-volatile registers kept, in_guest = HV_P9.
 */
.macro ENTER timed
	mflr	r0
	std	r0, PPC_LR_STKOFF(r1)
	stdu	r1, -OUR_FRAME_SIZE(r1)
	std	r4, OUR_LANDING(r1)

	/* the frame that vmlinux's MMU-on tail unwinds: returns to the landing */
	ld	r0, LANDING_VIRT(r4)
	std	r0, PPC_LR_STKOFF(r1)
	stdu	r1, -SWITCH_FRAME_SIZE(r1)
	ld	r0, LANDING_EXIT_MSR(r4)
	mfcr	r5
	std	r2, GPR2(r1)
	std	r13, GPR13(r1)
	SAVE_NVGPRS(r1)
	std	r0, _MSR(r1)
	std	r5, _CCR(r1)

	/*
	 * The frame that vmlinux's exit unwinds: returns to that tail.  r14 to
	 * r31 and CR come from it too, but only to be overwritten.
	 */
	ld	r0, LANDING_MMU_ON(r4)
	std	r0, PPC_LR_STKOFF(r1)
	stdu	r1, -VMLINUX_FRAME_SIZE(r1)
	std	r1, HSTATE_HOST_R1(r13)

	LOAD_GUEST

	/* the window without recovery opens */
	.if	\timed
	mftb	r0
	std	r0, LANDING_OPEN(r4)
	.endif
	li	r0, KVM_GUEST_MODE_HV_P9
	stb	r0, HSTATE_IN_GUEST(r13)

	/*
	 * No synchronization is needed between these SPR writes and the guest: hrfid is context
	 * synchronizing (Power ISA, Book III, "Synchronization Requirements for Context
	 * Alterations"). Until then the host's accesses are to quadrant 3, whose translation uses
	 * neither LPIDR nor PIDR.
	 */
	LOAD_MMU 0
	LOAD_LATE
	GO_TO_GUEST \timed
.endm

/* No probes: neither the host's nor the guest's context is complete here. */
	.section .noinstr.text, "ax"

/* void hv_enter_p9(struct kvm_vcpu *vcpu, struct hv_landing *landing) */
_GLOBAL(hv_enter_p9)
	ENTER	0

/* The same, with the timebase taken last: landing->t2. */
_GLOBAL(hv_enter_timed_p9)
	ENTER	1

/*
 * hv_landing_p9: vmlinux "returns" here after an exit.
 *
 * In:	MSR = landing->exit_msr: IR, DR set, EE, RI clear; LPIDR, PIDR, LPCR, SLB,
 *	timebase: the guest's
 *	r1 = our frame, r13 = PACA, r2, r14 to r31 and CR: the host's
 *	r0, r3 to r12, LR, CTR, XER free
 * Out:	returns to hv_enter_p9()'s caller in the host's MMU context, MSR[RI] set
 */
	.globl	hv_landing_p9
hv_landing_p9:
	SAVE_LANDING

	/*
	 * A radix guest can have made SLB entries, 0 to 3 as UPRT is set.
	 * slbmte, unlike slbia, leaves cached translations alone.
	 */
	li	r5, 0
	.irp	n, 0,1,2,3
	li	r6, \n
	slbmte	r5, r6
	.endr

	/*
	 * Stores must be done before LPIDR and PIDR change, or a tlbie could overlook them
	 * (Book III, "Partition Switch").  Until the second isync all accesses are to
	 * quadrant 3, which uses neither register.
	 */
	ld	r5, LANDING_HOST_PID(r4)
	ld	r6, LANDING_HOST_LPID(r4)
	ld	r7, LANDING_HOST_LPCR(r4)
	li	r8, MSR_RI
	hwsync
	isync
	mtspr	SPRN_PID, r5
	mtspr	SPRN_LPID, r6
	mtspr	SPRN_LPCR, r7
	isync
	mtmsrd	r8, 1

	addi	r1, r1, OUR_FRAME_SIZE
	ld	r0, PPC_LR_STKOFF(r1)
	mtlr	r0
	blr
