/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_GUESTS_HPTE_H
#define TESTS_GUESTS_HPTE_H

#define HPTE_SLB_ENTRIES	32

/* Offsets in the code */
#define HPTE_LOAD	0x000
#define HPTE_STORE	0x040
#define HPTE_SLB_SET	0x080
#define HPTE_SLB_GET	0x0c0
#define HPTE_FETCHED	0x100
#define HPTE_PROBLEM	0x140

#endif
