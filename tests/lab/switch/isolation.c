// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every register of a guest keeps its value across every kind of exit, whatever runs on the CPU
 * meanwhile. No value of a guest reaches the host or another guest, and no value of the host
 * reaches a guest.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours quick=yes
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "host.h"
#include "host_state.h"
#include "image.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"
#include "wait.h"

GUEST(regs);
GUEST(regs_intruder);
GUEST(regs_sleeper);
extern const char guest_regs_exit[];

#define EXIT_OFFSET	((u64)(guest_regs_exit - guest_regs))
#define SPIN		(KERNEL_EA + GUEST_CODE + EXIT_OFFSET)
#define TRAP_HDEC	0x980
#define TOUCHED		FIXTURE_FREE
#define FETCHED		(FIXTURE_FREE + 0x100000)

#define INSN_BRANCH	0x48000000u
#define INSN_BRANCH_MASK 0x03fffffcu

/* Whose values */
enum owner { GUEST_VALUES = 1, INTRUDER_VALUES, HOST_VALUES };

static struct regs_image *image_at(struct fixture *f, u64 offset)
{
	return vm_ptr(&f->vm, FIXTURE_DATA + offset, sizeof(struct regs_image));
}

static void start_guest(struct fixture *f, const char *image, const char *end)
{
	fixture_virt_image(f, image, end);
	image_drop_absent(&f->vm, GUEST_CODE, end - image);
}

static unsigned int differences;

static void differs(const char *when, const char *name, int index, u64 got, u64 want)
{
	if (got == want)
		return;
	differences++;
	if (index < 0)
		tap_diag("%s: %s is %#lx, want %#lx", when, name, got, want);
	else
		tap_diag("%s: %s%d is %#lx, want %#lx", when, name, index, got, want);
}

static void compare_vsr(const char *when, const u64 (*got)[2], const u64 (*want)[2])
{
	int i;

	for (i = 0; i < 64; i++) {
		differs(when, "upper half of vs", i, got[i][1], want[i][1]);
		differs(when, "lower half of vs", i, got[i][0], want[i][0]);
	}
}

/* The instruction that ends the guest, and what it may change by itself */
struct kind {
	const char *name;
	u32 insn;		/* 0: a branch to FETCHED */
	bool hypercall;		/* changes SRR0 and SRR1; CTR and CR0 are volatile */
	bool returns_success;	/* r3 = H_SUCCESS */
	bool spins;		/* ended by a signal; the VMM steps over it */
	int exit_reason;	/* how KVM_RUN ends, 0: it does not end */
};

static const struct kind kinds[] = {
	{ "MMIO store", 0x90140000, .exit_reason = KVM_EXIT_MMIO },
	{ "hypercall to user space", 0x44000022, .hypercall = true,
	  .exit_reason = KVM_EXIT_PAPR_HCALL },
	{ "hypercall in the kernel", 0x44000022, .hypercall = true, .returns_success = true },
	{ "first store to a page", 0xf8150000, .exit_reason = 0 },
	{ "first fetch from a page", 0, .exit_reason = 0 },
	{ "timer ticks and a signal", 0x48000000, .spins = true, .exit_reason = -EINTR },
};

/*
 * The host kernel's vector for sc uses CR0 and CTR before it knows that it is a hypercall. PAPR
 * permits that.
 */
static u64 cr_mask(const struct kind *kind)
{
	return kind->hypercall ? 0x0fffffff : 0xffffffff;
}

