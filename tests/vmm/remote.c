// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "remote.h"
#include "tap.h"

GUEST(remote);

static void begin(struct vcpu *vcpu)
{
	vcpu_set_entry(vcpu, GUEST_CODE, MSR_REAL);
	if (vcpu_run_hcall(vcpu) != REPORT_STEP)
		tap_bail("vCPU %u: the guest did not start", vcpu->id);
}

void remote_load(struct vm *vm)
{
	vm_load_guest(vm, GUEST_CODE, remote);
}

void remote_start(struct fixture *f)
{
	fixture_real(f, remote);
	begin(&f->vcpu);
}

void remote_add(struct vm *vm, struct vcpu *vcpu, u32 id)
{
	vcpu_create(vm, vcpu, id);
	begin(vcpu);
}

void remote_command(struct vcpu *vcpu, unsigned int command, u64 address, u64 value,
		    u64 stride, u64 count)
{
	const u64 args[] = { command, address, value, stride, count };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(args); i++)
		vcpu->run->papr_hcall.args[i] = args[i];
	vcpu_hcall_return(vcpu, H_SUCCESS);
}

int remote_run(struct vcpu *vcpu, unsigned int command, u64 address, u64 value,
	       u64 stride, u64 count)
{
	int rc;

	remote_command(vcpu, command, address, value, stride, count);
	do {
		rc = vcpu_run(vcpu);
	} while (rc == -EINTR);
	return rc;
}

static void must(struct vcpu *vcpu, const char *what, u64 address, int rc)
{
	if (rc == KVM_EXIT_PAPR_HCALL && vcpu->run->papr_hcall.nr == REPORT_STEP)
		return;
	vcpu_show(vcpu);
	tap_bail("guest's %s at %#lx: KVM_RUN gave %d", what, address, rc);
}

u64 remote_get(struct vcpu *vcpu, u64 address)
{
	must(vcpu, "load", address, remote_run(vcpu, REMOTE_LOAD, address, 0, 8, 1));
	return vcpu_hcall_arg(vcpu, 0);
}

void remote_put(struct vcpu *vcpu, u64 address, u64 value)
{
	must(vcpu, "store", address, remote_run(vcpu, REMOTE_STORE, address, value, 8, 1));
}
