// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest reads with mfspr what user space writes with KVM_SET_ONE_REG, and the other way
 * round. Each SPR of the table is tested both ways in one vCPU. The test generates the guest's
 * code from the table, because mfspr contains the number of the SPR.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#include <inttypes.h>
#include <string.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"

#define LPCR_LD		0x20000ull
#define MMCR0_FC	0x80000000ull
#define MMCR0_FCP	0x20000000ull

#define SPR_DEC	22
#define SPR_TB		268

/* Processor versions: the upper half of PVR */
#define POWER8		0x4d
#define POWER9		0x4e
#define POWER10		0x80
#define ANY		0xffff

/*
 * The values only have bits that the SPR can hold. The performance monitor stays frozen
 * (MMCR0[FC]), so that its counters do not change.
 */
static const struct spr {
	const char *name;
	u64 id;
	unsigned int number;
	unsigned int since, until;	/* processor versions that have it */
	u64 by_user, by_guest;
} sprs[] = {
	{ "DSCR", KVM_REG_PPC_DSCR, 17, POWER8, ANY, 0x1ff0001, 0x0aa0010 },
	{ "DSISR", KVM_REG_PPC_DSISR, 18, POWER8, ANY, 0x42000000, 0x0a000000 },
	{ "DAR", KVM_REG_PPC_DAR, 19, POWER8, ANY, 0x1122334455667788, 0x8877665544332211 },
	{ "AMR", KVM_REG_PPC_AMR, 29, POWER8, ANY, 0x5555aaaa5555aaaa, 0xaaaa5555aaaa5555 },
	{ "PIDR", KVM_REG_PPC_PID, 48, POWER8, ANY, 0x123, 0x45 },
	{ "IAMR", KVM_REG_PPC_IAMR, 61, POWER8, ANY, 0x5555555500000000, 0x1555555500000000 },
	{ "TIDR", KVM_REG_PPC_TIDR, 144, POWER9, POWER9, 0x321, 0x54 },
	{ "FSCR", KVM_REG_PPC_FSCR, 153, POWER8, ANY, 0x104, 0x184 },
	{ "UAMOR", KVM_REG_PPC_UAMOR, 157, POWER8, ANY, 0xf0f0f0f0f0f0f0f0, 0x0ff00ff00ff00ff0 },
	{ "PSPB", KVM_REG_PPC_PSPB, 159, POWER8, ANY, 0x1234, 0x4321 },
	{ "VRSAVE", KVM_REG_PPC_VRSAVE, 256, POWER8, ANY, 0xdeadbeef, 0x12345678 },
	{ "SIER2", KVM_REG_PPC_SIER2, 752, POWER10, ANY, 0x10203040, 0x4030201 },
	{ "SIER3", KVM_REG_PPC_SIER3, 753, POWER10, ANY, 0x11213141, 0x41312111 },
	{ "MMCR3", KVM_REG_PPC_MMCR3, 754, POWER10, ANY, 0x0111111111111111, 0x0222222222222222 },
	{ "SIER", KVM_REG_PPC_SIER, 784, POWER8, ANY, 0x1234567800000000, 0x8765432100000000 },
	{ "MMCR2", KVM_REG_PPC_MMCR2, 785, POWER8, ANY, 0x0040201008040000, 0x0080402010080000 },
	{ "MMCRA", KVM_REG_PPC_MMCRA, 786, POWER8, ANY, 0x100000, 0x200000 },
	{ "PMC1", KVM_REG_PPC_PMC1, 787, POWER8, ANY, 0x11111111, 0x61111111 },
	{ "PMC2", KVM_REG_PPC_PMC2, 788, POWER8, ANY, 0x22222222, 0x62222222 },
	{ "PMC3", KVM_REG_PPC_PMC3, 789, POWER8, ANY, 0x33333333, 0x63333333 },
	{ "PMC4", KVM_REG_PPC_PMC4, 790, POWER8, ANY, 0x44444444, 0x64444444 },
	{ "PMC5", KVM_REG_PPC_PMC5, 791, POWER8, ANY, 0x55555555, 0x65555555 },
	{ "PMC6", KVM_REG_PPC_PMC6, 792, POWER8, ANY, 0x66666666, 0x67666666 },
	{ "MMCR0", KVM_REG_PPC_MMCR0, 795, POWER8, ANY, MMCR0_FC, MMCR0_FC | MMCR0_FCP },
	{ "SIAR", KVM_REG_PPC_SIAR, 796, POWER8, ANY, 0xc000000000123456, 0xc000000000654320 },
	{ "SDAR", KVM_REG_PPC_SDAR, 797, POWER8, ANY, 0xc000000000aaaaa0, 0xc000000000bbbbb0 },
	{ "MMCR1", KVM_REG_PPC_MMCR1, 798, POWER8, ANY, 0x01020304, 0x04030201 },
	{ "EBBHR", KVM_REG_PPC_EBBHR, 804, POWER8, ANY, 0x1000200030004000, 0x4000300020001000 },
	{ "EBBRR", KVM_REG_PPC_EBBRR, 805, POWER8, ANY, 0x1234123412341234, 0x4321432143214320 },
	{ "BESCR", KVM_REG_PPC_BESCR, 806, POWER8, ANY, 0x0000000100000001, 0x0000000300000000 },
	{ "TAR", KVM_REG_PPC_TAR, 815, POWER8, ANY, 0xc000000012345678, 0x00000000fedcba98 },
	{ "PPR", KVM_REG_PPC_PPR, 896, POWER8, ANY, 0x000c000000000000, 0x0010000000000000 },
};