static void prepare(struct fixture *f, const struct kind *kind, struct regs_image *in)
{
	u32 *insn;

	start_guest(f, guest_regs, guest_regs_end);
	image_fill(in, GUEST_VALUES);
	in->gpr[3] = kind->returns_success ? H_PROD : REPORT_STEP;
	in->gpr[4] = 0;
	in->gpr[20] = KERNEL_EA + FIXTURE_MMIO;
	in->gpr[21] = KERNEL_EA + TOUCHED;
	in->gpr[31] = KERNEL_EA + FIXTURE_DATA;
	*image_at(f, REGS_IN) = *in;

	insn = vm_ptr(&f->vm, GUEST_CODE + EXIT_OFFSET, 4);
	*insn = kind->insn;
	if (!kind->insn) {
		u64 from = GUEST_CODE + EXIT_OFFSET;
		u32 *back = vm_ptr(&f->vm, FETCHED, 4);

		*insn = INSN_BRANCH | (FETCHED - from);
		*back = INSN_BRANCH | ((from + 4 - FETCHED) & INSN_BRANCH_MASK);
		__builtin___clear_cache((char *)back, (char *)(back + 1));
	}
	__builtin___clear_cache((char *)insn, (char *)(insn + 1));
	vcpu_set_entry(&f->vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | MSR_FP | MSR_VEC | MSR_VSX);
}

/* What the VMM reads while the guest is not running */
static void compare_in_vmm(const struct kind *kind, struct fixture *f,
			   const struct regs_image *want)
{
	struct kvm_regs regs;
	unsigned int i;
	char when[80];

	snprintf(when, sizeof(when), "%s, KVM_GET_*", kind->name);
	vcpu_get_regs(&f->vcpu, &regs);
	differences = 0;
	for (i = 0; i < 32; i++)
		differs(when, "r", i, regs.gpr[i], want->gpr[i]);
	differs(when, "CR", -1, regs.cr & cr_mask(kind), want->cr & cr_mask(kind));
	differs(when, "XER", -1, regs.xer, want->xer);
	if (!kind->hypercall)
		differs(when, "CTR", -1, regs.ctr, want->ctr);
	differs(when, "LR", -1, regs.lr, want->lr);
	for (i = 0; i < REGS_SPR_COUNT; i++) {
		if (image_sprs[i].one_reg && image_spr_exists(i))
			differs(when, image_sprs[i].name, -1,
				vcpu_reg(&f->vcpu, image_sprs[i].one_reg), want->spr[i]);
	}
	differs(when, "FPSCR", -1, vcpu_reg(&f->vcpu, KVM_REG_PPC_FPSCR), want->fpscr);
	differs(when, "VSCR", -1, vcpu_reg(&f->vcpu, KVM_REG_PPC_VSCR), want->vscr[0]);
	for (i = 0; i < 64; i++) {
		u64 vsr[2] = { 0 };
		u64 id = i < 32 ? KVM_REG_PPC_VSR0 + i : KVM_REG_PPC_VR0 + i - 32;

		if (vcpu_get_one(&f->vcpu, id, vsr))
			tap_bail("KVM_GET_ONE_REG of vs%u", i);
		differs(when, "upper half of vs", i, vsr[1], want->vsr[i][1]);
		differs(when, "lower half of vs", i, vsr[0], want->vsr[i][0]);
	}
	tap_is(differences, 0, "%s: KVM_GET_REGS and KVM_GET_ONE_REG show the guest's registers",
	       kind->name);
}

static void compare_in_guest(const struct kind *kind, const struct regs_image *got,
			     const struct regs_image *want)
{
	unsigned int i;

	differences = 0;
	for (i = 0; i < 32; i++)
		differs(kind->name, "r", i, got->gpr[i],
			i == 3 && kind->returns_success ? H_SUCCESS : want->gpr[i]);
	differs(kind->name, "CR", -1, got->cr & cr_mask(kind), want->cr & cr_mask(kind));
	differs(kind->name, "XER", -1, got->xer, want->xer);
	if (!kind->hypercall)
		differs(kind->name, "CTR", -1, got->ctr, want->ctr);
	differs(kind->name, "LR", -1, got->lr, want->lr);
	tap_is(differences, 0, "%s: GPRs, CR, XER, CTR, LR", kind->name);

	differences = 0;
	for (i = 0; i < REGS_SPR_COUNT; i++) {
		if (kind->hypercall && !strncmp(image_sprs[i].name, "SRR", 3))
			continue;
		differs(kind->name, image_sprs[i].name, -1, got->spr[i], want->spr[i]);
	}
	tap_is(differences, 0, "%s: SPRs", kind->name);

	differences = 0;
	differs(kind->name, "FPSCR", -1, got->fpscr, want->fpscr);
	differs(kind->name, "VSCR", -1, got->vscr[0], want->vscr[0]);
	compare_vsr(kind->name, got->vsr, want->vsr);
	tap_is(differences, 0, "%s: floating point, VMX and VSX", kind->name);
}

