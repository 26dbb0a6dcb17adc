/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exit record: what one pass through a guest was, from the run loop's
 * wish to enter until the exit is handled.  The backend fills one per entry
 * while anyone listens and emits it once, as the tracepoint hvlens:exit.
 *
 * The field table below is the only definition.  The C struct, the
 * tracepoint's fields and its format file all come from it, so that a program
 * attached as tp_btf or raw_tp (which gets a pointer to the struct) and one
 * attached as a plain tracepoint (which finds the same bytes behind the common
 * header of 8 bytes) read the same thing.
 *
 * Rules: fixed-width scalars, naturally aligned, no holes, no host pointers or
 * host addresses.  Any change needs a new HVLENS_EXIT_VERSION.
 *
 * Times are values of the host's timebase in ticks (512 MHz by the Power ISA's
 * platform, see /proc/cpuinfo "timebase"); 0 means "not taken".
 * Shared by the module, the BPF programs and the tools: nothing but the types
 * __u8 to __u64 is assumed.
 */
#ifndef HVLENS_EXIT_RECORD_H
#define HVLENS_EXIT_RECORD_H

#define HVLENS_EXIT_VERSION	3

/* F(type, name): in order of offset */
#define HVLENS_EXIT_FIELDS(F)						\
	/* which record this is */					\
	F(__u16, version)	/* HVLENS_EXIT_VERSION */		\
	F(__u16, size)		/* bytes of the whole record */		\
	F(__u32, flags)		/* HVLENS_F_*: which optional fields hold */ \
	/* who */							\
	F(__u32, vm)		/* tgid of the VMM in the initial pid namespace */ \
	F(__u32, vcpu_id)	/* as given to KVM_CREATE_VCPU */	\
	F(__u32, cpu)		/* host CPU that ran the guest */	\
	/* why */							\
	F(__u32, trap)		/* vector, see exit_reasons.def */	\
	F(__u64, seq)		/* exits of this vCPU so far, from 1: a gap is a loss */ \
	F(__u64, hcall)		/* r3 at an sc 1, with HVLENS_F_HCALL */ \
	F(__u64, nip)		/* guest's next instruction address */	\
	F(__u64, msr)		/* guest's MSR at the exit */		\
	F(__u64, fault_ea)	/* HDAR (0xe00), NIP (0xe20), DAR (0x200), with HVLENS_F_EA */ \
	F(__u64, fault_gpa)	/* guest real address, with HVLENS_F_GPA */ \
	/* with HVLENS_F_DSISR: HDSISR (0xe00), the same from HSRR1 (0xe20), DSISR (0x200) */ \
	F(__u32, fault_dsisr)						\
	/* what came of it */						\
	F(__u32, outcome)	/* HVLENS_OUTCOME_* */			\
	F(__u32, exit_reason)	/* KVM_EXIT_* with HVLENS_OUTCOME_USER */ \
	/* this vCPU's exit before; all 0 if that has no record */	\
	F(__u32, prev_outcome)	/* its outcome: what prev_t6..t0 was */	\
	F(__u32, prev_trap)						\
	F(__u32, prev_exit_reason) /* KVM_EXIT_* with HVLENS_OUTCOME_USER */ \
	F(__u64, prev_hcall)	/* r3 at the sc 1 if prev_trap is 0xc00 */ \
	/* MSR[RI]; 0: not taken */					\
	F(__u64, host_msr)	/* host's MSR at the first host instruction */ \
	F(__u64, ri_entry)	/* ticks from the host's RI off until T2 */ \
	F(__u64, ri_exit)	/* ticks from T3 until the host's RI on */ \
	/* host interrupts: bits are PACA_IRQ_* of asm/hw_irq.h */	\
	F(__u8, irq_before)	/* irq_happened before the exit's own bit */ \
	F(__u8, irq_after)	/* irq_happened with it */		\
	F(__u16, irq_replayed)	/* bits that the replay consumed */	\
	/* what kvmppc_xics_rm_complete() did; bits of HVLENS_RM_ACTIONS, with HVLENS_F_RM */ \
	F(__u32, rm_pending)	/* asked for */				\
	F(__u32, rm_done)	/* of these, done */			\
	F(__u32, rm_target)	/* vcpu_id, or HVLENS_RM_NO_TARGET */	\
	F(__u64, rm_ticks)	/* ticks that it took; 0: not called */	\
	/* when */							\
	F(__u64, prev_t3)	/* T3 of this vCPU's exit before */	\
	F(__u64, prev_t6)	/* T6 of it */				\
	/* if it slept after HVLENS_OUTCOME_BLOCK: it was kicked or its timer was due */ \
	F(__u64, wake)							\
	F(__u64, t0)		/* run loop wants to enter */		\
	F(__u64, t1)		/* hard-disabled, checks passed */	\
	F(__u64, t2)		/* last host instruction */		\
	F(__u64, t3)		/* first host instruction */		\
	F(__u64, t4)		/* host context back, RI set */		\
	F(__u64, t5)		/* host interrupts replayed */		\
	F(__u64, t6)		/* exit handled */

