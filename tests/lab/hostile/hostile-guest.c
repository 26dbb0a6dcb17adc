// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attempts of a guest or of a careless VMM: the host goes on, and the caller gets a clear answer.
 * The lab fails the test on any splat in the kernel's log.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=120
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "memory.h"
#include "remote.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(hostile_hcalls);
GUEST(hostile_supervisor);
GUEST(hostile_spin);
GUEST(count_up);

#define ERR(e)		((u64)(long)-(e))
#define MSR_TS_S	(1ull << 33)	/* transaction suspended */
#define MSR_TS_T	(1ull << 34)	/* transactional */
#define LPCR_HOST	0x4000000000000003ull	/* VPM1, HVICE, HDICE */

/* Checks that a VM still works, after each other check. */
static void still_works(const char *after)
{
	struct fixture f;

	remote_start(&f);
	remote_put(&f.vcpu, FIXTURE_FREE, 0x77);
	tap_is(remote_get(&f.vcpu, FIXTURE_FREE), 0x77, "%s: the host still runs guests", after);
	fixture_end(&f);
}

/*
 * Every hypercall number, with arguments of zeros and of ones, is answered by the kernel or the
 * VMM.
 */
static void all_hcalls(const char *name, u64 argument, u64 step, u64 end, u64 first)
{
	struct fixture f;
	u64 n = 0, nr;
	u64 expected = 0;

	for (nr = first; nr < end; nr += step)
		expected += (nr & ~3) != H_CEDE;
	fixture_virt(&f, hostile_hcalls);
	vcpu_set_gpr(&f.vcpu, 20, first);
	vcpu_set_gpr(&f.vcpu, 21, end);
	vcpu_set_gpr(&f.vcpu, 22, step);
	vcpu_set_gpr(&f.vcpu, 23, argument);
	do {
		nr = vcpu_run_hcall(&f.vcpu);
		vcpu_hcall_return(&f.vcpu, (u64)H_FUNCTION);
		n++;
	} while (nr != REPORT_DONE && nr != HCALL_NONE && n <= expected);
	tap_is(nr, REPORT_DONE, "hypercalls, %s: the guest comes to its end", name);
	tap_is(*fixture_data(&f, 0), expected, "hypercalls, %s: each returned", name);
	fixture_end(&f);
}

/*
 * The guest's report after a start with @msr; HCALL_NONE if there is none.  *@refused: the guest
 * was not entered
 */
static u64 run_with_msr(u64 msr, bool *refused)
{
	u64 nr = HCALL_NONE;
	struct fixture f;
	int rc;

	fixture_real(&f, hostile_supervisor);
	vcpu_set_entry(&f.vcpu, GUEST_CODE, msr);
	rc = thread_run(&f.vcpu, 0);
	*refused = rc == -EINVAL && f.vcpu.run->exit_reason == KVM_EXIT_FAIL_ENTRY;
	if (rc == KVM_EXIT_PAPR_HCALL)
		nr = f.vcpu.run->papr_hcall.nr;
	else
		tap_diag("KVM_RUN gave %s", rc < 0 ? strerror(-rc) : vmm_exit_name(rc));
	fixture_end(&f);
	return nr;
}

/*
 * LPCR cannot be read in any of these states. The guest reports a program interrupt or, if its
 * code has no translation, a storage interrupt. It has no transactional memory, so it is not
 * entered with a transaction under way.
 */
static void machine_states(void)
{
	static const struct {
		const char *name;
		u64 msr;
		enum { PROGRAM, STORAGE, REFUSED } then;
	} states[] = {
		{ "zero", 0, PROGRAM },
		{ "all ones", ~0ull, STORAGE },
		{ "without ME", MSR_REAL & ~MSR_ME, PROGRAM },
		{ "big-endian", MSR_REAL & ~MSR_LE, PROGRAM },
		{ "32 bits", MSR_REAL & ~MSR_SF, PROGRAM },
		{ "transaction suspended", MSR_REAL | MSR_TS_S, REFUSED },
		{ "transactional", MSR_REAL | MSR_TS_T, REFUSED },
		{ "both of these", MSR_REAL | MSR_TS_S | MSR_TS_T, PROGRAM },
		{ "translation without a table", MSR_VIRT, STORAGE },
		{ "problem state", MSR_USER, STORAGE },
	};
	unsigned int i;
	bool refused;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		u64 nr = run_with_msr(states[i].msr, &refused);

		if (states[i].then == REFUSED)
			tap_ok(refused, "MSR %s: KVM_RUN refuses it", states[i].name);
		else if (states[i].then == STORAGE)
			tap_ok(nr == REPORT_TRAP + 0x300 || nr == REPORT_TRAP + 0x400,
			       "MSR %s: the guest reports a storage interrupt (%#lx)",
			       states[i].name, nr);
		else
			tap_is(nr, REPORT_TRAP + 0x700, "MSR %s: the guest reports its interrupt",
			       states[i].name);
	}
	still_works("MSRs");
}

