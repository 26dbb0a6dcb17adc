// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM sees of a vCPU's registers without running it: each one's answer
 * to get and set.  For parity.t: one line a fact, "KEY: ANSWER", the same in
 * each run on the same machine.
 *
 * A register is written as its size in bits and its number.  One without a line
 * gives EINVAL for get and set.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "host.h"
#include "tap.h"
#include "vmm.h"

#define REG_NUMBERS	0x200	/* register numbers to ask for */

#define PVR_ARCH(level)	(0x0f000000u | (level))
#define PVR_ARCH_206P	0x0f100003u

#define SLB_ESID_V	0x08000000ull
#define LPCR_AIL	(3ull << 23)

/* A value of any size; values of 32 and 64 bits are in [0], low half first */
struct value {
	u64 d[2];
};

static unsigned int id_bits(u64 id)
{
	return 8u << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
}

/* The answer that is being built */
struct text {
	char s[256];
	size_t len;
};

__attribute__((format(printf, 2, 3)))
static void add(struct text *text, const char *fmt, ...)
{
	size_t left = sizeof(text->s) - text->len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text->s + text->len, left, fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= left)
		tap_bail("an answer is too long: %s", text->s);
	text->len += len;
}

static void add_value(struct text *text, u64 id, const struct value *value)
{
	switch (id_bits(id)) {
	case 32:
		add(text, " %" PRIx32, (u32)value->d[0]);
		break;
	case 64:
		add(text, " %" PRIx64, value->d[0]);
		break;
	default:
		add(text, " %" PRIx64 ":%" PRIx64, value->d[0], value->d[1]);
		break;
	}
}

static void add_get(struct text *text, struct vcpu *vcpu, u64 id)
{
	struct value value = { };
	int rc = vcpu_get_one(vcpu, id, &value);

	if (rc)
		add(text, " %s", vmm_answer(rc));
	else
		add_value(text, id, &value);
}

/* Adds " set" and what a get then returns, or why the set was refused. */
static void add_set(struct text *text, struct vcpu *vcpu, u64 id, u64 low, u64 high)
{
	struct value value = { .d = { low, high } };
	int rc = vcpu_set_one(vcpu, id, &value);

	add(text, " set");
	if (rc)
		add(text, " %s", vmm_answer(rc));
	else
		add_get(text, vcpu, id);
}

/* True for a value that differs from run to run */
static bool is_volatile(u64 id)
{
	return id == KVM_REG_PPC_DEC_EXPIRY;
}

/* All answers of a register; empty if there is no such register */
static void ask(struct text *text, struct vcpu *vcpu, u64 id)
{
	struct value fresh = { }, zero = { };
	int get = vcpu_get_one(vcpu, id, &fresh);
	int set = vcpu_set_one(vcpu, id, get ? &zero : &fresh);

	text->len = 0;
	text->s[0] = 0;
	if (get == -EINVAL && set == -EINVAL)
		return;

	add(text, " get");
	if (get)
		add(text, " %s", vmm_answer(get));
	else if (is_volatile(id))
		add(text, " time");
	else
		add_value(text, id, &fresh);
	add_set(text, vcpu, id, ~0ull, ~0ull);
	add_set(text, vcpu, id, 0xfedcba9876543210, 0x0123456789abcdef);
	add_set(text, vcpu, id, 0, 0);
	if (!get)
		vcpu_set_one(vcpu, id, &fresh);
}

static void registers_from(struct vcpu *vcpu, u64 base, const char *space)
{
	struct text text;
	unsigned int i;

	for (i = 0; i < REG_NUMBERS; i++) {
		ask(&text, vcpu, base + i);
		if (text.s[0])
			printf("%s u%u %#x:%s\n", space, id_bits(base), i, text.s);
	}
}

