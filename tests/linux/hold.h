/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every register that a Linux task can write, in the order in which hold() loads and stores them
 */
#ifndef TESTS_HOLD_H
#define TESTS_HOLD_H

/*
 * SPR(number, name, mask): problem-state SPRs.  Values are of @mask's bits.
 * DSCR is SPR 3 here.  BESCR stays without GE, so that no branch comes.
 */
#define HOLD_SPRS(SPR) \
	SPR(3,   DSCR,   0x0000000001ffffff) \
	SPR(8,   LR,     0xfffffffffffffffc) \
	SPR(9,   CTR,    0xffffffffffffffff) \
	SPR(256, VRSAVE, 0x00000000ffffffff) \
	SPR(804, EBBHR,  0xfffffffffffffffc) \
	SPR(805, EBBRR,  0xfffffffffffffffc) \
	SPR(806, BESCR,  0x0000000300000003) \
	SPR(815, TAR,    0xffffffffffffffff)

/* General registers that hold() uses itself: stack, TOC, thread, pointers */
#define HOLD_KEPT(gpr)	((gpr) == 1 || (gpr) == 2 || (gpr) == 13 || (gpr) >= 28)

/* Offsets in struct hold */
#define HOLD_GPR	0
#define HOLD_CR		256
#define HOLD_XER	264
#define HOLD_FPSCR	272
#define HOLD_VSCR	288
#define HOLD_VSR	304
#define HOLD_SPR	1328

#ifndef __ASSEMBLER__
#include <stdint.h>

#define HOLD_ONE(number, name, mask)	+ 1
enum { HOLD_SPR_COUNT = HOLD_SPRS(HOLD_ONE) };

struct hold {
	uint64_t gpr[32];
	uint64_t cr, xer;
	uint64_t fpscr, reserved;
	uint64_t vscr[2];	/* as a vector register holds it */
	uint64_t vsr[64][2];
	uint64_t spr[HOLD_SPR_COUNT];
} __attribute__((aligned(16)));

/*
 * Loads all registers from @in, waits until *@word is not @value, and stores all registers to
 * @out. CR7 is left out, since the wait needs it.
 */
void hold(const struct hold *in, struct hold *out, const volatile uint32_t *word,
	  uint32_t value);
#endif
#endif
