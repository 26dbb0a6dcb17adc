/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by lab/core/machine-check.c and guests/mce.S: the guest's data, 64 bits each */
#ifndef TESTS_GUESTS_MCE_H
#define TESTS_GUESTS_MCE_H

#define MCE_TAKEN	0	/* machine checks that the guest's own 0x200 took */
#define MCE_SRR0	8	/* ... of the last one */
#define MCE_SRR1	16
#define MCE_DAR		24
#define MCE_DSISR	32
#define MCE_ROUNDS	40	/* rounds of mce_loop */

#endif