/* All numbers in all sizes, in KVM_REG_PPC's space and in that of TM */
static void registers(struct vcpu *vcpu)
{
	u64 size;

	for (size = KVM_REG_SIZE_U8; size <= KVM_REG_SIZE_U2048;
	     size += 1ull << KVM_REG_SIZE_SHIFT) {
		registers_from(vcpu, KVM_REG_PPC | size, "reg");
		registers_from(vcpu, KVM_REG_PPC_TM | size, "tm");
		registers_from(vcpu, KVM_REG_S390 | size, "foreign");
		registers_from(vcpu, KVM_REG_PPC | 1ull << 40 | size, "unknown");
	}
}

/*
 * Every register first gets a different value, so that two ids for one register show. The values
 * show what a set refuses or changes.
 */
static void homes(struct vcpu *vcpu)
{
	static const u64 sizes[] = { KVM_REG_SIZE_U32, KVM_REG_SIZE_U64 };
	struct text text;
	unsigned int number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (number = 0; number < REG_NUMBERS; number++) {
			u64 value = 0x5a5a0000 | number << 4 | i << 2;

			vcpu_set_one(vcpu, KVM_REG_PPC | sizes[i] | number, &value);
		}
	}
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (number = 0; number < REG_NUMBERS; number++) {
			u64 id = KVM_REG_PPC | sizes[i] | number, value;

			if (vcpu_get_one(vcpu, id, &value))
				continue;
			text.len = 0;
			add_get(&text, vcpu, id);
			printf("home u%u %#x:%s\n", id_bits(id), number, text.s);
		}
	}
}

/* Registers that user space does not control alone: what a set does, bit after bit */
static void bits(struct vcpu *vcpu)
{
	static const struct {
		const char *name;
		u64 id;
	} regs[] = {
		{ "lpcr", KVM_REG_PPC_LPCR },
		{ "lpcr_64", KVM_REG_PPC_LPCR_64 },
		{ "dawrx", KVM_REG_PPC_DAWRX },
		{ "ciabr", KVM_REG_PPC_CIABR },
		{ "psscr", KVM_REG_PPC_PSSCR },
		{ "dpdes", KVM_REG_PPC_DPDES },
	};
	u64 lpcr = vcpu_reg(vcpu, KVM_REG_PPC_LPCR_64);
	unsigned int bit;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		u64 id = regs[i].id, before = vcpu_reg(vcpu, id), changed;
		u64 own = 0, other = 0;

		for (bit = 0; bit < id_bits(id); bit++) {
			vcpu_set_reg(vcpu, id, before ^ 1ull << bit);
			changed = vcpu_reg(vcpu, id) ^ before;
			own |= changed & 1ull << bit;
			other |= changed & ~(1ull << bit);
			vcpu_set_reg(vcpu, id, before);
		}
		printf("bit %s: can be set %" PRIx64 " follow %" PRIx64 "\n", regs[i].name,
		       own, other);
	}

	for (i = 0; i < 4; i++) {
		struct text ail = { }, priv = { };

		add_set(&ail, vcpu, KVM_REG_PPC_LPCR_64, (lpcr & ~LPCR_AIL) | i << 23, 0);
		printf("bit lpcr_64 ail %zu:%s\n", i, ail.s);
		add_set(&priv, vcpu, KVM_REG_PPC_CIABR, 0x1000 | i, 0);
		printf("bit ciabr priv %zu:%s\n", i, priv.s);
	}
	vcpu_set_reg(vcpu, KVM_REG_PPC_LPCR_64, lpcr);
	vcpu_set_reg(vcpu, KVM_REG_PPC_CIABR, 0);
}

