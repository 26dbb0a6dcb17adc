// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls: which the kernel answers and how, and which the VMM gets.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours quick=yes
 */
#include <errno.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(hcall);
GUEST(hcall_arguments);
GUEST(hcall_cede);
GUEST(hcall_cede_dec);
GUEST(hcall_ping);
GUEST(hcall_pong);

#define PING_ROUNDS	100
#define LATE		((1u << 31) - (1u << 24))	/* 4 s: DEC has 32 bits */

#define H_SET_MODE_CIABR	1
#define H_SET_MODE_LE		4
#define H_UNSUPPORTED_FLAG	-256

#define ARG(n)	((u64)(long)(n))

static int enable(struct vm *vm, u64 nr, u64 on)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_PPC_ENABLE_HCALL,
		.args = { nr, on },
	};

	return vm_ioctl(vm, KVM_ENABLE_CAP, &cap);
}

/* A guest that makes one hypercall and reports the result */
static void prepare(struct fixture *f, u64 nr, u64 arg0, u64 arg1, u64 arg2, u64 arg3)
{
	const u64 args[] = { nr, arg0, arg1, arg2, arg3 };
	unsigned int i;

	fixture_virt(f, hcall);
	for (i = 0; i < ARRAY_SIZE(args); i++)
		vcpu_set_gpr(&f->vcpu, 20 + i, args[i]);
}

static const struct in_kernel {
	const char *what;
	u64 nr, args[4];
	u64 result;
} in_kernel[] = {
	{ "H_PROD to oneself", H_PROD, { 0 }, H_SUCCESS },
	{ "H_PROD to a vCPU that is not there", H_PROD, { 77 }, ARG(H_PARAMETER) },
	{ "H_CONFER to all", H_CONFER, { ARG(-1) }, H_SUCCESS },
	{ "H_CONFER to a vCPU that is not there", H_CONFER, { 77 }, ARG(H_PARAMETER) },
	{ "H_SET_MODE of CIABR", H_SET_MODE, { 0, H_SET_MODE_CIABR, 0x1000, 0 }, H_SUCCESS },
	{ "H_SET_MODE of CIABR with flags", H_SET_MODE,
	  { 1, H_SET_MODE_CIABR, 0, 0 }, ARG(H_UNSUPPORTED_FLAG) },
};

static void answered_in_kernel(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(in_kernel); i++) {
		const struct in_kernel *h = &in_kernel[i];
		struct fixture f;

		prepare(&f, h->nr, h->args[0], h->args[1], h->args[2], h->args[3]);
		tap_is(enable(&f.vm, h->nr, 1), 0, "%s: can be enabled", h->what);
		tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "%s: the kernel answers", h->what);
		tap_is(vcpu_hcall_arg(&f.vcpu, 0), h->result, "%s: with the right answer", h->what);
		fixture_end(&f);
	}
}

/* Hypercalls that the kernel leaves to user space, by number and arguments */
static void to_user_space(const char *what, u64 nr, u64 arg0, u64 arg1)
{
	struct fixture f;

	prepare(&f, nr, arg0, arg1, 0, 0);
	tap_is(vcpu_run_hcall(&f.vcpu), nr, "%s: goes to user space", what);
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), arg0, "%s: with its argument", what);
	vcpu_hcall_return(&f.vcpu, ARG(-5));
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "%s: the guest goes on", what);
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), ARG(-5), "%s: with the VMM's answer", what);
	fixture_end(&f);
}

static void arguments(void)
{
	struct fixture f;
	unsigned int i;

	fixture_virt(&f, hcall_arguments);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_VALUE, "arguments: one hypercall");
	for (i = 0; i < 9; i++) {
		tap_is(vcpu_hcall_arg(&f.vcpu, i), 0x104 + i, "arguments: r%u", i + 4);
		f.vcpu.run->papr_hcall.args[i] = 0x200 + i;
	}
	vcpu_hcall_return(&f.vcpu, 0x1ff);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "arguments: answered");
	for (i = 0; i < 10; i++)
		tap_is(*fixture_data(&f, i), 0x1ff + i, "arguments: r%u of the answer", i + 3);
	fixture_end(&f);
}

/*
 * H_RANDOM needs a hardware generator, which the emulated machine may lack. Then it returns
 * H_HARDWARE. Else two numbers differ.
 */
static void random_number(void)
{
	struct fixture f;
	u64 result[2], value[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		prepare(&f, H_RANDOM, 0x1111, 0, 0, 0);
		if (enable(&f.vm, H_RANDOM, 1))
			tap_bail("H_RANDOM cannot be enabled");
		tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "H_RANDOM: the kernel answers");
		result[i] = vcpu_hcall_arg(&f.vcpu, 0);
		value[i] = vcpu_hcall_arg(&f.vcpu, 1);
		fixture_end(&f);
	}
	tap_is(result[0], result[1], "H_RANDOM: the same answer twice");
	if (result[0] == H_SUCCESS)
		tap_ok(value[0] != value[1], "H_RANDOM: two different numbers");
	else
		tap_is(result[0], ARG(H_HARDWARE), "H_RANDOM: no generator here");
}