#define HVLENS_STRUCT_FIELD(type, name)	type name;
struct hvlens_exit {
	HVLENS_EXIT_FIELDS(HVLENS_STRUCT_FIELD)
};

#undef HVLENS_STRUCT_FIELD

/* hvlens_exit.flags: the named fields of this record hold a value */
#define HVLENS_F_HCALL	(1u << 0)	/* hcall */
#define HVLENS_F_EA	(1u << 1)	/* fault_ea */
#define HVLENS_F_GPA	(1u << 2)	/* fault_gpa */
#define HVLENS_F_DSISR	(1u << 3)	/* fault_dsisr */
#define HVLENS_F_RM	(1u << 4)	/* rm_pending, rm_done, rm_target */
/* and t2, t3 are not read from the timebase but */
#define HVLENS_F_DERIVED (1u << 5)	/* derived from the PURR, see docs/entry-exit.md */

/*
 * O(SYMBOL, "name", "help"): hvlens_exit.outcome, in order from 0.  The time
 * between one record's T6 and the next one's T0 belongs to the outcome of the
 * earlier record.
 */
#define HVLENS_OUTCOMES(O)						\
	O(NONE,    "none",    "no earlier exit is known")		\
	O(RESUME,  "resume",  "handled in the kernel, enters again")	\
	O(USER,    "user",    "KVM_RUN returned to the VMM")		\
	O(BLOCK,   "block",   "the vCPU had nothing to run and blocked")

/*
 * R(SYMBOL, "name", bit, "help"): what kvmppc_xics_rm_complete() may have to do. The bits
 * are kvm.ko's XICS_RM_* (arch/powerpc/kvm/book3s_xics.h).
 */
#define HVLENS_RM_ACTIONS(R)						\
	R(KICK,   "kick",   0x1, "wake a vCPU")				\
	R(RESEND, "resend", 0x2, "present interrupts that were rejected again") \
	R(EOI,    "eoi",    0x8, "tell an irqfd of the end of an interrupt")

#define HVLENS_RM_NO_TARGET	(~0u)	/* what was done was for no vCPU */

/*
 * A(SYMBOL, "name", "help"): hvlens:entry_abort's cause, in order from 0.
 */
#define HVLENS_ABORTS(A)						\
	A(SIGNAL,  "signal",  "a signal is pending for the vCPU's thread") \
	A(RESCHED, "resched", "the scheduler wants the CPU")		\
	A(MMU,     "mmu",     "the guest's MMU is not set up")		\
	A(IRQ,     "irq",     "another interrupt of the host's is pending") \
	A(REQUEST, "request", "a KVM request came in")			\
	A(LIMIT,   "limit",   "the time limit is over: the host's timer is due")

#define HVLENS_OUTCOME_ENUM(symbol, name, help)	HVLENS_OUTCOME_##symbol,
enum hvlens_outcome { HVLENS_OUTCOMES(HVLENS_OUTCOME_ENUM) HVLENS_OUTCOME_MAX };
#undef HVLENS_OUTCOME_ENUM

#define HVLENS_ABORT_ENUM(symbol, name, help)	HVLENS_ABORT_##symbol,
enum hvlens_abort { HVLENS_ABORTS(HVLENS_ABORT_ENUM) HVLENS_ABORT_MAX };
#undef HVLENS_ABORT_ENUM

#define HVLENS_RM_ENUM(symbol, ...)	HVLENS_RM_##symbol,
enum hvlens_rm { HVLENS_RM_ACTIONS(HVLENS_RM_ENUM) HVLENS_RM_MAX };
#undef HVLENS_RM_ENUM

/*
 * P(SYMBOL, "name", begin, end, "help"): the phases of a pass, each the time
 * between two fields of the record.  A phase with an absent (0) end is absent.
 */
#define HVLENS_PHASES(P)						\
	P(PREPARE, "prepare", t0, t1, "run loop to hard-disabled and checked") \
	P(ENTRY,   "entry",   t1, t2, "host context to guest context")	\
	P(GUEST,   "guest",   t2, t3, "in the guest")			\
	P(EXIT,    "exit",    t3, t4, "guest context to host context")	\
	P(REPLAY,  "replay",  t4, t5, "host interrupts replayed")	\
	P(HANDLE,  "handle",  t5, t6, "the exit itself handled")

#endif /* HVLENS_EXIT_RECORD_H */
