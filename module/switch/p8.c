// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C half of the POWER8 world switch. vmlinux loads and saves the guest's state in real
 * mode (arch/powerpc/kvm/book3s_hv_rmhandlers.S). This code prepares what vmlinux relies on,
 * and restores the host's registers where vmlinux leaves the guest's values.
 *
 * Nothing here may be traced or probed: RCU does not watch.
 */
#include <linux/kvm_host.h>
#include <asm/kvm_book3s.h>
#include <asm/pmc.h>
#include <asm/reg.h>
#include <asm/switch_to.h>
#include <asm/time.h>

#include "switch/cores.h"
#include "switch/emulator.h"
#include "switch/p8.h"
#include "switch/switch.h"

/* asm/enter_p8.S; the contract stands there */
int hv_enter_p8(void);

/*
 * RWMR sets how fast PURR and SPURR run. With this value and one active thread in the core
 * they run as fast as the timebase.
 */
#define RWMR_ONE_THREAD		0x164520c62609aecaUL

/*
 * T2 and T3 are derived from PURR: vmlinux sets it to the guest's value on the way in, and
 * back on the way out. If PURR and timebase advanced equally over all of it, to within this
 * many ticks (1 us), then T2 and T3 are exact to as many ticks.
 */
#define PURR_SLACK		512

/*
 * Stop the host's performance monitor. If perf uses it, keep its registers where vmlinux
 * finds them after the exit.
 *
 * MMCR2 freezes the counters one by one. With MMCR0 alone an alert can still come on POWER8.
 */
static __always_inline void save_host_pmu(struct kvmppc_host_state *hstate)
{
	u64 mmcr2 = mfspr(SPRN_MMCR2);
	u64 mmcr0, mmcra;

	mtspr(SPRN_MMCR2, ~0x3ffUL);
	isync();
	mmcr0 = mfspr(SPRN_MMCR0);
	mtspr(SPRN_MMCR0, MMCR0_FC);
	mmcra = mfspr(SPRN_MMCRA);
	mtspr(SPRN_MMCRA, 0);
	isync();	/* stopped before the counters are read */
	if (!ppc_get_pmu_inuse())
		return;

	hstate->host_mmcr[0] = mmcr0;
	hstate->host_mmcr[1] = mfspr(SPRN_MMCR1);
	hstate->host_mmcr[2] = mmcra;
	hstate->host_mmcr[3] = mfspr(SPRN_SIAR);
	hstate->host_mmcr[4] = mfspr(SPRN_SDAR);
	hstate->host_mmcr[5] = mmcr2;
	hstate->host_mmcr[6] = mfspr(SPRN_SIER);
	hstate->host_pmc[0] = mfspr(SPRN_PMC1);
	hstate->host_pmc[1] = mfspr(SPRN_PMC2);
	hstate->host_pmc[2] = mfspr(SPRN_PMC3);
	hstate->host_pmc[3] = mfspr(SPRN_PMC4);
	hstate->host_pmc[4] = mfspr(SPRN_PMC5);
	hstate->host_pmc[5] = mfspr(SPRN_PMC6);
}

/*
 * The host's SPRs that vmlinux leaves with the guest's value: R(SPR, the host's value),
 * from the task where the scheduler keeps it.
 */
#define LEFT_SPRS(R)				\
	R(TAR,	  current->thread.tar)		\
	R(VRSAVE, current->thread.vrsave)	\
	R(EBBHR,  current->thread.ebbhr)	\
	R(EBBRR,  current->thread.ebbrr)	\
	R(BESCR,  current->thread.bescr)	\
	R(PID,	  host.pid)			\
	R(ACOP,	  host.acop)			\
	R(CSIGR,  host.csigr)			\
	R(TACR,	  host.tacr)			\
	R(HFSCR,  host.hfscr)

#define RESTORE(spr, value)	mtspr(SPRN_##spr, value);

/*
 * DEC moves into HDEC, so that the host's timer ends the guest's run. vmlinux sets DEC again
 * after the exit. HDICE must be set first, see load_radix_context() of switch/p9.c.
 */
static __always_inline void move_dec(struct kvmppc_host_state *hstate, struct kvm *kvm)
{
	s64 dec;

	mtspr(SPRN_LPCR, kvm->arch.host_lpcr | LPCR_HDICE);
	isync();
	dec = (s32)mfspr(SPRN_DEC);
	hstate->dec_expires = mftb() + dec;
	mtspr(SPRN_HDEC, dec);
}

/*
 * vmlinux loads DEC, 32 bits, with the ticks that are left until dec_expires.  A vCPU that
 * did not run may be more than 2^31 ticks late, which 32 bits would turn into a time in the
 * future: make it due now.
 */
static __always_inline void limit_guest_dec(struct kvm_vcpu *vcpu, u64 now)
{
	if ((s64)(vcpu->arch.dec_expires - now) < S32_MIN)
		vcpu->arch.dec_expires = now;
}

/*
 * The value to which vmlinux set PURR on the way out: it adds what the guest's PURR has grown
 * to the host's.  Then it does the same for SPURR.  QEMU has one register for both, which
 * holds what was written last.
 */
