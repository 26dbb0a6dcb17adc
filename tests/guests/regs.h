/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a guest, and the place of their values in its data
 *
 * SPR(number, name, mask, fixed, one_reg): the SPRs that a guest's kernel can write and read
 * (image_spr_exists() says on which processor). Tests give them values of @mask's bits plus those
 * of @fixed. one_reg is KVM's id, or 0 if the value is in struct kvm_regs. The values of AMR and
 * IAMR permit a hash guest to access its memory, which has key 0.
 */
#ifndef TESTS_GUESTS_REGS_H
#define TESTS_GUESTS_REGS_H

/* Performance monitor: frozen all the time, so that the counters stand still */
#define MMCR0_FC	0x80000000

#define REGS_SPRS(SPR) \
	SPR(17,  DSCR,   0x0000000001ffffff, 0, KVM_REG_PPC_DSCR) \
	SPR(18,  DSISR,  0x00000000ffffffff, 0, KVM_REG_PPC_DSISR) \
	SPR(19,  DAR,    0xffffffffffffffff, 0, KVM_REG_PPC_DAR) \
	SPR(26,  SRR0,   0xfffffffffffffffc, 0, 0) \
	SPR(27,  SRR1,   0xffffffffffffffff, 0, 0) \
	SPR(29,  AMR,    0x3fffffffffffffff, 0, KVM_REG_PPC_AMR) \
	SPR(31,  ACOP,   0xffffffffffffffff, 0, KVM_REG_PPC_ACOP) \
	SPR(61,  IAMR,   0x1555555555555555, 0, KVM_REG_PPC_IAMR) \
	SPR(144, TIDR,   0x000000000000ffff, 0, KVM_REG_PPC_TIDR) \
	SPR(153, FSCR,   0x0000000000000184, 0, KVM_REG_PPC_FSCR) \
	SPR(157, UAMOR,  0xffffffffffffffff, 0, KVM_REG_PPC_UAMOR) \
	SPR(159, PSPB,   0x00000000ffffffff, 0, KVM_REG_PPC_PSPB) \
	SPR(256, VRSAVE, 0x00000000ffffffff, 0, KVM_REG_PPC_VRSAVE) \
	SPR(272, SPRG0,  0xffffffffffffffff, 0, 0) \
	SPR(273, SPRG1,  0xffffffffffffffff, 0, 0) \
	SPR(274, SPRG2,  0xffffffffffffffff, 0, 0) \
	SPR(275, SPRG3,  0xffffffffffffffff, 0, 0) \
	SPR(468, HASHKEYR, 0xffffffffffffffff, 0, KVM_REG_PPC_HASHKEYR) \
	SPR(752, SIER2,  0xffffffffffffffff, 0, KVM_REG_PPC_SIER2) \
	SPR(753, SIER3,  0xffffffffffffffff, 0, KVM_REG_PPC_SIER3) \
	SPR(754, MMCR3,  0x0777777777777777, 0, KVM_REG_PPC_MMCR3) \
	SPR(784, SIER,   0xffffffffffffffff, 0, KVM_REG_PPC_SIER) \
	SPR(795, MMCR0,  0x0000000060000000, MMCR0_FC, KVM_REG_PPC_MMCR0) \
	SPR(798, MMCR1,  0x00000000ffffffff, 0, KVM_REG_PPC_MMCR1) \
	SPR(785, MMCR2,  0xfffffff000000000, 0, KVM_REG_PPC_MMCR2) \
	SPR(786, MMCRA,  0x0000000060000000, 0, KVM_REG_PPC_MMCRA) \
	SPR(787, PMC1,   0x000000007fffffff, 0, KVM_REG_PPC_PMC1) \
	SPR(788, PMC2,   0x000000007fffffff, 0, KVM_REG_PPC_PMC2) \
	SPR(789, PMC3,   0x000000007fffffff, 0, KVM_REG_PPC_PMC3) \
	SPR(790, PMC4,   0x000000007fffffff, 0, KVM_REG_PPC_PMC4) \
	SPR(791, PMC5,   0x000000007fffffff, 0, KVM_REG_PPC_PMC5) \
	SPR(792, PMC6,   0x000000007fffffff, 0, KVM_REG_PPC_PMC6) \
	SPR(796, SIAR,   0xffffffffffffffff, 0, KVM_REG_PPC_SIAR) \
	SPR(797, SDAR,   0xffffffffffffffff, 0, KVM_REG_PPC_SDAR) \
	SPR(804, EBBHR,  0xfffffffffffffffc, 0, KVM_REG_PPC_EBBHR) \
	SPR(805, EBBRR,  0xfffffffffffffffc, 0, KVM_REG_PPC_EBBRR) \
	SPR(806, BESCR,  0x0000000300000003, 0, KVM_REG_PPC_BESCR) \
	SPR(815, TAR,    0xffffffffffffffff, 0, KVM_REG_PPC_TAR) \
	SPR(828, DEXCR,  0xffffffff00000000, 0, KVM_REG_PPC_DEXCR) \
	SPR(895, WORT,   0xffffffffffffffff, 0, KVM_REG_PPC_WORT) \
	SPR(896, PPR,    0x0008000000000000, 0x0004000000000000, KVM_REG_PPC_PPR)

/* Offsets in struct regs_image */
#define REGS_GPR	0
#define REGS_CR		256
#define REGS_XER	264
#define REGS_CTR	272
#define REGS_LR		280
#define REGS_FPSCR	288
#define REGS_VSCR	304
#define REGS_VSR	320
#define REGS_SPR	1344

#define REGS_IN		0		/* from r31: the values that the guest loads */
#define REGS_OUT	0x1000		/* and those that it finds at the end */
#define REGS_LEFT	0x2000		/* regs_loop: how often it still has to leave */
#define REGS_STOP	0x2008		/* not 0: now is the end */

#ifndef __ASSEMBLER__
#include "vmm.h"

#define REGS_COUNT(number, name, mask, fixed, one_reg) + 1
enum { REGS_SPR_COUNT = REGS_SPRS(REGS_COUNT) };

struct regs_image {
	u64 gpr[32];
	u64 cr, xer, ctr, lr;
	u64 fpscr, reserved;
	u64 vscr[2];		/* a vector register: the value is in vscr[0] */
	u64 vsr[64][2];
	u64 spr[REGS_SPR_COUNT];
};
#endif
#endif
