// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_steps.h"
#include "hcall_args.h"
#include "hpt.h"

#define NOT_ANSWERED	0x5a5a5a5a5a5a5a5aull
#define HPTE_PAGES	64	/* that the guest makes entries for, in process 1's segment */

static u64 host_page(void)
{
	return sysconf(_SC_PAGESIZE);
}

static u64 any_gpa(struct fuzz_thread *t)
{
	const u64 page = host_page();
	const u64 bases[] = {
		FIXTURE_FREE, FIXTURE_FREE + 0x10000, FIXTURE_RAM - PAGE_64K, FIXTURE_RAM,
		SLOT_GPA, SLOT_GPA + page, SLOT_GPA + SLOT_PAGES * page,
		SLOT_GPA + 2 * SLOT_PAGES * page, TOP_GPA, TOP_GPA + PAGE_2M, FIXTURE_MMIO,
		TIMA_GPA, TIMA_GPA + 2 * page, ESB_GPA, ESB_GPA + 2 * page * IRQS, 0, 1ull << 52,
		1ull << 60, -1ull << 60, RTAS_BLOCKS, 0,
	};
	const int64_t offsets[] = { 0, 8, -8, 4, -4, 0x400, -0x1000, 0x1000, -1, 1 };
	u64 base = bases[fuzz_below(t, ARRAY_SIZE(bases))];

	if (fuzz_once_in(t, 3))
		return base + fuzz_below(t, PAGE_64K);
	return base + offsets[fuzz_below(t, ARRAY_SIZE(offsets))];
}

u64 fuzz_harmless(u64 gpa)
{
	/* some hypercalls ignore the top bits; an area may reach beyond the last address */
	const u64 real = gpa & ~0ull >> 4;

	if (real < FIXTURE_FREE || real > (~0ull >> 4) - PAGE_64K)
		return FIXTURE_FREE + (gpa & 0x3fffff);
	return gpa;
}

/* The arguments of an RTAS call in guest memory: words in big-endian order */
static u64 rtas_block(struct vm *vm, struct fuzz_thread *t, unsigned int vcpu)
{
	static const u32 counts[] = { 0, 1, 3, 3, 3, 15, 16, 17, 0xffffffff, 0xfffffff0 };
	u64 gpa = RTAS_BLOCKS + vcpu * 0x400;
	u32 *words = vm_ptr(vm, gpa, 0x400);
	unsigned int i;

	words[0] = htobe32(RTAS_TOKEN + fuzz_below(t, 6));
	words[1] = htobe32(counts[fuzz_below(t, ARRAY_SIZE(counts))]);
	words[2] = htobe32(counts[fuzz_below(t, ARRAY_SIZE(counts))]);
	/*
	 * kvm.ko: an interrupt that the VMM has not made, in a block of 1024 of which it
	 * has made one, is a NULL pointer (see docs/hostile.md).
	 */
	words[3] = htobe32(fuzz_once_in(t, 4) ? 1024 + fuzz_below(t, 1u << 31) :
						FIRST_IRQ + fuzz_below(t, IRQS));
	for (i = 4; i < 8; i++)
		words[i] = htobe32(fuzz_once_in(t, 3) ? fuzz_any(t) :
				   fuzz_once_in(t, 2) ? FIRST_IRQ + fuzz_below(t, IRQS) :
				   fuzz_below(t, 8));
	/* kvm.ko: one above 255 is taken for an index by its low byte (the same page) */
	words[5] = htobe32(fuzz_below(t, 256));
	return gpa;
}

static u64 area(struct vm *vm, struct fuzz_thread *t)
{
	static const u16 lengths[] = { 640, 640, 640, 4096, 639, 0, 0xffff, 48, 128 };
	u64 gpa = FIXTURE_FREE + 0x20000 + fuzz_below(t, 8) * 0x400;
	u8 *start;
	u32 length = lengths[fuzz_below(t, ARRAY_SIZE(lengths))];

	if (fuzz_once_in(t, 4))
		return fuzz_harmless(any_gpa(t));
	if (fuzz_once_in(t, 4))
		gpa = FIXTURE_RAM - 0x400;
	/* the length stands in the area: 16 bits in a VPA, 32 in the others */
	start = vm_ptr(vm, gpa, 8);
	*(u32 *)(start + 4) = htobe32(fuzz_once_in(t, 2) ? length << 16 : length);
	return gpa;
}

