// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this backend relies on in vmlinux's text, on POWER9 and later, and the refusals.
 * vmlinux exports none of these three things, so each is searched for by its instructions.
 * If one is not found, this kernel is newer than the module, and the module does not load.
 *
 *   - the size of the stack frame that vmlinux's exit code unwinds
 *   - a few instructions that turn the MMU on and go on to the landing
 *   - which flushes the kernel's mitigations ask for
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <linux/sizes.h>
#include <asm/asm-offsets.h>
#include <asm/asm-prototypes.h>
#include <asm/code-patching.h>
#include <asm/ppc-opcode.h>

#include "landing.h"
#include "switch/vmlinux_code.h"

#define INSN_HRFID	0x4c000224
#define PRIMARY_B	18		/* b, the primary opcode */
#define INSN_ORI_30	0x63de0000	/* ori 30,30,0 */
#define INSN_TRIG2	0x7c12dba6	/* mtspr TRIG2,r0 */
#define INSN_STDU_R1	0xf8210001	/* stdu r1,0(r1) */
#define MTMSRD(rs)	(0x7c000164 | ___PPC_RS(rs))
#define MTCR(rs)	(0x7c0ff120 | ___PPC_RS(rs))

/* The text from the start of vmlinux in which its entry code ends */
#define ENTRY_TEXT_SIZE	SZ_1M
/* more than all of kvmppc_p9_enter_guest() */
#define GUEST_ENTRY_INSNS	256
/* in which its stdu stands */
#define PROLOGUE_INSNS		8

/*
 * Right before the hrfid: the store barrier's slot, then the L1D flush's.  Unpatched they
 * hold nops.
 */
#define STORES_SLOT	6
#define L1D_SLOT	3
static_assert(STORES_SLOT + L1D_SLOT == FLUSH_SLOTS);

static const u32 *l1d_slot;
static const u32 *mmu_on;

static const u32 *guest_entry(void)
{
	return (const u32 *)ppc_function_entry(kvmppc_p9_enter_guest);
}

/*
 * asm/switch_p9.S builds the stack frame that vmlinux's exit code unwinds.  vmlinux's
 * guest entry builds the same one: its stdu has the size.
 */
static int check_frame(void)
{
	const u32 want = INSN_STDU_R1 | (-VMLINUX_FRAME_SIZE & 0xfffc);
	const u32 *code = guest_entry();
	int i;

	for (i = 0; i < PROLOGUE_INSNS; i++)
		if (code[i] == want)
			return 0;
	pr_err("this kernel's guest exit code wants another stack frame than %d bytes: it is newer than this module knows\n",
	       VMLINUX_FRAME_SIZE);
	return -ENODEV;
}

/*
 * An exit arrives with the MMU on or off, but module text can be executed with the MMU on
 * only.  The end of vmlinux's enter_prom() loads MSR, r2, r13 to r31 and CR from a switch
 * frame and returns through it.  That code is for the return from Open Firmware and has no
 * other user on a running system.
 */
static int find_mmu_on(void)
{
	u32 tail[3 + 20 + 6];
	const u32 *code = (const u32 *)kernstart_virt_addr;
	const u32 *end = code + ENTRY_TEXT_SIZE / sizeof(*code) - ARRAY_SIZE(tail);
	u32 *p = tail;
	int gpr;

	*p++ = PPC_RAW_LD(_R0, _R1, _MSR);
	*p++ = MTMSRD(_R0);
	*p++ = PPC_RAW_ISYNC();
	*p++ = PPC_RAW_LD(_R2, _R1, GPR2);
	for (gpr = 13; gpr <= 31; gpr++)
		*p++ = PPC_RAW_LD(gpr, _R1, GPR0 + gpr * sizeof(u64));
	*p++ = PPC_RAW_LD(_R4, _R1, _CCR);
	*p++ = MTCR(_R4);
	*p++ = PPC_RAW_ADDI(_R1, _R1, SWITCH_FRAME_SIZE);
	*p++ = PPC_RAW_LD(_R0, _R1, PPC_LR_STKOFF);
	*p++ = PPC_RAW_MTLR(_R0);
	*p++ = PPC_RAW_BLR();

	while (memcmp(code, tail, sizeof(tail))) {
		if (++code > end) {
			pr_err("this kernel has no code that turns the MMU on for the way back from a guest (CONFIG_PPC_OF_BOOT_TRAMPOLINE)\n");
			return -ENODEV;
		}
	}
	mmu_on = code;
	return 0;
}

/*
 * The kernel patches its mitigations at boot, and again on request of debugfs or the command
 * line, into slots right before each return to a lower privilege
 * (arch/powerpc/lib/feature-fixups.c).  Modules have no such slots.  The slots of vmlinux's
 * guest entry tell what the kernel chose; MITIGATE of asm/enter.S does the same.
 */
static int find_flush_slots(void)
{
	const u32 *code = guest_entry();
	int i;

	for (i = STORES_SLOT + L1D_SLOT; i < GUEST_ENTRY_INSNS; i++) {
		if (code[i] == INSN_HRFID) {
			l1d_slot = &code[i - L1D_SLOT];
			return 0;
		}
	}
	pr_err("no hrfid in this kernel's guest entry: it is newer than this module knows\n");
	return -ENODEV;
}

int vmlinux_code_init(void)
{
	int err = check_frame();

	if (!err)
		err = find_mmu_on();
	if (!err)
		err = find_flush_slots();
	return err;
}

unsigned long vmlinux_code_mmu_on(void)
{
	return (unsigned long)mmu_on;
}

static u64 flushes_of(const u32 *slots)
{
	u64 flush = 0;
	int i;

	for (i = 0; i < STORES_SLOT; i++)
		if (slots[i] != PPC_RAW_NOP())
			flush |= FLUSH_STORES;

	for (; i < FLUSH_SLOTS; i++) {
		if (slots[i] == INSN_ORI_30)
			flush |= FLUSH_L1D_ORI;
		else if (slots[i] == INSN_TRIG2)
			flush |= FLUSH_L1D_TRIG2;
		else if ((slots[i] >> 26) == PRIMARY_B)	/* to the fallback */
			flush |= FLUSH_L1D_DISPLACE;
	}
	return flush;
}

/* The kernel patches an instruction atomically, so each is the old or the new one. */
void vmlinux_code_flushes(struct flush_slots *seen, u64 *flush)
{
	const u32 *slots = l1d_slot - STORES_SLOT;
	u32 insn, differ = 0;
	int i;

#pragma GCC unroll 9
	for (i = 0; i < FLUSH_SLOTS; i++) {
		insn = READ_ONCE(slots[i]);
		differ |= insn ^ seen->insn[i];
		seen->insn[i] = insn;
	}
	if (unlikely(differ))
		*flush = flushes_of(seen->insn);
}
