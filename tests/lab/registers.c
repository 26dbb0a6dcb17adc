// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM sees of a backend without running a guest: capabilities, every
 * register's answer to get and set, and the ioctls around them.  One line a
 * fact, the same in each run on the same machine; registers.sh compares them
 * with the stock backend's.
 *
 * The first word of a line is its section.  A register is written as its size
 * in bits and its number; neighbours that answer the same share a line.  One
 * without a line gives EINVAL for get and set.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"
#include "tap.h"
#include "vmm.h"

#define CAPS		300	/* capability numbers to ask for */
#define REG_NUMBERS	0x200	/* register numbers to ask for */
#define HCALLS		0x500	/* hypercall numbers to ask for */

#define PVR_ARCH(level)	(0x0f000000u | (level))
#define PVR_ARCH_206P	0x0f100003u

#define SLB_ESID_V	0x08000000ull
#define LPCR_AIL	(3ull << 23)

/* A value of any size; ones of 32 and 64 bits are in [0], low half first */
struct value {
	u64 d[2];
};

static const char *error_name(int rc)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" }, { ENXIO, "ENXIO" }, { EFAULT, "EFAULT" },
		{ EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { ENODEV, "ENODEV" },
		{ EINVAL, "EINVAL" }, { ENOTTY, "ENOTTY" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
	};
	static char number[24];
	size_t i;

	if (rc >= 0) {
		snprintf(number, sizeof(number), "%d", rc);
		return number;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].err == -rc)
			return names[i].name;
	snprintf(number, sizeof(number), "errno %d", -rc);
	return number;
}

static unsigned int id_bits(u64 id)
{
	return 8u << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
}

/* An answer being put together */
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
		add(text, " %s", error_name(rc));
	else
		add_value(text, id, &value);
}

/* " set" and what a get then gives, or why the set was refused */
static void add_set(struct text *text, struct vcpu *vcpu, u64 id, u64 low, u64 high)
{
	struct value value = { .d = { low, high } };
	int rc = vcpu_set_one(vcpu, id, &value);

	add(text, " set");
	if (rc)
		add(text, " %s", error_name(rc));
	else
		add_get(text, vcpu, id);
}

static void capabilities(void)
{
	struct vm vm;
	int cap;

	vm_create_bare(&vm);
	for (cap = 0; cap < CAPS; cap++) {
		int system = ioctl(vm.kvm, KVM_CHECK_EXTENSION, (long)cap);
		int one_vm = ioctl(vm.fd, KVM_CHECK_EXTENSION, (long)cap);

		if (system || one_vm)
			printf("cap %d system %d vm %d\n", cap, system, one_vm);
	}
	vm_destroy(&vm);
}

static int vm_enable_cap(struct vm *vm, u32 cap, u64 arg0, u64 arg1)
{
	struct kvm_enable_cap enable = { .cap = cap, .args = { arg0, arg1 } };

	return vm_ioctl(vm, KVM_ENABLE_CAP, &enable);
}

static void hypercalls(void)
{
	struct vm vm;
	u64 hcall;

	vm_create_bare(&vm);
	for (hcall = 0; hcall < HCALLS; hcall++)
		if (!vm_enable_cap(&vm, KVM_CAP_PPC_ENABLE_HCALL, hcall, 1))
			printf("hcall %#" PRIx64 " can be enabled\n", hcall);
	printf("hcall value 2 %s\n",
	       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_ENABLE_HCALL, 4, 2)));
	vm_destroy(&vm);
}

static void enabling(void)
{
	static const u64 modes[] = { 0, 1, 2, 3, 4, 8, 16, 1ull << 63 };
	struct vcpu vcpu;
	struct vm vm;
	size_t i;

	vm_create_bare(&vm);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		printf("enable smt %#" PRIx64 " %s", modes[i],
		       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_SMT, modes[i], 0)));
		printf(" now %d\n",
		       ioctl(vm.fd, KVM_CHECK_EXTENSION, (long)KVM_CAP_PPC_SMT));
	}
	printf("enable smt with a flag %s\n",
	       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_SMT, 1, 1)));
	printf("enable dawr1 %s\n",
	       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_DAWR1, 1, 0)));
	printf("enable nested %s\n",
	       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_NESTED_HV, 1, 0)));
	printf("enable secure guest %s\n",
	       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_SECURE_GUEST, 1, 0)));
	printf("enable papr for the vm %s\n",
	       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_PAPR, 1, 0)));

	vcpu_create(&vm, &vcpu, 0);
	printf("enable smt with a vcpu %s\n",
	       error_name(vm_enable_cap(&vm, KVM_CAP_PPC_SMT, 1, 0)));
	printf("enable fwnmi %s\n",
	       error_name(vcpu_enable_cap(&vcpu, KVM_CAP_PPC_FWNMI, 0, 0)));
	vcpu_destroy(&vcpu);
	vm_destroy(&vm);
}

