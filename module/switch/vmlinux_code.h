/* SPDX-License-Identifier: GPL-2.0-only */
/* What this backend relies on in vmlinux's text. */
#ifndef HVLENS_VMLINUX_CODE_H
#define HVLENS_VMLINUX_CODE_H

#include <linux/types.h>

/* POWER9 and later, at load: 0, or -ENODEV and the log says what this kernel lacks. */
int vmlinux_code_init(void);

/* The address of the code that turns the MMU on after an exit. */
unsigned long vmlinux_code_mmu_on(void);

/* FLUSH_* of asm/landing.h that the kernel's mitigations want now. */
u64 vmlinux_code_flushes(void);

#endif /* HVLENS_VMLINUX_CODE_H */
