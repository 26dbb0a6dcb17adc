/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests that take external interrupts (guests/irqchip.S), and their data, a block for each vCPU,
 * at r31
 */
#ifndef TESTS_GUEST_IRQ_H
#define TESTS_GUEST_IRQ_H

#define IRQ_TAKEN	0x00	/* interrupts taken */
#define IRQ_EMPTY	0x08	/* of which had no source */
#define IRQ_TOKENS	0x10	/* interprocessor interrupts */
#define IRQ_FORWARDS	0x18	/* how many of them the vCPU still has to answer with one to ... */
#define IRQ_NEXT	0x20	/* XIVE: the next vCPU's trigger page; XICS: its server */
#define IRQ_SERVER	0x28	/* XICS: the vCPU's own */
#define IRQ_EQ		0x30	/* XIVE: its event queue of 64 KiB, ... */
#define IRQ_EQ_OFFSET	0x38	/* ... where the next entry comes, ... */
#define IRQ_EQ_TOGGLE	0x40	/* ... and the generation bit that makes it valid */
#define IRQ_TIMA	0x48	/* XIVE: the page of the OS ring; 0: XICS */
#define IRQ_ESB		0x50	/* XIVE: source 0's trigger page, ... */
#define IRQ_ESB_PAGE	0x58	/* ... distance of its management page, ... */
#define IRQ_ESB_STRIDE	0x60	/* ... distance of the next source's trigger page */
#define IRQ_START	0x68	/* not 0: the vCPU sends the first token */
#define IRQ_SAVED	0x80
#define IRQ_COUNTS	0x200	/* interrupts of each source */
#define IRQ_BLOCK	0x1000

#define IRQ_SOURCES	64
#define IRQ_IPIS	8	/* sources below are interprocessor interrupts */

/* The addresses of guests that run instead of the main one */
#define IRQ_OTHER	0x18000

/* Interrupt vectors with LPCR[AIL] = 3 */
#define IRQ_VECTORS	0x4000

/* r20: what a vCPU does while it waits */
#define IRQ_BUSY	0	/* computes */
#define IRQ_CEDE	1
#define IRQ_USER	2	/* exits to user space all the time */
#define IRQ_MASKED	3	/* computes, with interrupts off now and then */

#endif
