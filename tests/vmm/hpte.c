// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "caller.h"
#include "hpte.h"
#include "tap.h"

GUEST(hpte);

#define CODE		(GUEST_CODE + 0x1000)
#define SLB_DATA(vcpu)	(FIXTURE_DATA + 0x4000 + (vcpu)->id * 0x400ull)
#define GROUP		8	/* entries */

void hpte_load(struct vm *vm)
{
	static const u16 numbers[] = { H_CLEAR_MOD, H_CLEAR_REF };
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_ENABLE_HCALL, .args = { 0, 1 } };
	u32 order = HPT_ORDER;
	unsigned int i;
	int rc;

	hpt_destroy(vm);
	vm_load_guest(vm, CODE, hpte);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		cap.args[0] = numbers[i];
		rc = vm_ioctl(vm, KVM_ENABLE_CAP, &cap);
		if (rc)
			tap_bail("KVM_CAP_PPC_ENABLE_HCALL %#x: %s", numbers[i], strerror(-rc));
	}
	rc = vm_ioctl(vm, KVM_PPC_ALLOCATE_HTAB, &order);
	if (rc)
		tap_bail("KVM_PPC_ALLOCATE_HTAB: %s", strerror(-rc));
}

void hpte_start(struct fixture *f)
{
	bool segments;

	caller_start(f);
	segments = f->vm.hpt;
	hpte_load(&f->vm);
	if (segments)
		hpte_segments(&f->vcpu, NULL, 0);
}

u64 hpte_call(struct vcpu *vcpu, u64 nr, const u64 args[8], u64 out[8])
{
	u64 all[CALLER_ARGUMENTS] = { 0 };
	const char *answer;

	memcpy(all, args, 8 * sizeof(u64));
	answer = caller_call(vcpu, nr, all);
	if (strncmp(answer, "kernel", 6))
		tap_bail("hypercall %#lx: %s", nr, answer);
	if (out)
		memcpy(out, caller_results(vcpu) + 1, 8 * sizeof(u64));
	return caller_results(vcpu)[0];
}

/* --- HPTEs -------------------------------------------------------------------- */

static unsigned int segment_bits(const struct hpte_page *page)
{
	return page->segment & SEGMENT_1T ? 40 : 28;
}

static unsigned int page_bits(const struct hpte_page *page)
{
	return page->segment & SEGMENT_64K ? 16 : 12;
}

/* Any function works. This one maps adjacent segments to adjacent VSIDs. */
static u64 vsid(const struct hpte_page *page)
{
	u64 esid = page->ea >> segment_bits(page);

	return page->segment & SEGMENT_1T ? 0x5000 + (esid & 0xfff) : 0x100000 + (esid & 0xfffff);
}

static u64 offset(const struct hpte_page *page)
{
	return page->ea & ((1ull << segment_bits(page)) - 1);
}

u64 hpte_v(const struct hpte_page *page)
{
	return (page->segment & SEGMENT_1T) | vsid(page) << (segment_bits(page) - 16) |
	       (offset(page) >> 16 & ~0x7full) |
	       (page_bits(page) > 12 ? HPTE_V_LARGE : 0) | HPTE_V_VALID | page->v;
}

u64 hpte_r(const struct hpte_page *page)
{
	return page->gpa | page->r | (page_bits(page) > 12 ? HPTE_R_64K : 0);
}

u64 hpte_group(const struct hpte_page *page, unsigned int order)
{
	u64 id = vsid(page), hash;

	if (page->segment & SEGMENT_1T)
		id ^= id << 25;
	hash = id ^ offset(page) >> page_bits(page);
	if (page->v & HPTE_V_SECONDARY)
		hash = ~hash;
	return (hash & ((1ull << (order - 7)) - 1)) * GROUP;
}

u64 hpte_enter(struct vcpu *vcpu, const struct hpte_page *page, u64 flags)
{
	const u64 args[8] = { flags, hpte_group(page, HPT_ORDER), hpte_v(page), hpte_r(page) };
	u64 out[8], rc = hpte_call(vcpu, H_ENTER, args, out);

	if (rc)
		tap_bail("H_ENTER for %#lx: %ld", page->ea, (long)rc);
	return out[0];
}

u64 hpte_read(struct vcpu *vcpu, u64 index, u64 e[2])
{
	const u64 args[8] = { 0, index };
	u64 out[8], rc = hpte_call(vcpu, H_READ, args, out);

	if (e)
		memcpy(e, out, 2 * sizeof(u64));
	return rc;
}

/* --- runs --------------------------------------------------------------------- */

static struct hpte_access ends(struct vcpu *vcpu, int rc)
{
	struct hpte_access a = { .rc = rc };
	struct kvm_regs regs;
	u64 nr;

