// SPDX-License-Identifier: GPL-2.0-only
/* The states a radix guest runs in. */
#include "guest.h"
#include "tap.h"
#include "vmm.h"

GUEST(real_mode);

static void real_mode(void)
{
	struct vcpu vcpu;
	struct vm vm;

	vm_create(&vm, 16 << 20);
	vcpu_create(&vm, &vcpu, 0);
	vm_load_guest(&vm, GUEST_CODE, real_mode);
	vcpu_set_entry(&vcpu, GUEST_CODE, MSR_REAL);
	tap_is(vcpu_run_hcall(&vcpu), REPORT_VALUE, "real mode: a hypercall reaches user space");
	tap_is(vcpu_hcall_arg(&vcpu, 0), 0x1235, "real mode: with its argument");
	tap_is(vcpu_hcall_arg(&vcpu, 1), MSR_REAL, "real mode: MSR as set");
	vcpu_hcall_return(&vcpu, 0x5678);
	tap_is(vcpu_run_hcall(&vcpu), REPORT_DONE, "real mode: the guest goes on");
	tap_is(vcpu_hcall_arg(&vcpu, 0), 0x5678, "real mode: with the hypercall's result");
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

int main(void)
{
	tap_start(30);
	real_mode();
	return tap_done();
}
