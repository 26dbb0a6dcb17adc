// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "host.h"
#include "image.h"

const struct image_spr image_sprs[REGS_SPR_COUNT] = {
#define SPR_ROW(number, name, mask, fixed, one_reg) { number, #name, mask, fixed, one_reg },
	REGS_SPRS(SPR_ROW)
};

#define ANY	(~0u)

/* SPRs that not every processor has: the first and the last Power ISA that has them */
static const struct {
	unsigned int number, since, until;
} of_some_isa[] = {
	{ 31, 207, 207 },	/* ACOP */
	{ 144, 300, 300 },	/* TIDR */
	{ 468, 310, ANY },	/* HASHKEYR */
	{ 752, 310, ANY },	/* SIER2 */
	{ 753, 310, ANY },	/* SIER3 */
	{ 754, 310, ANY },	/* MMCR3 */
	{ 828, 310, ANY },	/* DEXCR */
	{ 895, 207, 207 },	/* WORT */
};

#define INSN_NOP	0x60000000
#define INSN_LI_0(gpr)	(0x38000000 | (gpr) << 21)
#define INSN_MTSPR	0x7c0003a6
#define INSN_MFSPR	0x7c0002a6
#define INSN_SPR(n)	(((n) & 0x1f) << 16 | ((n) >> 5 & 0x1f) << 11)
#define INSN_GPR(insn)	((insn) >> 21 & 0x1f)
#define GPR_MASK	(0x1fu << 21)

bool image_spr_exists(unsigned int index)
{
	unsigned int i, isa = host_isa();

	for (i = 0; i < ARRAY_SIZE(of_some_isa); i++)
		if (of_some_isa[i].number == image_sprs[index].number)
			return isa >= of_some_isa[i].since && isa <= of_some_isa[i].until;
	return true;
}

void image_drop_absent(struct vm *vm, u64 gpa, size_t size)
{
	u32 *code = vm_ptr(vm, gpa, size), *insn;
	unsigned int i;

	for (i = 0; i < REGS_SPR_COUNT; i++) {
		u32 spr = INSN_SPR(image_sprs[i].number);

		if (image_spr_exists(i))
			continue;
		for (insn = code; insn < code + size / 4; insn++) {
			if ((*insn & ~GPR_MASK) == (INSN_MTSPR | spr))
				*insn = INSN_NOP;
			else if ((*insn & ~GPR_MASK) == (INSN_MFSPR | spr))
				*insn = INSN_LI_0(INSN_GPR(*insn));
		}
	}
	__builtin___clear_cache((char *)code, (char *)(code + size / 4));
}

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
	/* SO, OV, CA, the string length; of Power ISA 3.0 OV32 and CA32 */
	image->xer = image_value(seed, n++) & (host_isa() >= 300 ? 0xe00c007f : 0xe000007f);
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
	for (i = 0; i < REGS_SPR_COUNT; i++) {
		image->spr[i] = (image_value(seed, n++) & image_sprs[i].mask) |
				image_sprs[i].fixed;
		if (!image_spr_exists(i))
			image->spr[i] = 0;
	}
}
