// SPDX-License-Identifier: GPL-2.0-only
/*
 * What real mode could not finish.
 *
 * On a POWER8 host vmlinux emulates the guest's interrupt controller (XICS) in
 * real mode.  There it can neither wake a vCPU nor signal an eventfd; it leaves
 * a note of that in the struct kvmppc_icp of the vCPU that runs, and leaves the
 * guest: with the hypercall, or with the trap HV_RM_HARD for an interrupt of a
 * passed-through device.  kvmppc_xics_rm_complete() of kvm.ko does what the
 * note says.  All its calls come from here, where the note is read.
 *
 * That struct is private to the kernel: icp.h, made when the module is built,
 * has the offsets (docs/architecture.md says why they hold).  The note's bits
 * are macros, which no check covers.  So what was done is not taken from them
 * but from the counter that kvm.ko has for each action.
 */
#include <linux/kvm_host.h>
#include <asm/kvm_ppc.h>
#include <asm/time.h>

#include "backend.h"
#include "irq/rm_complete.h"
#include "irq/icp.h"
#include "trace/trace_hvlens.h"

static_assert(COMPLETION_EXIT == BOOK3S_INTERRUPT_HV_RM_HARD);

/*
 * A field of the vCPU's own ICP: only that vCPU's thread, and real mode on its
 * behalf, writes these, and it is not in real mode now.
 */
#define ICP_FIELD(type, icp, field)	(*(type *)((void *)(icp) + ICP_##field))

/* by enum hvlens_rm */
#define RM_BIT(symbol, name, bit, help)	bit,
static const u32 bits[] = { HVLENS_RM_ACTIONS(RM_BIT) };

/* how often kvm.ko has done each, unsigned long */
static const unsigned int counters[] = {
	[HVLENS_RM_KICK]   = ICP_N_RM_KICK_VCPU,
	[HVLENS_RM_RESEND] = ICP_N_RM_CHECK_RESEND,
	[HVLENS_RM_EOI]    = ICP_N_RM_NOTIFY_EOI,
};

static unsigned long count_of(const struct kvmppc_icp *icp, int action)
{
	return *(const unsigned long *)((const void *)icp + counters[action]);
}

/* Before the call, which wipes the note.  Whom a note names lives as long as the VM. */
static void read_note(const struct kvmppc_icp *icp, struct rm_work *work)
{
	const struct kvm_vcpu *target = NULL;

	work->pending = ICP_FIELD(const u32, icp, RM_ACTION);
	if (work->pending & bits[HVLENS_RM_KICK])
		target = ICP_FIELD(struct kvm_vcpu *const, icp, RM_KICK_TARGET);
	else if (work->pending & bits[HVLENS_RM_RESEND])
		target = ICP_FIELD(struct kvm_vcpu *const,
				   ICP_FIELD(struct kvmppc_icp *const, icp, RM_RESEND_ICP),
				   VCPU);
	work->target = target ? target->vcpu_id : HVLENS_RM_NO_TARGET;
	if (work->pending & bits[HVLENS_RM_EOI])
		work->irq = ICP_FIELD(const u32, icp, RM_EOIED_IRQ);
}

static void emit(struct kvm_vcpu *vcpu, const struct rm_work *work)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);

	trace_rm_complete(task_tgid_nr(current), vcpu->vcpu_id, work);
	if (!hv->recording)
		return;
	hv->rec.rm_ticks = work->ticks;
	if (!work->known)
		return;
	hv->rec.flags |= HVLENS_F_RM;
	hv->rec.rm_pending = work->pending;
	hv->rec.rm_done = work->done;
	hv->rec.rm_target = work->target;
}

/*
 * Have @finish (kvm.ko's) called with @nr, which finishes what real mode left
 * because of @hcall, and tell whoever listens what that was.
 */
static int finish(struct kvm_vcpu *vcpu, u32 hcall,
		  int (*finish)(struct kvm_vcpu *vcpu, u32 nr), u32 nr)
{
	struct rm_work work = { .hcall = hcall, .known = ICP_KNOWN };
	const struct kvmppc_icp *icp = vcpu->arch.icp;
	unsigned long before[HVLENS_RM_MAX];
	int i, ret;

	if (!to_hv_vcpu(vcpu)->recording && !trace_rm_complete_enabled())
		return finish(vcpu, nr);

	if (ICP_KNOWN) {
		read_note(icp, &work);
		for (i = 0; i < HVLENS_RM_MAX; i++)
			before[i] = count_of(icp, i);
	}
	work.ticks = mftb();
	ret = finish(vcpu, nr);
	work.ticks = mftb() - work.ticks;
	for (i = 0; ICP_KNOWN && i < HVLENS_RM_MAX; i++)
		if (count_of(icp, i) != before[i])
			work.done |= bits[i];
	emit(vcpu, &work);
	return ret;
}

/*
 * completion_hcall - the rest of H_XIRR, H_CPPR, H_IPI or H_EOI (@nr), on a host
 * without XIVE, for a vCPU with XICS.  Interrupts enabled.  Return: the guest's r3
 */
long completion_hcall(struct kvm_vcpu *vcpu, u32 nr)
{
	return finish(vcpu, nr, kvmppc_xics_hcall, nr);
}

/* completion_exit - the rest for an exit with HV_RM_HARD; as completion_hcall() */
void completion_exit(struct kvm_vcpu *vcpu)
{
	finish(vcpu, COMPLETION_EXIT, kvmppc_xics_rm_complete, 0);
}
