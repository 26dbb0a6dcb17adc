/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What most tests start from: a VM with one vCPU about to run one guest.
 *
 * Guest real memory: vectors at 0, the guest at GUEST_CODE, its data at
 * FIXTURE_DATA, page tables at FIXTURE_TABLES, the rest from FIXTURE_FREE.
 * Nothing is behind FIXTURE_MMIO.  r31 points to the data.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "guest.h"
#include "mmu.h"

#define FIXTURE_RAM		(32ull << 20)

struct fixture {
	struct vm vm;
	struct guest_mmu mmu;	/* of fixture_virt() only */
	struct vcpu vcpu;	/* vCPU 0 */
};

/* Real mode, interrupts off */
#define fixture_real(f, name) \
	fixture_real_image(f, guest_##name, guest_##name##_end)
void fixture_real_image(struct fixture *f, const char *start, const char *end);

/*
 * Translation on: KERNEL_EA + x is guest real address x for all memory and for
 * 64 KiB from FIXTURE_MMIO; interrupts off
 */
#define fixture_virt(f, name) \
	fixture_virt_image(f, guest_##name, guest_##name##_end)
void fixture_virt_image(struct fixture *f, const char *start, const char *end);

/* The guest's data, @index in units of 64 bits */
u64 *fixture_data(struct fixture *f, unsigned int index);

void fixture_end(struct fixture *f);

#endif
