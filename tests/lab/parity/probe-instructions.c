// SPDX-License-Identifier: GPL-2.0-only
/*
 * The effect of a guest's instructions at each compatibility level: which SPRs and facilities
 * exist, and what is privileged; watchpoints, instruction breakpoints, the VMM's breakpoints. For
 * parity.t: one line per fact, "KEY: ANSWER", the same in each run on the same machine.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "fixture.h"
#include "host.h"
#include "tap.h"

GUEST(hcall);	/* only to start with */

#define PVR_ARCH(level)	(0x0f000000u | (level))

#define USER_EA		0x10000000ull	/* the guest's code in problem state */
#define USER_PID	1
#define WATCHED		(KERNEL_EA + FIXTURE_DATA + 0x100)

#define SC		0x44000002u
#define NOP		0x60000000u
#define LD_R4_R20	0xe8940000u	/* ld r4, 0(r20) */
#define STD_R4_R20	0xf8940000u

/* SRR1 of a program or facility interrupt: the cause, and whether the instruction had a prefix */
#define SRR1_REASON	0x783f0000u

static const struct instruction {
	const char *name;
	u32 words[2];
} instructions[] = {
	{ "nop", { NOP } },
	{ "zero", { 0 } },
	{ "mfmsr", { 0x7c8000a6 } },
	{ "hrfid", { 0x4c000224 } },
	{ "doze", { 0x4c000324 } },
	{ "nap", { 0x4c000364 } },
	{ "tbegin.", { 0x7c00051d } },
	{ "tend.", { 0x7c00055d } },
	{ "tcheck", { 0x7c00059c } },
	{ "tsuspend.", { 0x7c0005dd } },
	{ "tabort.", { 0x7c00071d } },
	{ "treclaim.", { 0x7c00075d } },
	{ "trechkpt.", { 0x7c0007dd } },
	{ "darn", { 0x7c8105e6 } },
	{ "scv", { 0x44000001 } },
	{ "maddld", { 0x10842133 } },
	{ "addpcis", { 0x4c800004 } },
	{ "cp_abort", { 0x7c00068c } },
	{ "paddi", { 0x06000000, 0x38800001 } },
	{ "pnop", { 0x07000000, 0 } },
	{ "brh", { 0x7c8401b6 } },
	{ "msgsndp", { 0x7c00211c } },
	{ "msgclrp", { 0x7c00215c } },
	{ "msgsnd", { 0x7c00219c } },
	{ "msgclr", { 0x7c0021dc } },
	{ "slbia", { 0x7c0003e4 } },
	{ "mfbhrbe", { 0x7c80025c } },
	{ "clrbhrb", { 0x7c00035c } },
	{ "fadd", { 0xfc21082a } },
	{ "vaddubm", { 0x10000000 } },
	{ "xxlxor", { 0xf00004d0 } },
};

/* @write: for an SPR of the hypervisor, which nobody else may write */
static const struct spr {
	unsigned int number;
	bool write;
} sprs[] = {
	{ 0, false }, { 1, false }, { 3, false }, { 4, false }, { 5, false }, { 6, false },
	{ 8, false }, { 9, false }, { 13, false }, { 17, false }, { 18, false }, { 19, false },
	{ 22, false }, { 26, false }, { 29, false }, { 48, false }, { 61, false },
	{ 128, false }, { 129, false }, { 130, false }, { 136, false }, { 144, false },
	{ 153, false }, { 157, false }, { 159, false }, { 176, true }, { 180, true },
	{ 181, true }, { 186, true }, { 187, true }, { 188, true }, { 190, true },
	{ 256, false }, { 259, false }, { 268, false }, { 269, false }, { 272, false },
	{ 284, true }, { 286, true }, { 287, false }, { 304, true }, { 306, true },
	{ 307, true }, { 308, true }, { 309, true }, { 310, true }, { 314, true },
	{ 315, true }, { 318, true }, { 319, true }, { 336, true }, { 337, true },
	{ 338, true }, { 349, true }, { 446, false }, { 455, true }, { 464, true },
	{ 468, false }, { 469, false }, { 752, false }, { 753, false }, { 754, false },
	{ 768, false }, { 771, false }, { 779, false }, { 784, false }, { 785, false },
	{ 786, false }, { 787, false }, { 795, false }, { 796, false }, { 798, false },
	{ 804, false }, { 805, false }, { 806, false }, { 812, false }, { 815, false },
	{ 823, false }, { 828, false }, { 848, true }, { 849, true }, { 855, true },
	{ 896, false }, { 898, false }, { 1000, false }, { 1008, true }, { 1023, false },
};