static __always_inline u64 purr_set(const struct kvmppc_host_state *hstate,
				    const struct kvm_vcpu *vcpu, u64 guest_purr, u64 guest_spurr)
{
	if (on_emulator())
		return hstate->host_spurr + (vcpu->arch.spurr - guest_spurr);
	return hstate->host_purr + (vcpu->arch.purr - guest_purr);
}

/*
 * T2 and T3: when vmlinux set PURR to the guest's value and back, in timebase ticks.
 * @host_purr is the value before, @set the value to which it was set.
 */
static __always_inline void derive_borders(struct hvlens_exit *rec, const u64 tb[2],
					   const u64 purr[2], u64 host_purr, u64 set)
{
	s64 lost = (tb[1] - tb[0]) - (purr[1] - purr[0]);
	u64 t2 = tb[0] + (host_purr - purr[0]);
	u64 t3 = tb[1] - (purr[1] - set);

	if (!cores_have_one_thread() || lost < -PURR_SLACK || lost > PURR_SLACK)
		return;
	/* a short time in the guest can be less than what the clocks differ by */
	if (t2 < tb[0] || t3 < t2 || t3 > tb[1])
		return;
	rec->t2 = t2;
	rec->t3 = t3;
	rec->flags |= HVLENS_F_DERIVED;
}

/*
 * switch_p8 - run the guest until the next exit
 * @hv: the vCPU; hv->rec is the record for listeners or NULL. vmlinux finds all else where
 * it looks for it: LPCR in hv->core.lpcr
 *
 * Context: interrupts hard-disabled, preemption off, MMU on; the core's
 * other threads are kept out of the kernel (cores_take()); kvm->srcu, because real mode
 * answers hypercalls. PACA kvm_hstate.kvm_vcpu names the vCPU.
 *
 * Return: the trap, without its HSRR flag; 0: real mode has handled the exit, and the
 * guest has ceded if vcpu->arch.ceded is set. The guest's registers are in vcpu->arch;
 * vcpu->arch.dec_expires is in guest timebase.
 */
noinstr int switch_p8(struct hv_vcpu *hv, u64 limit, unsigned long lpcr, unsigned long msr)
{
	struct kvmppc_host_state *hstate = &local_paca->kvm_hstate;
	struct kvm_vcpu *vcpu = hv->vcpu;
	struct {
		u64 pid, acop, csigr, tacr, hfscr;
	} host = {
		.pid = mfspr(SPRN_PID),
		.acop = mfspr(SPRN_ACOP),
		.csigr = mfspr(SPRN_CSIGR),
		.tacr = mfspr(SPRN_TACR),
		.hfscr = mfspr(SPRN_HFSCR),
	};
	u64 guest_purr = vcpu->arch.purr, guest_spurr = vcpu->arch.spurr;
	u64 tb[2], purr[2];
	int trap;

	unwatched_begin();
	hv->core.entry_exit_map = 0;
	hv->core.in_guest = 0;
	hv->core.napping_threads = 0;
	hv->core.conferring_threads = 0;
	hv->core.tb_offset_applied = 0;
	/* a doorbell that comes after this look stays for the next entry */
	hv->core.dpdes = vcpu->arch.doorbell_request;
	if (hv->core.dpdes)
		vcpu->arch.doorbell_request = 0;
	hstate->ptid = 0;
	hstate->napping = 0;
	hstate->kvm_split_mode = NULL;
	hstate->host_dscr = mfspr(SPRN_DSCR);
	hstate->kvm_vcore = &hv->core;

	mtspr(SPRN_HFSCR, vcpu->arch.hfscr);
	mtspr(SPRN_RWMR, RWMR_ONE_THREAD);
	save_host_pmu(hstate);
	move_dec(hstate, vcpu->kvm);
	limit_guest_dec(vcpu, mftb() + hv->core.tb_offset);

	tb[0] = mftb();
	purr[0] = mfspr(SPRN_PURR);
	trap = hv_enter_p8();
	purr[1] = mfspr(SPRN_PURR);
	tb[1] = mftb();

	LEFT_SPRS(RESTORE)
	hstate->kvm_vcore = NULL;
	/* a doorbell that the guest has not taken; others may have sent one meanwhile */
	if (hv->core.dpdes)
		vcpu->arch.doorbell_request = 1;

	if (hv->rec) {
		/* vmlinux does not tell them */
		hv->rec->t2 = 0;
		hv->rec->t3 = 0;
		hv->rec->host_msr = 0;
		hv->rec->ri_entry = 0;
		hv->rec->ri_exit = 0;
		derive_borders(hv->rec, tb, purr, hstate->host_purr,
			       purr_set(hstate, vcpu, guest_purr, guest_spurr));
	}

	/* HSRR0 and HSRR1 hold what HDAR and HDSISR hold after a data access */
	if (trap == BOOK3S_INTERRUPT_H_INST_STORAGE) {
		vcpu->arch.fault_dar = vcpu->arch.regs.nip;
		vcpu->arch.fault_dsisr = vcpu->arch.shregs.msr & DSISR_SRR1_MATCH_64S;
		/* No bits of the MSR: a VMM that reads the registers now must not see them. */
		vcpu->arch.shregs.msr &= ~HSRR1_CAUSE;
	}
	unwatched_end();
	return trap;
}
