// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compatibility modes: by PCR, the processor compatibility register, problem state sees a
 * processor of an earlier level of the Power ISA.
 */
#include <linux/kvm_host.h>

#include <asm/cputable.h>
#include <asm/kvm_ppc.h>
#include <asm/reg.h>

#include "core/arch_compat.h"

/*
 * PCR has a bit for each level, set to hide what came after that level.  The newest level
 * has no bit: PCR_ARCH_31 is only a place in the order.
 */
#define PCR_ARCH_31	(PCR_ARCH_300 << 1)

static const struct {
	u32 pvr;		/* logical PVR */
	unsigned long pcr;	/* its PCR bit */
} levels[] = {
	{ PVR_ARCH_205,		PCR_ARCH_205 },
	{ PVR_ARCH_206,		PCR_ARCH_206 },
	{ PVR_ARCH_206p,	PCR_ARCH_206 },
	{ PVR_ARCH_207,		PCR_ARCH_207 },
	{ PVR_ARCH_300,		PCR_ARCH_300 },
	{ PVR_ARCH_31,		PCR_ARCH_31 },
	{ PVR_ARCH_31_P11,	PCR_ARCH_31 },
};

static unsigned long host_level(void)
{
	return cpu_has_feature(CPU_FTR_ARCH_31) ? PCR_ARCH_31 :
	       cpu_has_feature(CPU_FTR_ARCH_300) ? PCR_ARCH_300 : PCR_ARCH_207;
}

/*
 * The level's PCR bit, 0 if there is no such level.  Power11 has the ISA level of Power10, so only
 * PVR tells whether the host is a Power11.
 */
static unsigned long find_level(u32 pvr)
{
	size_t i;

	if (pvr == PVR_ARCH_31_P11 && PVR_VER(mfspr(SPRN_PVR)) < PVR_POWER11)
		return 0;
	for (i = 0; i < ARRAY_SIZE(levels); i++)
		if (levels[i].pvr == pvr)
			return levels[i].pcr;
	return 0;
}

/*
 * arch_compat_set - choose the ISA level that a vCPU offers
 * @vcpu: the vCPU; the caller holds its mutex
 * @pvr: logical PVR (PVR_ARCH_*), 0 for the host's level
 *
 * Return: 0, or -EINVAL for a level that is unknown or newer than the host's.
 */
int arch_compat_set(struct kvm_vcpu *vcpu, u32 pvr)
{
	unsigned long host = host_level();
	unsigned long guest = pvr ? find_level(pvr) : host;

	lockdep_assert_held(&vcpu->mutex);
	if (!guest || guest > host)
		return -EINVAL;

	vcpu->arch.vcore->arch_compat = pvr;
	/* the bits from the guest's level up to the level below the host's; reserved bits are 1 */
	vcpu->arch.vcore->pcr = (host - guest) | PCR_MASK;
	return 0;
}