	if (rc != KVM_EXIT_PAPR_HCALL)
		return a;
	nr = vcpu->run->papr_hcall.nr;
	vcpu_get_regs(vcpu, &regs);
	if (nr >= REPORT_TRAP) {
		a.interrupt = nr - REPORT_TRAP;
		a.srr1 = regs.sprg2;
		a.dar = vcpu_reg(vcpu, KVM_REG_PPC_DAR);
		a.dsisr = vcpu_reg(vcpu, KVM_REG_PPC_DSISR);
	} else {
		a.value = vcpu_hcall_arg(vcpu, 0);
	}
	return a;
}

struct hpte_access hpte_goes_on(struct vcpu *vcpu)
{
	int rc;

	do {
		rc = vcpu_run(vcpu);
	} while (rc == -EINTR);
	return ends(vcpu, rc);
}

static struct hpte_access run(struct vcpu *vcpu, u64 pc, u64 msr, u64 value, u64 address, u64 count)
{
	struct kvm_regs regs;

	vcpu_get_regs(vcpu, &regs);
	regs.pc = pc;
	regs.msr = MSR_REAL | msr;
	regs.gpr[24] = value;
	regs.gpr[25] = address;
	regs.gpr[26] = count;
	vcpu_set_regs(vcpu, &regs);
	return hpte_goes_on(vcpu);
}

struct hpte_access hpte_loads(struct vcpu *vcpu, u64 ea, u64 msr)
{
	return run(vcpu, CODE + HPTE_LOAD, msr, 0, ea, 0);
}

struct hpte_access hpte_stores(struct vcpu *vcpu, u64 ea, u64 value, u64 msr)
{
	return run(vcpu, CODE + HPTE_STORE, msr, value, ea, 0);
}

struct hpte_access hpte_executes(struct vcpu *vcpu, u64 ea, u64 msr)
{
	return run(vcpu, ea, msr, 0, 0, 0);
}

struct hpte_access hpte_problem_loads(struct vcpu *vcpu, u64 code, u64 ea)
{
	return run(vcpu, code, MSR_IR | MSR_DR | MSR_PR, 0, ea, 0);
}

void hpte_problem_code(struct vm *vm, u64 gpa)
{
	vm_load(vm, gpa, guest_hpte + HPTE_PROBLEM, guest_hpte_end);
}

void hpte_code(struct vm *vm, u64 gpa)
{
	vm_load(vm, gpa, guest_hpte + HPTE_FETCHED, guest_hpte_end);
}

/* --- segments ----------------------------------------------------------------- */

static void must(const char *what, struct hpte_access a)
{
	if (a.rc != KVM_EXIT_PAPR_HCALL || a.interrupt)
		tap_bail("%s: KVM_RUN gave %d, interrupt %#lx", what, a.rc, a.interrupt);
}

void hpte_segment(const struct hpte_page *page, unsigned int i, u64 pair[2])
{
	unsigned int bits = segment_bits(page);

	pair[0] = page->ea >> bits << bits | SLB_V | i;
	pair[1] = vsid(page) << (bits - 16) | page->segment;
}

void hpte_slb_set(struct vcpu *vcpu, u64 pairs[][2], unsigned int n)
{
	if (n)
		memcpy(vm_ptr(vcpu->vm, SLB_DATA(vcpu), n * sizeof(*pairs)), pairs,
		       n * sizeof(*pairs));
	must("slbmte", run(vcpu, CODE + HPTE_SLB_SET, 0, 0, SLB_DATA(vcpu), n));
}

void hpte_slb_get(struct vcpu *vcpu, u64 pairs[HPTE_SLB_ENTRIES][2])
{
	const size_t size = HPTE_SLB_ENTRIES * sizeof(*pairs);

	must("slbmfee", run(vcpu, CODE + HPTE_SLB_GET, 0, 0, SLB_DATA(vcpu), 0));
	memcpy(pairs, vm_ptr(vcpu->vm, SLB_DATA(vcpu), size), size);
}

void hpte_segments(struct vcpu *vcpu, const struct hpte_page *pages, unsigned int n)
{
	u64 pairs[HPTE_SLB_ENTRIES][2], there[2];
	unsigned int i, j, count = 0;

	for (i = 0; i < n; i++) {
		hpte_segment(&pages[i], 0, there);
		for (j = 0; j < count && pairs[j][0] - j != there[0]; j++)
			;
		if (j == count) {
			if (count == HPTE_SLB_ENTRIES)
				tap_bail("%u pages are in more segments than the SLB holds", n);
			hpte_segment(&pages[i], count, pairs[count]);
			count++;
		}
	}
	hpte_slb_set(vcpu, pairs, count);
}
