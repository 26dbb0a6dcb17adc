/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of host.  A kind says how a guest is entered and left, and what this needs at
 * load, of a VM and of a vCPU.  To add a kind, add a file with its struct switch_ops and a
 * row in main.c.
 */
#ifndef HVLENS_SWITCH_H
#define HVLENS_SWITCH_H

#include <linux/context_tracking.h>
#include <linux/ftrace.h>
#include <linux/kvm_host.h>

#include "backend.h"

struct mmu_ops;

struct switch_ops {
	/* Is this the host's kind? */
	bool (*present)(void);
	/* Can guests run here?  0, or -ENODEV and the log says what is missing. */
	int (*check)(void);
	/* At load and at unload.  0, or -errno, the log says why, and nothing is left. */
	int (*init)(void);
	void (*exit)(void);

	/*
	 * Guests are entered and left by vmlinux's real-mode code
	 * (arch/powerpc/kvm/book3s_hv_rmhandlers.S).  It also answers hypercalls, is the
	 * guest's XICS, and asks firmware for the cause of a maintenance interrupt.
	 */
	bool real_mode;
	/* The processor has process tables, and so KVM_PPC_CONFIGURE_V3_MMU. */
	bool process_table;
	/* Guests have transactional memory if the processor has. */
	bool transactions;
	/* HFSCR: facilities that the guest gets with its first access */
	u64 on_demand;
	/* The last LPIDs, which this kind needs for itself */
	unsigned int reserved_lpids;
	/* What KVM_CREATE_VCPU returns for an id that is taken, as the stock backend does */
	int id_taken;
	/* A new VM's kind of MMU */
	const struct mmu_ops *first_mmu;

	/* Bits of LPCR that all guests get */
	unsigned long (*lpcr)(void);
	/* The highest mode of KVM_CAP_PPC_SMT */
	unsigned int (*max_smt_mode)(void);

	/* After mmu_vm_init(). */
	void (*vm_init)(struct kvm *kvm);
	/* Let no MMU find the VM's tree or table any more. */
	void (*vm_destroy)(struct kvm *kvm);
	/* See mmu_set_partition_table(). */
	void (*set_partition_table)(struct kvm *kvm);

	/* A vCPU is made, is freed, gets a CPU.  Each may be NULL. */
	void (*vcpu_init)(struct hv_vcpu *hv);
	void (*vcpu_free)(void);
	void (*vcpu_load)(struct hv_vcpu *hv);
	/* Interrupt @cpu, which runs the vCPU, so that the vCPU sees what is pending. */
	void (*kick_cpu)(struct kvm_vcpu *vcpu, int cpu);

	/*
	 * Before an entry: take what the guest needs besides this CPU.  False if it can't be
	 * had; the log says why.  Context: preemption off.  Both may be NULL.
	 *
	 * give_back undoes it, after the exit or if the entry is given up.
	 */
	bool (*take)(void);
	void (*give_back)(void);

	/* Run the guest until the next exit; see switch_p9() and switch_p8(). */
	int (*enter)(struct hv_vcpu *hv, u64 limit, unsigned long lpcr, unsigned long msr);
};

extern const struct switch_ops switch_ops_p9;	/* switch/host_p9.c */
extern const struct switch_ops switch_ops_p8;	/* switch/host_p8.c */

/* This host's kind, chosen at load. */
extern const struct switch_ops *host_switch;

/*
 * Around the part in which RCU does not watch: no tracepoint, no kprobe and no ftrace is
 * allowed in between.
 */
static __always_inline void unwatched_begin(void)
{
	guest_state_enter_irqoff();
	this_cpu_disable_ftrace();
}

/*
 * guest_state_exit_irqoff() would tell RCU of a quiescent state once more, if nothing tracks
 * this CPU's context. The one of the entry will do: the next entry is not far, and if the
 * thread does not enter, it sleeps or goes to user space.
 */
static __always_inline void unwatched_end(void)
{
	this_cpu_enable_ftrace();
	lockdep_hardirqs_off(CALLER_ADDR0);
	context_tracking_guest_exit();
	instrumentation_begin();
	trace_hardirqs_off_finish();
	instrumentation_end();
}

/*
 * HSRR1 bits 33:36 and 42:47: what an interrupt says of its cause there (ISA Book III,
 * "Interrupt Definitions").  The MSR has no such bits.
 */
#define HSRR1_CAUSE	0x783f0000UL

#endif /* HVLENS_SWITCH_H */
