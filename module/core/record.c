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

/* The previous exit has no record.  A copy of this one says so in the next. */
static const struct hvlens_exit no_exit;

/*
 * record_begin - a pass begins: take T0, and say what is known of the previous exit
 *
 * Two records take turns, so the previous one is still there.  A field is set once: here, or
 * later if each pass gets that far.  The switch sets T2, T3 and what is about MSR[RI].
 *
 * Return: the record to fill.
 */
struct hvlens_exit *record_begin(struct hv_vcpu *hv)
{
	struct hvlens_exit *rec = &hv->records[hv->emitted == &hv->records[0]];
	const struct hvlens_exit *prev = hv->emitted;

	if (!prev || prev->seq != hv->seq)
		prev = &no_exit;
	rec->t0 = mftb();
	rec->version = HVLENS_EXIT_VERSION;
	rec->size = sizeof(*rec);
	rec->flags = 0;
	rec->vm = task_tgid_nr(current);
	rec->vcpu_id = hv->vcpu->vcpu_id;
	rec->vcpu_index = hv->index;
	rec->tid = task_pid_nr(current);
	rec->hcall = 0;
	rec->fault_dsisr = 0;
	rec->fault_ea = 0;
	rec->fault_gpa = 0;
	rec->exit_reason = 0;
	rec->rm_pending = 0;
	rec->rm_done = 0;
	rec->rm_target = 0;
	rec->rm_ticks = 0;

	rec->prev_outcome = prev->outcome;
	rec->prev_trap = prev->trap;
	rec->prev_exit_reason = prev->exit_reason;
	rec->prev_hcall = prev->hcall;
	rec->prev_t3 = prev->t3;
	rec->prev_t6 = prev->t6;
	rec->wake = prev->outcome == HVLENS_OUTCOME_BLOCK ? READ_ONCE(hv->woken) : 0;
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
	rec->lr = vcpu->arch.regs.link;
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

/*
 * record_end - the pass is over: T6, and emit
 *
 * With preemption off, because a listener may keep the records of each CPU apart by end_cpu.
 */
void record_end(struct hv_vcpu *hv, struct hvlens_exit *rec)
{
	hv->emitted = rec;
	preempt_disable();
	rec->end_cpu = smp_processor_id();
	rec->t6 = mftb();
	trace_exit(rec);
	preempt_enable();
}