static bool exists[ARRAY_SIZE(sprs)];

/* Instructions, by the Power ISA's fields */
static u32 spr_field(unsigned int spr)
{
	return (spr & 31) << 16 | (spr >> 5) << 11;
}

static u32 mfspr(unsigned int rt, unsigned int spr)
{
	return 0x7c0002a6 | rt << 21 | spr_field(spr);
}

static u32 mtspr(unsigned int spr, unsigned int rs)
{
	return 0x7c0003a6 | rs << 21 | spr_field(spr);
}

static u32 ld(unsigned int rt, unsigned int offset, unsigned int ra)
{
	return 0xe8000000 | rt << 21 | ra << 16 | offset;
}

static u32 std(unsigned int rs, unsigned int offset, unsigned int ra)
{
	return 0xf8000000 | rs << 21 | ra << 16 | offset;
}

static u32 *report(u32 *code, u32 number)
{
	*code++ = 0x38600000;				/* li r3, 0 */
	*code++ = 0x60630000 | number;			/* ori r3, r3, number */
	*code++ = 0x44000022;				/* sc 1 */
	return code;
}

static u32 *read_all(u32 *code)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sprs); i++) {
		if (!exists[i])
			continue;
		*code++ = mfspr(4, sprs[i].number);
		*code++ = std(4, i * 8, 31);
	}
	return report(code, REPORT_STEP);
}

static u32 *write_all(u32 *code)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sprs); i++) {
		if (!exists[i])
			continue;
		*code++ = ld(4, i * 8, 31);
		*code++ = mtspr(sprs[i].number, 4);
	}
	return report(code, REPORT_STEP);
}

/* The script: read, write, read again */
static void start(struct fixture *f)
{
	u32 *code;

	vm_create(&f->vm, FIXTURE_RAM);
	vcpu_create(&f->vm, &f->vcpu, 0);
	code = vm_ptr(&f->vm, GUEST_CODE, 0x1000);
	report(read_all(write_all(read_all(code))), REPORT_DONE);
	__builtin___clear_cache((char *)code, (char *)code + 0x1000);
	vcpu_set_gpr(&f->vcpu, 31, FIXTURE_DATA);
	vcpu_set_entry(&f->vcpu, GUEST_CODE, MSR_REAL);
}

static unsigned int processor_version(void)
{
	struct kvm_sregs sregs;
	struct fixture f;
	int rc;

	vm_create_bare(&f.vm);
	vcpu_create(&f.vm, &f.vcpu, 0);
	rc = vcpu_ioctl(&f.vcpu, KVM_GET_SREGS, &sregs);
	if (rc)
		tap_bail("KVM_GET_SREGS: %s", strerror(-rc));
	fixture_end(&f);
	return sregs.pvr >> 16;
}

