// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads and stores at addresses without memory, which the VMM answers (KVM_EXIT_MMIO)
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#include <errno.h>
#include <string.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"

/* The contents of the VMM's device: each byte is different and has its sign bit set */
static const u8 pattern[16] = {
	0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
	0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
};

/* The source of the guest's stores, the bytes at 0(r31): a double that fits a single */
static const u8 source[16] = {
	0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xd7, 0xbf,
	0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8,
};

/* The bits of the single 0x84838281 converted to double, and the other way round */
#define SINGLE_AS_DOUBLE	0xb890705020000000ull
#define DOUBLE_AS_SINGLE	0xbebe362eu

#define IMAGES(X) \
	X(lbz) X(lbzx) X(lbzu) X(lhz) X(lhzx) X(lhzu) X(lha) \
	X(lhax) X(lhbrx) X(lwz) X(lwzx) X(lwzu) X(lwa) X(lwax) \
	X(lwbrx) X(ld) X(ldx) X(ldu) X(ldbrx) X(lfs) X(lfsx) \
	X(lfd) X(lfdx) X(lfdu) X(lfiwax) X(lfiwzx) X(lxvd2x) X(lxsdx) \
	X(lvx) X(stb) X(stbx) X(stbu) X(sth) X(sthx) X(sthbrx) \
	X(stw) X(stwx) X(stwu) X(stwbrx) X(std) X(stdx) X(stdu) \
	X(stdbrx) X(stfs) X(stfd) X(stfdx) X(stfiwx) X(stxvd2x) X(stvx)

#define DECLARE(name)	GUEST(mmio_##name);
IMAGES(DECLARE)
GUEST(mmio_fetch);

#define HISI_CAUSE	0x58000000ull	/* HSRR1 bits 33, 35, 36 */

#define IMAGE(name)	#name, guest_mmio_##name, guest_mmio_##name##_end

/* @value: the register after the load */
static const struct load {
	const char *name, *image, *end;
	unsigned int width;	/* bytes of the access */
	u64 value;
	u64 update;		/* what is added to r20 */
} loads[] = {
	{ IMAGE(lbz), 1, 0x81, 0 },
	{ IMAGE(lbzx), 1, 0x81, 0 },
	{ IMAGE(lbzu), 1, 0x81, 8 },
	{ IMAGE(lhz), 2, 0x8281, 0 },
	{ IMAGE(lhzx), 2, 0x8281, 0 },
	{ IMAGE(lhzu), 2, 0x8281, 8 },
	{ IMAGE(lha), 2, 0xffffffffffff8281, 0 },
	{ IMAGE(lhax), 2, 0xffffffffffff8281, 0 },
	{ IMAGE(lhbrx), 2, 0x8182, 0 },
	{ IMAGE(lwz), 4, 0x84838281, 0 },
	{ IMAGE(lwzx), 4, 0x84838281, 0 },
	{ IMAGE(lwzu), 4, 0x84838281, 8 },
	{ IMAGE(lwa), 4, 0xffffffff84838281, 0 },
	{ IMAGE(lwax), 4, 0xffffffff84838281, 0 },
	{ IMAGE(lwbrx), 4, 0x81828384, 0 },
	{ IMAGE(ld), 8, 0x8887868584838281, 0 },
	{ IMAGE(ldx), 8, 0x8887868584838281, 0 },
	{ IMAGE(ldu), 8, 0x8887868584838281, 8 },
	{ IMAGE(ldbrx), 8, 0x8182838485868788, 0 },
	{ IMAGE(lfs), 4, SINGLE_AS_DOUBLE, 0 },
	{ IMAGE(lfsx), 4, SINGLE_AS_DOUBLE, 0 },
	{ IMAGE(lfd), 8, 0x8887868584838281, 0 },
	{ IMAGE(lfdx), 8, 0x8887868584838281, 0 },
	{ IMAGE(lfdu), 8, 0x8887868584838281, 8 },
	{ IMAGE(lfiwax), 4, 0xffffffff84838281, 0 },
	{ IMAGE(lfiwzx), 4, 0x84838281, 0 },
};

