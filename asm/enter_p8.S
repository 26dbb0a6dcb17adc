/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way to a guest on POWER8. vmlinux's kvmppc_hv_entry_trampoline turns the MMU off,
 * switches the partition, runs the guest, handles what exits it can in real mode, and
 * returns with the trap. It preserves r1 and r13 only.
 */
#include <linux/linkage.h>
#include <asm/asm-offsets.h>
#include <asm/ppc_asm.h>
#include <asm/ptrace.h>

	.section .noinstr.text, "ax"

/*
 * int hv_enter_p8(void)
 *
 * In:	MSR[EE]=0 MSR[IR,DR,RI,ME,HV]=1; interrupts hard-disabled
 *	r13 = PACA, whose kvm_hstate names vCPU and virtual core and holds the host's
 *	DSCR, PMU and DEC (see switch/p8.c); LPIDR, SLB: the host's
 *	r1: a task's kernel stack (linear mapping, used in real mode)
 * Out:	r3 = the trap, 0 if real mode has handled the exit; MSR, LPIDR, SLB, LPCR and DEC
 *	as they were, and all SPRs that the guest can reach but those of LEFT_SPRS in
 *	switch/p8.c. Clobbers what a function may.
 */
_GLOBAL(hv_enter_p8)
	mflr	r0
	std	r0, PPC_LR_STKOFF(r1)
	stdu	r1, -SWITCH_FRAME_SIZE(r1)
	mfcr	r0
	SAVE_NVGPRS(r1)
	std	r0, _CCR(r1)

	bl	kvmppc_hv_entry_trampoline
	nop		/* the module loader puts the load of r2 here */

	ld	r0, _CCR(r1)
	REST_NVGPRS(r1)
	mtcr	r0
	addi	r1, r1, SWITCH_FRAME_SIZE
	ld	r0, PPC_LR_STKOFF(r1)
	mtlr	r0
	blr
