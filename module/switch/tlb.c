// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest TLB entries and the CPUs that a vCPU leaves.
 *
 * A radix guest invalidates translations itself, with the local form (tlbiel) if only one
 * vCPU has used them.  When that vCPU moves to another core, the old core may keep a
 * translation that the guest has invalidated.  So the old core drops its entries for the
 * LPID before any vCPU of the VM runs there again.
 *
 * The protocol has one bit per thread, need_tlb_flush:
 *   - the thread that moves the vCPU sets the bits of the old core's threads, one after the
 *     other, and then makes the threads leave that are in a guest of the VM;
 *   - a thread that is about to enter clears its bit first, and then flushes.
 * Every thread whose bit is set flushes for itself, although the threads of a core share the
 * TLB: a thread can't tell from the other bits whether somebody has flushed since the move,
 * because the mover may be halfway through.  A bit that is set during the flush stays set.
 * tests/unit/test-tlb-protocol.c tries all interleavings.
 */
#include <linux/kvm_host.h>
#include <linux/smp.h>
#include <asm/cputhreads.h>
#include <asm/ppc-opcode.h>
#include <asm/reg.h>

#include "core/mmu.h"
#include "switch/tlb.h"

DEFINE_PER_CPU(struct kvm *, loaded_vm);

/* tlbiel of a radix (R=1) partition's process-scoped (PRS=1) entries. */
static __always_inline void tlbiel_lpid(unsigned long rb, int ric)
{
	asm volatile(".machine push; .machine power9; tlbiel %0, %1, %2, 1, 1; .machine pop"
		     : : "r" (rb), "r" (0), "i" (ric) : "memory");
}

/*
 * tlb_flush_local - drop this core's translations of the LPID in LPIDR
 *
 * Context: in the switch, LPIDR loaded, RCU not watching, this CPU's bit is set.
 */
noinstr void tlb_flush_local(struct kvm *kvm)
{
	unsigned long rb = PPC_BIT(52);		/* IS = 2: by LPID */
	unsigned long set;

	arch_clear_bit(raw_smp_processor_id(), cpumask_bits(&kvm->arch.need_tlb_flush));
	/*
	 * The bit is clear before the first tlbiel (ISA Book III, "TLB Management": a
	 * preceding ptesync orders stores before it).
	 */
	asm volatile("ptesync" : : : "memory");
	/* RIC=2 takes the page walk cache along, once */
	tlbiel_lpid(rb, 2);
	for (set = 1; set < kvm->arch.tlb_sets; set++) {
		rb += PPC_BIT(51);
		tlbiel_lpid(rb, 0);
	}
	asm volatile("ptesync" : : : "memory");
	/* POWER9's tlbiel by set leaves the ERAT alone */
	asm volatile(PPC_RADIX_INVALIDATE_ERAT_GUEST : : : "memory");
}

static void do_nothing(void *unused)
{
}

/* Finish a tlbie sequence that the exit may have cut in two. */
static void order_guest_tlbie(void *unused)
{
	asm volatile("eieio; tlbsync; ptesync" : : : "memory");
}

/*
 * tlb_vcpu_moves - the vCPU is about to run on @cpu
 *
 * Context: interrupts enabled, preemption off (it may wait for another CPU).
 */
void tlb_vcpu_moves(struct kvm_vcpu *vcpu, int cpu)
{
	struct kvm *kvm = vcpu->kvm;
	int from = vcpu->arch.prev_cpu;
	int sibling;

	lockdep_assert_irqs_enabled();
	lockdep_assert_preemption_disabled();
	vcpu->arch.prev_cpu = cpu;
	/* the host invalidates a hash guest's translations, on all CPUs */
	if (from < 0 || !mmu_of(kvm)->guest_tables)
		return;

	if (cpu_first_tlb_thread_sibling(from) != cpu_first_tlb_thread_sibling(cpu)) {
		for (sibling = cpu_first_tlb_thread_sibling(from);
		     sibling <= cpu_last_tlb_thread_sibling(from);
		     sibling += cpu_tlb_thread_sibling_step())
			cpumask_set_cpu(sibling, &kvm->arch.need_tlb_flush);

		/*
		 * Orders the mask before the look at who runs there.  On the other side the
		 * barrier of pass() in run.c stands between the store to loaded_vm and the test
		 * of the mask.
		 */
		smp_mb();
		for (sibling = cpu_first_tlb_thread_sibling(from);
		     sibling <= cpu_last_tlb_thread_sibling(from);
		     sibling += cpu_tlb_thread_sibling_step())
			if (READ_ONCE(*per_cpu_ptr(&loaded_vm, sibling)) == kvm)
				smp_call_function_single(sibling, do_nothing, NULL, 1);
	}
	smp_call_function_single(from, order_guest_tlbie, NULL, 1);
}
