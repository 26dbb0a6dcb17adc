// SPDX-License-Identifier: GPL-2.0-only
/*
 * The performance monitor, on demand (facilities.c): a guest starts with HFSCR[PM] clear, its
 * first access to the PMU exits (exits.c grants it), and only from then on are
 * its counters exchanged.  A guest whose VPA says that it no longer uses them
 * (PAPR: "PMC registers in use") loses the grant again.
 *
 * A PMU that nobody owns stays frozen (MMCR0[FC]), so no counts pass between
 * partitions.
 *
 * Context: RCU not watching; the innermost part of the switch, so that guest and host
 * neither count nor sample each other.
 */
#include <linux/kvm_host.h>
#include <asm/lppaca.h>
#include <asm/pmc.h>
#include <asm/reg.h>
#include <asm/switch_to.h>

#include "switch/facilities.h"
#include "switch/pmu.h"

/*
 * Stop counting, sampling and branch recording; nothing counts with these
 * values.  Problem state must not get at the counters either (PMCCEXT).
 */
static __always_inline void freeze(u64 mmcr0, u64 mmcra)
{
	u64 frozen0 = MMCR0_FC;
	u64 frozena = 0;

	if (cpu_has_feature(CPU_FTR_ARCH_31)) {
		frozen0 |= MMCR0_PMCCEXT;
		frozena |= MMCRA_BHRB_DISABLE;
	}
	/* not "at least FC": an alert that a guest left would interrupt the host */
	if (mmcr0 == frozen0 && mmcra == frozena)
		return;
	mtspr(SPRN_MMCR0, frozen0);
	mtspr(SPRN_MMCRA, frozena);
	isync();	/* stopped before the counters are read */
}

/*
 * PMU_ROWS(R): R(SPR, vcpu member, host member) for all but MMCR0 and MMCRA,
 * which start and stop the counting.
 */
#define PMU_ROWS(R)					\
	R(PMC1, pmc[0], pmc[0])				\
	R(PMC2, pmc[1], pmc[1])				\
	R(PMC3, pmc[2], pmc[2])				\
	R(PMC4, pmc[3], pmc[3])				\
	R(PMC5, pmc[4], pmc[4])				\
	R(PMC6, pmc[5], pmc[5])				\
	R(MMCR1, mmcr[1], mmcr1)			\
	R(MMCR2, mmcr[2], mmcr2)			\
	R(SDAR, sdar, sdar)				\
	R(SIAR, siar, siar)				\
	R(SIER, sier[0], sier[0])			\
	if (cpu_has_feature(CPU_FTR_ARCH_31)) {		\
		R(MMCR3, mmcr[3], mmcr3)		\
		R(SIER2, sier[1], sier[1])		\
		R(SIER3, sier[2], sier[2])		\
	}

#define SAVE_HOST(spr, guest, kept)	host->kept = mfspr(SPRN_##spr);
#define LOAD_HOST(spr, guest, kept)	mtspr(SPRN_##spr, host->kept);
#define SAVE_GUEST(spr, guest, kept)	vcpu->arch.guest = mfspr(SPRN_##spr);
#define LOAD_GUEST(spr, guest, kept)	mtspr(SPRN_##spr, vcpu->arch.guest);

/* pmu_to_guest - stop the host's counters, keep them if perf uses them, start the guest's */
noinstr void pmu_to_guest(struct hv_vcpu *hv)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	struct pmu_host *host = &hv->pmu;
	bool guest_uses = vcpu->arch.hfscr & HFSCR_PM;
	bool host_uses = ppc_get_pmu_inuse();

	host->switched = guest_uses || host_uses;
	if (!host->switched)
		return;
	if (host_uses) {
		host->mmcr0 = mfspr(SPRN_MMCR0);
		host->mmcra = mfspr(SPRN_MMCRA);
		freeze(host->mmcr0, host->mmcra);
		PMU_ROWS(SAVE_HOST)
	}
	if (guest_uses) {
		PMU_ROWS(LOAD_GUEST)
		mtspr(SPRN_MMCRA, vcpu->arch.mmcra);
		mtspr(SPRN_MMCR0, vcpu->arch.mmcr[0]);
	}
}

/* pmu_to_host - the reverse */
noinstr void pmu_to_host(struct hv_vcpu *hv)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	struct pmu_host *host = &hv->pmu;
	struct lppaca *vpa = vcpu->arch.vpa.pinned_addr;

	if (!host->switched)
		return;
	if (vcpu->arch.hfscr & HFSCR_PM) {
		vcpu->arch.mmcr[0] = mfspr(SPRN_MMCR0);
		vcpu->arch.mmcra = mfspr(SPRN_MMCRA);
		freeze(vcpu->arch.mmcr[0], vcpu->arch.mmcra);
		PMU_ROWS(SAVE_GUEST)
		if (vpa && !vpa->pmcregs_in_use)
			vcpu->arch.hfscr &= ~(HFSCR_PM & facilities_on_demand);
	}
	if (ppc_get_pmu_inuse()) {
		PMU_ROWS(LOAD_HOST)
		mtspr(SPRN_MMCRA, host->mmcra);
		mtspr(SPRN_MMCR0, host->mmcr0);
		isync();
	}
}
