// SPDX-License-Identifier: GPL-2.0-only
/*
 * The times T2 and T3 of the exit record, compared with the guest's clock. The guest reads its
 * timebase as the first thing after an entry and as the last thing before an exit. These values
 * lie between T2 and T3, and close to them. On POWER8 T2 and T3 are derived.
 *
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "trace.h"

GUEST(say_times);

#define RUNS	200
#define OFFSET	(1ull << 40)	/* of the guest's timebase, ticks */

struct times {
	u64 first, last;
};

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median(int64_t *values, size_t n)
{
	if (!n)
		return 0;
	qsort(values, n, sizeof(*values), by_value);
	return values[n / 2];
}

static void compare(struct trace *trace, const struct times *times, const char *name)
{
	int64_t around[RUNS], host[RUNS];
	size_t i, run = 0, n = 0, outside = 0, order = 0, with = 0;
	bool alone = false;

	for (i = 0; i < trace_count(trace) && run < RUNS; i++) {
		const struct hvlens_exit *r = trace_exit_record(trace, i);
		const struct times *t = &times[run];
		bool whole = alone;

		with += r->t2 && r->t3;
		/* a run of the guest that another exit interrupted has more than one record */
		alone = r->trap == 0xc00;
		run += alone;
		if (!alone || !whole || !r->t2)
			continue;
		order += r->t1 > r->t2 || r->t2 > r->t3 || r->t3 > r->t4;
		if (t->first < r->t2 || t->last > r->t3) {
			if (!outside++)
				tap_diag("T2 %+ld ticks, T3 %+ld ticks", (long)(r->t2 - t->first),
					 (long)(r->t3 - t->last));
			continue;
		}
		around[n] = (r->t3 - r->t2) - (t->last - t->first);
		host[n] = (r->t2 - r->t1) + (r->t4 - r->t3);
		n++;
	}
	tap_is(run, RUNS, "%s: each run has a record", name);
	tap_is(outside, 0, "%s: the guest's times lie between T2 and T3", name);
	tap_is(order, 0, "%s: T1, T2, T3, T4 in this order", name);
	if (host_isa() >= 300)
		tap_is(with, i, "%s: each of %zu records has T2 and T3", name, i);
	else	/* absent where the derivation went wrong */
		tap_ok(with > i / 2, "%s: most records have T2 and T3 (%zu of %zu)", name, with, i);
	tap_ok(n, "%s: %zu of %d runs are in one record, not cut in two", name, n, RUNS);
	tap_ok(median(around, n) < median(host, n),
	       "%s: close to them: %ld ticks outside of the guest's times, of %ld from T1 to T4 (emulated)",
	       name, (long)median(around, n), (long)median(host, n));
}

static void run(const char *name, u64 offset, u64 rounds)
{
	static struct times times[RUNS];
	struct trace *trace;
	struct fixture f;
	size_t i;

	fixture_real(&f, say_times);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET, offset);
	vcpu_set_gpr(&f.vcpu, 20, rounds);
	vcpu_run_hcall(&f.vcpu);	/* maps its page */
	trace = trace_start("hvlens:exit");
	if (!trace)
		tap_bail("there is no event hvlens:exit");
	for (i = 0; i < RUNS; i++) {
		if (vcpu_run_hcall(&f.vcpu) != REPORT_VALUE)
			break;
		times[i] = (struct times){
			.first = vcpu_hcall_arg(&f.vcpu, 0) - offset,
			.last = vcpu_hcall_arg(&f.vcpu, 1) - offset,
		};
	}
	trace_stop(trace);
	compare(trace, times, name);
	trace_end(trace);
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	host_pin(0);
	run("a short guest", 0, 1);
	run("a longer one", 0, 10000);
	run("a timebase with an offset", OFFSET, 1000);
	return tap_done();
}
