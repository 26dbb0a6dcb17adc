// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machine checks that hit the guest.
 *
 * vmlinux's early handler runs in real mode before the exit.  It has decoded the cause,
 * corrected what it could, and queued an event in the PACA (asm/mce.h, struct mce_info).
 * The exit takes the event from there.
 */
#include <linux/kvm_host.h>
#include <linux/ratelimit.h>
#include <asm/kvm_ppc.h>
#include <asm/mce.h>
#include <asm/reg.h>

#include "core/mce.h"
#include "trace/trace_hvlens.h"

/* The event's address is read without a look at the event's type. */
#define CHECK_EVENT(arm)						\
	static_assert(offsetof(struct machine_check_event, u.arm.effective_address) == \
		      offsetof(struct machine_check_event, u.ue_error.effective_address) && \
		      offsetof(struct machine_check_event, u.arm.effective_address_provided) == \
		      offsetof(struct machine_check_event, u.ue_error.effective_address_provided))
CHECK_EVENT(slb_error);
CHECK_EVENT(erat_error);
CHECK_EVENT(tlb_error);
CHECK_EVENT(user_error);
CHECK_EVENT(ra_error);
CHECK_EVENT(link_error);

/*
 * mce_take_event - move the newest queued event into vcpu->arch.mce_evt
 *
 * If machine checks nested deeper than the queue is long, the event is lost: it counts as
 * not recovered.
 *
 * Context: right after the exit, on the same CPU, interrupts hard-disabled.
 */
void mce_take_event(struct kvm_vcpu *vcpu)
{
	struct mce_info *info = local_paca->mce_info;
	int newest = --info->mce_nest_count;

	lockdep_assert_irqs_disabled();
	if (newest >= 0 && newest < MAX_MC_EVT) {
		vcpu->arch.mce_evt = info->mce_event[newest];
	} else {
		if (newest < 0)
			info->mce_nest_count = 0;
		vcpu->arch.mce_evt = (struct machine_check_event) {
			.disposition = MCE_DISPOSITION_NOT_RECOVERED,
			.cpu = raw_smp_processor_id(),
		};
	}
}

/* SRR1 bits that describe a machine check (ISA Book III, 0x200) */
#define SRR1_MCE_CAUSE	0x083c0000UL

/*
 * mce_handle - the 0x200 exit; the exit to the VMM is as KVM_RUN's interface wants it
 *
 * The event goes to the host's log, but not more often than a rate limit allows: a guest
 * must not fill the log.  With KVM_CAP_PPC_FWNMI the VMM delivers the machine check as
 * PAPR's FWNMI says; without it the guest's 0x200 vector runs.
 *
 * Return: RESUME_GUEST or RESUME_HOST with KVM_EXIT_NMI.
 */
int mce_handle(struct kvm_vcpu *vcpu)
{
	static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	struct kvm_run *run = vcpu->run;
	bool fwnmi = vcpu->kvm->arch.fwnmi_enabled;

	trace_machine_check(task_tgid_nr(current), vcpu->vcpu_id,
			    kvmppc_get_pc(vcpu), kvmppc_get_msr(vcpu), fwnmi,
			    &vcpu->arch.mce_evt);
	if (vcpu->arch.mce_evt.version && __ratelimit(&limit))
		machine_check_print_event_info(&vcpu->arch.mce_evt, false, true);

	if (!fwnmi) {
		kvmppc_core_queue_machine_check(vcpu, vcpu->arch.shregs.msr &
						(SRR1_MCE_CAUSE | SRR1_PREFIXED));
		return RESUME_GUEST;
	}

	run->exit_reason = KVM_EXIT_NMI;
	run->hw.hardware_exit_reason = BOOK3S_INTERRUPT_MACHINE_CHECK;
	run->flags &= ~KVM_RUN_PPC_NMI_DISP_MASK;
	if (vcpu->arch.mce_evt.disposition == MCE_DISPOSITION_RECOVERED)
		run->flags |= KVM_RUN_PPC_NMI_DISP_FULLY_RECOV;
	else
		run->flags |= KVM_RUN_PPC_NMI_DISP_NOT_RECOV;
	return RESUME_HOST;
}
