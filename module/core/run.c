// SPDX-License-Identifier: GPL-2.0-only
/*
 * The run loop of one vCPU.  A pass is: get ready, disable interrupts hard, test once more
 * whether to enter at all, enter, leave, replay the host's interrupts, handle the exit.  The
 * timebase values T0 to T6 are taken here and in the switch (see docs/entry-exit.md).
 *
 * This rule closes the entry race: signals, reschedules and requests are tested with
 * interrupts hard-disabled, and interrupts stay hard-disabled until the guest runs.  Whoever
 * wants the vCPU's attention later sends an IPI, which stays pending and makes the guest
 * exit at once.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/kvm_host.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <asm/interrupt.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/switch_to.h>
#include <asm/time.h>
#include <asm/xive.h>

#include "core/exits.h"
#include "core/hcalls.h"
#include "core/lpcr.h"
#include "core/mce.h"
#include "core/mmu.h"
#include "core/record.h"
#include "core/replay.h"
#include "core/run.h"
#include "core/vcpu.h"
#include "core/vcpu_kick.h"
#include "core/vpa.h"
#include "irq/bypass.h"
#include "irq/stand_in.h"
#include "irq/xive.h"
#include "switch/fp_state.h"
#include "switch/switch.h"
#include "switch/tlb.h"
#include "trace/events.h"
#include "trace/trace_hvlens.h"
#include "trace/trace_kvm_hv.h"

/*
 * How long work that is queued on the way into the guest has to wait.  More than a round
 * trip: the guest must get on even if a consumer of kvm_guest_enter queues work each time.
 */
#define QUEUED_WORK_US	50

/* Would a ceded vCPU have something to do?  KVM_RUN of a dead VM has to return. */
static bool woken(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.pending_exceptions || vcpu->arch.prodded ||
	       vcpu_doorbell_pending(vcpu) || xive_pending(vcpu) ||
	       kvm_test_request(KVM_REQ_VM_DEAD, vcpu);
}

/*
 * hard_disable - disable interrupts, the PMI's soft mask included, and turn FP, VMX and VSX
 * on for the guest
 *
 * A context switch since the last entry may have turned these facilities off, and loaded the
 * VMM's values.
 *
 * Return: the MSR for the host's side of the switch.
 */
static unsigned long hard_disable(struct kvm_vcpu *vcpu, unsigned long *flags)
{
	unsigned long msr;

	powerpc_local_irq_pmu_save(*flags);
	msr = mfmsr() & ~MSR_EE;
	if ((msr & MSR_FACILITIES) != MSR_FACILITIES) {
		msr |= MSR_FACILITIES;
		__mtmsrd(msr, 0);
	} else {
		__hard_irq_disable();
	}
	local_paca->irq_happened |= PACA_IRQ_HARD_DIS;
	if (unlikely(!fp_state_taken()))
		fp_state_take(vcpu);
	return msr;
}

/*
 * Give the entry up?  Interrupts are hard-disabled, so a "no" holds until the guest runs.
 * Return: HVLENS_ABORT_*, or HVLENS_ABORT_MAX to enter.
 */
static enum hvlens_abort entry_check(struct kvm_vcpu *vcpu, u64 now, u64 limit)
{
	if (signal_pending(current))
		return HVLENS_ABORT_SIGNAL;
	if (need_resched())
		return HVLENS_ABORT_RESCHED;
	if (!vcpu->kvm->arch.mmu_ready)
		return HVLENS_ABORT_MMU;
	if (now >= limit)
		return HVLENS_ABORT_LIMIT;
	if (lazy_irq_pending())
		return HVLENS_ABORT_IRQ;
	if (kvm_request_pending(vcpu))
		return HVLENS_ABORT_REQUEST;
	return HVLENS_ABORT_MAX;
}

/* Work that waits for the host's next DEC interrupt (irq_work), on this CPU */
static bool work_queued(void)
{
	return unlikely(local_paca->irq_work_pending);
}

/* A host timer that is due, and queued work, need not wait for the DEC exception. */
static void host_timer_due(void)
{
	if (mftb() >= timer_get_next_tb() || work_queued())
		local_paca->irq_happened |= PACA_IRQ_DEC;
}

/*
 * Deliver an external interrupt that is pending for the guest.  Return: LPCR[MER] if it
 * has to wait until the guest enables interrupts, else 0.
 */
