/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that executes commands of the VMM. It asks with REPORT_STEP (r4 = result of the last
 * command) and gets r4 = command, r5 = address, r6 = value, r7 = stride, r8 = count. The commands
 * are in remote.h.
 */
#include "guest.h"
#include "remote.h"

GUEST(remote)
	li	r4, 0
1:	HCALL	REPORT_STEP
	cmpdi	r4, REMOTE_STORE
	beq	2f
	cmpdi	r4, REMOTE_STORE_FOREVER
	beq	5f
	cmpdi	r4, REMOTE_LOAD_FOREVER
	beq	6f
	cmpdi	r4, REMOTE_CALL
	beq	7f
	cmpdi	r4, REMOTE_ADD
	beq	8f

	/* REMOTE_LOAD: the sum of count words */
	li	r4, 0
	mtctr	r8
4:	ld	r9, 0(r5)
	add	r4, r4, r9
	add	r5, r5, r7
	bdnz	4b
	b	1b

	/* REMOTE_STORE: value, value + 1, ... */
2:	mtctr	r8
3:	std	r6, 0(r5)
	add	r5, r5, r7
	addi	r6, r6, 1
	bdnz	3b
	mr	r4, r6
	b	1b

	/* REMOTE_STORE_FOREVER: counts up; each number is stored to all words */
5:	mtctr	r8
	mr	r10, r5
9:	std	r6, 0(r10)
	add	r10, r10, r7
	bdnz	9b
	addi	r6, r6, 1
	b	5b

6:	mtctr	r8
	mr	r10, r5
10:	ld	r9, 0(r10)
	add	r10, r10, r7
	bdnz	10b
	b	6b

7:	mtctr	r5
	bctrl
	b	1b

	/* REMOTE_ADD: atomically, count times */
8:	mtctr	r8
11:	ldarx	r9, 0, r5
	add	r9, r9, r6
	stdcx.	r9, 0, r5
	bne-	11b
	bdnz	11b
	mr	r4, r9
	b	1b
GUEST_END(remote)