static void msr(struct vcpu *vcpu)
{
	u64 own = 0, other = 0;
	struct kvm_regs regs;
	unsigned int bit;

	vcpu_get_regs(vcpu, &regs);
	printf("msr fresh: %" PRIx64 " nip %" PRIx64 "\n", regs.msr, regs.pc);
	/* the value that a VMM sets is not the value that the guest runs with */
	for (bit = 0; bit < 64; bit++) {
		vcpu_get_regs(vcpu, &regs);
		regs.msr = 1ull << bit;
		vcpu_set_regs(vcpu, &regs);
		vcpu_get_regs(vcpu, &regs);
		own |= regs.msr & 1ull << bit;
		other |= regs.msr & ~(1ull << bit);
	}
	printf("msr can be set: %" PRIx64 " follow %" PRIx64 "\n", own, other);
	regs.msr = ~0ull;
	vcpu_set_regs(vcpu, &regs);
	vcpu_get_regs(vcpu, &regs);
	printf("msr ones set: %" PRIx64 "\n", regs.msr);
}

static void compatibility(struct vcpu *vcpu)
{
	static const u32 levels[] = {
		0, PVR_ARCH(1), PVR_ARCH(2), PVR_ARCH(3), PVR_ARCH_206P,
		PVR_ARCH(4), PVR_ARCH(5), PVR_ARCH(6), PVR_ARCH(7), PVR_ARCH(8),
		0x004e1202, 0x00800200, ~0u,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		struct text text = { };

		add_set(&text, vcpu, KVM_REG_PPC_ARCH_COMPAT, levels[i], 0);
		printf("compat %08x:%s\n", levels[i], text.s);
	}
	vcpu_set_reg(vcpu, KVM_REG_PPC_ARCH_COMPAT, 0);
}

static void timebase(struct vcpu *vcpu)
{
	static const u64 offsets[] = {
		1, 0xffffff, 0x1000000, 0x1000001, 1ull << 63, -1ull << 24,
		(-1ull << 24) + 1, ~0ull,
	};
	u64 before, expiry;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		struct text text = { };

		add_set(&text, vcpu, KVM_REG_PPC_TB_OFFSET, offsets[i], 0);
		printf("tb offset %" PRIx64 ":%s\n", offsets[i], text.s);
	}

	/* an offset of 0 leaves an expiry time of 0, another offset makes it expire */
	vcpu_set_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY, 0);
	vcpu_set_reg(vcpu, KVM_REG_PPC_TB_OFFSET, 0);
	printf("tb expiry 0, offset 0: %" PRIx64 "\n",
	       vcpu_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY));
	before = host_timebase();
	vcpu_set_reg(vcpu, KVM_REG_PPC_TB_OFFSET, 5ull << 24);
	expiry = vcpu_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY) - (5ull << 24);
	printf("tb expiry 0, offset 5: %s\n",
	       expiry >= before && expiry <= host_timebase() ? "now" : "another time");
	vcpu_set_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY, 0x1234);
	vcpu_set_reg(vcpu, KVM_REG_PPC_TB_OFFSET, 6ull << 24);
	printf("tb expiry set, offset 6: %" PRIx64 "\n",
	       vcpu_reg(vcpu, KVM_REG_PPC_DEC_EXPIRY));
	vcpu_set_reg(vcpu, KVM_REG_PPC_TB_OFFSET, 0);
}

