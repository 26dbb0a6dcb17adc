// SPDX-License-Identifier: GPL-2.0-only
/*
 * POWER8: completes what vmlinux's XICS could not do in real mode.
 *
 * On a POWER8 host vmlinux emulates the guest's interrupt controller (XICS) in
 * real mode. Real mode can neither wake a vCPU nor signal an eventfd. It notes
 * such work in the struct kvmppc_icp of the vCPU that runs, and leaves the guest:
 * with the hypercall, or, for an interrupt of a passed-through device, with the
 * trap HV_RM_HARD. kvm.ko's kvmppc_xics_rm_complete() then does the noted work.
 * All calls of it come from this file, which reads the note before the call.
 *
 * struct kvmppc_icp is private to the kernel. icp.h has the offsets of its fields
 * and is made when the module is built (docs/architecture.md says why they hold).
 * The note's bits are macros, which no check covers. What was done is therefore
 * told by the counter that kvm.ko has for each action, not by the bits.
 */
#include <linux/kvm_host.h>
#include <asm/kvm_ppc.h>
#include <asm/time.h>

#include "backend.h"
#include "irq/icp.h"
#include "irq/rm_complete.h"
#include "trace/trace_hvlens.h"

static_assert(RM_COMPLETE_EXIT == BOOK3S_INTERRUPT_HV_RM_HARD);

/*
 * A field of the vCPU's own ICP. Only the vCPU's thread writes these fields, and
 * real mode on its behalf. The thread is not in real mode now.
 */
#define ICP_FIELD(type, icp, field)	(*(type *)((void *)(icp) + ICP_##field))

/* The note's bit of each action, by enum hvlens_rm */
#define RM_BIT(symbol, name, bit, help)	bit,
static const u32 bits[] = { HVLENS_RM_ACTIONS(RM_BIT) };

/* Offset of kvm.ko's counter of each action, an unsigned long */
static const unsigned int counters[] = {
	[HVLENS_RM_KICK]   = ICP_N_RM_KICK_VCPU,
	[HVLENS_RM_RESEND] = ICP_N_RM_CHECK_RESEND,
	[HVLENS_RM_EOI]    = ICP_N_RM_NOTIFY_EOI,
};

static unsigned long count_of(const struct kvmppc_icp *icp, int action)
{
	return *(const unsigned long *)((const void *)icp + counters[action]);
}

/*
 * Reads the note, which kvm.ko's completion clears. vCPUs and ICPs that the note
 * points to live as long as the VM.
 */
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
	struct hvlens_exit *rec = to_hv_vcpu(vcpu)->rec;

	trace_rm_complete(task_tgid_nr(current), vcpu->vcpu_id, work);
	if (!rec)
		return;
	rec->rm_ticks = work->ticks;
	if (!work->known)
		return;
	rec->flags |= HVLENS_F_RM;
	rec->rm_pending = work->pending;
	rec->rm_done = work->done;
	rec->rm_target = work->target;
}

/*
 * Calls kvm.ko's @completion with @arg to complete what real mode left over from
 * @hcall, and reports the work to listeners.
 * Return: what @completion returns.
 */
static int run_completion(struct kvm_vcpu *vcpu, u32 hcall,
			  int (*completion)(struct kvm_vcpu *vcpu, u32 arg), u32 arg)
{
	struct rm_work work = { .hcall = hcall, .known = ICP_KNOWN };
	const struct kvmppc_icp *icp = vcpu->arch.icp;
	unsigned long before[HVLENS_RM_MAX];
	int i, ret;

	if (!to_hv_vcpu(vcpu)->rec && !trace_rm_complete_enabled())
		return completion(vcpu, arg);

	if (ICP_KNOWN) {
		read_note(icp, &work);
		for (i = 0; i < HVLENS_RM_MAX; i++)
			before[i] = count_of(icp, i);
	}
	work.ticks = mftb();
	ret = completion(vcpu, arg);
	work.ticks = mftb() - work.ticks;
	for (i = 0; ICP_KNOWN && i < HVLENS_RM_MAX; i++)
		if (count_of(icp, i) != before[i])
			work.done |= bits[i];
	emit(vcpu, &work);
	return ret;
}

/*
 * rm_complete_hcall - complete the hypercall @nr: H_XIRR, H_CPPR, H_IPI or H_EOI
 *
 * Return: the guest's r3.
 * Context: a host without XIVE, a vCPU with XICS; interrupts enabled.
 */
long rm_complete_hcall(struct kvm_vcpu *vcpu, u32 nr)
{
	return run_completion(vcpu, nr, kvmppc_xics_hcall, nr);
}

/*
 * rm_complete_exit - complete what ended the guest with the trap HV_RM_HARD
 *
 * Context: as for rm_complete_hcall().
 */
void rm_complete_exit(struct kvm_vcpu *vcpu)
{
	run_completion(vcpu, RM_COMPLETE_EXIT, kvmppc_xics_rm_complete, 0);
}
