/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_GUESTS_CALLER_H
#define TESTS_GUESTS_CALLER_H

/* Offsets in the guest's data: r4 to r12 before, r3 to r12 after */
#define CALLER_ARGS	0
#define CALLER_RESULTS	80
#define CALLER_SIZE	256

#endif
