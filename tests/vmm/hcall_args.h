/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of hcall_args.def, and every hypercall that has a name. */
#ifndef TESTS_HCALL_ARGS_H
#define TESTS_HCALL_ARGS_H

#include "vmm.h"

#define HCALL_MAX_ARGS	9	/* r4 to r12 */

enum hcall_arg {
	ARG_ANY,
	ARG_FLAGS,		/* few bits anywhere */
	ARG_COUNT,		/* of something in a page */
	ARG_VCPU,
	ARG_GPA,		/* guest real address, any alignment */
	ARG_PAGE,		/* ... of 4 KiB */
	ARG_AREA,		/* ... fit for a VPA, an SLB shadow, a log */
	ARG_AREA_FUNCTION,	/* H_REGISTER_VPA's subfunction */
	ARG_YIELD_COUNT,
	ARG_EA,			/* effective address */
	ARG_PID,
	ARG_LIOBN,
	ARG_IOBA,		/* I/O bus address */
	ARG_TCE,		/* guest real address and permissions */
	ARG_PAGE_FLAGS,		/* H_PAGE_INIT's */
	ARG_ACCESS_SIZE,	/* 1, 2, 4, 8 */
	ARG_PRIORITY,		/* of an interrupt: CPPR, MFRR */
	ARG_XIRR,		/* CPPR and interrupt number */
	ARG_MODE_RESOURCE,	/* H_SET_MODE's */
	ARG_INVALIDATE_TYPE,	/* H_RPT_INVALIDATE's */
	ARG_PAGE_SIZES,		/* H_RPT_INVALIDATE's */
	ARG_HPTE,		/* index of a hash guest's page-table entry */
	ARG_HPTE_FLAGS,		/* of a hypercall for one */
	ARG_HPTE_V,		/* first doubleword of one */
	ARG_HPTE_R,		/* second */
	ARG_HPTE_BULK,		/* a request of H_BULK_REMOVE */
	ARG_RTAS,		/* guest real address of the arguments */
};

struct hcall_args {
	u64 nr;
	unsigned int count;
	enum hcall_arg kinds[HCALL_MAX_ARGS];
};

extern const struct hcall_args hcall_args[];
extern const size_t hcall_args_count;

/* Numbers of hvlens/hcalls.def */
extern const u64 hcall_numbers[];
extern const size_t hcall_numbers_count;

#endif