/* A guest does not get MSR[HV] when user space sets it. */
static void hypervisor_state(void)
{
	struct fixture f;
	u64 nr;

	fixture_real(&f, hostile_supervisor);
	vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL | MSR_HV);
	nr = vcpu_run_hcall(&f.vcpu);
	tap_ok(nr == REPORT_TRAP + 0x700 || (nr == REPORT_DONE && !vcpu_hcall_arg(&f.vcpu, 1)),
	       "MSR[HV]: no hypervisor register can be read");
	tap_ok(!(vcpu_gpr(&f.vcpu, 4) & MSR_HV), "MSR[HV]: the guest is not in hypervisor state");
	fixture_end(&f);
}

static void host_lpcr_bits(void)
{
	struct fixture f;
	u64 before;

	fixture_real(&f, hostile_supervisor);
	before = vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR_64, ~0ull);
	tap_is(vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) & LPCR_HOST, before & LPCR_HOST,
	       "LPCR: all ones from user space do not set the host's bits");
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR_64, 0);
	tap_is(vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) & LPCR_HOST, before & LPCR_HOST,
	       "LPCR: zeros from user space do not clear them");
	fixture_end(&f);
}

static void vcpu_ids(void)
{
	struct vcpu first, second, again;
	struct vm vm;
	int largest;

	vm_create(&vm, FIXTURE_RAM);
	/* There is one thread per core unless somebody asks for more, so the ids are dense. */
	largest = vm_ioctl(&vm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_MAX_VCPUS);
	tap_is(vcpu_create_bare(&vm, &first, ~0u), ERR(EINVAL), "vCPU id 0xffffffff: EINVAL");
	tap_is(vcpu_create_bare(&vm, &first, largest), ERR(EINVAL), "vCPU id past the last: EINVAL");
	tap_is(vcpu_create_bare(&vm, &first, largest - 1), 0, "vCPU id %d: the last one",
	       largest - 1);
	tap_is(vcpu_create_bare(&vm, &second, 7), 0, "a smaller id after that");
	/*
	 * The core of that id has one thread and is full. Except on POWER8, that is found before
	 * EEXIST.
	 */
	tap_is(vcpu_create_bare(&vm, &again, 7), host_isa() == 207 ? ERR(EEXIST) : ERR(EINVAL),
	       "the same id twice: refused");
	vcpu_destroy(&first);
	vcpu_destroy(&second);
	vm_destroy(&vm);
}

static void no_memory(void)
{
	struct vcpu vcpu;
	int rc;
	struct vm vm;

	vm_create_bare(&vm);
	vcpu_create(&vm, &vcpu, 0);
	vcpu_set_entry(&vcpu, 0, MSR_REAL);
	/* without a hash table no vCPU enters; a radix guest faults without end */
	rc = thread_run(&vcpu, 25);
	if (host_isa() == 207)
		tap_is(rc, ERR(EINVAL), "no memory, no MMU: KVM_RUN gives EINVAL");
	else
		tap_ok(rc == -EINTR && vm_stat(&vm, "sum_exits") >= 25,
		       "no memory, no MMU: the guest faults until a signal comes (%d, %ld exits)",
		       rc, vm_stat(&vm, "sum_exits"));
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
	still_works("no memory, no MMU");
}

/* The VM's descriptor first, then the vCPU's; the VM lives until both are gone. */
static void closed_in_disorder(void)
{
	struct fixture f;

	remote_start(&f);
	close(f.vm.fd);
	remote_put(&f.vcpu, FIXTURE_FREE, 5);
	tap_is(remote_get(&f.vcpu, FIXTURE_FREE), 5, "VM closed before its vCPU: the vCPU runs on");
	close(f.vm.kvm);
	close(f.vcpu.fd);
	/* The mapping of kvm_run holds the vCPU, and the vCPU holds the VM. */
	munmap(f.vcpu.run, f.vcpu.run_size);
	munmap(f.vm.ram, f.vm.ram_size);
	still_works("closed in disorder");
}

/* Memory of a running guest is added and removed. */
static bool serve_mmio(struct vcpu_thread *thread, int reason)
{
	return (reason == KVM_EXIT_MMIO || reason == -EINTR) && !thread->stop;
}

