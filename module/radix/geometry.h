/* SPDX-License-Identifier: GPL-2.0-only */
/* The process-scoped radix trees that a guest can have: those that POWER9 and POWER10 walk. */
#ifndef HVLENS_RADIX_GEOMETRY_H
#define HVLENS_RADIX_GEOMETRY_H

#include <linux/types.h>

#define GUEST_EA_BITS	52	/* a tree translates effective addresses of that length */
#define GUEST_LEVELS	4

/*
 * Bits of the address that each level translates, from the root on. The last level has 5
 * for pages of 64 KiB and 9 for pages of 4 KiB. No entry of the root can be a leaf.
 */
struct guest_level {
	u8 bits;
	u8 other_bits;
};

extern const struct guest_level guest_levels[GUEST_LEVELS];

#endif /* HVLENS_RADIX_GEOMETRY_H */
