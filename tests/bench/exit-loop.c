// SPDX-License-Identifier: GPL-2.0-only
/*
 * exit-loop: a guest that makes hypercalls without end, which the backend answers itself. For
 * tests that watch the entry and the exit from outside.
 */
#include "fixture.h"
#include "tap.h"

GUEST(exit_loop);

int main(void)
{
	struct fixture f;

	fixture_real(&f, exit_loop);
	vcpu_run(&f.vcpu);
	tap_bail("the guest's loop ended");
}
