// SPDX-License-Identifier: GPL-2.0-only
/*
 * The borders of a vCPU's life: its creation fails late, KVM makes requests of it that mean
 * nothing here, its VM dies while it sleeps.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "answer.h"
#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(hcall_cede);
GUEST(say_msr);
GUEST(timer_interrupt);

#define LPCR_LD		(1ull << 17)
#define VM_DEAD		1
#define REQUESTS	64

/* KVM_CREATE_VCPU makes a file at its end, when the vCPU already has its place in the VM. */
static void late_failure(void)
{
	struct rlimit files, few;
	struct vcpu vcpu;
	struct vm vm;
	int next;

	vm_create_bare(&vm);
	getrlimit(RLIMIT_NOFILE, &files);
	next = dup(vm.fd);
	close(next);
	few = files;
	few.rlim_cur = next;
	setrlimit(RLIMIT_NOFILE, &few);
	tap_is(vcpu_create_bare(&vm, &vcpu, 0), (u64)(long)-EMFILE,
	       "too many open files: KVM_CREATE_VCPU fails");
	setrlimit(RLIMIT_NOFILE, &files);
	if (tap_is(vcpu_create_bare(&vm, &vcpu, 0), 0, "the id is free afterwards"))
		vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

static void make_request(struct vcpu *vcpu, unsigned int request)
{
	char text[32];

	snprintf(text, sizeof(text), "%d %u", vcpu->fd, request);
	host_write("/sys/module/vcpu_requests/parameters/request", text);
}

/* A request that stays would make each entry be given up. */
static void any_request(void)
{
	unsigned int request;
	struct fixture f;
	int rc;

	fixture_real(&f, say_msr);
	for (request = 0; request < REQUESTS; request++) {
		if (request == VM_DEAD)
			continue;
		make_request(&f.vcpu, request);
		vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
		rc = thread_run(&f.vcpu, 0);
		if (rc == KVM_EXIT_PAPR_HCALL)
			continue;
		tap_diag("KVM_RUN gave %s", rc < 0 ? vmm_answer(rc) : vmm_exit_name(rc));
		break;
	}
	tap_is(request, REQUESTS, "the guest runs after each request of KVM");
	fixture_end(&f);
}

static bool ended(struct vcpu_thread *thread, int reason)
{
	return reason == -EINTR && !thread->stop;
}

/* The decrementer is no help: it is years away where it has more than 32 bits. */
static void death(void)
{
	struct vcpu_thread thread = { .cpu = ANY_CPU, .handle = ended };
	struct fixture f;

	fixture_real(&f, hcall_cede);
	vm_load_guest(&f.vm, 0x900, timer_interrupt);
	vcpu_set_gpr(&f.vcpu, 20, ~0ull >> 1);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR_64,
		     vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) | LPCR_LD);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY,
		     host_timebase() + (host_isa() >= 300 ? 1ull << 50 : 1u << 30));
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	if (!wait_asleep(thread.tid, "the vCPU's H_CEDE"))
		tap_bail("the vCPU does not sleep");
	make_request(&f.vcpu, VM_DEAD);
	thread_join(&thread);
	tap_is(thread.last, (u64)(long)-EIO, "KVM_RUN of a ceded vCPU ends with its VM");
	fixture_end(&f);
}

int main(void)
{
	tap_start(120);
	late_failure();
	any_request();
	death();
	return tap_done();
}
