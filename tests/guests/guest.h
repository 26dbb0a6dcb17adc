/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests are position-independent pieces of code between GUEST(name) and GUEST_END(name), kept in
 * the test program's read-only data and copied into guest memory by vm_load_guest().
 *
 * A guest reports to the VMM with a hypercall that the kernel does not know
 * (KVM_EXIT_PAPR_HCALL). The number in r3 is the kind of report, r4 to r12 are free.
 *
 * r31 points to the guest's data; r27 to r30 are for interrupt handlers. These run in real mode,
 * which ignores the top bits of r31.
 */
#ifndef TESTS_GUEST_H
#define TESTS_GUEST_H

/* Hypercall numbers that no kernel knows */
#define REPORT_DONE	0xf000	/* the script is through */
#define REPORT_VALUE	0xf004	/* r4 ...: values that the test asked for */
#define REPORT_STEP	0xf008	/* a point of the script; r4 is its number */

/* + vector: an interrupt without a handler of the test, see vectors.S */
#define REPORT_TRAP	0x10000

#define GUEST_VECTORS_SIZE	0x2000

/* Guest real addresses (see vmm/fixture.h) */
#define GUEST_CODE	0x10000
#define FIXTURE_DATA	0x20000
#define FIXTURE_TABLES	0x100000
#define FIXTURE_TABLES_SIZE	0x100000
#define FIXTURE_FREE	0x400000
#define FIXTURE_MMIO	0x40000000

/* Hypercalls of PAPR that the tests make */
#define H_REMOVE	0x04
#define H_ENTER		0x08
#define H_READ		0x0c
#define H_CLEAR_MOD	0x10
#define H_CLEAR_REF	0x14
#define H_PROTECT	0x18
#define H_GET_TCE	0x1c
#define H_PUT_TCE	0x20
#define H_SET_DABR	0x28
#define H_PAGE_INIT	0x2c
#define H_LOGICAL_CI_LOAD	0x3c
#define H_LOGICAL_CI_STORE	0x40
#define H_EOI		0x64
#define H_CPPR		0x68
#define H_IPI		0x6c
#define H_IPOLL		0x70
#define H_XIRR		0x74
#define H_REGISTER_VPA	0xdc
#define H_CEDE		0xe0
#define H_CONFER	0xe4
#define H_PROD		0xe8
#define H_BULK_REMOVE	0x124
#define H_SET_XDABR	0x134
#define H_STUFF_TCE	0x138
#define H_PUT_TCE_INDIRECT	0x13c
#define H_RANDOM	0x300
#define H_XIRR_X	0x2fc
#define H_SET_MODE	0x31c
#define H_RPT_INVALIDATE	0x448

/* XICS: the number of the interprocessor interrupt, and a priority for it */
#define XICS_IPI	2
#define XICS_PRIORITY	4

#define H_SUCCESS	0
#define H_HARDWARE	-1
#define H_FUNCTION	-2
#define H_PRIVILEGE	-3
#define H_PARAMETER	-4
#define H_NOT_FOUND	-7
#define H_PTEG_FULL	-6
#define H_TOO_HARD	9999

#ifdef __ASSEMBLER__

/* SPR numbers */
#define SPR_DSCR	3
#define SPR_DSISR	18
#define SPR_DAR		19
#define SPR_DEC		22
#define SPR_SRR0	26
#define SPR_SRR1	27
#define SPR_PIDR	48
#define SPR_SPRG0	272
#define SPR_SPRG1	273
#define SPR_SPRG2	274
#define SPR_SPRG3	275

#define GUEST(name)				\
	.section .rodata.guests, "a";		\
	.balign 16;				\
	.globl guest_##name;			\
guest_##name:

#define GUEST_END(name)				\
	.globl guest_##name##_end;		\
guest_##name##_end:

/* reg = 64-bit constant */
.macro LOAD64 reg, value
	lis	\reg, (\value) >> 48 & 0xffff
	ori	\reg, \reg, (\value) >> 32 & 0xffff
	sldi	\reg, \reg, 32
	oris	\reg, \reg, (\value) >> 16 & 0xffff
	ori	\reg, \reg, (\value) & 0xffff
.endm

/* reg = 32-bit constant, zero-extended */
.macro LOAD32 reg, value
	li	\reg, 0
	oris	\reg, \reg, (\value) >> 16 & 0xffff
	ori	\reg, \reg, (\value) & 0xffff
.endm

/* reg = kernel effective address of guest real address (below 4 GiB) */
.macro KERNEL_ADDRESS reg, gpa
	LOAD64	\reg, 0xc000 << 48 | (\gpa)
.endm

/* Adds one to the 64-bit counter at an offset from r31; clobbers tmp */
.macro COUNT_BY offset, tmp
	ld	\tmp, \offset(r31)
	addi	\tmp, \tmp, 1
	std	\tmp, \offset(r31)
.endm

.macro COUNT offset
	COUNT_BY \offset, r12
.endm

/*
 * Vector-scalar register from and to memory with all bytes in order, like lxv and stxv of Power
 * ISA 3.0; both clobber r0.
 */
.macro LOAD_VSR vsr, offset, base
	addi	r0, \base, \offset

	lxvd2x	\vsr, 0, r0
	xxpermdi \vsr, \vsr, \vsr, 2
.endm

.macro STORE_VSR vsr, offset, base
	addi	r0, \base, \offset

	xxpermdi \vsr, \vsr, \vsr, 2
	stxvd2x	\vsr, 0, r0
	xxpermdi \vsr, \vsr, \vsr, 2
.endm

/*
 * Hypercall with arguments already in r4 ...: clobbers r3 (the result) and,
 * by PAPR, r0, r4-r12, CTR, XER, CR0, 1, 5-7.
 */
.macro HCALL nr
	LOAD32	r3, \nr

	sc	1
.endm

/* The guest's last hypercall, which does not return */
.macro DONE
	HCALL	REPORT_DONE
	b	.
.endm

#endif /* __ASSEMBLER__ */
#endif