static u32 spr_access(bool write, unsigned int spr)
{
	return (write ? 0x7c8003a6 : 0x7c8002a6) | (spr & 31) << 16 | (spr >> 5) << 11;
}

static void start(struct fixture *f)
{
	fixture_virt(f, hcall);
	mmu_map(&f->mmu, USER_PID, USER_EA, GUEST_CODE, PAGE_64K, PAGE_64K, PTE_USER);
}

/* One or two words and a system call; returns where the guest is to begin */
static u64 place(struct fixture *f, const u32 *words, bool problem)
{
	u32 *code = vm_ptr(&f->vm, GUEST_CODE, 16);
	unsigned int n = 0;

	code[n++] = words[0];
	if (words[1])
		code[n++] = words[1];
	code[n++] = SC;
	__builtin___clear_cache((char *)code, (char *)(code + n));
	return problem ? USER_EA : KERNEL_EA + GUEST_CODE;
}

/* Runs the guest from @base; prints how it ended. */
static void run(struct fixture *f, u64 base, bool problem)
{
	struct kvm_regs regs;
	u64 vector;
	int rc;

	/* DEC has 32 bits; a slow machine may need long for one run */
	vcpu_set_reg(&f->vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + (1u << 31) - (1u << 24));
	vcpu_set_entry(&f->vcpu, base, problem ? MSR_VIRT | MSR_PR : MSR_VIRT);
	vcpu_set_reg(&f->vcpu, KVM_REG_PPC_PID, USER_PID);
	do {
		rc = vcpu_run(&f->vcpu);
	} while (rc == -EINTR);
	if (rc == KVM_EXIT_DEBUG) {
		printf("%s at +%" PRIx64 " status %x\n", vmm_exit_name(rc),
		       (u64)f->vcpu.run->debug.arch.address - base,
		       f->vcpu.run->debug.arch.status);
		return;
	}
	if (rc != KVM_EXIT_PAPR_HCALL || f->vcpu.run->papr_hcall.nr < REPORT_TRAP) {
		printf("%s\n", rc < 0 ? vmm_answer(rc) : vmm_exit_name(rc));
		return;
	}
	vcpu_get_regs(&f->vcpu, &regs);
	vector = f->vcpu.run->papr_hcall.nr - REPORT_TRAP;
	printf("interrupt %" PRIx64 " at +%" PRIx64 " srr1 %" PRIx64, vector,
	       (u64)regs.sprg1 - base, (u64)regs.sprg2 & SRR1_REASON);
	if (vector == 0x300)
		printf(" dsisr %" PRIx64 " dar %" PRIx64, vcpu_reg(&f->vcpu, KVM_REG_PPC_DSISR),
		       vcpu_reg(&f->vcpu, KVM_REG_PPC_DAR));
	printf("\n");
}

