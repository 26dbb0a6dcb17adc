// SPDX-License-Identifier: GPL-2.0-only
/*
 * The answers to a guest's hypercalls: each number with the kernel's handler off, as a new VM has
 * it, and on; and hypercalls whose handler distinguishes arguments. No device is in the kernel.
 * For parity.t: one line per fact, "KEY: ANSWER", the same in each run on the same machine.
 */
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "caller.h"
#include "host.h"
#include "tap.h"

#define TABLE_END	0x520		/* past the last number that has a handler */

#define PVR_ARCH(level)	(0x0f000000u | (level))

#define ARGS(...)	((const u64[CALLER_ARGUMENTS]) { __VA_ARGS__ })
#define MINUS(n)	((u64)-(n))

/* Guest real addresses: where H_PAGE_INIT works, where H_REGISTER_VPA does */
#define PAGE		0x40000ull
#define AREA		0x50000ull
#define NOWHERE		0x80000000ull

/* Numbers above the table that are in use, or might be */
static const u64 high[] = {
	0xe000, 0xe004, 0xef00, 0xef04, 0xef08, 0xef0c, 0xef10, 0xef14, 0xef18, 0xefff,
	0xf000, 0xf001, 0xf002, 0xf003, 0xf008, 0xf00c, 0xf010, 0xf100,
	0xf7fc, 0xf800, 0xf804, 0xf808, 0xf80c, 0xf810, 0xffff,
	1ull << 32 | 0xe8, 1ull << 62 | 0xe8, 1ull << 63 | 0xe8, ~0ull, ~3ull,
};

static const struct pattern {
	const char *name;
	u64 args[CALLER_ARGUMENTS];
} patterns[] = {
	{ "zeros", { 0 } },
	{ "small", { 1, 2, 3, 4, 5, 6, 7, 8, 9 } },
	{ "ones", { ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull } },
	{ "addresses", { PAGE, PAGE, PAGE, PAGE, PAGE, PAGE, PAGE, PAGE, PAGE } },
};

static int enable(struct vm *vm, u64 nr, u64 on)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_PPC_ENABLE_HCALL,
		.args = { nr, on },
	};

	return vm_ioctl(vm, KVM_ENABLE_CAP, &cap);
}

/* No watchpoint of one call remains for the next. */
static void reset_debug(struct vcpu *vcpu)
{
	static const u64 debug[] = {
		KVM_REG_PPC_DAWRX, KVM_REG_PPC_DAWRX1, KVM_REG_PPC_CIABR, KVM_REG_PPC_DABRX,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(debug); i++)
		vcpu_set_reg(vcpu, debug[i], 0);
}

/* DEC has expired, so that H_CEDE returns. Of H_RANDOM only r3 counts. */
static const char *call(struct vcpu *vcpu, u64 nr, const u64 args[CALLER_ARGUMENTS])
{
	static char text[32];
	const char *answer;

	vcpu_set_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() - 1);
	answer = caller_call(vcpu, nr, args);
	if (nr == H_SET_DABR || nr == H_SET_XDABR || nr == H_SET_MODE)
		reset_debug(vcpu);
	if (nr != H_RANDOM || strncmp(answer, "kernel", 6))
		return answer;
	snprintf(text, sizeof(text), "kernel r3 %" PRIx64, caller_results(vcpu)[0]);
	return text;
}

/* Handlers off (0), on (1) or unchanged (-1); every @step-th number */
static void numbers(const char *state, int on, const struct pattern *pattern, u64 step)
{
	struct fixture f;
	u64 nr;

	caller_start(&f);
	for (nr = 0; nr < TABLE_END && on >= 0; nr++)
		enable(&f.vm, nr, on);
	for (nr = 0; nr < TABLE_END; nr += step)
		printf("hcall %s %s %#" PRIx64 ": %s\n", state, pattern->name, nr,
		       call(&f.vcpu, nr, pattern->args));
	for (nr = 0; nr < ARRAY_SIZE(high); nr++)
		printf("hcall %s %s %#" PRIx64 ": %s\n", state, pattern->name, high[nr],
		       call(&f.vcpu, high[nr], pattern->args));
	fixture_end(&f);
}

static void every_number(void)
{
	size_t i;

	numbers("new", -1, &patterns[0], 1);
	numbers("off", 0, &patterns[0], 4);
	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		numbers("on", 1, &patterns[i], 4);
}