/* The areas that a guest registers: order, alignment, lengths */
static void areas(struct vcpu *vcpu)
{
	static const struct {
		const char *name;
		u64 id, addr, length;
	} steps[] = {
		{ "slb without vpa", KVM_REG_PPC_VPA_SLB, 0x20000, 0x200 },
		{ "dtl without vpa", KVM_REG_PPC_VPA_DTL, 0x30000, 0x300 },
		{ "vpa not aligned", KVM_REG_PPC_VPA_ADDR, 0x10040, 0 },
		{ "vpa", KVM_REG_PPC_VPA_ADDR, 0x10080, 0 },
		{ "slb", KVM_REG_PPC_VPA_SLB, 0x20000, 0x200 },
		{ "slb not aligned", KVM_REG_PPC_VPA_SLB, 0x20001, 0x200 },
		{ "dtl too short", KVM_REG_PPC_VPA_DTL, 0x30000, 47 },
		{ "dtl", KVM_REG_PPC_VPA_DTL, 0x30000, 0x300 + 17 },
		{ "vpa gone before the others", KVM_REG_PPC_VPA_ADDR, 0, 0 },
		{ "vpa moves", KVM_REG_PPC_VPA_ADDR, 0x40000, 0 },
		{ "dtl gone", KVM_REG_PPC_VPA_DTL, 0, 0x300 },
		{ "slb gone", KVM_REG_PPC_VPA_SLB, 0, 0 },
		{ "vpa gone", KVM_REG_PPC_VPA_ADDR, 0, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		struct text text = { };

		add_set(&text, vcpu, steps[i].id, steps[i].addr, steps[i].length);
		add(&text, " is");
		add_get(&text, vcpu, steps[i].id);
		printf("area %s:%s\n", steps[i].name, text.s);
	}
}

static void print_sregs(struct vcpu *vcpu, const char *when)
{
	struct kvm_sregs sregs;
	unsigned int i;

	memset(&sregs, 0xff, sizeof(sregs));
	printf("sregs %s: %s pvr %08x sdr1 %" PRIx64, when,
	       vmm_answer(vcpu_ioctl(vcpu, KVM_GET_SREGS, &sregs)), sregs.pvr,
	       (u64)sregs.u.s.sdr1);
	for (i = 0; i < ARRAY_SIZE(sregs.u.s.ppc64.slb); i++)
		if (sregs.u.s.ppc64.slb[i].slbe)
			printf(" %u %" PRIx64 " %" PRIx64, i,
			       (u64)sregs.u.s.ppc64.slb[i].slbe,
			       (u64)sregs.u.s.ppc64.slb[i].slbv);
	printf("\n");
}

static void special(struct vcpu *vcpu)
{
	struct kvm_sregs sregs;
	unsigned int i;
	int rc;

	print_sregs(vcpu, "fresh");
	rc = vcpu_ioctl(vcpu, KVM_GET_SREGS, &sregs);
	if (rc)
		tap_bail("KVM_GET_SREGS: %s", strerror(-rc));
	sregs.pvr++;
	printf("sregs other pvr: %s\n", vmm_answer(vcpu_ioctl(vcpu, KVM_SET_SREGS, &sregs)));
	sregs.pvr--;
	sregs.u.s.sdr1 = 0x1234;
	/* every third entry is valid, also entries that the processor does not have */
	for (i = 0; i < ARRAY_SIZE(sregs.u.s.ppc64.slb); i++) {
		sregs.u.s.ppc64.slb[i].slbe = 0x10000000ull * i | (i % 3 ? 0 : SLB_ESID_V) | i;
		sregs.u.s.ppc64.slb[i].slbv = 0x1000ull * i;
	}
	printf("sregs set entries: %s\n", vmm_answer(vcpu_ioctl(vcpu, KVM_SET_SREGS, &sregs)));
	print_sregs(vcpu, "with entries");
	for (i = 0; i < ARRAY_SIZE(sregs.u.s.ppc64.slb); i++)
		sregs.u.s.ppc64.slb[i].slbe = 0;
	printf("sregs set no entries: %s\n", vmm_answer(vcpu_ioctl(vcpu, KVM_SET_SREGS, &sregs)));
	print_sregs(vcpu, "without entries");
}

int main(void)
{
	struct vcpu vcpu;
	struct vm vm;
	int rc;

	tap_start(100);
	vm_create(&vm, 1ul << 20);
	rc = vcpu_create_bare(&vm, &vcpu, 0);
	if (rc)
		tap_bail("KVM_CREATE_VCPU: %s", strerror(-rc));
	special(&vcpu);
	registers(&vcpu);
	bits(&vcpu);
	msr(&vcpu);
	compatibility(&vcpu);
	timebase(&vcpu);
	areas(&vcpu);
	homes(&vcpu);
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
	return fflush(stdout) ? 1 : 0;
}
