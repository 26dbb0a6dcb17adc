/* SPDX-License-Identifier: GPL-2.0-only */
/* What this backend relies on in vmlinux's text. */
#ifndef HVLENS_VMLINUX_CODE_H
#define HVLENS_VMLINUX_CODE_H

#include <linux/types.h>

/* POWER9 and later, at load: 0, or -ENODEV and the log says what this kernel lacks. */
int vmlinux_code_init(void);

/* The address of the code that turns the MMU on after an exit. */
unsigned long vmlinux_code_mmu_on(void);

#define FLUSH_SLOTS	9

/* What the slots of vmlinux's guest entry held at the last look, all 0 before the first */
struct flush_slots {
	u32 insn[FLUSH_SLOTS];
};

/*
 * Sets @flush to the FLUSH_* of asm/landing.h that the kernel's mitigations want now, if the slots
 * have changed since they were seen last.
 */
void vmlinux_code_flushes(struct flush_slots *seen, u64 *flush);

#endif /* HVLENS_VMLINUX_CODE_H */