static unsigned long deliver_external(struct kvm_vcpu *vcpu)
{
	if (!test_bit(BOOK3S_IRQPRIO_EXTERNAL, &vcpu->arch.pending_exceptions) &&
	    !xive_pending(vcpu))
		return 0;
	if (!(vcpu->arch.shregs.msr & MSR_EE))
		return LPCR_MER;
	kvmppc_inject_interrupt_hv(vcpu, BOOK3S_INTERRUPT_EXTERNAL, 0);
	return 0;
}

/* What HDEC can count to, if no timer of the host is that near */
static u64 time_limit(u64 now)
{
	return min(timer_get_next_tb(), now + decrementer_max);
}

/* Does somebody want to see each exit? Then each goes all the way. */
static bool exit_watched(struct hv_vcpu *hv)
{
	return hv->rec || trace_kvm_guest_enter_enabled() ||
	       trace_kvm_guest_exit_enabled() || trace_kvm_hcall_enter_enabled() ||
	       trace_kvm_hcall_exit_enabled();
}

/*
 * run_again - answer a hypercall for which the host's context need not come back
 * @limit: as switch_p9() has it. The hypercall may have started a timer that is due earlier.
 *
 * Nobody else is asked for: what was tested before the entry is tested once more.
 *
 * Context: after an exit by sc 1, between two entries of switch_p9(): interrupts hard-disabled,
 * RCU watching, the host's MMU and timebase; most SPRs and the timer DEC are the guest's. What
 * is called must not sleep.
 *
 * Return: whether the guest can go on at once. If not, hv->hcall says what was done.
 */
bool run_again(struct hv_vcpu *hv, u64 *limit)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	u64 now;

	if (vcpu->arch.shregs.msr & MSR_PR || exit_watched(hv))
		return false;
	if (!hcall_at_once(vcpu)) {
		hv->hcall = HCALL_TRIED;
		return false;
	}
	hv->hcall = HCALL_ANSWERED;
	if (vcpu->arch.ceded || work_queued() || vpa_update_pending(vcpu))
		return false;
	now = mftb();
	*limit = time_limit(now);
	if (entry_check(vcpu, now, *limit) != HVLENS_ABORT_MAX)
		return false;
	hv->hcall = HCALL_UNTRIED;
	hv->seq++;
	return true;
}

/*
 * Answer a hypercall on the way out, if that has not been tried.
 * Return: whether it is answered.
 */
static bool answer_early(struct hv_vcpu *hv)
{
	struct kvm_vcpu *vcpu = hv->vcpu;

	if (vcpu->arch.trap != BOOK3S_INTERRUPT_SYSCALL || vcpu->arch.shregs.msr & MSR_PR)
		return false;
	return hv->hcall == HCALL_UNTRIED ? hcall_early(vcpu) : hv->hcall == HCALL_ANSWERED;
}

/*
 * One entry and exit with this module's switch.
 * Return: whether a hypercall was finished on the way out.
 */
static bool pass_switch(struct hv_vcpu *hv, struct hvlens_exit *rec, u64 limit,
			unsigned long msr)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	unsigned long lpcr = hv->core.lpcr | deliver_external(vcpu);
	bool done;

	vpa_yield_count_inc(vcpu);
	xive_push(vcpu);
	hv->hcall = HCALL_UNTRIED;

	vcpu->arch.trap = host_switch->enter(hv, limit, lpcr, msr);
	if (unlikely(vcpu->arch.trap == BOOK3S_INTERRUPT_HMI))
		replay_hmi(hv);
	timer_rearm_host_dec(mftb());
	if (work_queued())
		local_paca->irq_happened |= PACA_IRQ_DEC;

	if (unlikely(vcpu->arch.trap == BOOK3S_INTERRUPT_MACHINE_CHECK))
		mce_take_event(vcpu);
	hv->seq++;
	if (rec)
		record_why(hv, rec);
	done = answer_early(hv);
	xive_pull(vcpu);
	vpa_yield_count_inc(vcpu);
	return done;
}

/*
 * One entry and exit with vmlinux's real-mode code.  It delivers external interrupts, counts
 * the VPA's yields, and takes the events of machine checks.  It also answers hypercalls,
 * which look at the VM's memory slots.
 * Return: whether there is nothing left to handle.
 */
