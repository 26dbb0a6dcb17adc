// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's floating point, VMX and VSX registers stay in the CPU from an exit to the next entry.
 * Whoever else uses the registers meanwhile finds no value of the guest's, and destroys none. The
 * VMM finds its own values whenever it can look, and so do its debugger and its children.
 *
 * A guest with known values in all these registers leaves all the time, while something else goes
 * on. In the end its registers must have these values still.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/ptrace.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "host_state.h"
#include "image.h"
#include "tap.h"
#include "wait.h"

GUEST(regs_loop);

#define FP_USERS	"/sys/module/fp_users/parameters/"
#define NR_FORK		2
#define TIMES		50	/* of each disturbance */
#define ENDLESS		(1ull << 40)
#define SPR_VRSAVE	256

enum owner { GUEST_VALUES = 1, HOST_VALUES = 3, OTHER_VALUES = 5 };

static unsigned int differences;

static void differs(const char *who, const char *name, int index, u64 got, u64 want)
{
	if (got == want)
		return;
	if (differences++ < 8)
		tap_diag("%s: %s%d is %#lx, want %#lx", who, name, index, got, want);
}

static void compare_vsrs(const char *who, const u64 (*got)[2], const u64 (*want)[2])
{
	int i;

	for (i = 0; i < 64; i++) {
		differs(who, "upper half of vs", i, got[i][1], want[i][1]);
		differs(who, "lower half of vs", i, got[i][0], want[i][0]);
	}
}

/* --- the VMM --------------------------------------------------------------- */

/* One vCPU and its thread, which runs with known values in its registers */
struct vmm {
	struct fixture f;
	struct regs_image in;
	struct host_state set;
	pthread_t pthread;
	volatile pid_t tid;
	volatile u64 runs;
	int last;			/* how the last KVM_RUN ended */
	bool forks;			/* after each KVM_RUN */
	unsigned int wrong_children;
};

static void compare_vmm(const char *who, const struct host_state *got,
			const struct host_state *want)
{
	compare_vsrs(who, got->vsr, want->vsr);
	differs(who, "FPSCR", 0, got->fpscr, want->fpscr);
	differs(who, "VSCR", 0, got->vscr[0], want->vscr[0]);
	differs(who, "VRSAVE", 0, got->vrsave, want->vrsave);
}

