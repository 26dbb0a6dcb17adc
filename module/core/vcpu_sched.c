// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vCPU's thread gets a CPU, or loses it.
 *
 * Stolen time is what passes while a vCPU that could run waits for a CPU:
 * vcpu_sched_put() notes when the vCPU lost its CPU in the middle of KVM_RUN, and
 * vcpu_sched_load() adds up.  The preempt notifier calls both; kvm.ko also calls them at the
 * begin and the end of an ioctl for the vCPU, such as KVM_RUN.
 */
#include <linux/kvm_host.h>
#include <linux/sched.h>
#include <asm/time.h>

#include "backend.h"
#include "core/vcpu_sched.h"
#include "switch/fp_state.h"
#include "switch/switch.h"

void vcpu_sched_load(struct kvm_vcpu *vcpu, int cpu)
{
	if (host_switch->vcpu_load)
		host_switch->vcpu_load(to_hv_vcpu(vcpu));

	if (vcpu->arch.busy_preempt == TB_NIL)
		return;
	vcpu->arch.vcore->stolen_tb += mftb() - vcpu->arch.busy_preempt;
	vcpu->arch.busy_preempt = TB_NIL;
}

void vcpu_sched_put(struct kvm_vcpu *vcpu)
{
	fp_state_give_back();
	if (task_is_running(current) &&
	    vcpu->arch.state == KVMPPC_VCPU_BUSY_IN_HOST)
		vcpu->arch.busy_preempt = mftb();
}
