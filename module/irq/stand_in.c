// SPDX-License-Identifier: GPL-2.0-only
/*
 * POWER8: something in the place of a presenter, for vCPUs that have none.
 *
 * When the VM has a XICS, vmlinux's real mode answers each vCPU's hypercalls to it and
 * takes vcpu->arch.icp for granted: without one it stores to the host's first page, and
 * follows what it finds there as a pointer.  But user space need not connect a vCPU, and
 * can make the XICS while the vCPU is in its guest.
 */
#include <linux/kvm_host.h>
#include <linux/slab.h>

#include "backend.h"
#include "irq/icp.h"
#include "switch/switch.h"

/*
 * As much of struct kvmppc_icp, which is private to the kernel, as matters: zeroes in the rest
 * are a presenter with nothing to present.
 */
struct stand_in {
	struct kvm_vcpu *vcpu;
	unsigned long server_num;
	u64 rest[126];		/* much more than it has */
};

#if ICP_KNOWN
static_assert(offsetof(struct stand_in, vcpu) == ICP_VCPU);
static_assert(offsetof(struct stand_in, server_num) == ICP_SERVER_NUM);
#endif

/*
 * presenter_create - makes @hv->no_presenter, if this host wants it; kfree() is its end
 * Return: 0 or -ENOMEM.
 */
int presenter_create(struct hv_vcpu *hv)
{
	struct stand_in *s;

	if (!host_switch->real_mode)
		return 0;
	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	s->vcpu = hv->vcpu;
	s->server_num = ULONG_MAX;	/* a guest's have 32 bits */
	hv->no_presenter = (struct kvmppc_icp *)s;
	return 0;
}

/*
 * presenter_borrow, presenter_return - KVM_RUN begins and ends
 *
 * Context: vcpu->mutex, with which kvm.ko makes and frees presenters.  It must not find this
 * one, which it would free.
 */
void presenter_borrow(struct kvm_vcpu *vcpu)
{
	if (!vcpu->arch.icp)
		WRITE_ONCE(vcpu->arch.icp, to_hv_vcpu(vcpu)->no_presenter);
}

void presenter_return(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.icp == to_hv_vcpu(vcpu)->no_presenter)
		WRITE_ONCE(vcpu->arch.icp, NULL);
}