/* Which numbers can be switched on and off */
static void switching(void)
{
	static const u64 odd[] = { 0xf000, 1ull << 32 | H_PROD, 1ull << 63, ~0ull };
	struct fixture f;
	unsigned int i;
	u64 nr;

	caller_start(&f);
	for (nr = 0; nr < TABLE_END; nr++)
		printf("switch %#" PRIx64 ": %s\n", nr, vmm_answer(enable(&f.vm, nr, 1)));
	for (i = 0; i < ARRAY_SIZE(odd); i++)
		printf("switch %#" PRIx64 ": %s\n", odd[i], vmm_answer(enable(&f.vm, odd[i], 1)));
	printf("switch neither on nor off: %s\n", vmm_answer(enable(&f.vm, H_PROD, 2)));
	fixture_end(&f);
}

/* --- handlers with arguments that they tell apart --------------------------- */

/*
 * The same calls in this order, in one VM that also has vCPU 1, with all handlers on. Calls from
 * which the stock backend never returns are left out: H_RPT_INVALIDATE up to the last addresses.
 */
static const struct {
	const char *what;
	u64 nr, args[CALLER_ARGUMENTS];
} calls[] = {
	{ "H_PROD oneself", H_PROD, { 0 } },
	{ "H_PROD another", H_PROD, { 1 } },
	{ "H_PROD nobody", H_PROD, { 2 } },
	{ "H_PROD a largest id", H_PROD, { 16383 } },
	{ "H_PROD minus one", H_PROD, { MINUS(1) } },
	{ "H_PROD 2^31", H_PROD, { 1ull << 31 } },
	{ "H_PROD 2^32", H_PROD, { 1ull << 32 } },
	{ "H_CEDE", H_CEDE, { 0 } },
	{ "H_CONFER to all", H_CONFER, { MINUS(1) } },
	{ "H_CONFER to all with a count", H_CONFER, { MINUS(1), 1 } },
	{ "H_CONFER to oneself", H_CONFER, { 0 } },
	{ "H_CONFER to oneself with a count", H_CONFER, { 0, 1 } },
	{ "H_CONFER to another", H_CONFER, { 1 } },
	{ "H_CONFER to another with a count", H_CONFER, { 1, 2 } },
	{ "H_CONFER with a count of 2^32", H_CONFER, { 1, 1ull << 32 } },
	{ "H_CONFER to nobody", H_CONFER, { 2 } },
	{ "H_CONFER to 2^32 - 1", H_CONFER, { 0xffffffff } },
	{ "H_CONFER to 2^32", H_CONFER, { 1ull << 32 } },

#define VPA(func)	((u64)(func) << 45)
	{ "H_REGISTER_VPA SLB first", H_REGISTER_VPA, { VPA(3), 0, AREA + 0x1000 } },
	{ "H_REGISTER_VPA DTL first", H_REGISTER_VPA, { VPA(2), 0, AREA + 0x2000 } },
	{ "H_REGISTER_VPA nobody's", H_REGISTER_VPA, { VPA(1), 2, AREA } },
	{ "H_REGISTER_VPA of 2^32", H_REGISTER_VPA, { VPA(1), 1ull << 32, AREA } },
	{ "H_REGISTER_VPA function 0", H_REGISTER_VPA, { VPA(0), 0, AREA } },
	{ "H_REGISTER_VPA function 4", H_REGISTER_VPA, { VPA(4), 0, AREA } },
	{ "H_REGISTER_VPA at 0", H_REGISTER_VPA, { VPA(1), 0, 0 } },
	{ "H_REGISTER_VPA not aligned", H_REGISTER_VPA, { VPA(1), 0, AREA + 64 } },
	{ "H_REGISTER_VPA nowhere", H_REGISTER_VPA, { VPA(1), 0, NOWHERE } },
	{ "H_REGISTER_VPA without a length", H_REGISTER_VPA, { VPA(1), 0, AREA + 0x4000 } },
	{ "H_REGISTER_VPA", H_REGISTER_VPA, { VPA(1), 0, AREA } },
	{ "H_REGISTER_VPA again", H_REGISTER_VPA, { VPA(1), 0, AREA } },
	{ "H_REGISTER_VPA another's", H_REGISTER_VPA, { VPA(1), 1, AREA + 0x3000 } },
	{ "H_REGISTER_VPA SLB", H_REGISTER_VPA, { VPA(3), 0, AREA + 0x1000 } },
	{ "H_REGISTER_VPA DTL", H_REGISTER_VPA, { VPA(2), 0, AREA + 0x2000 } },
	{ "H_REGISTER_VPA VPA goes too early", H_REGISTER_VPA, { VPA(5), 0, 0 } },
	{ "H_REGISTER_VPA DTL goes", H_REGISTER_VPA, { VPA(6), 0, 0 } },
	{ "H_REGISTER_VPA SLB goes", H_REGISTER_VPA, { VPA(7), 0, 0 } },
	{ "H_REGISTER_VPA VPA goes", H_REGISTER_VPA, { VPA(5), 0, 0 } },
	{ "H_REGISTER_VPA VPA goes twice", H_REGISTER_VPA, { VPA(5), 0, 0 } },

	{ "H_SET_DABR 0", H_SET_DABR, { 0 } },
	{ "H_SET_DABR without translation", H_SET_DABR, { 0x1003 } },
	{ "H_SET_DABR", H_SET_DABR, { 0x1007 } },
	{ "H_SET_XDABR", H_SET_XDABR, { 0x1007, 3 } },
	{ "H_SET_XDABR nobody", H_SET_XDABR, { 0x1007, 0 } },
	{ "H_SET_XDABR hypervisor", H_SET_XDABR, { 0x1007, 7 } },
	{ "H_SET_XDABR reserved bits", H_SET_XDABR, { 0x1007, 0x13 } },

	{ "H_PAGE_INIT nothing", H_PAGE_INIT, { 0, PAGE } },
	{ "H_PAGE_INIT zero", H_PAGE_INIT, { 1 << 15, PAGE } },
	{ "H_PAGE_INIT copy", H_PAGE_INIT, { 1 << 14, PAGE, PAGE + 0x1000 } },
	{ "H_PAGE_INIT both", H_PAGE_INIT, { 3 << 14, PAGE, PAGE + 0x1000 } },
	{ "H_PAGE_INIT not aligned", H_PAGE_INIT, { 1 << 15, PAGE + 8 } },
	{ "H_PAGE_INIT source not aligned", H_PAGE_INIT, { 1 << 14, PAGE, PAGE + 8 } },
	{ "H_PAGE_INIT nowhere", H_PAGE_INIT, { 1 << 15, NOWHERE } },
	{ "H_PAGE_INIT from nowhere", H_PAGE_INIT, { 1 << 14, PAGE, NOWHERE } },
	{ "H_PAGE_INIT unknown flag", H_PAGE_INIT, { 1 << 1, PAGE } },
	{ "H_PAGE_INIT flags alone", H_PAGE_INIT, { 1 << 22 | 1 << 23, PAGE } },
	{ "H_PAGE_INIT loan", H_PAGE_INIT, { 1ull << 35 | 3ull << 33 | 1ull << 32, PAGE } },

#define RPTI(type)	H_RPT_INVALIDATE, { 0, 0, (type), ~0ull, 0, 0x200000 }
	{ "H_RPT_INVALIDATE nothing", RPTI(0) },
	{ "H_RPT_INVALIDATE nested", RPTI(1) },
	{ "H_RPT_INVALIDATE TLB", RPTI(2) },
	{ "H_RPT_INVALIDATE PWC", RPTI(4) },
	{ "H_RPT_INVALIDATE process table", RPTI(8) },
	{ "H_RPT_INVALIDATE all", RPTI(0xe) },
	{ "H_RPT_INVALIDATE nested all", RPTI(0xf) },
	{ "H_RPT_INVALIDATE more than all", RPTI(0xfe) },
	{ "H_RPT_INVALIDATE end first", H_RPT_INVALIDATE, { 0, 0, 2, 1, 0x2000, 0x1000 } },
	{ "H_RPT_INVALIDATE whole", H_RPT_INVALIDATE, { 1, 1, 2, 1, 0, MINUS(1) } },
	{ "H_RPT_INVALIDATE no page size", H_RPT_INVALIDATE, { 1, 1, 2, 0, 0, 0x1000 } },

	{ "H_REMOVE", H_REMOVE, { 0 } },
	{ "H_RANDOM", H_RANDOM, { 0 } },
};

