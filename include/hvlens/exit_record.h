/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exit record describes one pass through a guest, from the run loop's decision to enter
 * until the exit is handled.  While anyone listens, the backend fills one record per entry and
 * emits it once, as the tracepoint hvlens:exit.
 *
 * The field table below is the only definition.  The C struct, the tracepoint's fields and the
 * format file come from it.  So a program attached by tp_btf or raw_tp, which gets a pointer to
 * the struct, and a program attached to the plain tracepoint, which finds the same bytes after
 * the common header of 8 bytes, read the same data.
 *
 * Rules: fields are naturally aligned scalars of fixed width, without holes, and hold no pointers
 * or addresses of the host.  Any change needs a new HVLENS_EXIT_VERSION.
 *
 * Times are values of the host's timebase in ticks ("timebase" in /proc/cpuinfo is the frequency,
 * usually 512 MHz).  0 means "not taken".  The module, the BPF programs and the tools include this
 * file, so it assumes only the types __u8 to __u64.
 */
#ifndef HVLENS_EXIT_RECORD_H
#define HVLENS_EXIT_RECORD_H

#define HVLENS_EXIT_VERSION	4

/* F(type, name): in order of offset */
#define HVLENS_EXIT_FIELDS(F)						\
	/* which record this is */					\
	F(__u16, version)	/* HVLENS_EXIT_VERSION */		\
	F(__u16, size)		/* bytes of the whole record */		\
	F(__u32, flags)		/* HVLENS_F_*: valid optional fields */	\
	/* who */							\
	F(__u32, vm)		/* tgid of the VMM in the initial pid namespace */ \
	F(__u32, vcpu_id)	/* as given to KVM_CREATE_VCPU */	\
	F(__u32, vcpu_index)	/* of all vCPUs of the host that exist, from 0; can be reused */ \
	F(__u32, tid)		/* thread that runs the vCPU, in the initial pid namespace */ \
	F(__u32, cpu)		/* host CPU that ran the guest */	\
	F(__u32, end_cpu)	/* host CPU at T6 */			\
	/* why */							\
	F(__u32, trap)		/* vector, see exit_reasons.def */	\
	/* with HVLENS_F_DSISR: HDSISR (0xe00), the same from HSRR1 (0xe20), DSISR (0x200) */ \
	F(__u32, fault_dsisr)						\
	F(__u64, seq)		/* number of this vCPU's exit, from 1; a gap is a loss */ \
	F(__u64, hcall)		/* r3 at an sc 1, with HVLENS_F_HCALL */ \
	F(__u64, nip)		/* address of the guest's next instruction */ \
	F(__u64, lr)		/* guest's link register at the exit */	\
	F(__u64, msr)		/* guest's MSR at the exit */		\
	F(__u64, fault_ea)	/* HDAR (0xe00), NIP (0xe20), DAR (0x200), with HVLENS_F_EA */ \
	F(__u64, fault_gpa)	/* guest real address, with HVLENS_F_GPA */ \
	/* result */							\
	F(__u32, outcome)	/* HVLENS_OUTCOME_* */			\
	F(__u32, exit_reason)	/* KVM_EXIT_* with HVLENS_OUTCOME_USER */ \
	/* previous exit of this vCPU; all 0 if it has no record */	\
	F(__u32, prev_outcome)	/* what the vCPU did from prev_t6 to t0 */ \
	F(__u32, prev_trap)						\
	F(__u32, prev_exit_reason) /* KVM_EXIT_* with HVLENS_OUTCOME_USER */ \
	/* host interrupts: bits are PACA_IRQ_* of asm/hw_irq.h */	\
	F(__u8, irq_before)	/* irq_happened before the exit's bit is set */ \
	F(__u8, irq_after)	/* irq_happened after that */		\
	F(__u16, irq_replayed)	/* bits that the replay consumed */	\
	F(__u64, prev_hcall)	/* r3 at the sc 1 if prev_trap is 0xc00 */ \
	/* MSR[RI]; 0: not taken */					\
	F(__u64, host_msr)	/* MSR at the first host instruction */	\
	F(__u64, ri_entry)	/* ticks from the host's RI off until T2 */ \
	F(__u64, ri_exit)	/* ticks from T3 until the host's RI on */ \
	/* what kvmppc_xics_rm_complete() did; bits of HVLENS_RM_ACTIONS, with HVLENS_F_RM */ \
	F(__u16, rm_pending)	/* requested actions */			\
	F(__u16, rm_done)	/* actions that were done */		\
	F(__u32, rm_target)	/* vcpu_id, or HVLENS_RM_NO_TARGET */	\
	F(__u64, rm_ticks)	/* duration in ticks; 0: not called */	\
	/* when */							\
	F(__u64, prev_t3)	/* T3 of this vCPU's previous exit */	\
	F(__u64, prev_t6)	/* T6 of it */				\
	/* after a sleep (HVLENS_OUTCOME_BLOCK): when it was kicked or its timer was due */ \
	F(__u64, wake)							\
	F(__u64, t0)		/* run loop decides to enter */		\
	F(__u64, t1)		/* hard-disabled, checks passed */	\
	F(__u64, t2)		/* last host instruction */		\
	F(__u64, t3)		/* first host instruction */		\
	F(__u64, t4)		/* host context back, RI set */		\
	F(__u64, t5)		/* host interrupts replayed */		\
	F(__u64, t6)		/* exit handled */

