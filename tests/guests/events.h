/* SPDX-License-Identifier: GPL-2.0-only */
/* The script of guests/events.S: how often the guest exits for which reason */
#ifndef TESTS_GUESTS_EVENTS_H
#define TESTS_GUESTS_EVENTS_H

#define EVENTS_PROD	10	/* H_PROD of oneself */
#define EVENTS_REPORT	5	/* hypercalls to user space, and one at the end */
#define EVENTS_ILLEGAL	3
#define EVENTS_MMIO	4
#define EVENTS_TOUCH	6	/* pages of 64 KiB from r20 on */
#define EVENTS_FETCH	2	/* pages from r21 on, each with a blr */

#endif
