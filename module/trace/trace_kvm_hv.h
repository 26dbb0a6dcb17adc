/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoints of the stock backend that have a meaning here; docs/parity.md lists the others.
 * `perf kvm stat` reads the first four. They are an ABI: system, names, fields and
 * formats must be those of the kernel's arch/powerpc/kvm/trace_hv.h.
 *
 * Unlike the stock backend, kvm_guest_exit fires before the replay of host interrupts, so
 * that their time does not count as the guest's.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm_hv

#if !defined(HVLENS_TRACE_KVM_HV_H) || defined(TRACE_HEADER_MULTI_READ)
#define HVLENS_TRACE_KVM_HV_H

#include <linux/kvm_host.h>
#include <linux/tracepoint.h>
#include <asm/kvm_ppc.h>
#include <asm/kvm_book3s.h>

#include "trace/trace_symbols.h"

/* kvm_guest_enter: the guest is about to be entered; interrupts are hard-disabled. */
TRACE_EVENT(kvm_guest_enter,
	TP_PROTO(struct kvm_vcpu *vcpu),
	TP_ARGS(vcpu),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(unsigned long, pc)
		__field(unsigned long, pending_exceptions)
		__field(u8, ceded)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->pc = kvmppc_get_pc(vcpu);
		__entry->pending_exceptions = vcpu->arch.pending_exceptions;
		__entry->ceded = vcpu->arch.ceded;
	),

	TP_printk("VCPU %d: pc=0x%lx pexcp=0x%lx ceded=%d", __entry->vcpu_id,
		  __entry->pc, __entry->pending_exceptions, __entry->ceded)
);

/* kvm_guest_exit: the host's context is back; interrupts are hard-disabled. */
TRACE_EVENT(kvm_guest_exit,
	TP_PROTO(struct kvm_vcpu *vcpu),
	TP_ARGS(vcpu),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(int, trap)
		__field(unsigned long, pc)
		__field(unsigned long, msr)
		__field(u8, ceded)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->trap = vcpu->arch.trap;
		__entry->pc = kvmppc_get_pc(vcpu);
		__entry->msr = vcpu->arch.shregs.msr;
		__entry->ceded = vcpu->arch.ceded;
	),

	TP_printk("VCPU %d: trap=%s pc=0x%lx msr=0x%lx, ceded=%d", __entry->vcpu_id,
		  __print_symbolic(__entry->trap, hvlens_trace_exits),
		  __entry->pc, __entry->msr, __entry->ceded)
);

/* kvm_hcall_enter: a hypercall is about to be handled. It has r3 to r7. */
TRACE_EVENT(kvm_hcall_enter,
	TP_PROTO(struct kvm_vcpu *vcpu),
	TP_ARGS(vcpu),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(unsigned long, req)
		__field(unsigned long, gpr4)
		__field(unsigned long, gpr5)
		__field(unsigned long, gpr6)
		__field(unsigned long, gpr7)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->req = kvmppc_get_gpr(vcpu, 3);
		__entry->gpr4 = kvmppc_get_gpr(vcpu, 4);
		__entry->gpr5 = kvmppc_get_gpr(vcpu, 5);
		__entry->gpr6 = kvmppc_get_gpr(vcpu, 6);
		__entry->gpr7 = kvmppc_get_gpr(vcpu, 7);
	),

	TP_printk("VCPU %d: hcall=%s GPR4-7=0x%lx,0x%lx,0x%lx,0x%lx", __entry->vcpu_id,
		  __print_symbolic(__entry->req, hvlens_trace_hcalls),
		  __entry->gpr4, __entry->gpr5, __entry->gpr6, __entry->gpr7)
);

/*
 * kvm_hcall_exit: the kernel has handled a hypercall. ret is RESUME_*, hcall_rc is r3.
 * With RESUME_HOST user space has to answer, and hcall_rc means nothing.
 */
TRACE_EVENT(kvm_hcall_exit,
	TP_PROTO(struct kvm_vcpu *vcpu, int ret),
	TP_ARGS(vcpu, ret),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(unsigned long, ret)
		__field(unsigned long, hcall_rc)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->ret = ret;
		__entry->hcall_rc = kvmppc_get_gpr(vcpu, 3);
	),

	TP_printk("VCPU %d: ret=%lu hcall_rc=%ld", __entry->vcpu_id, __entry->ret,
		  (long)__entry->hcall_rc)
);

/*
 * kvm_page_fault_enter: the guest's hashed page table has an entry for an access, and the host
 * has to map its page. hpte has the entry's two doublewords, and the second one as the guest
 * made it.
 */