static void both_ways(void)
{
	struct fixture f;
	u64 *data, got;
	u32 pvr;
	size_t i;

	pvr = processor_version();
	for (i = 0; i < ARRAY_SIZE(sprs); i++)
		exists[i] = pvr >= sprs[i].since && pvr <= sprs[i].until;

	start(&f);
	data = fixture_data(&f, 0);
	for (i = 0; i < ARRAY_SIZE(sprs); i++)
		if (exists[i])
			vcpu_set_reg(&f.vcpu, sprs[i].id, sprs[i].by_user);

	if (!tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "the guest reads its SPRs"))
		tap_bail("the guest stopped at its first step");
	for (i = 0; i < ARRAY_SIZE(sprs); i++) {
		if (!exists[i]) {
			tap_skip("this processor has no such SPR", "%s both ways",
				 sprs[i].name);
			continue;
		}
		tap_is(data[i], sprs[i].by_user, "%s: the guest reads what user space wrote",
		       sprs[i].name);
		data[i] = sprs[i].by_guest;
	}

	if (!tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "the guest writes its SPRs"))
		tap_bail("the guest stopped at its second step");
	for (i = 0; i < ARRAY_SIZE(sprs); i++) {
		if (!exists[i])
			continue;
		got = vcpu_reg(&f.vcpu, sprs[i].id);
		tap_is(got, sprs[i].by_guest, "%s: user space reads what the guest wrote",
		       sprs[i].name);
		data[i] = 0;
	}

	if (!tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "the guest reads them again"))
		tap_bail("the guest stopped at its third step");
	for (i = 0; i < ARRAY_SIZE(sprs); i++)
		if (exists[i])
			tap_is(data[i], sprs[i].by_guest, "%s: its value survives an exit",
			       sprs[i].name);
	fixture_end(&f);
}

/*
 * The timebase runs while DEC is set from it, so DEC may differ, but by no more than the time
 * that this took.
 */
static bool near(u64 got, u64 want, u64 by)
{
	return got - want + by <= 2 * by;
}

/* The guest reports TB and DEC again and again. */
static void time_of_guest(void)
{
	static const u64 offsets[] = { 0, 1ull << 24, 5ull << 40, -1ull << 32, 1ull << 63 };
	const u64 late = 1ull << 28;	/* 0.5 s */
	struct fixture f;
	u64 *data, before, took, expiry;
	u32 *code;
	size_t i;

	vm_create(&f.vm, FIXTURE_RAM);
	vcpu_create(&f.vm, &f.vcpu, 0);
	code = vm_ptr(&f.vm, GUEST_CODE, 0x100);
	*code++ = mfspr(4, SPR_TB);
	*code++ = std(4, 0, 31);
	*code++ = mfspr(4, SPR_DEC);
	*code++ = std(4, 8, 31);
	code = report(code, REPORT_STEP);
	*code = 0x4bffffe4;				/* b back to the first */
	vcpu_set_gpr(&f.vcpu, 31, FIXTURE_DATA);
	vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
	data = fixture_data(&f, 0);

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_TB_OFFSET, offsets[i]);
		before = host_timebase();
		expiry = before + offsets[i] + late;
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY, expiry);
		if (!tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "offset %#" PRIx64 ": runs",
			    offsets[i]))
			break;
		took = host_timebase() - before;
		tap_ok(data[0] - offsets[i] - before <= took,
		       "offset %#" PRIx64 ": the guest's timebase is the host's and the offset",
		       offsets[i]);
		tap_ok(near((int32_t)data[1], expiry - data[0], took),
		       "offset %#" PRIx64 ": DEC is the time to DEC_EXPIRY", offsets[i]);
		tap_ok(near(vcpu_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY), expiry, took),
		       "offset %#" PRIx64 ": DEC_EXPIRY is still that time", offsets[i]);
	}
	fixture_end(&f);
}

/* LPCR[LD]: DEC has 56 bits or more instead of 32 */
static void large_decrementer(void)
{
	const u64 late = 1ull << 40;
	struct fixture f;
	u64 lpcr;
	u32 *code;

	vm_create(&f.vm, FIXTURE_RAM);
	vcpu_create(&f.vm, &f.vcpu, 0);
	code = vm_ptr(&f.vm, GUEST_CODE, 0x100);
	*code++ = mfspr(4, SPR_DEC);
	*code++ = std(4, 0, 31);
	report(code, REPORT_DONE);
	vcpu_set_gpr(&f.vcpu, 31, FIXTURE_DATA);
	vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
	lpcr = vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR_64, lpcr | LPCR_LD);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_DEC_EXPIRY, host_timebase() + late);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "large decrementer: runs");
	tap_ok(*fixture_data(&f, 0) > late / 2 && *fixture_data(&f, 0) < late,
	       "large decrementer: DEC holds more than 32 bits");
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	both_ways();
	time_of_guest();
	if (host_isa() >= 300)
		large_decrementer();
	return tap_done();
}
