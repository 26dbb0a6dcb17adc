// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "image.h"

const struct image_spr image_sprs[REGS_SPR_COUNT] = {
#define SPR_ROW(number, name, mask, fixed, one_reg) { #name, mask, fixed, one_reg },
	REGS_SPRS(SPR_ROW)
};

u64 image_value(unsigned int seed, unsigned int index)
{
	u64 x = seed * 0x9e3779b97f4a7c15ull + index * 0xbf58476d1ce4e5b9ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

void image_fill(struct regs_image *image, unsigned int seed)
{
	unsigned int i, n = 0;

	memset(image, 0, sizeof(*image));
	for (i = 0; i < 32; i++)
		image->gpr[i] = image_value(seed, n++);
	image->cr = image_value(seed, n++) & 0xffffffff;
	/* SO, OV, CA, OV32, CA32 and the string length */
	image->xer = image_value(seed, n++) & 0xe00c007f;
	image->ctr = image_value(seed, n++);
	image->lr = image_value(seed, n++);
	/* Result flags, the classes and the rounding mode: no exception enabled */
	image->fpscr = image_value(seed, n++) & 0x0001f003;
	/* NJ or SAT */
	image->vscr[0] = seed & 1 ? 1 : 0x10000;
	for (i = 0; i < 64; i++) {
		image->vsr[i][0] = image_value(seed, n++);
		image->vsr[i][1] = image_value(seed, n++);
	}
	for (i = 0; i < REGS_SPR_COUNT; i++)
		image->spr[i] = (image_value(seed, n++) & image_sprs[i].mask) |
				image_sprs[i].fixed;
}
