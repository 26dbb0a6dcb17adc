// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states in which a guest runs, and the guest's interrupts in them.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#include <errno.h>

#include "fixture.h"
#include "host.h"
#include "hpt.h"
#include "modes.h"
#include "tap.h"
#include "thread.h"

GUEST(real_mode);
GUEST(translated);
GUEST(access);
GUEST(two_processes);
GUEST(two_segments);
GUEST(start_user);
GUEST(system_call);
GUEST(user);
GUEST(user_privileged);
GUEST(user_busy);
GUEST(illegal);

/* SRR1 bits of a program interrupt, DSISR bits of a data storage interrupt */
#define SRR1_ILLEGAL		0x80000ull
#define SRR1_PRIVILEGED		0x40000ull
#define DSISR_NO_TRANSLATION	0x40000000ull
#define DSISR_PROTECTION	0x08000000ull
#define DSISR_STORE		0x02000000ull
#define SRR1_NO_TRANSLATION	0x40000000ull
#define SRR1_NO_EXECUTE		0x10000000ull

static void real_mode(void)
{
	struct fixture f;

	fixture_real(&f, real_mode);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_VALUE, "real mode: a hypercall reaches user space");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 0x1235, "real mode: with its argument");
	tap_is(vcpu_hcall_arg(&f.vcpu, 1), MSR_REAL, "real mode: MSR as set");
	vcpu_hcall_return(&f.vcpu, 0x5678);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "real mode: the guest goes on");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 0x5678, "real mode: with the hypercall's result");
	tap_is(f.vcpu.exits[KVM_EXIT_PAPR_HCALL], 2, "real mode: two exits to user space in all");
	fixture_end(&f);
}

static void translated(u64 page, const char *name)
{
	struct fixture f;
	u64 *memory;

	fixture_virt(&f, translated);
	mmu_map(&f.mmu, 0, MODES_EA & -page, MODES_GPA, page, page, PTE_KERNEL);
	memory = vm_ptr(&f.vm, MODES_GPA + (MODES_EA & (page - 1)), 16);
	memory[0] = 0x0123456789abcdef;
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "translation, %s: the guest runs", name);
	tap_is(vcpu_hcall_arg(&f.vcpu, 1), MSR_VIRT, "translation, %s: MSR as set", name);
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 0x0123456789abcdef,
	       "translation, %s: it loads what the VMM stored", name);
	tap_is(memory[1], 0xabcd, "translation, %s: the VMM sees what it stored", name);
	fixture_end(&f);
}

/*
 * The guest gets the storage interrupts of its process-scoped translation. vector 0: the access
 * is allowed.
 */
static void own_fault(const char *name, u64 pte, unsigned int access, u64 vector,
		      u64 status)
{
	struct fixture f;
	struct kvm_regs regs;
	u64 got;

	fixture_virt(&f, access);
	if (pte)
		mmu_map(&f.mmu, 0, MODES_EA, MODES_GPA, PAGE_64K, PAGE_64K, pte);
	vcpu_set_gpr(&f.vcpu, 20, MODES_EA);
	vcpu_set_gpr(&f.vcpu, 21, access);
	tap_is(vcpu_run_hcall(&f.vcpu), vector ? REPORT_TRAP + vector : REPORT_DONE,
	       "process-scoped translation: %s", name);
	if (!vector) {
		fixture_end(&f);
		return;
	}
	vcpu_get_regs(&f.vcpu, &regs);
	if (access == MODES_FETCH) {
		tap_is(regs.sprg1, MODES_EA, "process-scoped translation: %s: SRR0", name);
		got = regs.sprg2;
	} else {
		tap_is(vcpu_reg(&f.vcpu, KVM_REG_PPC_DAR), MODES_EA,
		       "process-scoped translation: %s: DAR", name);
		got = vcpu_reg(&f.vcpu, KVM_REG_PPC_DSISR);
	}
	tap_is(got & status, status, "process-scoped translation: %s: status bits", name);
	fixture_end(&f);
}

/* Process 2 has another tree, or, in a hash guest, another segment. */
static void two_processes(void)
{
	bool hash = vmm_hash_guests();
	struct kvm_sregs sregs;
	struct fixture f;

	if (hash)
		fixture_virt(&f, two_segments);
	else
		fixture_virt(&f, two_processes);
	mmu_map(&f.mmu, 1, MODES_USER_EA, MODES_USER_GPA, PAGE_64K, PAGE_64K, PTE_KERNEL);
	mmu_map(&f.mmu, 2, MODES_USER_EA, MODES_USER_GPA2, PAGE_64K, PAGE_64K, PTE_KERNEL);
	vcpu_set_gpr(&f.vcpu, 20, hpt_slb_vsid(hpt_vsid(2)));
	*(u64 *)vm_ptr(&f.vm, MODES_USER_GPA, 8) = 0x1111;
	*(u64 *)vm_ptr(&f.vm, MODES_USER_GPA2, 8) = 0x2222;
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "two processes: the guest runs");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 0x1111, "two processes: PID 1's memory");
	tap_is(vcpu_hcall_arg(&f.vcpu, 1), 0x2222, "two processes: PID 2's memory");
	if (hash) {
		if (vcpu_ioctl(&f.vcpu, KVM_GET_SREGS, &sregs))
			tap_bail("KVM_GET_SREGS failed");
		tap_is(sregs.u.s.ppc64.slb[1].slbv, hpt_slb_vsid(hpt_vsid(2)),
		       "two processes: the SLB is kept");
	} else {
		tap_is(vcpu_reg(&f.vcpu, KVM_REG_PPC_PID), 2, "two processes: PIDR is kept");
	}
	fixture_end(&f);
}