static void enable_hcall(void)
{
	struct fixture f;

	prepare(&f, H_PROD, 0, 0, 0, 0);
	tap_is(enable(&f.vm, H_PROD, 0), 0, "KVM_CAP_PPC_ENABLE_HCALL: H_PROD off");
	tap_is(vcpu_run_hcall(&f.vcpu), H_PROD, "an H_PROD that is off goes to user space");
	tap_is(enable(&f.vm, H_PROD, 1), 0, "KVM_CAP_PPC_ENABLE_HCALL: H_PROD on");
	vcpu_set_entry(&f.vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "an H_PROD that is on again does not go to user space");
	tap_is(enable(&f.vm, REPORT_DONE, 1), ARG(-EINVAL),
	       "KVM_CAP_PPC_ENABLE_HCALL: a number that the kernel does not know");
	tap_is(enable(&f.vm, H_PROD + 1, 1), ARG(-EINVAL),
	       "KVM_CAP_PPC_ENABLE_HCALL: an odd number");
	fixture_end(&f);
}

/* A prod before the cede is not lost; the next cede blocks until a signal. */
static void cede(void)
{
	struct vcpu_thread thread = { .cpu = ANY_CPU };
	volatile u64 *data;
	struct fixture f;

	prepare(&f, H_PROD, 0, 0, 0, 0);
	data = fixture_data(&f, 0);
	vcpu_run_hcall(&f.vcpu);
	vm_load_guest(&f.vm, GUEST_CODE + 0x1000, hcall_cede);
	vcpu_set_gpr(&f.vcpu, 20, 1000);
	vcpu_set_entry(&f.vcpu, KERNEL_EA + GUEST_CODE + 0x1000, MSR_VIRT);
	vm_load_guest(&f.vm, 0x900, hcall_cede_dec);
	data[0] = 0;
	data[1] = 0;
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	tap_ok(wait_past(data, 0, "the return of H_CEDE after H_PROD") &&
	       wait_asleep(thread.tid, "a vCPU that sleeps in the next H_CEDE"),
	       "H_CEDE: the vCPU sleeps");
	thread_stop(&thread);
	tap_is(thread.last, ARG(-EINTR), "H_CEDE: a signal ends KVM_RUN of a ceded vCPU");
	/* when the decrementer expires before that, it ends a cede as well */
	tap_is(data[0] - data[1], 1, "H_CEDE: returned once after H_PROD, and then blocked");
	fixture_end(&f);
}

static void ping_pong(void)
{
	struct vcpu_thread threads[2];
	struct vcpu second;
	struct fixture f;
	unsigned int i;

	fixture_virt(&f, hcall_ping);
	vm_load_guest(&f.vm, GUEST_CODE + 0x1000, hcall_pong);
	vcpu_create(&f.vm, &second, 1);
	vcpu_set_gpr(&second, 31, KERNEL_EA + FIXTURE_DATA);
	vcpu_set_entry(&second, KERNEL_EA + GUEST_CODE + 0x1000, MSR_VIRT);
	vcpu_set_gpr(&f.vcpu, 20, PING_ROUNDS);
	vcpu_set_gpr(&f.vcpu, 22, 1);
	vcpu_set_gpr(&second, 20, PING_ROUNDS);
	vcpu_set_gpr(&second, 22, 0);
	for (i = 0; i < 2; i++) {
		struct vcpu *vcpu = i ? &second : &f.vcpu;

		/*
		 * the latest time for the decrementer, which ends a cede that nothing else ends
		 */
		vcpu_set_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + LATE);
		threads[i] = (struct vcpu_thread){ .vcpu = vcpu, .cpu = i % host_cpus() };
		thread_start(&threads[i]);
	}
	for (i = 0; i < 2; i++) {
		thread_join(&threads[i]);
		tap_is(threads[i].last, KVM_EXIT_PAPR_HCALL, "ping-pong: vCPU %u ends", i);
		tap_is(vcpu_hcall_arg(threads[i].vcpu, 0), PING_ROUNDS,
		       "ping-pong: vCPU %u saw all rounds", i);
	}
	vcpu_destroy(&second);
	fixture_end(&f);
}

/* A VM must be a PAPR guest: without the capability it does not run. */
static void without_papr(void)
{
	struct vcpu vcpu;
	struct vm vm;

	vm_create(&vm, FIXTURE_RAM);
	if (vcpu_create_bare(&vm, &vcpu, 0))
		tap_bail("KVM_CREATE_VCPU");
	vm_load_guest(&vm, GUEST_CODE, hcall);
	vcpu_set_entry(&vcpu, GUEST_CODE, MSR_REAL);
	tap_is(vcpu_run(&vcpu), ARG(-EINVAL), "without KVM_CAP_PPC_PAPR: KVM_RUN refuses");
	tap_is(vcpu.run->exit_reason, KVM_EXIT_INTERNAL_ERROR,
	       "without KVM_CAP_PPC_PAPR: KVM_EXIT_INTERNAL_ERROR");
	tap_is(vcpu_enable_cap(&vcpu, KVM_CAP_PPC_PAPR, 0, 0), 0,
	       "KVM_CAP_PPC_PAPR: on");
	vcpu_set_gpr(&vcpu, 20, REPORT_VALUE);
	tap_is(vcpu_run_hcall(&vcpu), REPORT_VALUE, "with KVM_CAP_PPC_PAPR: the vCPU runs");
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

int main(void)
{
	tap_start(60);
	answered_in_kernel();
	to_user_space("a number that nobody knows", 0xf0f0, 1, 2);
	to_user_space("the largest number", ~0ull & ~3ull, 1, 2);
	to_user_space("an odd number", 0xf0f1, 1, 2);
	to_user_space("H_SET_MODE of the byte order", H_SET_MODE, 1, H_SET_MODE_LE);
	arguments();
	random_number();
	enable_hcall();
	cede();
	ping_pong();
	without_papr();
	return tap_done();
}