static void arguments(void)
{
	struct fixture f;
	struct vcpu other;
	size_t i;
	u64 nr;

	caller_start(&f);
	vcpu_create(&f.vm, &other, 1);
	for (nr = 0; nr < TABLE_END; nr++)
		enable(&f.vm, nr, 1);
	/* lengths of the areas: in 2 bytes for the VPA, in 4 for the others */
	*(u32 *)vm_ptr(&f.vm, AREA + 4, 4) = htobe32(0x02800000);
	*(u32 *)vm_ptr(&f.vm, AREA + 0x1004, 4) = htobe32(0x280);
	*(u32 *)vm_ptr(&f.vm, AREA + 0x2004, 4) = htobe32(0x300);
	*(u32 *)vm_ptr(&f.vm, AREA + 0x3004, 4) = htobe32(0x02800000);
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		printf("call %s: %s\n", calls[i].what,
		       call(&f.vcpu, calls[i].nr, calls[i].args));
	vcpu_destroy(&other);
	fixture_end(&f);
}

/* --- H_SET_MODE -------------------------------------------------------------- */

static void set_mode_once(struct vcpu *vcpu, const char *level, bool dawr1,
			  const u64 args[CALLER_ARGUMENTS])
{
	vcpu_set_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() - 1);
	printf("mode %s%s %" PRIu64 " mflags %" PRIu64 " values %" PRIx64 " %" PRIx64 ": %s",
	       level, dawr1 ? " dawr1" : "", args[1], args[0], args[2], args[3],
	       caller_call(vcpu, H_SET_MODE, args));
	printf(" ciabr %" PRIx64 " dawr %" PRIx64 " %" PRIx64 " dawr1 %" PRIx64 " %" PRIx64
	       "\n", vcpu_reg(vcpu, KVM_REG_PPC_CIABR), vcpu_reg(vcpu, KVM_REG_PPC_DAWR),
	       vcpu_reg(vcpu, KVM_REG_PPC_DAWRX), vcpu_reg(vcpu, KVM_REG_PPC_DAWR1),
	       vcpu_reg(vcpu, KVM_REG_PPC_DAWRX1));
	reset_debug(vcpu);
}

