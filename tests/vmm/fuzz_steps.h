/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a fuzzed guest does: steps of its script (guests/fuzz.h), hypercalls by
 * hcall_args.def most of them, and the guest real memory that they are about.
 */
#ifndef TESTS_FUZZ_STEPS_H
#define TESTS_FUZZ_STEPS_H

#include "fixture.h"
#include "fuzz.h"
#include "../guests/fuzz.h"

#define MAX_VCPUS	4

/* Guest real memory: what is below FIXTURE_FREE the guest must not store to */
#define RTAS_BLOCKS	(FIXTURE_FREE + 0x8000)
#define SLOT_GPA	0x8000000ull	/* two slots of so many pages of the host's */
#define SLOT_PAGES	3
#define TOP_GPA		((1ull << 46) - PAGE_2M)
#define TIMA_GPA	0x10000000ull
#define ESB_GPA		0x11000000ull

#define FIRST_IRQ	16
#define IRQS		16
#define LIOBN		0x80000000u
#define RTAS_TOKEN	0x2000

/*
 * The next step of vCPU @vcpu, with translation on (@virt) or off.  Arguments in
 * memory (RTAS, areas) are written there.
 */
void fuzz_make_step(struct vm *vm, struct fuzz_thread *t, unsigned int vcpu, bool virt,
		    struct fuzz_script_step *s);

/* @gpa, or another one if the guest's code and scripts are there: nothing may be stored to them. */
u64 fuzz_harmless(u64 gpa);

#endif
