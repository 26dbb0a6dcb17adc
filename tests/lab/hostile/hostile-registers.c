// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register state, vCPU ids and ioctls at wrong moments, from a careless or hostile VMM. The host
 * must go on, and the guest must not get what belongs to the hypervisor.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "answer.h"
#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(say_msr);
GUEST(say_steps);

#define MSR_TS_S	(1ull << 33)	/* transaction suspended */
#define MSR_TS_T	(1ull << 34)	/* transactional */
#define MSR_S		(1ull << 22)	/* secure */
#define LPCR_LD		(1ull << 17)
#define LPCR_GTSE	(1ull << 10)
#define LPCR_TC		(1ull << 9)

#define ROUNDS		200

/* The same numbers in each run */
static u64 random64(void)
{
	static u64 x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* --- MSR ------------------------------------------------------------------ */

/*
 * The guest reports its MSR, or the interrupt that it takes because of it: code in the wrong byte
 * order, for example, is illegal. With a transaction under way a guest only runs where guests have
 * transactional memory, and so TFHAR. The reserved state of a transaction becomes none.
 */
static void try_msr(u64 msr, const char *what)
{
	u64 tfhar, seen, state = msr & (MSR_TS_S | MSR_TS_T);
	struct kvm_regs regs;
	struct fixture f;
	bool refused;
	int rc;

	fixture_real(&f, say_msr);
	refused = (state == MSR_TS_S || state == MSR_TS_T) &&
		  vcpu_get_one(&f.vcpu, KVM_REG_PPC_TFHAR, &tfhar);
	vcpu_set_entry(&f.vcpu, GUEST_CODE, msr);
	rc = thread_run(&f.vcpu, 0);
	vcpu_get_regs(&f.vcpu, &regs);
	seen = regs.msr;
	if (rc == KVM_EXIT_PAPR_HCALL && f.vcpu.run->papr_hcall.nr == REPORT_VALUE)
		seen |= vcpu_hcall_arg(&f.vcpu, 0);
	if (refused) {
		tap_is(rc, (u64)(long)-EINVAL, "MSR %s: KVM_RUN refuses it", what);
		tap_is(f.vcpu.run->exit_reason, KVM_EXIT_FAIL_ENTRY,
		       "MSR %s: as an entry that fails", what);
		tap_is(regs.msr, msr, "MSR %s: it can be read back", what);
	} else if (!tap_ok(rc == KVM_EXIT_PAPR_HCALL, "MSR %s: the guest reports", what)) {
		tap_diag("KVM_RUN gave %s", rc < 0 ? vmm_answer(rc) : vmm_exit_name(rc));
	}
	if (!tap_ok(!(seen & (MSR_HV | MSR_S)) && regs.msr & MSR_ME,
		    "MSR %s: the guest is no hypervisor and takes machine checks", what))
		tap_diag("MSR %#" PRIx64, seen);

	/* the vCPU is as good as new */
	vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_VALUE, "MSR %s: a good one runs after it", what);
	fixture_end(&f);
}

static void bad_msr(void)
{
	static const struct {
		u64 msr;
		const char *what;
	} tries[] = {
		{ MSR_REAL | MSR_HV, "with HV" },
		{ MSR_REAL | MSR_HV | MSR_PR, "with HV and PR" },
		{ MSR_REAL & ~MSR_ME, "without ME" },
		{ MSR_REAL & ~MSR_RI, "without RI" },
		{ MSR_REAL & ~MSR_SF, "without SF" },
		{ MSR_REAL ^ MSR_LE, "of the other byte order" },
		{ MSR_REAL | MSR_TS_S, "with a suspended transaction" },
		{ MSR_REAL | MSR_TS_T, "with an active transaction" },
		{ MSR_REAL | MSR_TS_S | MSR_TS_T, "with the reserved transaction state" },
		{ MSR_REAL | MSR_S, "of a secure guest" },
		{ MSR_REAL | MSR_IR, "with translation of fetches only" },
		{ MSR_REAL | MSR_DR, "with translation of data only" },
		{ MSR_REAL | MSR_PR, "with PR in real mode" },
		{ MSR_REAL | MSR_FP | MSR_VEC | MSR_VSX, "with FP, VEC and VSX" },
		{ 0, "0" },
		{ ~0ull, "all ones" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tries); i++)
		try_msr(tries[i].msr, tries[i].what);
}

