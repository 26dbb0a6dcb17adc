// SPDX-License-Identifier: GPL-2.0-only
/*
 * POWER8: a stand-in for the interrupt presenter of a vCPU that has none.
 *
 * When the VM has a XICS, vmlinux answers each vCPU's hypercalls to it in real mode and
 * follows vcpu->arch.icp without a check. With a null pointer it would store to the
 * host's first page and use what it finds there as a pointer. But user space need not
 * connect a vCPU to the XICS, and can create the XICS while the vCPU is in its guest.
 * So vcpu->arch.icp points to the stand-in during KVM_RUN.
 */
#include <linux/kvm_host.h>
#include <linux/slab.h>

#include "backend.h"
#include "irq/icp.h"
#include "irq/stand_in.h"
#include "switch/switch.h"

/*
 * The two fields of struct kvmppc_icp, which is private to the kernel, that must not be
 * zero. With zeroes in the rest it is a presenter that has no interrupt to present.
 */
struct stand_in {
	struct kvm_vcpu *vcpu;
	unsigned long server_num;
	u64 rest[126];		/* much longer than struct kvmppc_icp */
};

#if ICP_KNOWN
static_assert(offsetof(struct stand_in, vcpu) == ICP_VCPU);
static_assert(offsetof(struct stand_in, server_num) == ICP_SERVER_NUM);
#endif

/*
 * stand_in_create - allocate @hv->no_presenter on a POWER8 host; kfree() frees it
 *
 * Return: 0 or -ENOMEM.
 */
int stand_in_create(struct hv_vcpu *hv)
{
	struct stand_in *s;

	if (!host_switch->real_mode)
		return 0;
	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	s->vcpu = hv->vcpu;
	s->server_num = ULONG_MAX;	/* no guest can name it: server numbers have 32 bits */
	hv->no_presenter = (struct kvmppc_icp *)s;
	return 0;
}

/*
 * stand_in_insert - KVM_RUN begins: a vCPU without a presenter gets the stand-in
 *
 * Context: vcpu->mutex, under which kvm.ko creates and frees presenters.
 */
void stand_in_insert(struct kvm_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->mutex);
	if (!vcpu->arch.icp)
		WRITE_ONCE(vcpu->arch.icp, to_hv_vcpu(vcpu)->no_presenter);
}

/*
 * stand_in_remove - KVM_RUN ends: the stand-in goes, because kvm.ko would free it
 *
 * Context: vcpu->mutex.
 */
void stand_in_remove(struct kvm_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->mutex);
	if (vcpu->arch.icp == to_hv_vcpu(vcpu)->no_presenter)
		WRITE_ONCE(vcpu->arch.icp, NULL);
}
