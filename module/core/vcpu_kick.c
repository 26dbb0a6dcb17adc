// SPDX-License-Identifier: GPL-2.0-only
/* How a vCPU is made to notice what was stored for it. */
#include <linux/kvm_host.h>
#include <linux/rcuwait.h>
#include <linux/smp.h>
#include <asm/time.h>

#include "backend.h"
#include "core/vcpu_kick.h"
#include "switch/switch.h"
#include "trace/events.h"

/*
 * vcpu_kick - make the vCPU notice what was just stored for it
 *
 * rcuwait_wake_up() has the barrier between that store and the look at the number of the
 * vCPU's CPU.  pass() in run.c has the barrier of the other side.
 */
void vcpu_kick(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	int cpu;

	/* two CPUs may kick at once: the time of either will do */
	if (events_listening() && !READ_ONCE(hv->woken))
		WRITE_ONCE(hv->woken, mftb());
	if (rcuwait_wake_up(kvm_arch_vcpu_get_wait(vcpu)))
		vcpu->stat.generic.halt_wakeup++;

	cpu = READ_ONCE(vcpu->arch.thread_cpu);
	if (cpu < 0 || !cpu_online(cpu) || cpu == raw_smp_processor_id())
		return;
	host_switch->kick_cpu(vcpu, cpu);
}

/*
 * vcpu_check_requests - take the requests of KVM, before an entry
 *
 * KVM_REQ_TLB_FLUSH and KVM_REQ_UNBLOCK only have to end the guest's run or the vCPU's sleep:
 * whoever changes the guest's tables has flushed the TLB.  Requests that this backend does not
 * know are dropped too.  A request that stays makes entry_check() give up each entry.
 * KVM_REQ_VM_DEAD stays for ever.
 *
 * Return: 1 to enter, 0 if the VM must not run any more.  Context: interrupts on.
 */
int vcpu_check_requests(struct kvm_vcpu *vcpu)
{
	lockdep_assert_irqs_enabled();
	if (kvm_test_request(KVM_REQ_VM_DEAD, vcpu))
		return 0;
	atomic64_and(BIT_ULL(KVM_REQ_VM_DEAD & KVM_REQUEST_MASK),
		     (atomic64_t *)&vcpu->requests);
	/* what was stored before a request is seen by what follows, as with kvm_check_request() */
	smp_mb__after_atomic();
	return 1;
}
