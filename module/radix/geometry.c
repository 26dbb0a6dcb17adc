// SPDX-License-Identifier: GPL-2.0-only
/* The process-scoped radix trees that a guest can have, and how user space learns of them. */
#include <linux/kvm_host.h>
#include <linux/string.h>

#include <asm/mmu.h>

#include "radix/geometry.h"
#include "radix/radix.h"

const struct guest_level guest_levels[GUEST_LEVELS] = {
	{ 13, 13 }, { 9, 9 }, { 9, 9 }, { 5, 9 },
};

/*
 * radix_get_rmmu_info - KVM_PPC_GET_RMMU_INFO: the trees, and tlbie's encodings of page sizes
 *
 * Return: 0, or -EINVAL if the host has no radix MMU.
 */
int radix_get_rmmu_info(struct kvm *kvm, struct kvm_ppc_rmmu_info *info)
{
	static const u8 page_shifts[] = { 12, 16 };
	static const u8 psizes[] = {
		MMU_PAGE_4K, MMU_PAGE_64K, MMU_PAGE_2M, MMU_PAGE_1G
	};
	unsigned int i, level, n = 0;

	if (!radix_enabled())
		return -EINVAL;
	memset(info, 0, sizeof(*info));
	for (i = 0; i < ARRAY_SIZE(page_shifts); i++) {
		struct kvm_ppc_radix_geom *geom = &info->geometries[i];

		geom->page_shift = page_shifts[i];
		/* user space counts levels from the leaves */
		geom->level_bits[0] = 21 - page_shifts[i];
		for (level = 1; level < GUEST_LEVELS; level++)
			geom->level_bits[level] =
				guest_levels[GUEST_LEVELS - 1 - level].bits;
	}
	for (i = 0; i < ARRAY_SIZE(psizes); i++) {
		const struct mmu_psize_def *def = &mmu_psize_defs[psizes[i]];

		if (def->shift)
			info->ap_encodings[n++] = def->shift | def->ap << 29;
	}
	return 0;
}