static bool pass_real_mode(struct hv_vcpu *hv, struct hvlens_exit *rec, u64 limit,
			   unsigned long msr)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	int idx = srcu_read_lock(&vcpu->kvm->srcu);

	vcpu->arch.trap = host_switch->enter(hv, limit, hv->core.lpcr, msr);

	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	host_switch->give_back();
	host_timer_due();
	hv->seq++;
	if (rec)
		record_why(hv, rec);
	return !vcpu->arch.trap;
}

/*
 * One entry and exit, with interrupts hard-disabled all the way.
 * Return: whether there is nothing left to handle.
 */
static bool pass_guest(struct hv_vcpu *hv, struct hvlens_exit *rec, u64 now,
		       u64 limit, unsigned long msr)
{
	struct kvm_vcpu *vcpu = hv->vcpu;

	lockdep_assert_irqs_disabled();
	hv->core.lpcr = lpcr_of(hv);
	if (vcpu->arch.pending_exceptions)
		kvmppc_core_prepare_to_enter(vcpu);
	vpa_dispatch(vcpu, now + hv->core.tb_offset);
	vcpu->arch.ceded = 0;

	trace_kvm_guest_enter(vcpu);
	/* DEC, by which work that a consumer has queued would begin, is the guest's soon */
	if (work_queued())
		limit = min(limit, mftb() + QUEUED_WORK_US * tb_ticks_per_usec);
	guest_timing_enter_irqoff();
	return host_switch->real_mode ? pass_real_mode(hv, rec, limit, msr) :
					pass_switch(hv, rec, limit, msr);
}

/* Enable interrupts, which runs the handlers of what irq_happened holds. */
static void replay_interrupts(struct hvlens_exit *rec, unsigned long flags)
{
	bool vtime = vtime_accounting_enabled_this_cpu();

	/*
	 * With tick-based accounting the tick that made the guest exit must
	 * find PF_VCPU still set, or guest time is booked as system time.
	 */
	if (vtime)
		guest_timing_exit_irqoff();
	powerpc_local_irq_pmu_restore(flags);
	if (rec)
		rec->t5 = mftb();
	/* this clears PF_VCPU only, which interrupts do not change */
	if (!vtime)
		guest_timing_exit_irqoff();
}

/*
 * When was the vCPU woken, whose timer is due at @dec?  A kick has left its time in
 * hv->woken; the timer's time is @dec, if it was due before the kick.  kvm.ko also wakes
 * the vCPU for a few requests of the VMM, which leave no time.
 */
static void note_wake(struct hv_vcpu *hv, u64 dec)
{
	u64 kicked = READ_ONCE(hv->woken);

	if ((s64)(mftb() - dec) >= 0 && (!kicked || (s64)(kicked - dec) > 0))
		WRITE_ONCE(hv->woken, dec);
}

/* Sleep until a ceded vCPU is woken.  Return: RESUME_GUEST or -EINTR. */
static int block(struct kvm_vcpu *vcpu)
{
	struct rcuwait *wait = kvm_arch_vcpu_get_wait(vcpu);
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	u64 now = mftb();
	u64 dec = vcpu->arch.dec_expires - vcpu->arch.vcore->tb_offset;
	bool slept = false;
	int r = RESUME_GUEST;

	/* before the look at what is pending: a kick from now on counts */
	WRITE_ONCE(hv->woken, 0);
	if ((s64)(dec - now) <= 0) {
		kvmppc_core_queue_dec(vcpu);
		kvmppc_core_prepare_to_enter(vcpu);
	} else {
		hrtimer_start(&vcpu->arch.dec_timer, tb_to_ns(dec - now),
			      HRTIMER_MODE_REL);
		vcpu->arch.timer_running = 1;
	}

	prepare_to_rcuwait(wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current)) {
			vcpu->stat.signal_exits++;
			vcpu->run->exit_reason = KVM_EXIT_INTR;
			r = -EINTR;
			break;
		}
		if (!vcpu->arch.ceded || woken(vcpu))
			break;
		trace_kvmppc_vcore_blocked(vcpu, 0);
		schedule();
		trace_kvmppc_vcore_blocked(vcpu, 1);
		slept = true;
	}
	finish_rcuwait(wait);
	if (slept && r == RESUME_GUEST)
		note_wake(hv, dec);
	else
		WRITE_ONCE(hv->woken, 0);
	vcpu->arch.ceded = 0;
	return r;
}