static void mmu_info(struct vm *vm)
{
	struct kvm_ppc_smmu_info smmu = { };
	struct kvm_ppc_rmmu_info rmmu = { };
	unsigned int i, j;

	printf("smmu %s flags %" PRIx64 " slb %u keys %u %u\n",
	       error_name(vm_ioctl(vm, KVM_PPC_GET_SMMU_INFO, &smmu)), smmu.flags,
	       smmu.slb_size, smmu.data_keys, smmu.instr_keys);
	for (i = 0; i < KVM_PPC_PAGE_SIZES_MAX_SZ; i++) {
		if (!smmu.sps[i].page_shift)
			continue;
		printf("smmu segment %u: %u slb %x:", i, smmu.sps[i].page_shift,
		       smmu.sps[i].slb_enc);
		for (j = 0; j < KVM_PPC_PAGE_SIZES_MAX_SZ; j++)
			if (smmu.sps[i].enc[j].page_shift)
				printf(" %u pte %x", smmu.sps[i].enc[j].page_shift,
				       smmu.sps[i].enc[j].pte_enc);
		printf("\n");
	}

	printf("rmmu %s\n", error_name(vm_ioctl(vm, KVM_PPC_GET_RMMU_INFO, &rmmu)));
	for (i = 0; i < ARRAY_SIZE(rmmu.geometries); i++)
		if (rmmu.geometries[i].page_shift)
			printf("rmmu page %u: %u %u %u %u\n", rmmu.geometries[i].page_shift,
			       rmmu.geometries[i].level_bits[0],
			       rmmu.geometries[i].level_bits[1],
			       rmmu.geometries[i].level_bits[2],
			       rmmu.geometries[i].level_bits[3]);
	for (i = 0; i < ARRAY_SIZE(rmmu.ap_encodings); i++)
		if (rmmu.ap_encodings[i])
			printf("rmmu ap %08x\n", rmmu.ap_encodings[i]);
}

static void configure_mmu(struct vm *vm)
{
	static const struct {
		u64 flags, table;
	} tries[] = {
		{ KVM_PPC_MMUV3_RADIX, 1ull << 63 },
		{ KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE, 1ull << 63 },
		{ KVM_PPC_MMUV3_RADIX, 1ull << 63 | 24 },
		{ KVM_PPC_MMUV3_RADIX, 1ull << 63 | 25 },
		{ KVM_PPC_MMUV3_RADIX, 0 },
		{ 0, 1ull << 63 },
		{ 4, 0 },
		{ KVM_PPC_MMUV3_RADIX | 1ull << 63, 1ull << 63 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		struct kvm_ppc_mmuv3_cfg cfg = {
			.flags = tries[i].flags,
			.process_table = tries[i].table,
		};

		printf("mmu flags %" PRIx64 " table %" PRIx64 " %s\n", tries[i].flags,
		       tries[i].table,
		       error_name(vm_ioctl(vm, KVM_PPC_CONFIGURE_V3_MMU, &cfg)));
	}
}

/* The ioctls for hash tables, made by a VM with a radix guest */
static void hash_table(struct vm *vm)
{
	struct kvm_get_htab_fd htab = { };
	struct kvm_ppc_resize_hpt resize = { .shift = 24 };
	u32 order = 24;
	int fd = vm_ioctl(vm, KVM_PPC_GET_HTAB_FD, &htab);

	printf("hash fd %s\n", fd < 0 ? error_name(fd) : "given");
	if (fd >= 0)
		close(fd);
	htab.flags = ~0ull;
	printf("hash fd, bad flags %s\n",
	       error_name(vm_ioctl(vm, KVM_PPC_GET_HTAB_FD, &htab)));
	printf("hash resize prepare %s\n",
	       error_name(vm_ioctl(vm, KVM_PPC_RESIZE_HPT_PREPARE, &resize)));
	printf("hash resize commit %s\n",
	       error_name(vm_ioctl(vm, KVM_PPC_RESIZE_HPT_COMMIT, &resize)));
	printf("hash allocate %s\n",
	       error_name(vm_ioctl(vm, KVM_PPC_ALLOCATE_HTAB, &order)));
	printf("hash svm off %s\n", error_name(vm_ioctl(vm, KVM_PPC_SVM_OFF, NULL)));
	printf("hash unknown request %s\n",
	       error_name(vm_ioctl(vm, _IO(KVMIO, 0xf0), NULL)));
}

static void vms(void)
{
	struct vm vm;

	vm_create_bare(&vm);
	mmu_info(&vm);
	configure_mmu(&vm);
	hash_table(&vm);
	vm_destroy(&vm);
}

/* True for a value that differs from run to run */
static bool is_volatile(u64 id)
{
	return id == KVM_REG_PPC_DEC_EXPIRY;
}

/* All of a register's answers; empty if there is no such register */
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
		add(text, " %s", error_name(get));
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
	struct text text, next;
	unsigned int first, i;

	ask(&text, vcpu, base);
	for (first = 0, i = 1; i <= REG_NUMBERS; i++) {
		next.s[0] = 0;
		if (i < REG_NUMBERS) {
			ask(&next, vcpu, base + i);
			if (!strcmp(next.s, text.s))
				continue;
		}
		if (text.s[0]) {
			printf("%s u%u %#x", space, id_bits(base), first);
			if (i - 1 > first)
				printf("-%#x", i - 1);
			printf("%s\n", text.s);
		}
		text = next;
		first = i;
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
 * Every register gets a value of its own first, so that two ids with one home
 * show.  What a set refuses or changes shows in the values.
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
			printf("home u%u %#x%s\n", id_bits(id), number, text.s);
		}
	}
}