/* --- all other registers ---------------------------------------------------- */

/* Sets each register that can be set, in the whole number space of @size. */
static void set_all(struct vcpu *vcpu, u64 size, bool ones)
{
	unsigned int number;

	for (number = 0; number < 0x100; number++) {
		u64 value[2] = {
			ones ? ~0ull : random64(),
			ones ? ~0ull : random64(),
		};

		vcpu_set_one(vcpu, KVM_REG_PPC | size | number, value);
	}
}

static void any_registers(void)
{
	struct kvm_sregs sregs;
	struct fixture f;
	unsigned int i;
	int rc, bad = 0;

	fixture_real(&f, say_msr);
	if (vcpu_ioctl(&f.vcpu, KVM_GET_SREGS, &sregs))
		tap_bail("KVM_GET_SREGS failed");
	for (i = 0; i < ROUNDS && !bad; i++) {
		u32 pvr = sregs.pvr;
		size_t j;

		set_all(&f.vcpu, KVM_REG_SIZE_U32, i == 0);
		set_all(&f.vcpu, KVM_REG_SIZE_U64, i == 0);
		set_all(&f.vcpu, KVM_REG_SIZE_U128, i == 0);
		for (j = 0; j < sizeof(sregs) / 8; j++)
			((u64 *)&sregs)[j] = i ? random64() : ~0ull;
		sregs.pvr = pvr;
		rc = vcpu_ioctl(&f.vcpu, KVM_SET_SREGS, &sregs);
		/* an SLB entry with a number that the processor does not have is refused */
		bad |= rc && rc != -EINVAL;
		vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
		rc = thread_run(&f.vcpu, 0);
		bad |= rc != KVM_EXIT_PAPR_HCALL;
	}
	if (!tap_ok(!bad, "any values in all registers: the guest runs, %d times", ROUNDS))
		tap_diag("round %u: %s", i, rc < 0 ? vmm_answer(rc) : vmm_exit_name(rc));
	fixture_end(&f);
}

/* Bits of LPCR that belong to the hypervisor keep their values, whatever is set. */
static void any_lpcr(void)
{
	const u64 user = 7ull << 52 | LPCR_ILE | 3ull << 23 | LPCR_LD |
			 (vmm_hash_guests() ? LPCR_TC : 0);
	struct fixture f;
	unsigned int i;
	u64 before, changed = 0;

	fixture_real(&f, say_msr);
	before = vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64);
	for (i = 0; i < ROUNDS; i++) {
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR_64, random64());
		changed |= vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) ^ before;
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR, random64());
		changed |= vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) ^ before;
	}
	tap_is(changed & ~user, 0, "LPCR: the hypervisor's bits keep their values");
	tap_is(changed & LPCR_ILE, LPCR_ILE, "LPCR: ILE does not keep its value");
	fixture_end(&f);
}

/* --- ioctls against each other ---------------------------------------------- */

static bool every_exit(struct vcpu_thread *thread, int reason)
{
	(void)thread;
	return reason == KVM_EXIT_PAPR_HCALL || reason == -EINTR;
}