static void slots_under_a_running_guest(void)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1, .handle = serve_mmio };
	u64 *memory = vmm_memory(PAGE_2M, PAGE_2M);
	struct fixture f;
	unsigned int i, reached = 0;
	int rc = 0;

	remote_start(&f);
	remote_command(&f.vcpu, REMOTE_STORE_FOREVER, 0x10000000, 1, PAGE_64K, 32);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	for (i = 0; i < 50 && !rc && reached == i; i++) {
		memory[0] = 0;
		rc = vm_set_slot(&f.vm, 1, 0x10000000, memory, PAGE_2M,
				 i & 1 ? KVM_MEM_LOG_DIRTY_PAGES : 0);
		reached += wait_past(memory, 0, "a store to slot 1, number %u", i);
		if (!rc)
			rc = vm_set_slot(&f.vm, 1, 0x10000000, NULL, 0, 0);
	}
	tap_is(rc, 0, "slots under a running guest: 50 times added and deleted");
	tap_is(reached, 50, "slots under a running guest: the guest stores to each");
	if (vm_set_slot(&f.vm, 1, 0x10000000, memory, PAGE_2M, 0))
		tap_bail("memory slot 1");
	memory[0] = 0;
	wait_past(memory, 0, "a store to the last slot 1");
	thread_stop(&thread);
	tap_ok(thread.last == -EINTR || thread.last == KVM_EXIT_MMIO,
	       "slots under a running guest: the guest ran on");
	tap_ok(memory[0], "slots under a running guest: the guest stores to the last one");
	fixture_end(&f);
	munmap(memory, PAGE_2M);
}

static int set_up_mmu(struct vm *vm, bool odd)
{
	u32 order = odd ? 18 : 24;

	return vm->hpt ? vm_ioctl(vm, KVM_PPC_ALLOCATE_HTAB, &order) :
			 vm_configure_radix(vm, odd ? 0x100000 : 0, 0);
}

/* A running guest's process table can be changed. Its hash table cannot be taken away. */
static void mmu_under_a_running_guest(void)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1 };
	volatile u64 *count;
	struct fixture f;
	unsigned int i;
	bool ran_on;
	int wanted = vmm_hash_guests() ? -EBUSY : 0, rc = wanted;

	fixture_real(&f, count_up);
	count = fixture_data(&f, 0);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	/* a hash table can be changed until the guest has been in it */
	if (!wait_past(count, 0, "the guest's first count"))
		tap_bail("the guest does not run");
	for (i = 0; i < 50 && rc == wanted; i++)
		rc = set_up_mmu(&f.vm, i & 1);
	tap_is(rc, (u64)wanted, "the MMU's set-up under a running guest, 50 times");
	ran_on = wait_past(count, *count, "one more count");
	thread_stop(&thread);
	tap_ok(ran_on && thread.last == -EINTR, "the MMU's set-up: the guest ran on");
	fixture_end(&f);
}

/* A VMM that dies with running guests does no harm. */
static void killed(void)
{
	unsigned int i, j;
	int status;

	for (i = 0; i < 5; i++) {
		int ready[2];
		char byte;
		pid_t child;

		if (pipe(ready))
			tap_bail("pipe: %s", strerror(errno));
		fflush(stdout);
		child = fork();
		if (!child) {
			struct vcpu_thread threads[2] = {
				{ .cpu = 0 }, { .cpu = host_cpus() - 1 },
			};
			struct vcpu second;
			struct fixture f;

			alarm(0);
			fixture_real(&f, count_up);
			vcpu_create(&f.vm, &second, 1);
			vcpu_set_entry(&second, GUEST_CODE, MSR_REAL);
			vcpu_set_gpr(&second, 31, FIXTURE_DATA + 8);
			threads[0].vcpu = &f.vcpu;
			threads[1].vcpu = &second;
			for (j = 0; j < 2; j++)
				thread_start(&threads[j]);
			for (j = 0; j < 2; j++)
				if (!wait_past(fixture_data(&f, j), 0, "vCPU %u's first count", j))
					_exit(1);
			_exit(write(ready[1], "", 1) == 1 ? pause() : 1);
		}
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			tap_bail("the child's guests did not start");
		kill(child, SIGKILL);
		if (waitpid(child, &status, 0) != child)
			tap_bail("waitpid: %s", strerror(errno));
		close(ready[0]);
	}
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "killed with two running vCPUs");
	still_works("killed");
}

/* A flood of exits does not flood the kernel's log. */
static void log_flood(void)
{
	struct kvm_regs regs;
	struct fixture f;
	unsigned int i;

	for (i = 0; i < 200; i++) {
		fixture_real(&f, hostile_spin);
		*(u32 *)vm_ptr(&f.vm, GUEST_CODE, 4) = 0;	/* no instruction */
		vcpu_run_hcall(&f.vcpu);
		vcpu_get_regs(&f.vcpu, &regs);
		fixture_end(&f);
		if (regs.sprg1 != GUEST_CODE)
			break;
	}
	tap_is(i, 200, "200 guests that branch to an address without memory");
}

int main(void)
{
	tap_start(60);
	all_hcalls("zeros", 0, 1, 0x500, 0);
	all_hcalls("ones", ~0ull, 1, 0x500, 0);
	all_hcalls("memory's end", FIXTURE_RAM - 8, 4, 0x500, 0);
	all_hcalls("nested and secure guests", ~0ull, 1, 0xf810, 0xf7f0);
	still_works("hypercalls");
	machine_states();
	hypervisor_state();
	host_lpcr_bits();
	vcpu_ids();
	no_memory();
	closed_in_disorder();
	slots_under_a_running_guest();
	mmu_under_a_running_guest();
	killed();
	log_flood();
	return tap_done();
}
