// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decrementer, timebase and its offset. The variant takes the emulated host for hardware, whose
 * CPUs do not stall: with icount=yes QEMU's do not either.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash rare=yes
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours+hardware icount=yes
 */
#include <errno.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"

GUEST(timer_interrupt);
GUEST(timer_busy);
GUEST(timer_cede);
GUEST(timer_masked);
GUEST(timer_across);
GUEST(timer_due);
GUEST(timer_timebase);

#define TICKS	(512 * 1000)	/* 1 ms */

#define timer_fixture(f, name, ee) \
	timer_fixture_image(f, guest_##name, guest_##name##_end, ee)

static void timer_fixture_image(struct fixture *f, const char *start, const char *end, u64 ee)
{
	fixture_virt_image(f, start, end);
	vm_load_guest(&f->vm, 0x900, timer_interrupt);
	vcpu_set_entry(&f->vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | ee);
}

static void busy(void)
{
	struct fixture f;
	u64 before, at;

	timer_fixture(&f, timer_busy, MSR_EE);
	vcpu_set_gpr(&f.vcpu, 20, 20 * TICKS);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "busy guest: the decrementer interrupts");
	before = vcpu_hcall_arg(&f.vcpu, 0);
	at = vcpu_hcall_arg(&f.vcpu, 1);
	tap_ok(at - before >= 20 * TICKS, "busy guest: not before its time (%lu ticks late)",
	       at - before - 20 * TICKS);
	tap_is(*fixture_data(&f, 0), 1, "busy guest: once");
	fixture_end(&f);
}

static void ceded(void)
{
	struct fixture f;
	u64 before, at;

	timer_fixture(&f, timer_cede, 0);
	vcpu_set_gpr(&f.vcpu, 21, 20 * TICKS);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "ceded guest: the decrementer wakes it");
	before = vcpu_hcall_arg(&f.vcpu, 0);
	at = vcpu_hcall_arg(&f.vcpu, 1);
	tap_ok(at - before >= 20 * TICKS, "ceded guest: not before its time (%lu ticks late)",
	       at - before - 20 * TICKS);
	tap_is(*fixture_data(&f, 0), 1, "ceded guest: once");
	tap_is(f.vcpu.exits[KVM_EXIT_PAPR_HCALL], 1, "ceded guest: without the VMM");
	fixture_end(&f);
}

static void masked(void)
{
	struct fixture f;

	timer_fixture(&f, timer_masked, 0);
	vcpu_set_gpr(&f.vcpu, 21, 10 * TICKS);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "interrupts off: time passes");
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "interrupts off: then on");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 0, "interrupts off: no interrupt came");
	tap_is(vcpu_hcall_arg(&f.vcpu, 1), 1, "interrupts off: the interrupt comes when they are on");
	fixture_end(&f);
}

static void across(void)
{
	u64 before, took, expiry, now;
	struct kvm_regs regs;
	struct fixture f;

	/* interrupts are off, so none comes before the VMM is reached, however long that takes */
	timer_fixture(&f, timer_across, 0);
	vcpu_set_gpr(&f.vcpu, 20, 10 * TICKS);
	before = host_timebase();
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "in the VMM: the decrementer runs on");
	took = host_timebase() - before;
	expiry = vcpu_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY);
	/* may differ by the time that all of it took, since DEC and the timebase run on */
	tap_ok(expiry - before - 10 * TICKS + took <= 2 * took,
	       "in the VMM: KVM_REG_PPC_DEC_EXPIRY is in the guest's timebase");
	while (host_timebase() <= expiry)
		host_sleep_ms(1);
	vcpu_get_regs(&f.vcpu, &regs);
	regs.msr |= MSR_EE;
	vcpu_set_regs(&f.vcpu, &regs);
	now = host_timebase();
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "in the VMM: the decrementer interrupts after the return");
	tap_is(*fixture_data(&f, 0), 1, "in the VMM: once");
	tap_ok(*fixture_data(&f, 1) >= now, "in the VMM: when the guest runs again");
	fixture_end(&f);
}

/* The decrementer is due already when the guest is entered. */
static void due_at_entry(const char *name, u64 ago)
{
	struct fixture f;

	timer_fixture(&f, timer_due, MSR_EE);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() - ago);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "due at entry, %s ago: the guest runs", name);
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 1,
	       "due at entry, %s ago: the interrupt comes before its first instruction", name);
	tap_is(*fixture_data(&f, 0), 1, "due at entry, %s ago: once", name);
	fixture_end(&f);
}

/* The guest's timebase is the host's plus the offset, and runs on outside. */
static void offset(const char *name, u64 offset)
{
	u64 last = 0, before, after, guest;
	bool within = true, forward = true;
	struct fixture f;
	unsigned int i;

	timer_fixture(&f, timer_timebase, 0);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET, offset);
	tap_is(vcpu_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET), offset, "timebase %s: offset kept", name);
	for (i = 0; i < 100; i++) {
		before = host_timebase();
		if (vcpu_run_hcall(&f.vcpu) != REPORT_VALUE)
			tap_bail("timebase %s: the guest did not run", name);
		after = host_timebase();
		guest = vcpu_hcall_arg(&f.vcpu, 0) - offset;
		within &= guest >= before && guest <= after;
		forward &= guest > last;
		last = guest;
	}
	tap_ok(within, "timebase %s: within the host's around KVM_RUN", name);
	tap_ok(forward, "timebase %s: never runs back", name);
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	tap_is(host_timebase_hz(), 512000000, "the timebase runs at 512 MHz");
	busy();
	ceded();
	masked();
	across();
	due_at_entry("a tick", 1);
	due_at_entry("a millisecond", TICKS);
	due_at_entry("5 s (DEC has 32 bits)", 5000ull * TICKS);
	offset("as the host's", 0);
	offset("ahead", 5ull << 32);
	offset("ahead by the smallest step", 1ull << 24);
	offset("behind", -(3ull << 24));
	offset("far behind: the upper bits wrap", -(1ull << 40));
	return tap_done();
}
