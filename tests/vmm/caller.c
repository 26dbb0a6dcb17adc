// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "caller.h"
#include "tap.h"
#include "../guests/caller.h"

GUEST(caller);

#define RESULTS		10

static u64 data_of(const struct vcpu *vcpu)
{
	return FIXTURE_DATA + vcpu->id * CALLER_SIZE;
}

static u64 *args_of(struct vcpu *vcpu)
{
	return vm_ptr(vcpu->vm, data_of(vcpu) + CALLER_ARGS, CALLER_ARGUMENTS * sizeof(u64));
}

const u64 *caller_results(struct vcpu *vcpu)
{
	return vm_ptr(vcpu->vm, data_of(vcpu) + CALLER_RESULTS, RESULTS * sizeof(u64));
}

void caller_start(struct fixture *f)
{
	fixture_real(f, caller);
}

void caller_prepare(struct vcpu *vcpu, u64 nr, const u64 args[CALLER_ARGUMENTS])
{
	struct kvm_regs regs;

	if (vcpu->id >= 16)
		tap_bail("caller: vCPU %u has no data", vcpu->id);
	memcpy(args_of(vcpu), args, CALLER_ARGUMENTS * sizeof(u64));
	vcpu_get_regs(vcpu, &regs);
	regs.pc = GUEST_CODE;
	regs.msr = MSR_REAL;
	regs.gpr[20] = nr;
	regs.gpr[31] = data_of(vcpu);
	vcpu_set_regs(vcpu, &regs);
}

static const char *kernel_answer(struct vcpu *vcpu, char *text, size_t size)
{
	const u64 *args = args_of(vcpu), *results = caller_results(vcpu);
	unsigned int i;
	size_t len;

	len = snprintf(text, size, "kernel r3 %" PRIx64, results[0]);
	for (i = 1; i < RESULTS; i++)
		if (results[i] != args[i - 1])
			len += snprintf(text + len, size - len, " r%u %" PRIx64, i + 3,
					results[i]);
	return text;
}

const char *caller_answer(struct vcpu *vcpu, int rc)
{
	static __thread char text[256];
	u64 nr = vcpu->run->papr_hcall.nr;
	struct kvm_regs regs;

	if (rc < 0)
		return vmm_answer(rc);
	if (rc != KVM_EXIT_PAPR_HCALL)
		return vmm_exit_name(rc);
	if (nr > REPORT_TRAP && nr < REPORT_TRAP + GUEST_VECTORS_SIZE) {
		vcpu_get_regs(vcpu, &regs);
		snprintf(text, sizeof(text), "interrupt %" PRIx64 " r3 %" PRIx64,
			 nr - REPORT_TRAP, (u64)regs.sprg0);
		return text;
	}
	if (!vcpu_gpr(vcpu, 20))
		return kernel_answer(vcpu, text, sizeof(text));
	if (memcmp((const void *)vcpu->run->papr_hcall.args, args_of(vcpu),
		   CALLER_ARGUMENTS * sizeof(u64)))
		return "user space with other arguments";
	return "user space";
}

const char *caller_call(struct vcpu *vcpu, u64 nr, const u64 args[CALLER_ARGUMENTS])
{
	caller_prepare(vcpu, nr, args);
	return caller_answer(vcpu, vcpu_run(vcpu));
}