/* From here on no IPI is sent to the guest: wakers wake the thread instead. */
static void leave_cpu(struct kvm_vcpu *vcpu)
{
	__this_cpu_write(loaded_vm, NULL);
	vcpu->cpu = -1;
	vcpu->arch.thread_cpu = -1;
	vcpu->arch.state = KVMPPC_VCPU_BUSY_IN_HOST;
}

static int abort_entry(struct hv_vcpu *hv, enum hvlens_abort cause, u64 t0,
		       unsigned long flags)
{
	struct kvm_vcpu *vcpu = hv->vcpu;

	host_timer_due();
	if (host_switch->give_back)
		host_switch->give_back();
	leave_cpu(vcpu);
	powerpc_local_irq_pmu_restore(flags);
	if (trace_entry_abort_enabled())
		trace_entry_abort(task_tgid_nr(current), vcpu->vcpu_id,
				  raw_smp_processor_id(), cause, t0, mftb());
	preempt_enable();

	if (cause != HVLENS_ABORT_SIGNAL)
		return RESUME_GUEST;
	vcpu->stat.signal_exits++;
	vcpu->run->exit_reason = KVM_EXIT_INTR;
	return -EINTR;
}

/*
 * Handle an exit, with interrupts and preemption on; @done: there is nothing to handle.
 * Return: RESUME_* or -errno, see exits.c.
 */
static int handle(struct hv_vcpu *hv, struct hvlens_exit *rec, bool done)
{
	struct kvm_vcpu *vcpu = hv->vcpu;
	bool blocks;
	int r;

	r = done ? RESUME_GUEST : exits_handle(vcpu);
	blocks = is_kvmppc_resume_guest(r) && vcpu->arch.ceded && !woken(vcpu);
	if (rec) {
		if (blocks) {
			rec->outcome = HVLENS_OUTCOME_BLOCK;
		} else if (is_kvmppc_resume_guest(r)) {
			rec->outcome = HVLENS_OUTCOME_RESUME;
		} else {
			rec->outcome = HVLENS_OUTCOME_USER;
			rec->exit_reason = vcpu->run->exit_reason;
		}
		record_end(hv, rec);
	}
	if (blocks)
		r = block(vcpu);
	return r;
}

/* The guest can't be entered at all.  As KVM_RUN's interface wants it.  Return: @err. */
static int fail_entry(struct kvm_run *run, int err)
{
	run->exit_reason = KVM_EXIT_FAIL_ENTRY;
	run->fail_entry.hardware_entry_failure_reason = 0;
	return err;
}

/* One pass.  Return: as handle(). */
static int pass(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	struct hvlens_exit *rec = events_listening() ? record_begin(hv) : NULL;
	enum hvlens_abort cause;
	unsigned long flags, msr;
	u64 now, limit;
	bool done;
	int cpu;

	hv->rec = rec;
	if (need_resched())
		cond_resched();
	vpa_update(vcpu);
	if (kvm_request_pending(vcpu) && !vcpu_check_requests(vcpu))
		return -EIO;
	if (unlikely(!READ_ONCE(vcpu->kvm->arch.mmu_ready))) {
		int err = mmu_setup(vcpu->kvm);

		if (err)
			return fail_entry(vcpu->run, err);
	}

	preempt_disable();
	cpu = smp_processor_id();
	if (vcpu->arch.prev_cpu != cpu)
		tlb_vcpu_moves(vcpu, cpu);
	if (host_switch->take && !host_switch->take()) {
		preempt_enable();
		return -EBUSY;
	}

	msr = hard_disable(vcpu, &flags);
	vcpu->arch.state = KVMPPC_VCPU_RUNNABLE;
	vcpu->cpu = cpu;
	vcpu->arch.thread_cpu = cpu;
	hv->core.pcpu = cpu;
	__this_cpu_write(loaded_vm, vcpu->kvm);
	/*
	 * Orders the CPU's number before the tests of what is pending: a
	 * waker stores what is pending and then looks where to send its IPI.
	 * Orders loaded_vm before the test of need_tlb_flush, see tlb.c.
	 */
	smp_mb();

	/* before the look at the host's next timer, which may be this one */
	if (vcpu->arch.timer_running) {
		hrtimer_try_to_cancel(&vcpu->arch.dec_timer);
		vcpu->arch.timer_running = 0;
	}

	now = mftb();
	limit = time_limit(now);
	cause = entry_check(vcpu, now, limit);
	if (cause != HVLENS_ABORT_MAX)
		return abort_entry(hv, cause, rec ? rec->t0 : now, flags);
	local_paca->kvm_hstate.kvm_vcpu = vcpu;
	if (rec) {
		rec->t1 = now;
		rec->cpu = cpu;
	}

	done = pass_guest(hv, rec, now, limit, msr);

	leave_cpu(vcpu);
	replay_mark(vcpu->arch.trap, rec);
	if (rec)
		rec->t4 = mftb();
	trace_kvm_guest_exit(vcpu);
	replay_interrupts(rec, flags);
	preempt_enable();

	if (vcpu->arch.pending_exceptions && kvmppc_core_pending_dec(vcpu) &&
	    (s64)(vcpu->arch.dec_expires - hv->core.tb_offset - mftb()) > 0)
		kvmppc_core_dequeue_dec(vcpu);

	return handle(hv, rec, done);
}