/* A guest whose kernel starts the problem-state program from @start to @end */
static void start_user(struct fixture *f, const char *start, const char *end)
{
	fixture_virt(f, start_user);
	vm_load_guest(&f->vm, 0xc00, system_call);
	mmu_map(&f->mmu, 1, MODES_USER_EA, MODES_USER_GPA, PAGE_64K, PAGE_64K, PTE_USER);
	vm_load(&f->vm, MODES_USER_GPA, start, end);
}

/*
 * A hypercall from problem state is refused. A hash guest gets it as a system call, because it
 * might run guests of KVM PR in problem state, to which the hypercall belongs.
 */
static void problem_state(void)
{
	u64 system_calls = vmm_hash_guests() ? 1001 : 1000;
	struct fixture f;
	struct kvm_regs regs;

	start_user(&f, guest_user, guest_user_end);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_TRAP + 0x700,
	       "problem state: a privileged instruction is a program interrupt");
	vcpu_get_regs(&f.vcpu, &regs);
	tap_is(*fixture_data(&f, 0), system_calls,
	       "problem state: the guest's kernel got %lu system calls", system_calls);
	tap_is(regs.gpr[4], 1000, "problem state: and returned their results");
	tap_ok(regs.sprg2 & SRR1_PRIVILEGED, "problem state: SRR1 says privileged instruction");
	tap_ok(regs.sprg2 & MSR_PR, "problem state: SRR1 says problem state");
	/* The sc is the third instruction from the end; it has completed. */
	tap_is(regs.sprg1, MODES_USER_EA + (guest_user_end - guest_user) - 8,
	       "problem state: SRR0 is after the sc");
	tap_is(f.vcpu.exits[KVM_EXIT_PAPR_HCALL], 1, "problem state: nothing reached the VMM");
	fixture_end(&f);

	start_user(&f, guest_user_privileged, guest_user_privileged_end);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_TRAP + 0x700,
	       "problem state: mfmsr is a program interrupt");
	vcpu_get_regs(&f.vcpu, &regs);
	tap_ok(regs.sprg2 & SRR1_PRIVILEGED, "problem state: because it is privileged");
	tap_is(regs.sprg1, MODES_USER_EA, "problem state: at its address");
	fixture_end(&f);
}

/* A signal ends KVM_RUN while the guest is in problem state. */
static void interrupted_user(void)
{
	struct vcpu_thread thread = { .cpu = ANY_CPU };
	struct kvm_regs regs;
	struct fixture f;

	start_user(&f, guest_user_busy, guest_user_busy_end);
	/* MSR[EE] is on in problem state. */
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + (1u << 31) - (1u << 24));
	thread.vcpu = &f.vcpu;
	thread_run_to(&thread, MODES_USER_EA);
	tap_is(thread.last, -EINTR, "problem state: a signal ends KVM_RUN");
	vcpu_get_regs(&f.vcpu, &regs);
	tap_is(regs.pc, MODES_USER_EA, "problem state: NIP is the program's");
	tap_is(regs.msr, MODES_USER_MSR, "problem state: MSR is the program's");
	fixture_end(&f);
}

static void illegal(void)
{
	struct kvm_regs regs;
	struct fixture f;

	fixture_virt(&f, illegal);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_TRAP + 0x700,
	       "illegal instruction: the guest gets a program interrupt");
	vcpu_get_regs(&f.vcpu, &regs);
	tap_is(regs.sprg1, KERNEL_EA + GUEST_CODE + 4, "illegal instruction: SRR0");
	tap_is(regs.sprg2, MSR_VIRT | SRR1_ILLEGAL, "illegal instruction: SRR1");
	tap_is(regs.gpr[4], 1, "illegal instruction: nothing after it ran");
	/* The guest's kernel skips the instruction. */
	vcpu_set_entry(&f.vcpu, regs.sprg1 + 4, MSR_VIRT);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "illegal instruction: the guest goes on");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 2, "illegal instruction: after the instruction");
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	real_mode();
	translated(PAGE_64K, "64k pages");
	translated(PAGE_2M, "2M pages");
	own_fault("load from nowhere", 0, MODES_LOAD, 0x300, DSISR_NO_TRANSLATION);
	own_fault("store to nowhere", 0, MODES_STORE, 0x300,
		  DSISR_NO_TRANSLATION | DSISR_STORE);
	own_fault("fetch from nowhere", 0, MODES_FETCH, 0x400, SRR1_NO_TRANSLATION);
	own_fault("load from a read-only page", PTE_PRIV | PTE_READ, MODES_LOAD, 0, 0);
	own_fault("store to a read-only page", PTE_PRIV | PTE_READ, MODES_STORE, 0x300,
		  DSISR_PROTECTION | DSISR_STORE);
	own_fault("fetch from a page without execute", PTE_PRIV | PTE_READ | PTE_WRITE,
		  MODES_FETCH, 0x400, SRR1_NO_EXECUTE);
	two_processes();
	problem_state();
	interrupted_user();
	illegal();
	return tap_done();
}
