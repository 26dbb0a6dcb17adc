// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C half of the world switch on POWER9 and later: exchange the registers that guest and
 * host both use on this hardware thread, around asm/switch_p9.S.
 *
 * Nothing here may be traced or probed: RCU does not watch (unwatched_begin()), and the
 * guest's registers are loaded piece by piece.
 */
#include <linux/gfp.h>
#include <linux/kvm_host.h>
#include <asm/asm-offsets.h>
#include <asm/cacheflush.h>
#include <asm/debug.h>
#include <asm/exception-64s.h>
#include <asm/hvcall.h>
#include <asm/hw_breakpoint.h>
#include <asm/kvm_book3s.h>
#include <asm/ppc-opcode.h>
#include <asm/reg.h>
#include <asm/switch_to.h>
#include <asm/time.h>

#include "compat.h"
#include "core/run.h"
#include "landing.h"
#include "switch/emulator.h"
#include "switch/fp_state.h"
#include "switch/p9.h"
#include "switch/pmu.h"
#include "switch/switch.h"
#include "switch/tlb.h"
#include "switch/vmlinux_code.h"

#define CHECK_LANDING(symbol, member)					\
	static_assert(offsetof(struct hv_landing, member) == LANDING_##symbol)
CHECK_LANDING(MMU_ON, mmu_on);
CHECK_LANDING(VIRT, virt);
CHECK_LANDING(EXIT_MSR, exit_msr);
CHECK_LANDING(HOST_PID, host_pid);
CHECK_LANDING(HOST_LPID, host_lpid);
CHECK_LANDING(HOST_LPCR, host_lpcr);
CHECK_LANDING(T3, t3);
CHECK_LANDING(DEC, dec);
CHECK_LANDING(MSR, msr);
CHECK_LANDING(PID, pid);
CHECK_LANDING(SRR0, srr0);
CHECK_LANDING(SRR1, srr1);
CHECK_LANDING(DAR, dar);
CHECK_LANDING(DSISR, dsisr);
CHECK_LANDING(FLUSH, flush);
CHECK_LANDING(REAL_ENTER, real_enter);
CHECK_LANDING(REAL_LANDING, real_landing);
CHECK_LANDING(REAL_MSR, real_msr);
CHECK_LANDING(VIRT_HASH, virt_hash);
CHECK_LANDING(GUEST_LPID, guest_lpid);
CHECK_LANDING(GUEST_LPCR, guest_lpcr);
CHECK_LANDING(GUEST_PID, guest_pid);
CHECK_LANDING(LIMIT, limit);
CHECK_LANDING(OPEN, open);
CHECK_LANDING(LAST_CFAR, last.cfar);
CHECK_LANDING(LAST_CTR, last.ctr);
CHECK_LANDING(LAST_CR, last.cr);
CHECK_LANDING(LAST_R0, last.r0);
CHECK_LANDING(LAST_R4, last.r4);
CHECK_LANDING(LAST_R5, last.r5);
CHECK_LANDING(T2, last.t2);

/* The code of switch_hash_p9.S for real mode is copied here. */
static void *real_page;

/* The host's values of the HOST_SPR and KERNEL_SPR rows. */
struct host_sprs {
#define TASK_SPR(spr, member, host, condition)
#define HOST_SPR(spr, member, condition)	unsigned long member;
#define KERNEL_SPR				HOST_SPR
#include "switch/sprs.def"
#undef KERNEL_SPR
#undef HOST_SPR
#undef TASK_SPR
};

#define SAVE_AND_LOAD(spr, member) do {					\
	saved->member = mfspr(SPRN_##spr);				\
	if (vcpu->arch.member != saved->member)				\
		mtspr(SPRN_##spr, vcpu->arch.member);			\
} while (0)

#define SAVE_AND_RESTORE(spr, member, host) do {			\
	vcpu->arch.member = mfspr(SPRN_##spr);				\
	if (vcpu->arch.member != (host))				\
		mtspr(SPRN_##spr, host);				\
} while (0)

static __always_inline void load_guest_sprs(struct kvm_vcpu *vcpu,
					    struct host_sprs *saved, u64 hfscr)
{
#define TASK_SPR(spr, member, host, condition)				\
	if ((condition) && vcpu->arch.member != (host))			\
		mtspr(SPRN_##spr, vcpu->arch.member);
#define HOST_SPR(spr, member, condition)				\
	if (condition)							\
		SAVE_AND_LOAD(spr, member);
#define KERNEL_SPR(spr, member, condition)
#include "switch/sprs.def"
#undef KERNEL_SPR
#undef HOST_SPR
#undef TASK_SPR
}

static __always_inline void load_host_sprs(struct kvm_vcpu *vcpu,
					   const struct host_sprs *saved, u64 hfscr)
{
#define TASK_SPR(spr, member, host, condition)				\
	if (condition)							\
		SAVE_AND_RESTORE(spr, member, host);
#define HOST_SPR(spr, member, condition)				\
	if (condition)							\
		SAVE_AND_RESTORE(spr, member, saved->member);
#define KERNEL_SPR(spr, member, condition)
#include "switch/sprs.def"
#undef KERNEL_SPR
#undef HOST_SPR
#undef TASK_SPR
}

#define TASK_SPR(spr, member, host, condition)
#define HOST_SPR(spr, member, condition)

static __always_inline void load_guest_kernel_sprs(struct kvm_vcpu *vcpu,
						   struct host_sprs *saved)
{
#define KERNEL_SPR(spr, member, condition)				\
	if (condition)							\
		SAVE_AND_LOAD(spr, member);
#include "switch/sprs.def"
#undef KERNEL_SPR
}

static __always_inline void load_host_kernel_sprs(struct kvm_vcpu *vcpu,
						  const struct host_sprs *saved)
{
#define KERNEL_SPR(spr, member, condition)				\
	if (condition)							\
		SAVE_AND_RESTORE(spr, member, saved->member);
#include "switch/sprs.def"
#undef KERNEL_SPR
}

#undef HOST_SPR
#undef TASK_SPR

/*
 * The lower bits may wrap more than once between the read and the write, because an emulated
 * CPU can stall there.  DEC counts the same ticks and is not written meanwhile, so it tells
 * how much the timebase lacks.  For that the timebase and DEC have to be read at the same
 * time: a pair with a stall in between is read again.
 */
static __always_inline void shift_stalling_timebase(u64 delta)
{
	u64 base, want, now, lacks;
	int tries = 4;
	u32 dec;

	do {
		base = mftb();
		dec = mfspr(SPRN_DEC);
		want = base + delta;
	} while (unlikely(mftb() - base > 0x100000) && --tries);

	mtspr(SPRN_TBU40, want);
	for (tries = 0; tries < 4; tries++) {
		now = mftb();
		lacks = want + (u32)(dec - mfspr(SPRN_DEC)) - now + 0x800000;
		if (likely(!(lacks & ~0xffffffUL)))
			break;
		mtspr(SPRN_TBU40, now + (lacks & ~0xffffffUL));
	}
}

/*
 * Add delta to the timebase, a multiple of 2^24 ticks: TBU40 sets the upper 40 bits and
 * leaves the lower 24 running (ISA Book III, "Time Base Upper 40").  They may wrap between
 * the read and the write, and then the timebase lacks 2^24 ticks.  They do so every 33 ms,
 * so at most once here.
 */
static __always_inline void shift_timebase(u64 delta)
{
	u64 want;

	if (on_emulator()) {
		shift_stalling_timebase(delta);
		return;
	}
	want = mftb() + delta;
	mtspr(SPRN_TBU40, want);
	if (unlikely((mftb() & 0xffffff) < (want & 0xffffff)))
		mtspr(SPRN_TBU40, want + 0x1000000);
}

/* Where the early interrupt code left r9 to r13 and more for this trap. */
static __always_inline const u64 *exception_save_area(int trap)
{
	if (likely(trap > BOOK3S_INTERRUPT_MACHINE_CHECK))
		return local_paca->exgen;
	if (trap == BOOK3S_INTERRUPT_MACHINE_CHECK)
		return local_paca->exmc;
	return local_paca->exnmi;
}

/*
 * Pick up what the interrupt left in the PACA: any other interrupt overwrites it.
 * Return: the trap.
 */
static __always_inline int save_volatile(struct kvm_vcpu *vcpu)
{
	/* bit 0x2 says that HSRR0 and HSRR1 were used, which the trap says too */
	int trap = local_paca->kvm_hstate.scratch0 & ~0x2;
	const u64 *ex = exception_save_area(trap);

	vcpu->arch.regs.gpr[1] = local_paca->kvm_hstate.scratch1;
	vcpu->arch.regs.gpr[3] = local_paca->kvm_hstate.scratch2;
	vcpu->arch.regs.gpr[9] = ex[EX_R9 / sizeof(u64)];
	vcpu->arch.regs.gpr[10] = ex[EX_R10 / sizeof(u64)];
	vcpu->arch.regs.gpr[11] = ex[EX_R11 / sizeof(u64)];
	vcpu->arch.regs.gpr[12] = ex[EX_R12 / sizeof(u64)];
	vcpu->arch.regs.gpr[13] = ex[EX_R13 / sizeof(u64)];
	vcpu->arch.regs.ctr = ex[EX_CTR / sizeof(u64)];
	vcpu->arch.ppr = ex[EX_PPR / sizeof(u64)];
	vcpu->arch.cfar = ex[EX_CFAR / sizeof(u64)];
	if (trap == BOOK3S_INTERRUPT_H_DATA_STORAGE || trap == BOOK3S_INTERRUPT_MACHINE_CHECK) {
		vcpu->arch.fault_dar = ex[EX_DAR / sizeof(u64)];
		vcpu->arch.fault_dsisr = (u32)ex[EX_DSISR / sizeof(u64)];
	}
	return trap;
}

/* Pick up what the landing has saved, and what only the next exit overwrites. */
static __always_inline void save_exit_state(struct kvm_vcpu *vcpu,
					    const struct hv_landing *landing, int trap)
{
	vcpu->arch.shregs.srr0 = landing->srr0;
	vcpu->arch.shregs.srr1 = landing->srr1;
	vcpu->arch.shregs.dar = landing->dar;
	vcpu->arch.shregs.dsisr = landing->dsisr;
	vcpu->arch.pid = landing->pid;
	vcpu->arch.last_inst = KVM_INST_FETCH_FAILED;

	switch (trap) {
	case BOOK3S_INTERRUPT_H_DATA_STORAGE:
		vcpu->arch.fault_gpa = mfspr(SPRN_ASDR);
		break;
	case BOOK3S_INTERRUPT_H_INST_STORAGE:
		/* HSRR0 and HSRR1 hold what HDAR and HDSISR hold after a data access */
		vcpu->arch.fault_gpa = mfspr(SPRN_ASDR);
		vcpu->arch.fault_dar = vcpu->arch.regs.nip;
		vcpu->arch.fault_dsisr = vcpu->arch.shregs.msr & DSISR_SRR1_MATCH_64S;
		if (vcpu->arch.shregs.msr & HSRR1_HISI_WRITE)
			vcpu->arch.fault_dsisr |= DSISR_ISSTORE;
		/* No bits of the MSR: a VMM that reads the registers now must not see them. */
		vcpu->arch.shregs.msr &= ~HSRR1_CAUSE;
		break;
	case BOOK3S_INTERRUPT_H_EMUL_ASSIST:
	case BOOK3S_INTERRUPT_HV_SOFTPATCH:
		vcpu->arch.emul_inst = mfspr(SPRN_HEIR);
		break;
	case BOOK3S_INTERRUPT_H_FAC_UNAVAIL:
		vcpu->arch.hfscr = mfspr(SPRN_HFSCR);	/* with the cause */
		break;
	}
}

/*
 * Without LPCR[LD] DEC has 32 bits, and interrupts while the highest bit is set.  A vCPU that did
 * not run may be more than 2^31 ticks late, which 32 bits would turn into a time in the future:
 * make it due @now.
 */
static __always_inline void limit_guest_dec(struct kvm_vcpu *vcpu, u64 now, unsigned long lpcr)
{
	if (unlikely((s64)(vcpu->arch.dec_expires - now) < S32_MIN && !(lpcr & LPCR_LD)))
		vcpu->arch.dec_expires = now;
}

/* The host's values for the way back */
struct host_context {
	struct host_sprs sprs;
	u64 hfscr, purr, spurr;
};

/* All of the guest that does not disturb the host's kernel */
static __always_inline void load_guest(struct hv_vcpu *hv, struct host_context *host,
				       u64 hfscr)
{
	struct kvm_vcpu *vcpu = hv->vcpu;

	load_guest_sprs(vcpu, &host->sprs, hfscr);
	if (!(vcpu->arch.ctrl & CTRL_RUNLATCH))
		mtspr(SPRN_CTRLT, 0);

	host->purr = mfspr(SPRN_PURR);
	host->spurr = mfspr(SPRN_SPURR);
	mtspr(SPRN_PURR, vcpu->arch.purr);
	mtspr(SPRN_SPURR, vcpu->arch.spurr);
	mtspr(SPRN_VTB, hv->core.vtb);
	if (hv->core.pcr)
		mtspr(SPRN_PCR, hv->core.pcr | PCR_MASK);
	if (vcpu->arch.doorbell_request) {
		vcpu->arch.doorbell_request = 0;
		mtspr(SPRN_DPDES, 1);
	}
	host->hfscr = mfspr(SPRN_HFSCR);
	mtspr(SPRN_HFSCR, hfscr);
}

/* What the host's kernel uses: with it the host can still recover, but not run. */
static __always_inline void load_guest_last(struct hv_vcpu *hv, struct host_context *host)
{
	struct kvm_vcpu *vcpu = hv->vcpu;

	fp_state_load(vcpu);
	load_guest_kernel_sprs(vcpu, &host->sprs);
	mtspr(SPRN_SPRG0, vcpu->arch.shregs.sprg0);
	mtspr(SPRN_SPRG1, vcpu->arch.shregs.sprg1);
	mtspr(SPRN_SPRG2, vcpu->arch.shregs.sprg2);
	mtspr(SPRN_SPRG3, vcpu->arch.shregs.sprg3);
	mtspr(SPRN_HSRR0, vcpu->arch.regs.nip);
	mtspr(SPRN_HSRR1, (vcpu->arch.shregs.msr & ~MSR_HV) | MSR_ME);
}

/* The reverse of load_guest_last() */
static __always_inline void load_host_first(struct hv_vcpu *hv,
					    const struct host_context *host)
{
	struct kvm_vcpu *vcpu = hv->vcpu;

	vcpu->arch.shregs.sprg0 = mfspr(SPRN_SPRG0);
	vcpu->arch.shregs.sprg1 = mfspr(SPRN_SPRG1);
	vcpu->arch.shregs.sprg2 = mfspr(SPRN_SPRG2);
	vcpu->arch.shregs.sprg3 = mfspr(SPRN_SPRG3);
	mtspr(SPRN_SPRG_VDSO_WRITE, local_paca->sprg_vdso);
	load_host_kernel_sprs(vcpu, &host->sprs);
	/* the host does not use HDEC: keep it from expiring */
	mtspr(SPRN_HDEC, decrementer_max);
}

/* The window without recovery, as far as C code opens and closes it. */
static __always_inline void window_open(void)
{
	WRITE_ONCE(local_paca->kvm_hstate.in_guest, KVM_GUEST_MODE_HV_P9);
	barrier();
}

static __always_inline void window_close(void)
{
	barrier();
	WRITE_ONCE(local_paca->kvm_hstate.in_guest, KVM_GUEST_MODE_NONE);
}

/*
 * tlbiel works on the LPID in LPIDR. A hash guest needs no flush: the hypercalls invalidate on all
 * CPUs what they remove.
 */
static __always_inline void flush_tlb(struct kvm *kvm)
{
	window_open();
	asm volatile("hwsync; isync" : : : "memory");
	mtspr(SPRN_LPID, kvm->arch.lpid);
	isync();
	tlb_flush_local(kvm);
	mtspr(SPRN_LPID, kvm->arch.host_lpid);
	isync();
	window_close();
}

/* The reverse of load_guest(). */
static __always_inline void load_host(struct hv_vcpu *hv, const struct host_context *host,
				      u64 hfscr)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	u64 purr = mfspr(SPRN_PURR);
	u64 spurr = mfspr(SPRN_SPURR);
	u64 dpdes;

	mtspr(SPRN_PURR, host->purr + (purr - vcpu->arch.purr));
	mtspr(SPRN_SPURR, host->spurr + (spurr - vcpu->arch.spurr));
	vcpu->arch.purr = purr;
	vcpu->arch.spurr = spurr;
	vcpu->arch.ic = mfspr(SPRN_IC);
	hv->core.vtb = mfspr(SPRN_VTB);
	mtspr(SPRN_HFSCR, host->hfscr);
	dpdes = mfspr(SPRN_DPDES);
	if (dpdes) {
		vcpu->arch.doorbell_request = 1;
		mtspr(SPRN_DPDES, 0);
	}
	if (hv->core.pcr)
		mtspr(SPRN_PCR, PCR_MASK);

	load_host_sprs(vcpu, &host->sprs, hfscr);
	vcpu->arch.ctrl = mfspr(SPRN_CTRLF);
	if (!(vcpu->arch.ctrl & CTRL_RUNLATCH))
		mtspr(SPRN_CTRLT, CTRL_RUNLATCH);

	/* What the guest left in the copy buffer must not be pasted by the host. */
	if (cpu_has_feature(CPU_FTR_ARCH_31))
		asm volatile(PPC_CP_ABORT);
}

/*
 * The part in which RCU does not watch: what the host's kernel uses, the guest's MMU context,
 * the guest, and back.
 * Return: the trap.
 */
static __always_inline int enter_and_leave(struct hv_vcpu *hv, struct host_context *host,
					   u64 limit, unsigned long lpcr)
{
	struct hvlens_exit *rec = hv->rec;
	struct hv_landing *landing = &hv->landing;
	u64 tb_offset = hv->core.tb_offset;
	struct kvm_vcpu *vcpu = hv->vcpu;
	bool radix = lpcr & LPCR_HR;
	u64 open = 0;
	int trap;

	unwatched_begin();
	load_guest_last(hv, host);
	landing->guest_lpcr = lpcr;
	landing->guest_pid = vcpu->arch.pid;
	landing->limit = limit + tb_offset;
	limit_guest_dec(vcpu, mftb() + tb_offset, lpcr);
	if (radix && unlikely(cpumask_test_cpu(hv->core.pcpu, &vcpu->kvm->arch.need_tlb_flush)))
		flush_tlb(vcpu->kvm);
	pmu_to_guest(hv);

	/*
	 * With in_guest set the host cannot return from a system reset or machine check: in HV
	 * mode vmlinux clears RI in the interrupted MSR (kvmppc_p9_bad_interrupt), which stands
	 * for MSR[RI].  hv_enter_p9() sets in_guest as late as possible.
	 */
	if (!radix || tb_offset) {
		open = mftb();
		window_open();
	}
	if (tb_offset) {
		shift_timebase(tb_offset);
		hv->core.tb_offset_applied = tb_offset;
	}
	if (!radix)
		hv_enter_hash_p9(vcpu, landing);
	else if (rec)
		hv_enter_timed_p9(vcpu, landing);
	else
		hv_enter_p9(vcpu, landing);

	trap = save_volatile(vcpu);
	if (tb_offset) {
		shift_timebase(-tb_offset);
		hv->core.tb_offset_applied = 0;
	}
	/* The host's MMU, timebase and MSR are back: it can recover again. */
	window_close();
	if (rec) {
		rec->ri_exit = mftb() - (landing->t3 - tb_offset);
		rec->t2 = landing->last.t2 - tb_offset;
		rec->t3 = landing->t3 - tb_offset;
		rec->ri_entry = rec->t2 - (open ?: landing->open);
		rec->host_msr = landing->msr;
	}
	pmu_to_host(hv);
	save_exit_state(vcpu, landing, trap);
	if (!(lpcr & LPCR_LD))
		landing->dec = (s32)landing->dec;
	vcpu->arch.dec_expires = landing->t3 + landing->dec;
	load_host_first(hv, host);
	unwatched_end();
	return trap;
}

/*
 * switch_p9 - run the guest until the next exit that needs the host
 * @hv:		the vCPU; hv->rec is the record for listeners or NULL
 * @limit:	host timebase at which the guest must be left; at most decrementer_max ticks
 *		ahead.  If it is over, the guest is left before its first instruction.
 * @lpcr:	the guest's LPCR for this entry
 * @msr:	the host's MSR: EE clear; IR, DR, RI, FP, VEC, VSX set
 *		The guest's values of these facilities may stay in the registers (fp_state.h).
 *
 * Context: interrupts hard-disabled, preemption off, MMU on.  PACA kvm_hstate.kvm_vcpu
 * names the vCPU.
 *
 * Return: the trap, 0x100 to 0x1ff0, without its HSRR flag.  The guest's
 * registers are in vcpu->arch; vcpu->arch.dec_expires is in guest timebase.
 */
noinstr int switch_p9(struct hv_vcpu *hv, u64 limit, unsigned long lpcr, unsigned long msr)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	u64 hfscr = vcpu->arch.hfscr;
	struct host_context host;
	int trap;

	hv->landing.exit_msr = msr & ~MSR_RI;
	hv->landing.real_msr = msr & ~(MSR_IR | MSR_DR | MSR_RI);
	hv->landing.host_pid = mfspr(SPRN_PID);
	load_guest(hv, &host, hfscr);
	do {
		trap = enter_and_leave(hv, &host, limit, lpcr);
		/* pmu_to_host() may have taken a facility away */
	} while (trap == BOOK3S_INTERRUPT_SYSCALL &&
		 vcpu->arch.regs.gpr[3] <= MAX_HCALL_OPCODE &&
		 vcpu->arch.hfscr == hfscr && run_again(hv, &limit));
	load_host(hv, &host, hfscr);
	return trap;
}

/* switch_p9_vcpu_init - what never changes of a vCPU's landing */
void switch_p9_vcpu_init(struct hv_vcpu *hv)
{
	struct kvm *kvm = hv->vcpu->kvm;

	hv->landing.mmu_on = vmlinux_code_mmu_on();
	hv->landing.virt = (unsigned long)hv_landing_p9;
	hv->landing.host_lpid = kvm->arch.host_lpid;
	hv->landing.guest_lpid = kvm->arch.lpid;
	hv->landing.host_lpcr = kvm->arch.host_lpcr;
	hv->landing.real_enter = (unsigned long)real_page;
	hv->landing.real_landing = (unsigned long)real_page +
				   (hv_hash_real_landing - hv_hash_real);
	hv->landing.virt_hash = (unsigned long)hv_landed_hash_p9;
}

/*
 * switch_p9_init - copy the code for real mode to a page of the linear mapping
 * Return: 0 or -ENOMEM.
 */
int switch_p9_init(void)
{
	size_t size = hv_hash_real_end - hv_hash_real;

	real_page = (void *)__get_free_page(GFP_KERNEL);
	if (!real_page)
		return -ENOMEM;
	memcpy(real_page, hv_hash_real, size);
	if (!on_emulator())
		*(u32 *)(real_page + (hv_hash_zero_entry - hv_hash_real)) = PPC_RAW_NOP();
	flush_icache_range((unsigned long)real_page, (unsigned long)real_page + size);
	return 0;
}

/* switch_p9_exit - undo switch_p9_init().  No vCPU is left. */
void switch_p9_exit(void)
{
	free_page((unsigned long)real_page);
}