#define HVLENS_EXIT_WORDS	31

/*
 * The words come first.  The verifier lets a BPF program read a part of a struct only as wide as
 * the first member there, and a copy by words takes half as many instructions as one by fields.
 */
#define HVLENS_STRUCT_FIELD(type, name)	type name;
struct hvlens_exit {
	union {
		__u64 words[HVLENS_EXIT_WORDS];
		struct {
			HVLENS_EXIT_FIELDS(HVLENS_STRUCT_FIELD)
		};
	};
};

#undef HVLENS_STRUCT_FIELD

/* hvlens_exit.flags: the named fields hold a value */
#define HVLENS_F_HCALL	(1u << 0)	/* hcall */
#define HVLENS_F_EA	(1u << 1)	/* fault_ea */
#define HVLENS_F_GPA	(1u << 2)	/* fault_gpa */
#define HVLENS_F_DSISR	(1u << 3)	/* fault_dsisr */
#define HVLENS_F_RM	(1u << 4)	/* rm_pending, rm_done, rm_target */
/* t2 and t3 are derived from the PURR, see docs/entry-exit.md */
#define HVLENS_F_DERIVED (1u << 5)

/*
 * O(SYMBOL, "name", "help"): values of hvlens_exit.outcome, in order from 0.  The time from T6 of a
 * record to T0 of the next one belongs to the outcome of the earlier record.
 */
#define HVLENS_OUTCOMES(O)						\
	O(NONE,    "none",    "no earlier exit is known")		\
	O(RESUME,  "resume",  "handled in the kernel, enters again")	\
	O(USER,    "user",    "KVM_RUN returned to the VMM")		\
	O(BLOCK,   "block",   "the vCPU had nothing to run and blocked")

/*
 * R(SYMBOL, "name", bit, "help"): the actions of kvmppc_xics_rm_complete().  The bits are
 * XICS_RM_* of kvm.ko (arch/powerpc/kvm/book3s_xics.h).
 */
#define HVLENS_RM_ACTIONS(R)						\
	R(KICK,   "kick",   0x1, "wake a vCPU")				\
	R(RESEND, "resend", 0x2, "present interrupts that were rejected again") \
	R(EOI,    "eoi",    0x8, "tell an irqfd of the end of an interrupt")

#define HVLENS_RM_NO_TARGET	(~0u)	/* no vCPU was the target */

/* A(SYMBOL, "name", "help"): causes in the event hvlens:entry_abort, in order from 0 */
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
 * P(SYMBOL, "name", begin, end, "help"): the phases of a pass.  Each is the time between two
 * fields of the record, and is absent if one of them is 0.
 */
#define HVLENS_PHASES(P)						\
	P(PREPARE, "prepare", t0, t1, "run loop to hard-disabled and checked") \
	P(ENTRY,   "entry",   t1, t2, "host context to guest context")	\
	P(GUEST,   "guest",   t2, t3, "in the guest")			\
	P(EXIT,    "exit",    t3, t4, "guest context to host context")	\
	P(REPLAY,  "replay",  t4, t5, "host interrupts replayed")	\
	P(HANDLE,  "handle",  t5, t6, "the exit itself handled")

#endif /* HVLENS_EXIT_RECORD_H */
