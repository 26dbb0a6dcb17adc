// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flush that the administrator switches off or on counts for a vCPU that is in its guest, alone
 * on its CPU: the instructions of an exit say whether it is done. The emulated CPUs make the kernel
 * choose the flush by loads (fallback displacement), which has hundreds of instructions.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours icount=yes
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours icount=yes mmu=hash
 */
#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(hcall_times);

#define FLUSH	"/sys/kernel/debug/powerpc/rfi_flush"
#define HCALLS	1000
#define LOADS	256	/* the flush has at least so many instructions, two a tick */

static void pass_hcalls(struct fixture *f, unsigned int n)
{
	volatile u64 *count = fixture_data(f, 1);

	if (!wait_past(count, *count + n, "the guest's hypercalls"))
		tap_bail("the guest makes no hypercalls");
}

/*
 * The ticks of a hypercall from now on.  The fewest: what the other CPU does meanwhile, and the
 * timer's interrupts, count too.
 */
static u64 hcall_ticks(struct fixture *f)
{
	pass_hcalls(f, 1);	/* the one under way may have begun before */
	*(volatile u64 *)fixture_data(f, 0) = ~0ull;
	pass_hcalls(f, HCALLS);
	return *(volatile u64 *)fixture_data(f, 0);
}

int main(void)
{
	struct vcpu_thread thread = { .cpu = 1 };
	u64 with, without, again;
	struct fixture f;

	tap_start(60);
	host_pin(0);
	host_write(FLUSH, "1");
	fixture_real(&f, hcall_times);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);

	with = hcall_ticks(&f);
	host_write(FLUSH, "0");
	without = hcall_ticks(&f);
	host_write(FLUSH, "1");
	again = hcall_ticks(&f);

	thread_stop(&thread);
	tap_ok(with > without + LOADS / 2, "L1D flush off: %lu ticks for a hypercall, %lu before",
	       without, with);
	tap_ok(again > without + LOADS / 2, "L1D flush on again: %lu ticks", again);
	fixture_end(&f);
	return tap_done();
}
