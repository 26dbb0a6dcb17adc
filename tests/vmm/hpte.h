/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash guest that makes its page-table entries (HPTEs) by hypercalls and its segments by slbmte.
 * The VMM chooses each step. It lets the guest load, store or execute through the entries, one
 * access per KVM_RUN. Translation is on for that access only; the code around it runs in real mode.
 */
#ifndef TESTS_HPTE_H
#define TESTS_HPTE_H

#include "fixture.h"
#include "hpt.h"
#include "../guests/hpte.h"

#define HPT_ORDER	20	/* log2 of the table's size in bytes */

/* First doubleword of an HPTE, as H_ENTER takes it */
#define HPTE_V_VALID	0x01ull
#define HPTE_V_SECONDARY 0x02ull
#define HPTE_V_LARGE	0x04ull
#define HPTE_V_BOLTED	0x10ull

/* Second doubleword, beside what hpt.h has */
#define HPTE_R_KEY(k)	(((k) & 7ull) << 9 | ((k) & 0x18ull) << 57)
#define HPTE_R_64K	0x1000ull

/* Segment: what an SLB entry's second doubleword says beside its VSID */
#define SEGMENT_1T	(1ull << 62)
#define SEGMENT_KS	0x800ull
#define SEGMENT_KP	0x400ull
#define SEGMENT_64K	0x110ull	/* L || LP */
#define SLB_V		(1ull << 27)

/* H_ENTER and so on: flags */
#define H_EXACT		(1ull << 39)
#define H_READ_4	(1ull << 37)
#define H_AVPN		(1ull << 31)
#define H_ANDCOND	(1ull << 30)

struct hpte_page {
	u64 ea, gpa;
	u64 segment;	/* SEGMENT_* */
	u64 v, r;	/* HPTE_* beside what follows from the above */
};

/* An access of the guest, and its result */
struct hpte_access {
	int rc;		/* KVM_RUN's; KVM_EXIT_PAPR_HCALL: all below is there */
	u64 interrupt;	/* that the guest took; 0: none, it is done */
	u64 value;	/* loaded */
	u64 dar, dsisr;	/* after a data storage or segment interrupt */
	u64 srr1;
};

/* A VM with an empty table of 2^HPT_ORDER bytes; vCPU 0, whose SLB is empty */
void hpte_start(struct fixture *f);

/* Replaces the guest of a VM with this one, which makes it a hash guest. */
void hpte_load(struct vm *vm);

/* The guest makes a hypercall.  Returns r3; @out, if not NULL, gets r4 to r11. */
u64 hpte_call(struct vcpu *vcpu, u64 nr, const u64 args[8], u64 out[8]);

/* The doublewords of the page's HPTE, and the first entry of the group where it belongs */
u64 hpte_v(const struct hpte_page *page);
u64 hpte_r(const struct hpte_page *page);
u64 hpte_group(const struct hpte_page *page, unsigned int order);

/* H_ENTER: the HPTE's index; ends the test with "Bail out!" if it fails */
u64 hpte_enter(struct vcpu *vcpu, const struct hpte_page *page, u64 flags);

/* H_READ of one entry: r3; @e, if not NULL, are the doublewords */
u64 hpte_read(struct vcpu *vcpu, u64 index, u64 e[2]);

/* Makes the SLB hold the segments of these pages and nothing else. */
void hpte_segments(struct vcpu *vcpu, const struct hpte_page *pages, unsigned int n);

/* The SLB's entry for the page's segment at index @i: RB and RS of slbmte */
void hpte_segment(const struct hpte_page *page, unsigned int i, u64 pair[2]);

/* The guest executes slbmte for @n such pairs; or returns what slbmfee and slbmfev find. */
void hpte_slb_set(struct vcpu *vcpu, u64 pairs[][2], unsigned int n);
void hpte_slb_get(struct vcpu *vcpu, u64 pairs[HPTE_SLB_ENTRIES][2]);

/*
 * One access. @msr has the bits to set in MSR beside those of real mode: MSR_DR or MSR_IR.
 * With MSR_IR the guest executes the code at HPTE_FETCHED, which hpte_code() writes.
 */
struct hpte_access hpte_loads(struct vcpu *vcpu, u64 ea, u64 msr);
struct hpte_access hpte_stores(struct vcpu *vcpu, u64 ea, u64 value, u64 msr);
struct hpte_access hpte_executes(struct vcpu *vcpu, u64 ea, u64 msr);

/*
 * The same from problem state, which has no real mode, so its code is mapped at @code.
 * After a successful load the guest takes the interrupt 0xc00 (sc).
 */
struct hpte_access hpte_problem_loads(struct vcpu *vcpu, u64 code, u64 ea);
void hpte_problem_code(struct vm *vm, u64 gpa);

/* Writes something to execute to guest real address @gpa. */
void hpte_code(struct vm *vm, u64 gpa);

/* The result of the access after the VMM has answered an MMIO exit */
struct hpte_access hpte_goes_on(struct vcpu *vcpu);

#endif
