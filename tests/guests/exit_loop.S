/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest of bench/exit-loop.c */
#include "guest.h"

GUEST(exit_loop)
1:	li	r4, 0
	HCALL	H_PROD
	b	1b
GUEST_END(exit_loop)
