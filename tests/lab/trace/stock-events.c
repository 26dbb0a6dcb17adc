// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events of kvm_hv that `perf kvm stat` does not read, on both backends: they come in pairs, as
 * often as the guest gives reason for them.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#include <string.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "trace.h"

GUEST(events_decrementer);
GUEST(events_sleeper);

#define SLEEPS		10
#define RESUME_HOST	2	/* asm/kvm_book3s.h: KVM_RUN returns */

static struct trace *listen(const char *event)
{
	struct trace *trace = trace_start(event);

	if (!trace)
		tap_bail("there is no event %s", event);
	return trace;
}

/* A vCPU that sleeps, and then returns to the VMM */
int main(void)
{
	struct trace *enter, *exit, *blocked, *fault, *mapped;
	unsigned int i, wrong = 0;
	struct fixture f;
	size_t last;

	tap_start(60);
	fixture_virt(&f, events_sleeper);
	vm_load_guest(&f.vm, 0x900, events_decrementer);
	vcpu_set_gpr(&f.vcpu, 20, SLEEPS);
	enter = listen("kvm_hv:kvmppc_run_vcpu_enter");
	exit = listen("kvm_hv:kvmppc_run_vcpu_exit");
	blocked = listen("kvm_hv:kvmppc_vcore_blocked");
	fault = listen("kvm_hv:kvm_page_fault_enter");
	mapped = listen("kvm_hv:kvm_page_fault_exit");
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "the guest sleeps %u times", SLEEPS);

	trace_stop(enter);
	trace_stop(exit);
	trace_stop(blocked);
	trace_stop(fault);
	trace_stop(mapped);

	tap_ok(trace_count(enter) && trace_count(enter) == trace_count(exit),
	       "run_vcpu_enter and run_vcpu_exit come in pairs (%zu)", trace_count(enter));
	last = trace_count(exit) - 1;
	tap_is(trace_field(exit, last, "ret"), RESUME_HOST, "the last exit: to the VMM");
	tap_is(trace_field(exit, last, "exit"), KVM_EXIT_PAPR_HCALL, "for a hypercall");

	tap_ok(trace_count(blocked) && !(trace_count(blocked) % 2),
	       "vcore_blocked: twice for each sleep (%zu)", trace_count(blocked));
	for (i = 0; i < trace_count(blocked); i++)
		wrong += trace_field(blocked, i, "where") != i % 2;
	tap_is(wrong, 0, "vcore_blocked: before and after in turns");

	if (f.vm.hpt) {
		tap_ok(trace_count(fault), "a hash guest's page faults (%zu)", trace_count(fault));
		tap_is(trace_count(mapped), trace_count(fault), "page_fault_exit: one each");
		wrong = 0;
		for (i = 0; i < trace_count(fault); i++)
			wrong += trace_field(fault, i, "base_gfn") != 0;
		tap_is(wrong, 0, "all in the slot at 0");
	} else {
		tap_is(trace_count(fault), 0, "a radix guest has no entries to fault on");
	}
	trace_end(enter);
	trace_end(exit);
	trace_end(blocked);
	trace_end(fault);
	trace_end(mapped);
	fixture_end(&f);
	return tap_done();
}