/* A hash guest's entries for few pages, in few groups, so that calls meet each other's */
static u64 hpte_argument(struct vm *vm, struct fuzz_thread *t, enum hcall_arg kind)
{
	static const u64 flags[] = {
		0, 0, 1ull << 39 /* H_EXACT */, 1ull << 37 /* H_READ_4 */, 1ull << 31 /* H_AVPN */,
		1ull << 30 /* H_ANDCOND */,
	};
	u64 offset = fuzz_below(t, HPTE_PAGES) * PAGE_64K;

	switch (kind) {
	case ARG_HPTE_FLAGS:
		return flags[fuzz_below(t, ARRAY_SIZE(flags))] |
		       (fuzz_once_in(t, 2) ? fuzz_below(t, 0x1000) : 0);
	case ARG_HPTE:
		return hpt_group(vm, hpt_vsid(1), offset) + fuzz_below(t, 8);
	case ARG_HPTE_BULK:
		return fuzz_below(t, 16) << 60 | fuzz_below(t, 4) << 56 |
		       hpte_argument(vm, t, ARG_HPTE);
	case ARG_HPTE_V:
		/* any base page size, bolted or not, secondary or not */
		return hpt_first_doubleword(vm, hpt_vsid(1), offset) ^
		       (fuzz_once_in(t, 2) ? fuzz_below(t, 0x80) : 0);
	default:
		/* page size, attributes, protection, key; of the host's page size mostly */
		return (fuzz_harmless(any_gpa(t)) & -PAGE_64K & ~0ull >> 4) |
		       (fuzz_once_in(t, 3) ? fuzz_below(t, 16) << 12 :
					     (host_page() == PAGE_64K) << 12) |
		       (fuzz_once_in(t, 2) ? fuzz_below(t, 0x1000) : 0x12) |
		       fuzz_below(t, 4) << 60 | (u64)fuzz_once_in(t, 8) << 63;
	}
}

static u64 argument(struct vm *vm, struct fuzz_thread *t, unsigned int vcpu,
		    enum hcall_arg kind)
{
	if (kind == ARG_RTAS)
		return fuzz_once_in(t, 8) ? fuzz_harmless(any_gpa(t)) : rtas_block(vm, t, vcpu);
	if (kind == ARG_AREA)
		return area(vm, t);
	if (fuzz_once_in(t, 10))
		return fuzz_any(t);
	switch (kind) {
	case ARG_HPTE:
	case ARG_HPTE_FLAGS:
	case ARG_HPTE_V:
	case ARG_HPTE_R:
	case ARG_HPTE_BULK:
		return vm->hpt ? hpte_argument(vm, t, kind) : fuzz_any(t);
	case ARG_FLAGS:
		return fuzz_once_in(t, 2) ? 0 : 1ull << fuzz_below(t, 64);
	case ARG_COUNT:
		return fuzz_below(t, 600);
	case ARG_VCPU:
		return fuzz_once_in(t, 8) ? 1ull << (31 + fuzz_below(t, 2)) :
					    fuzz_below(t, MAX_VCPUS + 1);
	case ARG_GPA:
		return any_gpa(t);
	case ARG_PAGE:
		return any_gpa(t) & -4096ull;
	case ARG_AREA_FUNCTION:
		return fuzz_below(t, 9) << 45;
	case ARG_YIELD_COUNT:
		return fuzz_below(t, 1000);
	case ARG_EA:
		return fuzz_once_in(t, 2) ? KERNEL_EA + fuzz_below(t, FIXTURE_RAM) : any_gpa(t);
	case ARG_PID:
		return fuzz_below(t, 4);
	case ARG_LIOBN:
		return LIOBN + fuzz_below(t, 3);
	case ARG_IOBA:
		return fuzz_below(t, 20) << 16;
	case ARG_TCE:
		return (any_gpa(t) & -4096ull) | fuzz_below(t, 4);
	case ARG_PAGE_FLAGS:
		return fuzz_below(t, 32) << 11;
	case ARG_ACCESS_SIZE:
		return 1ull << fuzz_below(t, 5);
	case ARG_PRIORITY:
		return fuzz_below(t, 256);
	case ARG_XIRR:
		return fuzz_below(t, 256) << 24 |
		       (fuzz_once_in(t, 2) ? 2 : FIRST_IRQ + fuzz_below(t, IRQS));
	case ARG_MODE_RESOURCE:
		return fuzz_below(t, 7);
	case ARG_INVALIDATE_TYPE:
		return fuzz_below(t, 16);
	case ARG_PAGE_SIZES:
		return fuzz_below(t, 32);
	default:
		return fuzz_any(t);
	}
}

