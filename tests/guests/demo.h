/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of the demo's guest, and its counters there */
#ifndef TESTS_GUESTS_DEMO_H
#define TESTS_GUESTS_DEMO_H

#define DEMO_RAM	(128 << 20)
#define DEMO_DATA	0x20000		/* one page a vCPU */
#define DEMO_DATA_SIZE	0x10000
#define DEMO_TABLES	0x100000
#define DEMO_TABLES_SIZE 0x100000
#define DEMO_TOUCH	0x1000000	/* pages that the guest stores to */
#define DEMO_FETCH	0x4000000	/* pages that the guest runs from */
#define DEMO_PAGES	512		/* of each, 64 KiB apart */
#define DEMO_MMIO	0x40000000	/* guest real address without memory */

/* Offsets in a vCPU's data page: 64-bit counters, then what the VMM sets */
#define DEMO_HCALL_KERNEL	0
#define DEMO_HCALL_USER		8
#define DEMO_CEDE		16
#define DEMO_ILLEGAL		24
#define DEMO_MMIO_LOAD		32
#define DEMO_MMIO_STORE		40
#define DEMO_TOUCHED		48
#define DEMO_FETCHED		56
#define DEMO_DECREMENTER	64
#define DEMO_FACILITY		72
#define DEMO_STOP		128

#endif
