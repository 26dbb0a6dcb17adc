/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the C half and the assembly half of the switch on POWER9 and later hand to each
 * other, one struct per vCPU.
 */
#ifndef HVLENS_LANDING_H
#define HVLENS_LANDING_H

/* offsets into struct hv_landing, checked against it at build time */
#define LANDING_MMU_ON		0
#define LANDING_VIRT		8
#define LANDING_EXIT_MSR	16
#define LANDING_HOST_PID	24
#define LANDING_HOST_LPID	32
#define LANDING_HOST_LPCR	40
#define LANDING_T3		48
#define LANDING_DEC		56
#define LANDING_MSR		64
#define LANDING_PID		72
#define LANDING_SRR0		80
#define LANDING_SRR1		88
#define LANDING_DAR		96
#define LANDING_DSISR		104
#define LANDING_FLUSH		112
#define LANDING_REAL_ENTER	120
#define LANDING_REAL_LANDING	128
#define LANDING_REAL_MSR	136
#define LANDING_VIRT_HASH	144
#define LANDING_GUEST_LPID	152
#define LANDING_GUEST_LPCR	160
#define LANDING_GUEST_PID	168
#define LANDING_LIMIT		176
#define LANDING_OPEN		184

/* the line that is accessed after the flush */
#define LANDING_LAST_CFAR	256
#define LANDING_LAST_CTR	264
#define LANDING_LAST_CR		272
#define LANDING_LAST_R0		280
#define LANDING_LAST_R4		288
#define LANDING_LAST_R5		296
#define LANDING_T2		304

/*
 * hv_landing.flush: what has to happen before the guest runs (vmlinux_code.c). MITIGATE
 * tests these bits in CR7.
 */
#define FLUSH_STORES		0x1	/* no store forwarding into the guest */
#define FLUSH_L1D_DISPLACE	0x2	/* empty the L1 data cache: by loads, */
#define FLUSH_L1D_ORI		0x4	/* by ori 30,30,0, */
#define FLUSH_L1D_TRIG2		0x8	/* by mtspr TRIG2 */

/*
 * vmlinux's half of the exit (arch/powerpc/kvm/book3s_64_entry.S,
 * kvmppc_p9_exit_interrupt) unwinds the stack frame that HSTATE_HOST_R1
 * names.  Its size is that file's private contract; vmlinux_code.c checks it against
 * the running kernel.
 */
#define VMLINUX_FRAME_SIZE	(144 + STACK_FRAME_MIN_SIZE)

#ifndef __ASSEMBLY__

struct hv_landing {
	/* set before the entry */
	u64 mmu_on;	/* code of vmlinux that loads MSR and goes on to the landing */
	u64 virt;	/* hv_landing_p9 */
	u64 exit_msr;	/* to land with: IR, DR and the facilities set, EE, RI clear */
	u64 host_pid;
	u64 host_lpid;
	u64 host_lpcr;
	/* filled by the landing */
	u64 t3;		/* timebase as the guest sees it, first thing after the exit */
	s64 dec;	/* guest's DEC at t3; switch_p9() extends the sign of its 32 bits */
	u64 msr;	/* host's MSR at t3 */
	u64 pid;	/* guest's PIDR */
	u64 srr0;	/* guest's SRR0, SRR1, DAR, DSISR */
	u64 srr1;
	u64 dar;
	u64 dsisr;
	/* set before the entry */
	u64 flush;	/* FLUSH_* */
	/* set before the entry, for hash guests only */
	u64 real_enter;	/* copies of hv_hash_real and hv_hash_real_landing */
	u64 real_landing;
	u64 real_msr;	/* the host's with IR, DR, EE, RI clear */
	u64 virt_hash;	/* hv_landed_hash_p9 */
	/* set before the entry */
	u64 guest_lpid;
	u64 guest_lpcr;
	u64 guest_pid;
	u64 limit;	/* guest timebase at which HDEC has to be 0 */
	u64 open;	/* of the timed entry: guest timebase when it opened the window */
	/*
	 * Filled by the entry.  This cache line is loaded after the L1 data cache has been
	 * flushed: it may hold only what the guest has or may know.  kmalloc() aligns what
	 * has a size of whole lines to lines.
	 */
	struct {
		u64 cfar, ctr, cr, r0, r4, r5;	/* the guest's */
		u64 t2;	/* of the timed entry: timebase as the guest sees it, at its end */
	} last __aligned(128);
};

struct kvm_vcpu;

/* asm/switch_p9.S; contracts stand there */
void hv_enter_p9(struct kvm_vcpu *vcpu, struct hv_landing *landing);
void hv_enter_timed_p9(struct kvm_vcpu *vcpu, struct hv_landing *landing);
extern const char hv_landing_p9[];

/* asm/switch_hash_p9.S */
void hv_enter_hash_p9(struct kvm_vcpu *vcpu, struct hv_landing *landing);
extern const char hv_landed_hash_p9[];
extern const char hv_hash_real[], hv_hash_real_landing[], hv_hash_real_end[];
extern const char hv_hash_zero_entry[];

#endif /* __ASSEMBLY__ */

#endif /* HVLENS_LANDING_H */
