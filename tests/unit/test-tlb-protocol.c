// SPDX-License-Identifier: GPL-2.0-only
/*
 * A model of the protocol of module/switch/tlb.c: one thread moves a vCPU away from a core, another
 * thread of that core enters a guest of the VM meanwhile, and then all threads of the core enter
 * once. In every interleaving the core has to be flushed after the vCPU left it, before a thread
 * that enters afterwards runs a guest.
 */
#include "unit.h"

#define THREADS	4	/* of the old core; thread 0 is the one that enters */

struct core {
	bool need[THREADS];	/* need_tlb_flush */
	bool flushed;		/* since the vCPU left */
};

/* A thread's way into the guest, in steps that others can come between. True: it is there. */
typedef bool (*enterer)(struct core *core, int thread, int *step, bool *flush);

/* The protocol: the bit is cleared first, then the thread flushes in any case. */
static bool clear_then_flush(struct core *core, int thread, int *step, bool *flush)
{
	switch ((*step)++) {
	case 0:
		*flush = core->need[thread];
		return !*flush;
	case 1:
		core->need[thread] = false;
		return false;
	default:
		core->flushed = true;
		return true;
	}
}

/*
 * The protocol of the stock backend, which loses flushes: the first thread flushes for all of the
 * core, and a thread takes itself for the first one if all bits are set.
 */
static bool first_flushes_for_all(struct core *core, int thread, int *step, bool *flush)
{
	int sibling = *step - 1;

	if (!*step) {
		(*step)++;
		*flush = core->need[thread];
		return !*flush;
	}
	if (sibling < THREADS) {
		(*step)++;
		*flush &= core->need[sibling];
		return false;
	}
	if (sibling == THREADS) {
		(*step)++;
		core->flushed |= *flush;
		return false;
	}
	core->need[thread] = false;
	return true;
}

static struct {
	enterer enter;
	unsigned int orders, lost;
} run;

/* Every thread enters, thread 0 again if it was there. Is there a flush before the first runs? */
static void all_enter(struct core core)
{
	bool lost = false;

	for (int thread = 0; thread < THREADS; thread++) {
		int step = 0;
		bool flush = false;

		while (!run.enter(&core, thread, &step, &flush))
			;
		lost |= !core.flushed;
	}
	run.orders++;
	run.lost += lost;
}

/*
 * All orders of the rest of both threads' steps.
 * @moved: the mover's steps so far. It sets THREADS bits, looks at loaded_vm and sends the IPI.
 * @entered: 0: thread 0 is on its way; 1: it has set loaded_vm, so that it gets the IPI; 2: it runs
 * the guest
 */
static void interleave(struct core core, int moved, int entered, int step, bool flush)
{
	if (moved > THREADS) {
		/* An IPI waits until the thread is in the guest, and ends that. */
		if (entered == 1)
			while (!run.enter(&core, 0, &step, &flush))
				;
		all_enter(core);
		return;
	}
	if (entered < 2) {
		struct core next = core;
		int next_step = step, next_entered = entered;
		bool next_flush = flush;

		if (!entered || run.enter(&next, 0, &next_step, &next_flush))
			next_entered++;
		interleave(next, moved, next_entered, next_step, next_flush);
	}
	if (moved < THREADS)
		core.need[moved] = true;
	interleave(core, moved + 1, entered, step, flush);
}

static void try_all(enterer enter)
{
	run.enter = enter;
	run.orders = 0;
	run.lost = 0;
	interleave((struct core){ 0 }, 0, 0, 0, false);
}

static void no_flush_is_lost(void **state)
{
	(void)state;
	try_all(clear_then_flush);
	print_message("%u interleavings, %u lose the flush\n", run.orders, run.lost);
	assert_true(run.orders > 20);
	assert_int_equal(run.lost, 0);
}

/* The model can tell: it finds the loss where there is one. */
static void the_other_protocol_loses_some(void **state)
{
	(void)state;
	try_all(first_flushes_for_all);
	print_message("%u interleavings, %u lose the flush\n", run.orders, run.lost);
	assert_true(run.lost > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_flush_is_lost),
		cmocka_unit_test(the_other_protocol_loses_some),
	};

	return RUN(tests);
}