/* Would the guest remove an entry that maps its code or data? */
static bool removes_its_own(struct vm *vm, const struct fuzz_script_step *s)
{
	const u64 index = ~0ull >> 8;

	if (!vm->hpt)
		return false;
	switch (s->regs[0]) {
	case H_REMOVE:
	case H_PROTECT:
		return hpt_made_here(vm, s->regs[2]);
	case H_BULK_REMOVE:
		return hpt_made_here(vm, s->regs[1] & index) ||
		       hpt_made_here(vm, s->regs[3] & index) ||
		       hpt_made_here(vm, s->regs[5] & index) ||
		       hpt_made_here(vm, s->regs[7] & index);
	default:
		return false;
	}
}

/* What is left out, and why */
static bool excluded(struct vm *vm, const struct fuzz_script_step *s)
{
	if (removes_its_own(vm, s))
		return true;
	/* Stock: steps past the last address and never stops (see docs/hostile.md). */
	if (!fuzz_backend_is_ours() && s->regs[0] == H_RPT_INVALIDATE)
		return true;
	return false;
}

static void make_hcall(struct vm *vm, struct fuzz_thread *t, unsigned int vcpu,
		       struct fuzz_script_step *s)
{
	const struct hcall_args *row;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(s->regs); i++)
		s->regs[i] = fuzz_any(t);
	if (fuzz_once_in(t, 6)) {
		s->regs[0] = fuzz_once_in(t, 3) ? fuzz_any(t) :
			     fuzz_once_in(t, 2) ? fuzz_below(t, 0x500) :
			     hcall_numbers[fuzz_below(t, hcall_numbers_count)];
		/* destinations of any number that is in the table */
		s->regs[2] = fuzz_harmless(s->regs[2]);
		s->regs[1] = s->regs[0] == H_PAGE_INIT ? s->regs[1] : fuzz_harmless(s->regs[1]);
		s->regs[3] = fuzz_harmless(s->regs[3]);
		return;
	}
	row = &hcall_args[fuzz_below(t, hcall_args_count)];
	s->regs[0] = row->nr;
	for (i = 0; i < row->count; i++)
		s->regs[1 + i] = argument(vm, t, vcpu, row->kinds[i]);
	if (row->nr == H_PAGE_INIT || row->nr == H_REGISTER_VPA)
		s->regs[2 + (row->nr == H_REGISTER_VPA)] =
			fuzz_harmless(s->regs[2 + (row->nr == H_REGISTER_VPA)]);
}

void fuzz_make_step(struct vm *vm, struct fuzz_thread *t, unsigned int vcpu, bool virt,
		    struct fuzz_script_step *s)
{
	static const u64 decs[] = { 0x7fffffff, 0x7fffffff, 1, 100, 10000, 100000, 0, -1ull };

	memset(s, 0, sizeof(*s));
	s->answer = NOT_ANSWERED;
	s->dec = decs[fuzz_below(t, ARRAY_SIZE(decs))];
	s->op = fuzz_once_in(t, 4) ? 1 + fuzz_below(t, FUZZ_OPS - 1) : FUZZ_HCALL;
	switch (s->op) {
	case FUZZ_HCALL:
	case FUZZ_PROBLEM:
		do {
			make_hcall(vm, t, vcpu, s);
		} while (excluded(vm, s));
		/* the decrementer wakes a vCPU that would sleep without end */
		if (s->regs[0] == H_CEDE)
			s->dec &= 0xffff;
		break;
	case FUZZ_LOAD:
	case FUZZ_STORE:
	case FUZZ_STORE_BYTE:
	case FUZZ_ZERO_LINE:
		s->regs[0] = fuzz_harmless(any_gpa(t));
		if (virt && vm->hpt && fuzz_once_in(t, 2))
			s->regs[0] = fuzz_below(t, HPTE_PAGES * PAGE_64K);
		else if (virt)
			s->regs[0] |= KERNEL_EA;
		s->regs[1] = fuzz_any(t);
		break;
	case FUZZ_DOORBELL:
		/* type 5, and the processor it is for */
		s->regs[0] = fuzz_once_in(t, 4) ? fuzz_any(t) :
						  5ull << 27 | fuzz_below(t, MAX_VCPUS + 1);
		break;
	case FUZZ_TLBIE:
		/* by PID, by LPID or of a page; RB and RS of all kinds are the guest's business */
		s->regs[0] = fuzz_below(t, 4) << 10 | (fuzz_any(t) & -4096ull);
		s->regs[1] = fuzz_below(t, 4) << 32;
		break;
	default:
		s->regs[0] = fuzz_any(t);
	}
}