/*
 * On a host without XIVE kvm.ko's XICS device relies on real mode to answer the guest's
 * hypercalls.
 */
static bool controller_usable(struct kvm_vcpu *vcpu)
{
	if (!kvmppc_xics_enabled(vcpu) || xics_on_xive() || host_switch->real_mode)
		return true;
	pr_err_once("XICS in the kernel needs a host with XIVE (no xive=off); let the VMM emulate it (QEMU: kernel-irqchip=off)\n");
	return false;
}

/*
 * run_vcpu - KVM_RUN
 *
 * Return: RESUME_HOST with run->exit_reason set, -EINTR with KVM_EXIT_INTR, or
 * another -errno.  Called with the vCPU loaded, interrupts on; may sleep.
 */
int run_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	struct kvm *kvm = vcpu->kvm;
	int r;

	lockdep_assert_irqs_enabled();
	lockdep_assert_preemption_enabled();
	run->exit_reason = KVM_EXIT_UNKNOWN;
	if (!vcpu->arch.sane || !controller_usable(vcpu)) {
		run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
		return -EINVAL;
	}
	if (signal_pending(current)) {
		run->exit_reason = KVM_EXIT_INTR;
		return -EINTR;
	}
	/* this system call has suspended the VMM's transaction, which would be lost */
	if (cpu_has_feature(CPU_FTR_TM) && MSR_TM_ACTIVE(current->thread.regs->msr))
		return fail_entry(run, -EINVAL);
	if (!vcpu_msr_possible(vcpu))
		return fail_entry(run, -EINVAL);

	irq_bypass_run(vcpu);
	stand_in_insert(vcpu);

	/* KVM_REG_PPC_ONLINE, which old VMMs do not set */
	vcpu->arch.online = 1;

	/* the task gets them back when it uses them */
	if (current->thread.regs->msr & (MSR_FACILITIES | MSR_TM)) {
		msr_check_and_set(MSR_FACILITIES |
				  (cpu_has_feature(CPU_FTR_TM) ? MSR_TM : 0));
		kvmppc_save_user_regs();
	}
	kvmppc_save_current_sprs();

	/* vmlinux's H_ENTER looks up the host's page there */
	vcpu->arch.pgdir = kvm->mm->pgd;
	/* from here until NOTREADY a wait for a CPU is stolen time */
	vcpu->arch.state = KVMPPC_VCPU_BUSY_IN_HOST;
	vcpu->arch.ceded = 0;

	atomic_inc(&kvm->arch.vcpus_running);
	/* orders this before the look at mmu_ready, see mmu_stop() */
	smp_mb__after_atomic();
	do {
		trace_kvmppc_run_vcpu_enter(vcpu);
		r = pass(vcpu);
		trace_kvmppc_run_vcpu_exit(vcpu, r);
	} while (is_kvmppc_resume_guest(r));
	atomic_dec(&kvm->arch.vcpus_running);

	stand_in_remove(vcpu);
	vcpu->arch.state = KVMPPC_VCPU_NOTREADY;

	/* the switch has used SRR0 and SRR1: the way back to user space must reload them */
	srr_regs_clobbered();
	return r;
}