/*
 * Lets the looping guest go on for a while. Returns true if a timer tick of the host has ended a
 * pass.
 */
static bool ticks(void *arg)
{
	struct vcpu_thread *thread = arg;
	unsigned int count = 0;
	struct trace *exits;
	size_t i;

	thread_start(thread);
	exits = trace_start_thread("kvm_hv:kvm_guest_exit", thread->tid);
	if (!exits)
		tap_bail("there is no event kvm_hv:kvm_guest_exit");
	host_sleep_ms(20);
	thread_stop(thread);
	trace_stop(exits);
	for (i = 0; i < trace_count(exits); i++)
		count += trace_field(exits, i, "trap") == TRAP_HDEC;
	trace_end(exits);
	return count;
}

/* A KVM_RUN that ends by itself, or by a signal if the guest loops */
static void run(struct fixture *f, const struct kind *kind)
{
	struct vcpu_thread thread = { .vcpu = &f->vcpu, .cpu = 0 };
	struct kvm_regs regs;

	if (!kind->spins) {
		tap_is(vcpu_run(&f->vcpu), (u64)(long)kind->exit_reason, "%s: KVM_RUN ends",
		       kind->name);
		return;
	}
	thread_run_to(&thread, SPIN);
	tap_ok(wait_until(ticks, &thread, "a tick of the host's timer while the guest spins"),
	       "%s: a tick ends a pass", kind->name);
	tap_is(thread.last, (u64)(long)kind->exit_reason, "%s: KVM_RUN ends", kind->name);
	vcpu_get_regs(&f->vcpu, &regs);
	tap_is(regs.pc, SPIN, "%s: the guest was there", kind->name);
	regs.pc += 4;
	vcpu_set_regs(&f->vcpu, &regs);
}

static void prepare_intruder(struct fixture *f)
{
	struct regs_image own;

	image_fill(&own, INTRUDER_VALUES);
	own.gpr[31] = KERNEL_EA + FIXTURE_DATA;
	*image_at(f, REGS_IN) = own;
	vcpu_set_entry(&f->vcpu, KERNEL_EA + GUEST_CODE,
		       MSR_VIRT | MSR_FP | MSR_VEC | MSR_VSX);
}

/*
 * Another guest runs on the same CPU. It must see none of the first guest's values, and it leaves
 * other values.
 */
static void intrude(const struct kind *kind, const struct regs_image *victim)
{
	const struct regs_image *found;
	struct fixture f;
	unsigned int i;

	start_guest(&f, guest_regs_intruder, guest_regs_intruder_end);
	prepare_intruder(&f);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "%s: another guest runs meanwhile",
	       kind->name);
	found = image_at(&f, REGS_OUT);
	differences = 0;
	for (i = 0; i < 31; i++)
		differs("new guest", "r", i, found->gpr[i], 0);
	differs("new guest", "CR", -1, found->cr, 0);
	differs("new guest", "XER", -1, found->xer, 0);
	differs("new guest", "CTR", -1, found->ctr, 0);
	differs("new guest", "LR", -1, found->lr, 0);
	for (i = 0; i < REGS_SPR_COUNT; i++) {
		if (found->spr[i] == victim->spr[i] && victim->spr[i] != image_sprs[i].fixed)
			differs("new guest", image_sprs[i].name, -1, found->spr[i], 0);
	}
	for (i = 0; i < 64; i++) {
		differs("new guest", "upper half of vs", i, found->vsr[i][1], 0);
		differs("new guest", "lower half of vs", i, found->vsr[i][0], 0);
	}
	tap_is(differences, 0, "%s: that guest finds no value of the first one", kind->name);
	fixture_end(&f);
}

