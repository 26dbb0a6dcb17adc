/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest of vmm/caller.c: real mode */
#include "guest.h"
#include "caller.h"

/* r20 = hypercall, its arguments in memory; r20 = 0 when it has returned */
GUEST(caller)
	mr	r3, r20
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ld	r\n, CALLER_ARGS + (\n - 4) * 8(r31)
	.endr
	sc	1
	li	r20, 0
	.irp	n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	std	r\n, CALLER_RESULTS + (\n - 3) * 8(r31)
	.endr
	HCALL	REPORT_VALUE
	b	.
GUEST_END(caller)