static void every_instruction(const char *level, u32 pvr, bool problem)
{
	const char *state = problem ? "problem" : "supervisor";
	struct fixture f;
	size_t i;

	start(&f);
	if (vcpu_set_one(&f.vcpu, KVM_REG_PPC_ARCH_COMPAT, &pvr)) {
		printf("instruction %s %s: no such level\n", level, state);
		fixture_end(&f);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(instructions); i++) {
		printf("instruction %s %s %s: ", level, state, instructions[i].name);
		run(&f, place(&f, instructions[i].words, problem), problem);
	}
	for (i = 0; i < ARRAY_SIZE(sprs); i++) {
		const u32 word[] = { spr_access(sprs[i].write, sprs[i].number), 0 };

		printf("instruction %s %s %s %u: ", level, state,
		       sprs[i].write ? "mtspr" : "mfspr", sprs[i].number);
		run(&f, place(&f, word, problem), problem);
	}
	fixture_end(&f);
}

/* --- watchpoints and breakpoints --------------------------------------------- */

static void watch(struct fixture *f, const char *name, u64 address_id, u64 control_id)
{
	/* problem, supervisor; WTI; WT; load, store */
	static const u64 controls[] = { 0, 0x21, 0x22, 0x32, 0x42, 0x52, 0x62, 0x72, 0x7a, 0x78 };
	static const u32 access[][2] = { { LD_R4_R20, 0 }, { STD_R4_R20, 0 } };
	size_t i, store;

	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		for (store = 0; store < 2; store++) {
			vcpu_set_reg(&f->vcpu, address_id, WATCHED);
			vcpu_set_reg(&f->vcpu, control_id, controls[i]);
			vcpu_set_gpr(&f->vcpu, 20, WATCHED);
			printf("watch %s %" PRIx64 " %s: ", name, controls[i],
			       store ? "store" : "load");
			run(f, place(f, access[store], false), false);
		}
	}
	vcpu_set_reg(&f->vcpu, control_id, 0);
}

static void watchpoints(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_DAWR1, .args = { 1 } };
	struct fixture f;

	start(&f);
	vm_ioctl(&f.vm, KVM_ENABLE_CAP, &cap);
	watch(&f, "dawr0", KVM_REG_PPC_DAWR, KVM_REG_PPC_DAWRX);
	watch(&f, "dawr1", KVM_REG_PPC_DAWR1, KVM_REG_PPC_DAWRX1);
	fixture_end(&f);
}

static void instruction_breakpoints(void)
{
	static const u32 words[] = { NOP, NOP };
	struct fixture f;
	bool problem;
	u64 base;
	int i;

	start(&f);
	for (i = 0; i < 8; i++) {
		problem = i & 4;
		base = place(&f, words, problem);
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_CIABR, (base + 4) | (i & 3));
		printf("break %s %d: ", problem ? "problem" : "supervisor", i & 3);
		run(&f, base, problem);
	}
	fixture_end(&f);
}

static void vmm_breakpoints(void)
{
	static const u32 controls[] = {
		0, KVM_GUESTDBG_ENABLE, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
		KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP, KVM_GUESTDBG_USE_SW_BP,
	};
	struct kvm_guest_debug debug = { };
	struct fixture f;
	u32 words[2] = { NOP };
	size_t i;
	int rc, zero;

	start(&f);
	words[1] = vcpu_reg(&f.vcpu, KVM_REG_PPC_DEBUG_INST);
	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		debug.control = controls[i];
		rc = vcpu_ioctl(&f.vcpu, KVM_SET_GUEST_DEBUG, &debug);
		for (zero = 0; zero < 2; zero++) {
			const u32 illegal[2] = { zero ? 4 : NOP, words[1] };

			printf("debug %x %s: %s ", controls[i], zero ? "illegal" : "breakpoint",
			       vmm_answer(rc));
			run(&f, place(&f, illegal, false), false);
		}
	}
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	every_instruction("own", 0, false);
	every_instruction("own", 0, true);
	every_instruction("2.07", PVR_ARCH(4), false);
	every_instruction("2.07", PVR_ARCH(4), true);
	every_instruction("3.0", PVR_ARCH(5), false);
	every_instruction("3.0", PVR_ARCH(5), true);
	watchpoints();
	instruction_breakpoints();
	vmm_breakpoints();
	return fflush(stdout) ? 1 : 0;
}