static void across(const struct kind *kind)
{
	struct regs_image in;
	struct fixture f;

	prepare(&f, kind, &in);
	if (kind->exit_reason) {
		run(&f, kind);
		compare_in_vmm(kind, &f, &in);
		intrude(kind, &in);
		if (kind->exit_reason == KVM_EXIT_PAPR_HCALL)
			vcpu_hcall_return(&f.vcpu, in.gpr[3]);
	}
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "%s: the guest goes on", kind->name);
	compare_in_guest(kind, image_at(&f, REGS_OUT), &in);
	fixture_end(&f);
}

static void compare_host(const char *when, const struct host_state *got,
			 const struct host_state *set)
{
	unsigned int i;

	differences = 0;
	for (i = 0; i < 18; i++)
		differs(when, "r", i + 14, got->gpr[i], set->gpr[i]);
	differs(when, "CR2 to CR4", -1, got->cr & 0x00fff000, set->cr);
	tap_is(differences, 0, "%s: non-volatile GPRs and CR fields", when);
	differences = 0;
	differs(when, "TAR", -1, got->tar, set->tar);
	differs(when, "DSCR", -1, got->dscr, set->dscr);
	differs(when, "VRSAVE", -1, got->vrsave, set->vrsave);
	differs(when, "AMR", -1, got->amr, set->amr);
	tap_is(differences, 0, "%s: TAR, DSCR, VRSAVE, AMR", when);
	differences = 0;
	differs(when, "FPSCR", -1, got->fpscr, set->fpscr);
	differs(when, "VSCR", -1, got->vscr[0], set->vscr[0]);
	compare_vsr(when, got->vsr, set->vsr);
	tap_is(differences, 0, "%s: floating point, VMX and VSX", when);
}

/*
 * The VMM's registers across KVM_RUN, around a guest that changes all registers. The guest finds
 * none of the VMM's values.
 */
static void host(void)
{
	const struct regs_image *found;
	struct host_state set, got;
	struct fixture f;
	unsigned int i;

	start_guest(&f, guest_regs_intruder, guest_regs_intruder_end);
	prepare_intruder(&f);
	host_state_fill(&set, HOST_VALUES);
	tap_is(host_state_run(&f.vcpu, &set, &got), KVM_EXIT_PAPR_HCALL,
	       "VMM: KVM_RUN with known registers");
	compare_host("VMM", &got, &set);

	found = image_at(&f, REGS_OUT);
	differences = 0;
	for (i = 0; i < 31; i++)
		differs("guest", "r", i, found->gpr[i], 0);
	for (i = 0; i < REGS_SPR_COUNT; i++) {
		if (!strcmp(image_sprs[i].name, "TAR") || !strcmp(image_sprs[i].name, "DSCR") ||
		    !strcmp(image_sprs[i].name, "VRSAVE") || !strcmp(image_sprs[i].name, "AMR") ||
		    !strcmp(image_sprs[i].name, "IAMR"))
			differs("guest", image_sprs[i].name, -1, found->spr[i], 0);
	}
	for (i = 0; i < 64; i++) {
		differs("guest", "upper half of vs", i, found->vsr[i][1], 0);
		differs("guest", "lower half of vs", i, found->vsr[i][0], 0);
	}
	tap_is(differences, 0, "VMM: the guest finds none of its values");
	fixture_end(&f);
}

/*
 * The same after the vCPU's thread has slept in KVM_RUN and entered the guest once more: by then
 * the scheduler has loaded the VMM's registers again.
 */
static void host_slept(void)
{
	struct host_state set, got;
	struct fixture f;

	start_guest(&f, guest_regs_sleeper, guest_regs_sleeper_end);
	prepare_intruder(&f);
	host_state_fill(&set, HOST_VALUES);
	tap_is(host_state_run(&f.vcpu, &set, &got), KVM_EXIT_PAPR_HCALL,
	       "VMM, slept: KVM_RUN with known registers");
	tap_is(f.vcpu.run->papr_hcall.nr, REPORT_TRAP + 0x900,
	       "VMM, slept: the guest's timer ended its sleep");
	compare_host("VMM, slept", &got, &set);
	fixture_end(&f);
}

int main(void)
{
	unsigned int i;

	tap_start(60);
	host_pin(0);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		across(&kinds[i]);
	host();
	host_slept();
	return tap_done();
}