static void set_mode(const char *level, u32 pvr, bool dawr1)
{
	static const u64 values[][2] = {
		{ 0, 0 }, { 0x1000, 0 }, { 0x1001, 0 }, { 0x1003, 0 }, { 0x1000, 1 },
		{ 0x1000, 4 }, { 0x1000, 0x1b }, { MINUS(1), MINUS(1) },
	};
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_DAWR1, .args = { 1 } };
	struct fixture f;
	u64 resource, mflags;
	size_t i;

	caller_start(&f);
	enable(&f.vm, H_SET_MODE, 1);
	if (dawr1)
		vm_ioctl(&f.vm, KVM_ENABLE_CAP, &cap);
	if (vcpu_set_one(&f.vcpu, KVM_REG_PPC_ARCH_COMPAT, &pvr)) {
		printf("mode %s: no such level\n", level);
		fixture_end(&f);
		return;
	}
	for (resource = 0; resource < 7; resource++)
		for (mflags = 0; mflags < 4; mflags++)
			for (i = 0; i < ARRAY_SIZE(values); i++)
				set_mode_once(&f.vcpu, level, dawr1,
					      ARGS(mflags, resource, values[i][0],
						   values[i][1]));
	fixture_end(&f);
}

/* --- H_LOGICAL_CI_LOAD and _STORE -------------------------------------------- */

static void cache_inhibited(void)
{
	static const u64 addresses[] = { PAGE, PAGE + 1, FIXTURE_MMIO, NOWHERE, MINUS(1) };
	struct fixture f;
	size_t i;
	u64 size;

	caller_start(&f);
	enable(&f.vm, H_LOGICAL_CI_LOAD, 1);
	enable(&f.vm, H_LOGICAL_CI_STORE, 1);
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		for (size = 0; size <= 17; size++) {
			printf("ci load %" PRIu64 " at %" PRIx64 ": %s\n", size, addresses[i],
			       call(&f.vcpu, H_LOGICAL_CI_LOAD, ARGS(size, addresses[i])));
			printf("ci store %" PRIu64 " at %" PRIx64 ": %s\n", size, addresses[i],
			       call(&f.vcpu, H_LOGICAL_CI_STORE,
				    ARGS(size, addresses[i], 0x1122334455667788)));
		}
	}
	fixture_end(&f);
}

int main(void)
{
	tap_start(100);
	switching();
	every_number();
	arguments();
	set_mode("own", 0, false);
	set_mode("own", 0, true);
	set_mode("2.06", PVR_ARCH(3), false);
	set_mode("2.07", PVR_ARCH(4), true);
	set_mode("3.0", PVR_ARCH(5), true);
	set_mode("3.1", PVR_ARCH(6), true);
	cache_inhibited();
	return fflush(stdout) ? 1 : 0;
}
