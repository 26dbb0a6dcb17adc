/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests of lab/memory/mmio.c: one instruction each, which accesses memory at r20 (index register
 * r21 = 0). A load stores its result at 0(r31); a store stores the value from there.
 */
#include "guest.h"

.macro GUEST_OF name
	.section .rodata.guests, "a"
	.balign 16
	.globl	guest_mmio_\name
guest_mmio_\name:
.endm

.macro GUEST_END_OF name
	mr	r4, r20
	DONE
	.globl	guest_mmio_\name\()_end
guest_mmio_\name\()_end:
.endm

.macro LOAD name, insn:vararg
	GUEST_OF \name
	\insn
	std	r4, 0(r31)
	GUEST_END_OF \name
.endm

.macro LOAD_FP name, insn:vararg
	GUEST_OF \name
	\insn
	stfd	f4, 0(r31)
	GUEST_END_OF \name
.endm

.macro LOAD_VSX name, insn:vararg
	GUEST_OF \name
	\insn
	STORE_VSR vs36, 0, r31
	GUEST_END_OF \name
.endm

.macro STORE name, insn:vararg
	GUEST_OF \name
	ld	r4, 0(r31)
	lfd	f4, 0(r31)
	LOAD_VSR vs36, 0, r31
	\insn
	GUEST_END_OF \name
.endm

LOAD lbz, lbz r4, 0(r20)
LOAD lbzx, lbzx r4, r20, r21
LOAD lbzu, lbzu r4, 8(r20)
LOAD lhz, lhz r4, 0(r20)
LOAD lhzx, lhzx r4, r20, r21
LOAD lhzu, lhzu r4, 8(r20)
LOAD lha, lha r4, 0(r20)
LOAD lhax, lhax r4, r20, r21
LOAD lhbrx, lhbrx r4, r20, r21
LOAD lwz, lwz r4, 0(r20)
LOAD lwzx, lwzx r4, r20, r21
LOAD lwzu, lwzu r4, 8(r20)
LOAD lwa, lwa r4, 0(r20)
LOAD lwax, lwax r4, r20, r21
LOAD lwbrx, lwbrx r4, r20, r21
LOAD ld, ld r4, 0(r20)
LOAD ldx, ldx r4, r20, r21
LOAD ldu, ldu r4, 8(r20)
LOAD ldbrx, ldbrx r4, r20, r21

LOAD_FP lfs, lfs f4, 0(r20)
LOAD_FP lfsx, lfsx f4, r20, r21
LOAD_FP lfd, lfd f4, 0(r20)
LOAD_FP lfdx, lfdx f4, r20, r21
LOAD_FP lfdu, lfdu f4, 8(r20)
LOAD_FP lfiwax, lfiwax f4, r20, r21
LOAD_FP lfiwzx, lfiwzx f4, r20, r21

LOAD_VSX lxvd2x, lxvd2x vs36, r20, r21
LOAD_VSX lxsdx, lxsdx vs36, r20, r21
LOAD_VSX lvx, lvx v4, r20, r21

STORE stb, stb r4, 0(r20)
STORE stbx, stbx r4, r20, r21
STORE stbu, stbu r4, 8(r20)
STORE sth, sth r4, 0(r20)
STORE sthx, sthx r4, r20, r21
STORE sthbrx, sthbrx r4, r20, r21
STORE stw, stw r4, 0(r20)
STORE stwx, stwx r4, r20, r21
STORE stwu, stwu r4, 8(r20)
STORE stwbrx, stwbrx r4, r20, r21
STORE std, std r4, 0(r20)
STORE stdx, stdx r4, r20, r21
STORE stdu, stdu r4, 8(r20)
STORE stdbrx, stdbrx r4, r20, r21
STORE stfs, stfs f4, 0(r20)
STORE stfd, stfd f4, 0(r20)
STORE stfdx, stfdx f4, r20, r21
STORE stfiwx, stfiwx f4, r20, r21
STORE stxvd2x, stxvd2x vs36, r20, r21
STORE stvx, stvx v4, r20, r21

/* Branches to r20, where there may be no memory */
GUEST(mmio_fetch)
	mtctr	r20
	bctr
GUEST_END(mmio_fetch)