/* Registers that aren't user space's alone: bit after bit, what a set does */
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
		printf("bit %s can be set %" PRIx64 " follow %" PRIx64 "\n", regs[i].name,
		       own, other);
	}

	for (i = 0; i < 4; i++) {
		struct text ail = { }, priv = { };

		add_set(&ail, vcpu, KVM_REG_PPC_LPCR_64, (lpcr & ~LPCR_AIL) | i << 23, 0);
		printf("bit lpcr_64 ail %zu%s\n", i, ail.s);
		add_set(&priv, vcpu, KVM_REG_PPC_CIABR, 0x1000 | i, 0);
		printf("bit ciabr priv %zu%s\n", i, priv.s);
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
	printf("msr fresh %" PRIx64 " nip %" PRIx64 "\n", regs.msr, regs.pc);
	/* a VMM's value isn't the value that the guest runs with */
	for (bit = 0; bit < 64; bit++) {
		vcpu_get_regs(vcpu, &regs);
		regs.msr = 1ull << bit;
		vcpu_set_regs(vcpu, &regs);
		vcpu_get_regs(vcpu, &regs);
		own |= regs.msr & 1ull << bit;
		other |= regs.msr & ~(1ull << bit);
	}
	printf("msr can be set %" PRIx64 " follow %" PRIx64 "\n", own, other);
	regs.msr = ~0ull;
	vcpu_set_regs(vcpu, &regs);
	vcpu_get_regs(vcpu, &regs);
	printf("msr ones set %" PRIx64 "\n", regs.msr);
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
		printf("compat %08x%s\n", levels[i], text.s);
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
		printf("tb offset %" PRIx64 "%s\n", offsets[i], text.s);
	}

	/* an offset of 0 leaves an expiry time of 0, another one expires it */
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
	printf("sregs %s %s pvr %08x sdr1 %" PRIx64, when,
	       error_name(vcpu_ioctl(vcpu, KVM_GET_SREGS, &sregs)), sregs.pvr,
	       (u64)sregs.u.s.sdr1);
	for (i = 0; i < ARRAY_SIZE(sregs.u.s.ppc64.slb); i++)
		if (sregs.u.s.ppc64.slb[i].slbe)
			printf(" %u: %" PRIx64 " %" PRIx64, i,
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
	printf("sregs other pvr %s\n", error_name(vcpu_ioctl(vcpu, KVM_SET_SREGS, &sregs)));
	sregs.pvr--;
	sregs.u.s.sdr1 = 0x1234;
	/* every third entry is valid, also beyond what the processor has */
	for (i = 0; i < ARRAY_SIZE(sregs.u.s.ppc64.slb); i++) {
		sregs.u.s.ppc64.slb[i].slbe = 0x1000000ull * i | (i % 3 ? 0 : SLB_ESID_V) | i;
		sregs.u.s.ppc64.slb[i].slbv = 0x1000ull * i;
	}
	printf("sregs set %s\n", error_name(vcpu_ioctl(vcpu, KVM_SET_SREGS, &sregs)));
	print_sregs(vcpu, "with entries");
	for (i = 0; i < ARRAY_SIZE(sregs.u.s.ppc64.slb); i++)
		sregs.u.s.ppc64.slb[i].slbe = 0;
	printf("sregs set %s\n", error_name(vcpu_ioctl(vcpu, KVM_SET_SREGS, &sregs)));
	print_sregs(vcpu, "without entries");
}

int main(void)
{
	struct vcpu vcpu;
	struct vm vm;
	int rc;

	tap_start(100);
	capabilities();
	hypercalls();
	enabling();
	vms();

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