/* @value: memory after the store, as a little-endian number */
static const struct store {
	const char *name, *image, *end;
	unsigned int width;
	u64 value;
	u64 update;
} stores[] = {
	{ IMAGE(stb), 1, 0xc1, 0 },
	{ IMAGE(stbx), 1, 0xc1, 0 },
	{ IMAGE(stbu), 1, 0xc1, 8 },
	{ IMAGE(sth), 2, 0xc2c1, 0 },
	{ IMAGE(sthx), 2, 0xc2c1, 0 },
	{ IMAGE(sthbrx), 2, 0xc1c2, 0 },
	{ IMAGE(stw), 4, 0xc4c3c2c1, 0 },
	{ IMAGE(stwx), 4, 0xc4c3c2c1, 0 },
	{ IMAGE(stwu), 4, 0xc4c3c2c1, 8 },
	{ IMAGE(stwbrx), 4, 0xc1c2c3c4, 0 },
	{ IMAGE(std), 8, 0xbfd7c6c5c4c3c2c1, 0 },
	{ IMAGE(stdx), 8, 0xbfd7c6c5c4c3c2c1, 0 },
	{ IMAGE(stdu), 8, 0xbfd7c6c5c4c3c2c1, 8 },
	{ IMAGE(stdbrx), 8, 0xc1c2c3c4c5c6d7bf, 0 },
	{ IMAGE(stfs), 4, DOUBLE_AS_SINGLE, 0 },
	{ IMAGE(stfd), 8, 0xbfd7c6c5c4c3c2c1, 0 },
	{ IMAGE(stfdx), 8, 0xbfd7c6c5c4c3c2c1, 0 },
	{ IMAGE(stfiwx), 4, 0xc4c3c2c1, 0 },
};

/*
 * Each 8 bytes are one access. The doubleword forms count elements from the register's upper
 * half. So in a little-endian guest the halves change places, compared with LOAD_VSR and
 * STORE_VSR, which the guest uses for its data.
 */
static const struct vector {
	const char *name, *image, *end;
	unsigned int bytes;
	bool store, swapped;
} vectors[] = {
	{ IMAGE(lxvd2x), 16, false, true },
	{ IMAGE(lxsdx), 8, false, true },
	{ IMAGE(lvx), 16, false, false },
	{ IMAGE(stxvd2x), 16, true, true },
	{ IMAGE(stvx), 16, true, false },
};

#define MSR_ALL_FP	(MSR_FP | MSR_VEC | MSR_VSX)

static void prepare(struct fixture *f, const char *image, const char *end, bool virt)
{
	u64 base = virt ? KERNEL_EA : 0;

	if (virt)
		fixture_virt_image(f, image, end);
	else
		fixture_real_image(f, image, end);
	vcpu_set_entry(&f->vcpu, base + GUEST_CODE,
		       (virt ? MSR_VIRT : MSR_REAL) | MSR_ALL_FP);
	vcpu_set_gpr(&f->vcpu, 20, base + FIXTURE_MMIO + 0x40);
	vcpu_set_gpr(&f->vcpu, 21, 0);
	memcpy(fixture_data(f, 0), source, sizeof(source));
}

/* Answers loads from @pattern and collects stores, until the guest makes a hypercall. */
static u64 serve(struct fixture *f, u64 first, u8 *stored, unsigned int *accesses)
{
	struct kvm_run *run = f->vcpu.run;
	u64 offset;
	int reason;

	for (;;) {
		reason = vcpu_run(&f->vcpu);
		if (reason == -EINTR)
			continue;
		if (reason != KVM_EXIT_MMIO)
			break;
		++*accesses;
		offset = run->mmio.phys_addr - first;
		if (offset + run->mmio.len > sizeof(pattern)) {
			tap_diag("access of %u bytes at %#lx", run->mmio.len,
				 run->mmio.phys_addr);
			return HCALL_NONE;
		}
		if (run->mmio.is_write)
			memcpy(stored + offset, run->mmio.data, run->mmio.len);
		else
			memcpy(run->mmio.data, pattern + offset, run->mmio.len);
	}
	if (reason == KVM_EXIT_PAPR_HCALL)
		return run->papr_hcall.nr;
	tap_diag("KVM_RUN: %d", reason);
	vcpu_show(&f->vcpu);
	return HCALL_NONE;
}

static void load(const struct load *l, bool virt)
{
	const char *mode = virt ? "translated" : "real mode";
	unsigned int accesses = 0;
	struct fixture f;
	u8 stored[16];

	prepare(&f, l->image, l->end, virt);
	tap_is(vcpu_run(&f.vcpu), KVM_EXIT_MMIO, "%s, %s: exit", l->name, mode);
	tap_ok(!f.vcpu.run->mmio.is_write && f.vcpu.run->mmio.len == l->width,
	       "%s, %s: a load of %u bytes", l->name, mode, l->width);
	tap_is(f.vcpu.run->mmio.phys_addr, FIXTURE_MMIO + 0x40 + l->update,
	       "%s, %s: address", l->name, mode);
	memcpy(f.vcpu.run->mmio.data, pattern, l->width);
	tap_is(serve(&f, FIXTURE_MMIO + 0x40 + l->update, stored, &accesses), REPORT_DONE,
	       "%s, %s: the guest goes on", l->name, mode);
	tap_is(accesses, 0, "%s, %s: one access", l->name, mode);
	tap_is(*fixture_data(&f, 0), l->value, "%s, %s: value", l->name, mode);
	tap_is(vcpu_hcall_arg(&f.vcpu, 0) - (virt ? KERNEL_EA : 0),
	       FIXTURE_MMIO + 0x40 + l->update, "%s, %s: base register", l->name, mode);
	fixture_end(&f);
}

