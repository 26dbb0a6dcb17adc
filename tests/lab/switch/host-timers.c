// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's timers are not late because a guest runs. The host's clock counts instructions
 * (icount=yes), so that limits in timebase ticks hold in each run; a tick is two instructions.
 * tests/modules/timer_lag.c measures.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"

GUEST(say_times);

#define PARAMETERS	"/sys/module/timer_lag/parameters/"
#define SAMPLES		40
#define TICK		(512000 * 4)	/* of the host's timer: 4 ms, in timebase ticks */

/*
 * From the time of a timer to kvm_guest_exit, and to the interrupt's handler in user space.
 * The first includes all of the way out of the guest.
 */
#define GUEST_LIMIT	850
#define HOST_LIMIT	450
/* The 50 us that the guest may run then, and a round trip */
#define QUEUED_LIMIT	(25600 + 3000)

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* Sorted; returns how many */
static size_t read_samples(const char *name, u64 *ticks, size_t max)
{
	char path[128], text[4096], *line;
	size_t n = 0;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	host_read(path, text, sizeof(text));
	for (line = strtok(text, "\n"); line && n < max; line = strtok(NULL, "\n"))
		ticks[n++] = strtoull(line, NULL, 10);
	qsort(ticks, n, sizeof(*ticks), by_value);
	return n;
}

/*
 * Runs the guest, @rounds of its loop each time, until there are enough samples.  After each
 * run the VMM computes for @pause ticks.
 */
static void check(const char *samples, u64 rounds, u64 pause, u64 limit, const char *what)
{
	u64 ticks[SAMPLES] = { 0 }, began;
	struct fixture f;
	size_t n = 0;
	int run;

	fixture_real(&f, say_times);
	vcpu_set_gpr(&f.vcpu, 20, rounds);
	for (run = 0; run < 20 * SAMPLES && n < SAMPLES; run++) {
		if (vcpu_run_hcall(&f.vcpu) != REPORT_VALUE)
			break;
		for (began = host_timebase(); host_timebase() - began < pause; )
			;
		n = read_samples(samples, ticks, SAMPLES);
	}
	tap_is(n, SAMPLES, "%s: measured that often", what);
	tap_ok(n && ticks[n / 2] <= limit, "%s: %lu ticks late (at least %lu, at most %lu)", what,
	       ticks[n / 2], ticks[0], ticks[n ? n - 1 : 0]);
	fixture_end(&f);
}

static void set(const char *slow, const char *work)
{
	host_write(PARAMETERS "work", work);
	host_write(PARAMETERS "slow", slow);
}

int main(void)
{
	const u64 rounds = 2 * TICK;	/* more than a tick of the host's timer */

	tap_start(60);
	host_pin(1);
	set("0", "0");
	check("guest", rounds, 0, GUEST_LIMIT, "a timer ends the guest");
	set("100000", "0");
	check("guest", rounds, 0, GUEST_LIMIT,
	      "a timer ends the guest, a consumer of kvm_guest_enter is slow");
	set("0", "0");
	check("host", 1, TICK, HOST_LIMIT, "a timer after the exit");
	set("0", "1");
	check("queued", rounds, 0, QUEUED_LIMIT,
	      "work that a consumer of kvm_guest_enter has queued");
	return tap_done();
}
