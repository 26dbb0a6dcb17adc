// SPDX-License-Identifier: GPL-2.0-only
/* The exit record of a pass (include/hvlens/exit_record.h), while somebody listens. */
#include <linux/kvm_host.h>
#include <linux/sched.h>
#include <asm/hvcall.h>
#include <asm/kvm_book3s.h>
#include <asm/time.h>

#include "core/mmu.h"
#include "core/record.h"
#include "trace/trace_hvlens.h"

/*
 * record_begin - a pass begins: take T0, and copy what tells the exit before
 *
 * Return: the record to fill, in @hv.
 */
struct hvlens_exit *record_begin(struct hv_vcpu *hv)
{
	struct hvlens_exit *rec = &hv->rec;
	bool follows = hv->recorded.seq && hv->recorded.seq == hv->seq;

	*rec = (struct hvlens_exit) {
		.version = HVLENS_EXIT_VERSION,
		.size = sizeof(*rec),
		.vm = task_tgid_nr(current),
		.vcpu_id = hv->vcpu->vcpu_id,
		.t0 = mftb(),
	};
	if (follows) {
		rec->prev_outcome = hv->recorded.outcome;
		rec->prev_trap = hv->recorded.trap;
		rec->prev_exit_reason = hv->recorded.exit_reason;
		rec->prev_hcall = hv->recorded.hcall;
		rec->prev_t3 = hv->recorded.t3;
		rec->prev_t6 = hv->recorded.t6;
		if (rec->prev_outcome == HVLENS_OUTCOME_BLOCK)
			rec->wake = READ_ONCE(hv->woken);
	}
	return rec;
}

/* record_why - what ended the guest's run, right after the exit */
void record_why(struct hv_vcpu *hv, struct hvlens_exit *rec)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	const struct mmu_ops *mmu = mmu_of(vcpu->kvm);

	rec->trap = vcpu->arch.trap;
	rec->seq = hv->seq;
	rec->nip = vcpu->arch.regs.nip;
	rec->msr = vcpu->arch.shregs.msr;
	switch (rec->trap) {
	case BOOK3S_INTERRUPT_SYSCALL:
		rec->hcall = kvmppc_get_gpr(vcpu, 3);
		rec->flags |= HVLENS_F_HCALL;
		break;
	case 0:
		/* real mode has answered H_CEDE, and r3 has the result now */
		if (!vcpu->arch.ceded)
			break;
		rec->trap = BOOK3S_INTERRUPT_SYSCALL;
		rec->hcall = H_CEDE;
		rec->flags |= HVLENS_F_HCALL;
		break;
	case BOOK3S_INTERRUPT_H_DATA_STORAGE:
	case BOOK3S_INTERRUPT_H_INST_STORAGE:
		if (mmu->fault_gpa) {
			rec->fault_gpa = mmu->fault_gpa(vcpu, vcpu->arch.fault_dar,
							vcpu->arch.fault_dsisr);
			rec->flags |= HVLENS_F_GPA;
		}
		fallthrough;
	case BOOK3S_INTERRUPT_MACHINE_CHECK:
		rec->fault_ea = vcpu->arch.fault_dar;
		rec->fault_dsisr = vcpu->arch.fault_dsisr;
		rec->flags |= HVLENS_F_EA | HVLENS_F_DSISR;
		break;
	}
}

/* record_end - the pass is over: T6, and emit */
void record_end(struct hv_vcpu *hv, struct hvlens_exit *rec)
{
	rec->t6 = mftb();
	hv->recorded.seq = rec->seq;
	hv->recorded.hcall = rec->hcall;
	hv->recorded.t3 = rec->t3;
	hv->recorded.t6 = rec->t6;
	hv->recorded.outcome = rec->outcome;
	hv->recorded.trap = rec->trap;
	hv->recorded.exit_reason = rec->exit_reason;
	trace_exit(rec);
}
