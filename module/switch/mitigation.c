// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which flushes an entry into a guest owes to the host's mitigations.
 *
 * The kernel patches them at boot, and again when debugfs or the command line
 * say so, into slots right before each return to a lower privilege
 * (arch/powerpc/lib/feature-fixups.c); modules have no such slots.  What it
 * chose is read from the slots of its own guest entry,
 * kvmppc_p9_enter_guest(), so that both do the same.  The flushes themselves
 * are in asm/switch_p9.S.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <asm/asm-prototypes.h>
#include <asm/code-patching.h>
#include <asm/ppc-opcode.h>

#include "landing.h"
#include "switch/switch.h"

#define INSN_HRFID	0x4c000224
#define PRIMARY_B	18		/* b, the primary opcode */
#define INSN_ORI_30	0x63de0000	/* ori 30,30,0 */
#define INSN_TRIG2	0x7c12dba6	/* mtspr TRIG2,r0 */

/*
 * Before the hrfid: the store barrier's slot, then the L1D flush's.
 * Unpatched they hold nops.
 */
#define STORES_SLOT	6
#define L1D_SLOT	3
#define ENTRY_INSNS	256	/* more than the whole function */

static const u32 *l1d_slot;

/*
 * mitigation_init - find the slots
 * Return: 0, or -ENODEV if this kernel's guest entry has no hrfid.
 */
int mitigation_init(void)
{
	const u32 *code = (const u32 *)ppc_function_entry(kvmppc_p9_enter_guest);
	int i;

	for (i = STORES_SLOT + L1D_SLOT; i < ENTRY_INSNS; i++) {
		if (code[i] == INSN_HRFID) {
			l1d_slot = &code[i - L1D_SLOT];
			return 0;
		}
	}
	pr_err("no hrfid in this kernel's guest entry: it is newer than this module knows\n");
	return -ENODEV;
}

/* What the slots hold now, as FLUSH_*; the kernel patches atomically. */
u64 mitigation_flush(void)
{
	u64 flush = 0;
	int i;

	for (i = -STORES_SLOT; i < 0; i++)
		if (READ_ONCE(l1d_slot[i]) != PPC_RAW_NOP())
			flush |= FLUSH_STORES;

	for (i = 0; i < L1D_SLOT; i++) {
		u32 insn = READ_ONCE(l1d_slot[i]);

		if (insn == INSN_ORI_30)
			flush |= FLUSH_L1D_ORI;
		else if (insn == INSN_TRIG2)
			flush |= FLUSH_L1D_TRIG2;
		else if ((insn >> 26) == PRIMARY_B)	/* to the fallback */
			flush |= FLUSH_L1D_DISPLACE;
	}
	return flush;
}
