/* SPDX-License-Identifier: GPL-2.0-only */
/* Values for all registers of a guest (guests/regs.h). */
#ifndef TESTS_IMAGE_H
#define TESTS_IMAGE_H

#include "regs.h"

struct image_spr {
	unsigned int number;
	const char *name;
	u64 mask, fixed;
	u64 one_reg;		/* 0: the value is in struct kvm_regs */
};

extern const struct image_spr image_sprs[REGS_SPR_COUNT];

/* Does this processor have it? */
bool image_spr_exists(unsigned int index);

/*
 * Changes the guest's code in [@gpa, @gpa + @size) for SPRs that this processor does not
 * have: it does not write them and reads 0, the value of image_fill().
 */
void image_drop_absent(struct vm *vm, u64 gpa, size_t size);

/* 64 bits that look random: each @seed gives each @index another value */
u64 image_value(unsigned int seed, unsigned int index);

/*
 * Gives every register a value that it can hold and that has no effect: no
 * floating-point exception enabled, the performance monitor frozen.
 */
void image_fill(struct regs_image *image, unsigned int seed);

#endif