TRACE_EVENT(kvm_page_fault_enter,
	TP_PROTO(struct kvm_vcpu *vcpu, const unsigned long *hpte,
		 const struct kvm_memory_slot *slot, unsigned long ea, unsigned long dsisr),
	TP_ARGS(vcpu, hpte, slot, ea, dsisr),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(unsigned long, hpte_v)
		__field(unsigned long, hpte_r)
		__field(unsigned long, gpte_r)
		__field(unsigned long, ea)
		__field(u64, base_gfn)
		__field(u32, slot_flags)
		__field(u32, dsisr)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->hpte_v = hpte[0];
		__entry->hpte_r = hpte[1];
		__entry->gpte_r = hpte[2];
		__entry->ea = ea;
		/* no slot: the address is a device's, which the VMM emulates */
		__entry->base_gfn = slot ? slot->base_gfn : ~0ULL;
		__entry->slot_flags = slot ? slot->flags : 0;
		__entry->dsisr = dsisr;
	),

	TP_printk("VCPU %d: hpte=0x%lx:0x%lx guest=0x%lx ea=0x%lx,%x slot=0x%llx,0x%x",
		  __entry->vcpu_id, __entry->hpte_v, __entry->hpte_r, __entry->gpte_r,
		  __entry->ea, __entry->dsisr, __entry->base_gfn, __entry->slot_flags)
);

/* kvm_page_fault_exit: the host has tried. ret is RESUME_GUEST or a negative errno. */
TRACE_EVENT(kvm_page_fault_exit,
	TP_PROTO(struct kvm_vcpu *vcpu, const unsigned long *hpte, long ret),
	TP_ARGS(vcpu, hpte, ret),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(unsigned long, hpte_v)
		__field(unsigned long, hpte_r)
		__field(long, ret)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->hpte_v = hpte[0];
		__entry->hpte_r = hpte[1];
		__entry->ret = ret;
	),

	TP_printk("VCPU %d: hpte=0x%lx:0x%lx ret=0x%lx", __entry->vcpu_id,
		  __entry->hpte_v, __entry->hpte_r, __entry->ret)
);

/* kvmppc_vcore_blocked: a ceded vCPU goes to sleep (where is 0) or has slept (1). */
TRACE_EVENT(kvmppc_vcore_blocked,
	TP_PROTO(struct kvm_vcpu *vcpu, int where),
	TP_ARGS(vcpu, where),

	TP_STRUCT__entry(
		__field(int, n_runnable)
		__field(int, runner_vcpu)
		__field(int, where)
		__field(pid_t, tgid)
	),

	TP_fast_assign(
		__entry->n_runnable = vcpu->arch.vcore->n_runnable;
		__entry->runner_vcpu = vcpu->vcpu_id;
		__entry->where = where;
		__entry->tgid = current->tgid;
	),

	TP_printk("%s runner_vcpu=%d runnable=%d tgid=%d",
		  __entry->where ? "Exit" : "Enter", __entry->runner_vcpu,
		  __entry->n_runnable, __entry->tgid)
);

/* kvmppc_run_vcpu_enter: the run loop begins a pass. */
TRACE_EVENT(kvmppc_run_vcpu_enter,
	TP_PROTO(struct kvm_vcpu *vcpu),
	TP_ARGS(vcpu),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(pid_t, tgid)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->tgid = current->tgid;
	),

	TP_printk("VCPU %d: tgid=%d", __entry->vcpu_id, __entry->tgid)
);

/*
 * kvmppc_run_vcpu_exit: a pass is over. ret is RESUME_* or a negative errno; exit is
 * KVM_EXIT_*, the reason if KVM_RUN returns.
 */
TRACE_EVENT(kvmppc_run_vcpu_exit,
	TP_PROTO(struct kvm_vcpu *vcpu, int ret),
	TP_ARGS(vcpu, ret),

	TP_STRUCT__entry(
		__field(int, vcpu_id)
		__field(int, exit)
		__field(int, ret)
	),

	TP_fast_assign(
		__entry->vcpu_id = vcpu->vcpu_id;
		__entry->exit = vcpu->run->exit_reason;
		__entry->ret = ret;
	),

	TP_printk("VCPU %d: exit=%d, ret=%d", __entry->vcpu_id, __entry->exit, __entry->ret)
);

#endif /* HVLENS_TRACE_KVM_HV_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH trace
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_kvm_hv
#include <trace/define_trace.h>
