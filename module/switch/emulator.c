// SPDX-License-Identifier: GPL-2.0-only
#include <linux/of.h>

#include "switch/emulator.h"

DEFINE_STATIC_KEY_FALSE(emulator_key);

/* emulator_init - look for a machine of QEMU's in the device tree; once, at load, may sleep */
void emulator_init(void)
{
	struct property *prop;
	const char *name;

	of_property_for_each_string(of_root, "compatible", prop, name)
		if (strstarts(name, "qemu,"))
			static_branch_enable(&emulator_key);
}
