/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What only an emulated host needs.  QEMU says in its device tree that it is one, so this is
 * asked once, at load, and costs hardware a nop.
 */
#ifndef HVLENS_EMULATOR_H
#define HVLENS_EMULATOR_H

#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(emulator_key);

void emulator_init(void);

/* on_emulator - is this host QEMU's?  Valid after emulator_init(). */
static __always_inline bool on_emulator(void)
{
	return static_branch_unlikely(&emulator_key);
}

#endif /* HVLENS_EMULATOR_H */