/* The child ends here, and says with its status whether its registers were the VMM's. */
static void end_child(const struct host_state *got, const struct host_state *want)
{
	differences = 0;
	compare_vmm("child", got, want);
	_exit(differences ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void reap(struct vmm *vmm)
{
	int status;

	while (wait(&status) < 0)
		if (errno != EINTR)
			tap_bail("wait: %s", strerror(errno));
	vmm->wrong_children += status != 0;
}

static void *run(void *arg)
{
	struct vmm *vmm = arg;
	struct host_state got;
	pid_t self = getpid();

	host_pin(host_cpus() - 1);
	vmm->tid = syscall(SYS_gettid);
	do {
		vmm->last = host_state_run_then(&vmm->f.vcpu, &vmm->set, &got,
						vmm->forks ? NR_FORK : 0);
		if (getpid() != self)
			end_child(&got, &vmm->set);
		if (vmm->forks)
			reap(vmm);
		compare_vmm("VMM", &got, &vmm->set);
		vmm->runs++;
	} while (vmm->last == -EINTR);
	return NULL;
}

static struct regs_image *image_at(struct vmm *vmm, u64 offset)
{
	return vm_ptr(&vmm->f.vm, FIXTURE_DATA + offset, sizeof(struct regs_image));
}

static volatile u64 *word_at(struct vmm *vmm, u64 offset)
{
	return vm_ptr(&vmm->f.vm, FIXTURE_DATA + offset, sizeof(u64));
}

static void vmm_prepare(struct vmm *vmm)
{
	struct fixture *f = &vmm->f;

	differences = 0;
	fixture_virt(f, regs_loop);
	image_drop_absent(&f->vm, GUEST_CODE, guest_regs_loop_end - guest_regs_loop);
	image_fill(&vmm->in, GUEST_VALUES);
	vmm->in.gpr[20] = ENDLESS;
	vmm->in.gpr[31] = KERNEL_EA + FIXTURE_DATA;
	*image_at(vmm, REGS_IN) = vmm->in;
	*word_at(vmm, REGS_LEFT) = ENDLESS;
	vcpu_set_entry(&f->vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | MSR_FP | MSR_VEC | MSR_VSX);

	host_state_fill(&vmm->set, HOST_VALUES);
}

static bool has_left_often(void *arg)
{
	struct vmm *vmm = arg;

	return *word_at(vmm, REGS_LEFT) < ENDLESS - TIMES;
}

/* A guest that has its values, and leaves until it is stopped */
static void vmm_loop(struct vmm *vmm)
{
	vmm_prepare(vmm);
	if (pthread_create(&vmm->pthread, NULL, run, vmm))
		tap_bail("pthread_create");
	wait_until(has_left_often, vmm, "%d exits", TIMES);
}

static unsigned int vrsave_index(void)
{
	unsigned int i;

	for (i = 0; image_sprs[i].number != SPR_VRSAVE; i++)
		;
	return i;
}

static void vmm_stop(struct vmm *vmm, const char *when)
{
	const struct regs_image *out = image_at(vmm, REGS_OUT), *in = &vmm->in;
	unsigned int i = vrsave_index();

	*word_at(vmm, REGS_STOP) = 1;
	pthread_join(vmm->pthread, NULL);
	tap_is(vmm->last, KVM_EXIT_PAPR_HCALL, "%s: the guest goes on to its end", when);
	tap_is(differences, 0, "%s: the VMM finds its own registers", when);

	differences = 0;
	compare_vsrs(when, out->vsr, in->vsr);
	differs(when, "FPSCR", 0, out->fpscr, in->fpscr);
	differs(when, "VSCR", 0, out->vscr[0], in->vscr[0]);
	differs(when, "VRSAVE", 0, out->spr[i], in->spr[i]);
	tap_is(differences, 0, "%s: the guest keeps its registers", when);
	fixture_end(&vmm->f);
}

/* --- the kernel's own use -------------------------------------------------- */

static u64 fp_users(const char *name)
{
	char path[80], text[32];

	snprintf(path, sizeof(path), FP_USERS "%s", name);
	host_read(path, text, sizeof(text));
	return strtoull(text, NULL, 0);
}

struct counter {
	const char *name;
	u64 from;
};

static bool has_counted(void *arg)
{
	struct counter *counter = arg;

	return fp_users(counter->name) >= counter->from + TIMES;
}

static void wait_for_use(const char *name)
{
	struct counter counter = { name, fp_users(name) };

	tap_ok(wait_until(has_counted, &counter, "%d uses", TIMES),
	       "the kernel uses the registers: %s", name);
}

static void kernel_uses(void)
{
	struct vmm vmm = { 0 };
	char self[16];

	snprintf(self, sizeof(self), "%d", getpid());
	vmm_loop(&vmm);
	host_write(FP_USERS "process", self);
	wait_for_use("in_process");
	if (host_isa() == 300)
		wait_for_use("copies");
	else
		tap_skip("POWER8 keeps no values of the guest's, POWER10 copies without VMX",
			 "copies with VMX");
	host_write(FP_USERS "process", "0");
	host_write(FP_USERS "softirq", self);
	wait_for_use("in_softirq");
	host_write(FP_USERS "softirq", "0");
	vmm_stop(&vmm, "the kernel's own use");
}

/* --- other threads ---------------------------------------------------------- */

static volatile bool rival_stops;
static unsigned int rival_wrong;
static volatile u64 rival_rounds;

/* On the vCPU's CPU: has other values in its registers each time when it loses the CPU */
static void *rival(void *arg)
{
	u64 set[64][2], got[64][2];
	unsigned int i;

	(void)arg;
	host_pin(host_cpus() - 1);
	for (i = 0; i < 64; i++) {
		set[i][0] = image_value(OTHER_VALUES, 2 * i);
		set[i][1] = image_value(OTHER_VALUES, 2 * i + 1);
	}
	while (!rival_stops) {
		/* load all, sched_yield(), store all */
		asm volatile(".set n, 0; .rept 64;"
			     "addi 9, %0, n * 16; lxvd2x n, 0, 9; .set n, n + 1; .endr;"
			     "li 0, 158; sc;"
			     ".set n, 0; .rept 64;"
			     "addi 9, %1, n * 16; stxvd2x n, 0, 9; .set n, n + 1; .endr"
			     : : "b" (set), "b" (got)
			     : "r0", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11",
			       "r12", "cr0", "ctr", "xer", "memory",
#define CLOBBER(n) "vs" #n,
#define CLOBBER10(t) CLOBBER(t##0) CLOBBER(t##1) CLOBBER(t##2) CLOBBER(t##3) CLOBBER(t##4) \
		CLOBBER(t##5) CLOBBER(t##6) CLOBBER(t##7) CLOBBER(t##8) CLOBBER(t##9)
			       CLOBBER10() CLOBBER10(1) CLOBBER10(2) CLOBBER10(3) CLOBBER10(4)
			       CLOBBER10(5) CLOBBER(60) CLOBBER(61) CLOBBER(62) "vs63");
		rival_wrong += !!memcmp(set, got, sizeof(set));
		rival_rounds++;
	}
	return NULL;
}

static void context_switches(void)
{
	struct vmm vmm = { 0 };
	pthread_t pthread;

	vmm_loop(&vmm);
	if (pthread_create(&pthread, NULL, rival, NULL))
		tap_bail("pthread_create");
	tap_ok(wait_past(&rival_rounds, TIMES, "turns of the other thread"),
	       "another thread runs on the vCPU's CPU");
	rival_stops = true;
	pthread_join(pthread, NULL);
	tap_is(rival_wrong, 0, "the other thread keeps its registers");
	vmm_stop(&vmm, "context switches");
}

static void migrations(void)
{
	struct vmm vmm = { 0 };
	unsigned int i;

	vmm_loop(&vmm);
	for (i = 0; i < TIMES; i++) {
		u64 left = *word_at(&vmm, REGS_LEFT);
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(i % host_cpus(), &set);
		if (sched_setaffinity(vmm.tid, sizeof(set), &set))
			tap_bail("sched_setaffinity: %s", strerror(errno));
		while (*word_at(&vmm, REGS_LEFT) > left - 2)
			sched_yield();
	}
	vmm_stop(&vmm, "changes of the CPU");
}

/* --- who can look at the VMM ------------------------------------------------- */

static const struct host_state *vmm_set;
static volatile unsigned int signals;

/*
 * At the end of KVM_RUN the registers that the signal has interrupted are known. The handler uses
 * its own.
 */
static void on_signal(int sig, siginfo_t *info, void *context)
{
	const mcontext_t *mc = &((ucontext_t *)context)->uc_mcontext;
	const vrregset_t *vmx = mc->v_regs;
	const u64 *low = (const u64 *)(vmx + 1);	/* of vs0 to vs31 */
	unsigned int i;

	(void)sig;
	(void)info;
	if (mc->gp_regs[PT_NIP] != (u64)host_state_returns)
		return;
	for (i = 0; i < 32; i++) {
		u64 upper, vr[2];

		memcpy(&upper, &mc->fp_regs[i], 8);
		memcpy(vr, vmx->vrregs[i], 16);
		differs("signal", "upper half of vs", i, upper, vmm_set->vsr[i][1]);
		differs("signal", "lower half of vs", i, low[i], vmm_set->vsr[i][0]);
		differs("signal", "upper half of v", i, vr[1], vmm_set->vsr[32 + i][1]);
		differs("signal", "lower half of v", i, vr[0], vmm_set->vsr[32 + i][0]);
	}
	asm volatile("xxlxor 0, 0, 0; xxlxor 40, 40, 40; xxlxor 63, 63, 63"
		     : : : "vs0", "vs40", "vs63");
	signals++;
}

/* Sends one more each time, until enough of them have ended a KVM_RUN */
static bool signals_taken(void *arg)
{
	pthread_kill(((struct vmm *)arg)->pthread, SIGUSR2);
	return signals >= TIMES;
}

static void signals_and_forks(const char *when, bool forks)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	struct vmm vmm = { .forks = forks };

	vmm_set = &vmm.set;
	signals = 0;
	sigaction(SIGUSR2, &action, NULL);
	vmm_loop(&vmm);
	tap_ok(wait_until(signals_taken, &vmm, "%d signals", TIMES), "%s: KVM_RUN is interrupted",
	       when);
	vmm_stop(&vmm, when);
	if (forks)
		tap_is(vmm.wrong_children, 0, "each child finds the VMM's registers");
}

/* Stops the VMM's thread and reads its registers, in a child. Returns whether they were known. */
static bool look(const struct vmm *vmm)
{
	u64 fp[33], vmx[34][2], low[32];
	struct pt_regs regs;
	const struct { int type; struct iovec vec; } sets[] = {
		{ NT_PRSTATUS, { &regs, sizeof(regs) } },
		{ NT_PRFPREG, { fp, sizeof(fp) } },
		{ NT_PPC_VMX, { vmx, sizeof(vmx) } },
		{ NT_PPC_VSX, { low, sizeof(low) } },
	};
	unsigned int i;
	int status;

	if (ptrace(PTRACE_INTERRUPT, vmm->tid, 0, 0) ||
	    waitpid(vmm->tid, &status, __WALL) != vmm->tid)
		_exit(3);
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		struct iovec vec = sets[i].vec;

		if (ptrace(PTRACE_GETREGSET, vmm->tid, sets[i].type, &vec))
			_exit(4);
	}
	ptrace(PTRACE_CONT, vmm->tid, 0, 0);
	if (regs.nip != (u64)host_state_returns)
		return false;
	for (i = 0; i < 32; i++) {
		differs("ptrace", "upper half of vs", i, fp[i], vmm->set.vsr[i][1]);
		differs("ptrace", "lower half of vs", i, low[i], vmm->set.vsr[i][0]);
		differs("ptrace", "upper half of v", i, vmx[i][1], vmm->set.vsr[32 + i][1]);
		differs("ptrace", "lower half of v", i, vmx[i][0], vmm->set.vsr[32 + i][0]);
	}
	return true;
}

static void debug(const struct vmm *vmm)
{
	unsigned int looks = 0;

	differences = 0;
	if (ptrace(PTRACE_SEIZE, vmm->tid, 0, 0))
		_exit(2);
	while (looks < TIMES) {
		host_sleep_ms(1);
		looks += look(vmm);
	}
	_exit(differences ? 1 : 0);
}

static void debugger(void)
{
	struct vmm vmm = { 0 };
	int status = -1;
	pid_t child;

	vmm_loop(&vmm);
	child = fork();
	if (!child)
		debug(&vmm);
	waitpid(child, &status, 0);
	tap_is(status, 0, "a debugger reads the VMM's registers (status)");
	vmm_stop(&vmm, "a debugger");
}

int main(void)
{
	tap_start(120);
	host_pin(0);
	kernel_uses();
	context_switches();
	migrations();
	signals_and_forks("signals", false);
	signals_and_forks("forks", true);
	debugger();
	return tap_done();
}