static void store(const struct store *s, bool virt)
{
	const char *mode = virt ? "translated" : "real mode";
	unsigned int accesses = 0;
	u8 stored[16] = { 0 };
	struct fixture f;
	u64 value;

	prepare(&f, s->image, s->end, virt);
	tap_is(serve(&f, FIXTURE_MMIO + 0x40 + s->update, stored, &accesses), REPORT_DONE,
	       "%s, %s: the guest goes on", s->name, mode);
	tap_is(accesses, 1, "%s, %s: one access", s->name, mode);
	tap_ok(f.vcpu.run->exit_reason == KVM_EXIT_PAPR_HCALL, "%s, %s: then the hypercall",
	       s->name, mode);
	memcpy(&value, stored, sizeof(value));
	tap_is(value, s->value, "%s, %s: value", s->name, mode);
	tap_is(vcpu_hcall_arg(&f.vcpu, 0) - (virt ? KERNEL_EA : 0),
	       FIXTURE_MMIO + 0x40 + s->update, "%s, %s: base register", s->name, mode);
	fixture_end(&f);
}

static void vector(const struct vector *v)
{
	unsigned int accesses = 0;
	u8 stored[16] = { 0 };
	struct fixture f;
	const u8 *got, *want;
	unsigned int i;

	prepare(&f, v->image, v->end, true);
	tap_is(serve(&f, FIXTURE_MMIO + 0x40, stored, &accesses), REPORT_DONE,
	       "%s: the guest goes on", v->name);
	tap_is(accesses, v->bytes / 8, "%s: accesses", v->name);
	got = v->store ? stored : (const u8 *)fixture_data(&f, 0);
	want = v->store ? source : pattern;
	for (i = 0; i < v->bytes; i += 8)
		tap_ok(!memcmp(got + (v->swapped ? 8 - i : i), want + i, 8),
		       "%s: bytes %u to %u", v->name, i, i + 7);
	fixture_end(&f);
}

/*
 * There is no instruction to fetch, so none is executed, and KVM_RUN can still be ended at any
 * time.
 */
static void fetch(bool virt)
{
	const char *mode = virt ? "translated" : "real mode";
	struct vcpu_thread thread = { .cpu = ANY_CPU };
	struct kvm_regs regs;
	struct fixture f;
	u64 target;

	prepare(&f, guest_mmio_fetch, guest_mmio_fetch_end, virt);
	if (virt)
		mmu_map(&f.mmu, 0, KERNEL_EA + FIXTURE_MMIO, FIXTURE_MMIO, PAGE_64K, PAGE_64K,
			PTE_KERNEL);
	target = (virt ? KERNEL_EA : 0) + FIXTURE_MMIO + 0x40;
	thread.vcpu = &f.vcpu;
	thread_run_to(&thread, target);
	vcpu_get_regs(&f.vcpu, &regs);
	if (thread.last == KVM_EXIT_PAPR_HCALL)
		tap_is(f.vcpu.run->papr_hcall.nr, REPORT_TRAP + 0x400,
		       "fetch, %s: the guest gets an instruction storage interrupt", mode);
	else
		tap_is(thread.last, -EINTR, "fetch, %s: KVM_RUN can be ended", mode);
	tap_is(thread.last == -EINTR ? regs.pc : regs.sprg1, target,
	       "fetch, %s: no instruction was executed", mode);
	/* HSRR1 has these bits for each such interrupt; the MSR does not. */
	tap_is(regs.msr & HISI_CAUSE, 0, "fetch, %s: MSR has no bits of the interrupt", mode);
	fixture_end(&f);
}

int main(void)
{
	unsigned int i, virt;

	tap_start(60);
	for (virt = 0; virt < 2; virt++) {
		for (i = 0; i < ARRAY_SIZE(loads); i++)
			load(&loads[i], virt);
		for (i = 0; i < ARRAY_SIZE(stores); i++)
			store(&stores[i], virt);
		fetch(virt);
	}
	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		vector(&vectors[i]);
	return tap_done();
}
