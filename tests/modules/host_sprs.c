// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/module/host_sprs/parameters/values has the SPRs of the CPU that reads it, one line "NAME
 * VALUE" each: the rows of the switch's table, under the same conditions, and those other SPRs
 * that the switch exchanges and that do not change in the host.
 */
#include <linux/module.h>
#include <linux/preempt.h>
#include <asm/cputable.h>
#include <asm/hw_breakpoint.h>
#include <asm/reg.h>

#include "compat.h"

#define SHOW(spr)	size += sysfs_emit_at(text, size, #spr " %#lx\n", mfspr(SPRN_##spr))

static int values(char *text, const struct kernel_param *kp)
{
	const u64 hfscr = ~0ull;	/* what a guest may be let use */
	int size = 0;

	preempt_disable();
#define TASK_SPR(spr, member, host, condition)	if (condition) SHOW(spr);
#define HOST_SPR(spr, member, condition)	if (condition) SHOW(spr);
#define KERNEL_SPR				HOST_SPR
#include "sprs.def"
#undef KERNEL_SPR
#undef HOST_SPR
#undef TASK_SPR
	if (!cpu_has_feature(CPU_FTR_ARCH_300)) {
		SHOW(ACOP);
		SHOW(CSIGR);
		SHOW(TACR);
		SHOW(TCSCR);
		SHOW(WORT);
	}
	SHOW(CTRLF);
	SHOW(DPDES);
	SHOW(HFSCR);
	SHOW(LPCR);
	SHOW(LPID);
	SHOW(PCR);
	SHOW(PID);
	SHOW(SPRG3);
	preempt_enable();
	return size;
}

static const struct kernel_param_ops values_ops = { .get = values };

module_param_cb(values, &values_ops, NULL, 0400);
MODULE_PARM_DESC(values, "SPRs of the CPU that reads this");

MODULE_DESCRIPTION("The host's SPRs, for tests");
MODULE_LICENSE("GPL");
