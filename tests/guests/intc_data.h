/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests that take external interrupts, and what they share with the VMM */
#ifndef TESTS_IRQS_H
#define TESTS_IRQS_H

#define IRQS_FIRST	16	/* number of the first source */
#define IRQS_SOURCES	16
#define IRQS_VCPUS	4

/* Guest real addresses */
#define IRQS_HANDLER	0x3000	/* where the vectors lead to */
#define IRQS_QUEUES	0x20000000	/* native: 64 KiB for each vCPU */
#define IRQS_ESB	0x30000000
#define IRQS_TIMA	0x38000000

/* Offsets in a vCPU's data */
#define IRQS_ROUNDS	0	/* of the guest's loop */
#define IRQS_TAKEN	8	/* interrupts */
#define IRQS_EMPTY	16	/* interrupts without one */
#define IRQS_WRONG	24	/* with a number that is no source's */
#define IRQS_IPIS	32	/* XICS: interprocessor interrupts, not among those taken */
#define IRQS_SERVER	40	/* XICS: the vCPU's own server */
#define IRQS_COUNTS	0x40	/* each source's; IRQS_SOURCES */
#define IRQS_SAVED	0x100	/* the interrupted code's registers */
#define IRQS_QUEUE	0x200	/* native: address of the event queue */
#define IRQS_INDEX	0x208	/* native: offset of the next entry in bytes */
#define IRQS_TOGGLE	0x210	/* native: top bit of an entry that is old */
#define IRQS_PAGE	0x218	/* native: distance of two ESB pages */
#define IRQS_DATA_SIZE	0x400

#endif