/* Registers are read and written while another thread runs the vCPU */
static void registers_while_running(void)
{
	struct vcpu_thread thread = { .cpu = ANY_CPU, .handle = every_exit };
	struct fixture f;
	/* a bit that has no effect on this guest */
	const u64 bit = vmm_hash_guests() ? LPCR_TC : LPCR_LD;
	u64 lpcr, wrong = 0, i;

	fixture_real(&f, say_steps);
	lpcr = vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	for (i = 1; i <= ROUNDS; i++) {
		u64 wanted = lpcr ^ (i & 1 ? bit : 0);

		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TAR, i);
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET, i << 24);
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR_64, wanted);
		if (!f.vm.hpt) {
			/* also for the VM at the same time: its GTSE is in LPCR, too */
			wrong += vm_configure_radix(&f.vm, 0, i % 4) != 0;
			wanted |= LPCR_GTSE;
		}
		wrong += vcpu_reg(&f.vcpu, KVM_REG_PPC_TAR) != i;
		wrong += vcpu_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET) != i << 24;
		wrong += vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) != wanted;
	}
	wait_past(&f.vcpu.exits[KVM_EXIT_PAPR_HCALL], ROUNDS, "%d hypercalls", ROUNDS);
	thread_stop(&thread);
	tap_is(wrong, 0, "a running vCPU's registers: %d rounds of set and get", ROUNDS);
	tap_ok(f.vcpu.exits[KVM_EXIT_PAPR_HCALL] > ROUNDS &&
	       (thread.last == -EINTR || thread.last == KVM_EXIT_PAPR_HCALL),
	       "a running vCPU's registers: the vCPU ran all the time and made progress");
	fixture_end(&f);
}

struct smt_changer {
	struct vm *vm;
	volatile bool stop;
};

static void *change_smt(void *arg)
{
	struct smt_changer *changer = arg;
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_SMT };
	u64 i;

	for (i = 0; !changer->stop; i++) {
		cap.args[0] = i & 1 ? 8 : 1;
		if (vm_ioctl(changer->vm, KVM_ENABLE_CAP, &cap) == -EBUSY)
			break;
	}
	return NULL;
}

/* An id that exists only in mode 8, while the mode changes */
static void smt_mode_against_vcpu(void)
{
	const u32 id = 2048 + 5;
	unsigned int i, made = 0, wrong = 0;

	for (i = 0; i < ROUNDS; i++) {
		struct smt_changer changer = { };
		struct vcpu vcpu;
		pthread_t pthread;
		struct vm vm;
		int rc, mode;

		vm_create_bare(&vm);
		changer.vm = &vm;
		if (pthread_create(&pthread, NULL, change_smt, &changer))
			tap_bail("pthread_create failed");
		rc = vcpu_create_bare(&vm, &vcpu, id);
		changer.stop = true;
		pthread_join(pthread, NULL);
		mode = vm_ioctl(&vm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_PPC_SMT);
		if (!rc) {
			made++;
			wrong += mode != 8;
			vcpu_destroy(&vcpu);
		} else {
			wrong += rc != -EINVAL;
		}
		vm_destroy(&vm);
	}
	tap_is(wrong, 0, "SMT mode changes during vCPU creation: %u of %u made, all in the right mode",
	       made, ROUNDS);
}

/* Ids whose core would be after the last one */
static void ids_without_core(void)
{
	static const u32 ids[] = { 4092, 4095, 6143, 8191, 16377, 16383 };
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_SMT, .args = { 8 } };
	struct vcpu vcpu;
	struct vm vm;
	size_t i;

	if (host_isa() == 207) {
		tap_skip("a POWER8 core has no more threads than it has", "vCPU ids without a core");
		return;
	}
	vm_create_bare(&vm);
	if (vm_ioctl(&vm, KVM_ENABLE_CAP, &cap))
		tap_bail("SMT mode 8 refused");
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		tap_is(vcpu_create_bare(&vm, &vcpu, ids[i]), -EINVAL, "vCPU id %u is refused",
		       ids[i]);
	vm_destroy(&vm);
}

int main(void)
{
	tap_start(100);
	bad_msr();
	any_registers();
	any_lpcr();
	registers_while_running();
	smt_mode_against_vcpu();
	ids_without_core();
	return tap_done();
}
