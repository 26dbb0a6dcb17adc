// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page-table entries that a hash guest makes: the hypercalls for them, accesses through them,
 * and what the host does with the memory behind them
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours quick=yes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "hpte.h"
#include "memory.h"
#include "tap.h"

#define EA		0x10000000ull		/* segment 1 of 256 MiB */
#define EA_1T		(7ull << 40)
#define DATA		(16ull << 20)		/* guest real */
#define BEYOND		FIXTURE_MMIO		/* no memory */
#define GROUP_ENTRIES	8
#define TABLE_ENTRIES	(1ull << (HPT_ORDER - 4))

#define DSISR_NOHPTE	0x40000000ull
#define DSISR_PROTFAULT	0x08000000ull
#define DSISR_ISSTORE	0x02000000ull
#define DSISR_KEYFAULT	0x00200000ull
#define SRR1_NOHPTE	0x40000000ull
#define SRR1_NOEXEC	0x10000000ull
#define SRR1_PROTFAULT	0x08000000ull
#define SRR1_CAUSE	(SRR1_NOHPTE | SRR1_NOEXEC | SRR1_PROTFAULT)

#define ARGS(...)	((const u64[8]) { __VA_ARGS__ })

/* H_BULK_REMOVE: requests */
#define BULK_ANY	0x4000000000000000ull
#define BULK_AVPN	0x4200000000000000ull
#define BULK_END	0xc000000000000000ull

static u64 host_page;

/* A page of memory, as most of the checks use it */
static struct hpte_page memory_page(u64 ea, u64 gpa)
{
	return (struct hpte_page) { .ea = ea, .gpa = gpa, .r = HPTE_PP_ALL | HPTE_COHERENT };
}

static u64 *word(struct fixture *f, u64 gpa)
{
	return vm_ptr(&f->vm, gpa, sizeof(u64));
}

static void is_done(struct hpte_access a, const char *what)
{
	if (!tap_ok(a.rc == KVM_EXIT_PAPR_HCALL && !a.interrupt, "%s", what))
		tap_diag("KVM_RUN gave %d, interrupt %#lx, DSISR %#lx, SRR1 %#lx", a.rc,
			 a.interrupt, a.dsisr, a.srr1);
}

static void is_dsi(struct hpte_access a, u64 ea, u64 dsisr, const char *what)
{
	if (!tap_ok(a.rc == KVM_EXIT_PAPR_HCALL && a.interrupt == 0x300 && a.dar == ea &&
		    a.dsisr == dsisr, "%s: data storage interrupt, DSISR %#lx", what, dsisr))
		tap_diag("KVM_RUN gave %d, interrupt %#lx, DAR %#lx, DSISR %#lx", a.rc,
			 a.interrupt, a.dar, a.dsisr);
}

static void is_isi(struct hpte_access a, u64 cause, const char *what)
{
	if (!tap_ok(a.rc == KVM_EXIT_PAPR_HCALL && a.interrupt == 0x400 &&
		    (a.srr1 & SRR1_CAUSE) == cause,
		    "%s: instruction storage interrupt, SRR1 %#lx", what, cause))
		tap_diag("KVM_RUN gave %d, interrupt %#lx, SRR1 %#lx", a.rc, a.interrupt, a.srr1);
}

static u64 call(struct fixture *f, u64 nr, u64 flags, u64 index, u64 a, u64 b)
{
	return hpte_call(&f->vcpu, nr, ARGS(flags, index, a, b), NULL);
}

/* --- hypercalls ------------------------------------------------------------------- */

static void hypercalls(void)
{
	struct hpte_page page = memory_page(EA, DATA), other;
	u64 group, index, e[2], out[8], i, taken = 0, failed = 0;
	struct fixture f;

	hpte_start(&f);
	group = hpte_group(&page, HPT_ORDER);
	index = hpte_enter(&f.vcpu, &page, 0);
	tap_is(index & ~7ull, group, "H_ENTER: an index in the group");
	tap_is(hpte_read(&f.vcpu, index, e), H_SUCCESS, "H_READ");
	tap_is(e[0], hpte_v(&page), "H_READ: the first doubleword is the guest's");
	tap_is(e[1], hpte_r(&page), "H_READ: the second one too, not the one for the MMU");
	hpte_call(&f.vcpu, H_READ, ARGS(H_READ_4, index), out);
	tap_is(out[index % 4 * 2 + 1], hpte_r(&page), "H_READ: among four entries");

	tap_is(call(&f, H_REMOVE, H_AVPN, index, hpte_v(&page) + 0x80, 0), H_NOT_FOUND,
	       "H_REMOVE of another page");
	tap_is(call(&f, H_REMOVE, H_ANDCOND, index, hpte_v(&page) & ~0x7full, 0), H_NOT_FOUND,
	       "H_REMOVE unless one of these bits is set");
	tap_is(hpte_call(&f.vcpu, H_REMOVE, ARGS(H_AVPN, index, hpte_v(&page) & ~0x7full), out),
	       H_SUCCESS, "H_REMOVE of this page");
	tap_is(out[0] == hpte_v(&page) && out[1] == hpte_r(&page), 1, "H_REMOVE returns the entry");
	tap_is(call(&f, H_REMOVE, 0, index, 0, 0), H_NOT_FOUND, "H_REMOVE again: the entry is gone");

	/* with few pages for real mode a group may have no entry of theirs */
	for (i = 0; i < GROUP_ENTRIES; i++)
		taken += hpte_read(&f.vcpu, group + i, e) == H_SUCCESS && e[0] & HPTE_V_VALID;
	tap_ok(taken <= 1, "the group has at most one entry that is not the guest's");
	for (i = 0; i < GROUP_ENTRIES - taken; i++) {
		other = memory_page(EA + (i << 26), DATA + i * host_page);
		failed += call(&f, H_ENTER, 0, group, hpte_v(&other), hpte_r(&other)) != H_SUCCESS;
	}
	tap_is(failed, 0, "all other places of the group can be had");
	tap_is(call(&f, H_ENTER, 0, group, hpte_v(&page), hpte_r(&page)), H_PTEG_FULL, "H_ENTER: the group is full");
	tap_is(call(&f, H_ENTER, H_EXACT, group + 3, hpte_v(&page), hpte_r(&page)), H_PTEG_FULL,
	       "H_EXACT where there is an entry");
	hpte_call(&f.vcpu, H_BULK_REMOVE,
		  ARGS(BULK_ANY | group, 0, BULK_AVPN | (group + 1), 0, BULK_ANY | (group + 2), 0,
		       BULK_END), out);
	tap_ok(out[0] >> 56 == 0x80 && out[2] >> 56 == 0x92 && out[4] >> 56 == 0x80,
	       "H_BULK_REMOVE: success, not found, success");
	tap_is(hpte_call(&f.vcpu, H_BULK_REMOVE, ARGS(BULK_ANY | TABLE_ENTRIES), NULL),
	       (u64)H_PARAMETER, "H_BULK_REMOVE: an index beyond the table");

	tap_is(call(&f, H_ENTER, H_EXACT, TABLE_ENTRIES, hpte_v(&page), hpte_r(&page)),
	       (u64)H_PARAMETER, "H_ENTER beyond the table");
	tap_is(call(&f, H_ENTER, 0, group, hpte_v(&page) | 2ull << 62, hpte_r(&page)),
	       (u64)H_PARAMETER, "H_ENTER of a segment size that does not exist");
	tap_is(call(&f, H_ENTER, 0, group, hpte_v(&page) | HPTE_V_LARGE, hpte_r(&page) | 0x5000),
	       (u64)H_PARAMETER, "H_ENTER of a page size that does not exist");
	tap_is(call(&f, H_READ, 0, TABLE_ENTRIES, 0, 0), (u64)H_PARAMETER, "H_READ beyond the table");
	tap_is(call(&f, H_REMOVE, 0, -1ull, 0, 0), (u64)H_PARAMETER, "H_REMOVE");
	tap_is(call(&f, H_PROTECT, 0, TABLE_ENTRIES, 0, 0), (u64)H_PARAMETER, "H_PROTECT");
	tap_is(call(&f, H_CLEAR_REF, 0, TABLE_ENTRIES, 0, 0), (u64)H_PARAMETER, "H_CLEAR_REF");
	tap_is(call(&f, H_CLEAR_MOD, 0, TABLE_ENTRIES, 0, 0), (u64)H_PARAMETER, "H_CLEAR_MOD");
	fixture_end(&f);
}

/*
 * A page that is larger than the host's, on memory of the VMM that is not aligned to it. On a
 * host with 4K pages the stock backend turns an entry for 64K that is 8K off into an entry that
 * says 16G. vmlinux's real mode does the same on POWER8, where no other handler is asked
 * (docs/hostile.md).
 */
static void misaligned(void)
{
	struct hpte_page page = memory_page(EA_1T, 0x8000000);
	u64 size = host_page < PAGE_64K ? PAGE_64K : 16ull << 20, group, rc;
	const size_t room = 32ull << 20;	/* for large pages of the host */
	char *memory = vmm_memory(room, room);
	struct fixture f;

	hpte_start(&f);
	madvise(memory, room, MADV_HUGEPAGE);
	memset(memory, 1, room);
	page.segment = SEGMENT_1T;
	page.v = HPTE_V_LARGE;
	page.r |= size == PAGE_64K ? HPTE_R_64K : 0;
	group = hpte_group(&page, HPT_ORDER);
	if (vm_set_slot(&f.vm, 1, page.gpa, memory + (host_page > 8192 ? host_page : 8192), size,
			0))
		tap_bail("slot 1");
	rc = call(&f, H_ENTER, 0, group, hpte_v(&page), hpte_r(&page));
	tap_is(rc, (u64)H_PARAMETER, "a page of %lu K on memory that begins in the middle of one",
	       size >> 10);
	fixture_end(&f);
	munmap(memory, room);
}

/* --- accesses --------------------------------------------------------------------- */

static void accesses(void)
{
	struct hpte_page page = memory_page(EA, DATA);
	struct hpte_page far = memory_page(EA_1T + 0x123450000, DATA + host_page);
	struct hpte_page code = memory_page(EA + PAGE_64K, DATA + 2 * PAGE_64K);
	struct hpte_page pages[] = { page, far };
	struct fixture f;
	u64 index;

	hpte_start(&f);
	far.segment = SEGMENT_1T;
	pages[1] = far;
	is_dsi(hpte_loads(&f.vcpu, 1ull << 39, 0), 1ull << 39, DSISR_NOHPTE,
	       "real mode, behind the memory: load");
	tap_is(hpte_loads(&f.vcpu, EA, MSR_DR).interrupt, 0x380, "no segment: load");
	tap_is(hpte_executes(&f.vcpu, EA, MSR_IR).interrupt, 0x480, "no segment: execute");
	hpte_segments(&f.vcpu, pages, 2);
	is_dsi(hpte_loads(&f.vcpu, EA, MSR_DR), EA, DSISR_NOHPTE, "no entry: load");
	is_dsi(hpte_stores(&f.vcpu, EA + 8, 1, MSR_DR), EA + 8, DSISR_NOHPTE | DSISR_ISSTORE,
	       "no entry: store");
	is_isi(hpte_executes(&f.vcpu, EA, MSR_IR), SRR1_NOHPTE, "no entry: execute");

	index = hpte_enter(&f.vcpu, &page, 0);
	hpte_enter(&f.vcpu, &far, 0);
	*word(&f, DATA + 8) = 0x1234;
	tap_is(hpte_loads(&f.vcpu, EA + 8, MSR_DR).value, 0x1234, "load");
	is_done(hpte_stores(&f.vcpu, EA + 16, 0x5678, MSR_DR), "store");
	tap_is(*word(&f, DATA + 16), 0x5678, "the value is where the entry says");
	is_done(hpte_stores(&f.vcpu, far.ea + 16, 0x9abc, MSR_DR), "store, segment of 1 TiB");
	tap_is(*word(&f, far.gpa + 16), 0x9abc, "the value is there");

	call(&f, H_REMOVE, 0, index, 0, 0);
	is_dsi(hpte_loads(&f.vcpu, EA, MSR_DR), EA, DSISR_NOHPTE, "removed: load");
	page.gpa += 4 * PAGE_64K;
	hpte_enter(&f.vcpu, &page, 0);
	*word(&f, page.gpa) = 77;
	tap_is(hpte_loads(&f.vcpu, EA, MSR_DR).value, 77, "another page there: load");

	hpte_code(&f.vm, code.gpa);
	index = hpte_enter(&f.vcpu, &code, 0);
	is_done(hpte_executes(&f.vcpu, code.ea, MSR_IR), "execute");
	call(&f, H_REMOVE, 0, index, 0, 0);
	code.r |= HPTE_NO_EXEC;
	hpte_enter(&f.vcpu, &code, 0);
	is_isi(hpte_executes(&f.vcpu, code.ea, MSR_IR), SRR1_NOEXEC, "no-execute page: execute");
	fixture_end(&f);
}

/*
 * Page protection and storage keys. Pages that only the host has made read-only are invisible to
 * the guest.
 */
static void protection(void)
{
	struct hpte_page ro = memory_page(EA, DATA);
	struct hpte_page kernel = memory_page(EA + PAGE_64K, DATA + PAGE_64K);
	struct hpte_page key = memory_page(EA + 2 * PAGE_64K, DATA + 2 * PAGE_64K);
	struct hpte_page code = memory_page(EA + 3 * PAGE_64K, DATA + 3 * PAGE_64K);
	const u64 denied[] = { 1, 2, 3 };	/* AMR: loads, stores */
	struct fixture f;
	u64 index, e[2];
	unsigned int i;

	hpte_start(&f);
	ro.r = HPTE_PP_READ | HPTE_COHERENT;
	kernel.r = HPTE_PP_PRIV | HPTE_COHERENT;
	key.r |= HPTE_R_KEY(21);
	ro.segment = SEGMENT_KP;
	hpte_segments(&f.vcpu, &ro, 1);
	index = hpte_enter(&f.vcpu, &ro, 0);
	hpte_enter(&f.vcpu, &kernel, 0);
	*word(&f, DATA) = 5;

	tap_is(hpte_loads(&f.vcpu, ro.ea, MSR_DR).value, 5, "read-only page: load");
	is_dsi(hpte_stores(&f.vcpu, ro.ea, 6, MSR_DR), ro.ea, DSISR_PROTFAULT | DSISR_ISSTORE,
	       "read-only page: store");
	tap_is(*word(&f, DATA), 5, "nothing is stored");
	is_done(hpte_stores(&f.vcpu, kernel.ea, 7, MSR_DR), "privileged page: store");
	hpte_enter(&f.vcpu, &code, 0);
	hpte_problem_code(&f.vm, code.gpa);
	is_dsi(hpte_problem_loads(&f.vcpu, code.ea, kernel.ea), kernel.ea, DSISR_PROTFAULT,
	       "from problem state: load");
	tap_is(hpte_problem_loads(&f.vcpu, code.ea, ro.ea).interrupt, 0xc00,
	       "load of a page that it may read: the program goes on to sc");

	tap_is(call(&f, H_PROTECT, HPTE_PP_ALL, index, 0, 0), H_SUCCESS, "H_PROTECT: writable");
	is_done(hpte_stores(&f.vcpu, ro.ea, 6, MSR_DR), "store");
	tap_is(*word(&f, DATA), 6, "the value is there");
	tap_is(call(&f, H_PROTECT, HPTE_PP_READ, index, 0, 0), H_SUCCESS, "H_PROTECT: read-only");
	is_dsi(hpte_stores(&f.vcpu, ro.ea, 7, MSR_DR), ro.ea, DSISR_PROTFAULT | DSISR_ISSTORE,
	       "store");

	index = hpte_enter(&f.vcpu, &key, 0);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_UAMOR, -1ull);
	for (i = 0; i < ARRAY_SIZE(denied); i++) {
		vcpu_set_reg(&f.vcpu, KVM_REG_PPC_AMR, denied[i] << (62 - 2 * 21));
		if (denied[i] & 1)
			is_dsi(hpte_loads(&f.vcpu, key.ea, MSR_DR), key.ea, DSISR_KEYFAULT,
			       "storage key: load");
		else
			is_done(hpte_loads(&f.vcpu, key.ea, MSR_DR), "storage key allows: load");
		if (denied[i] & 2)
			is_dsi(hpte_stores(&f.vcpu, key.ea, 1, MSR_DR), key.ea,
			       DSISR_KEYFAULT | DSISR_ISSTORE, "storage key: store");
		else
			is_done(hpte_stores(&f.vcpu, key.ea, 1, MSR_DR),
				"storage key allows: store");
	}
	/* the host takes the page; its change of the entry must not change the guest's key */
	madvise(word(&f, key.gpa), PAGE_64K, MADV_DONTNEED);
	is_dsi(hpte_loads(&f.vcpu, key.ea, MSR_DR), key.ea, DSISR_KEYFAULT,
	       "storage key, page not there: load");
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_AMR, 0);
	is_done(hpte_loads(&f.vcpu, key.ea, MSR_DR), "AMR 0: load");
	hpte_read(&f.vcpu, index, e);
	tap_is(e[1] & ~(HPTE_REFERENCED | HPTE_CHANGED), hpte_r(&key), "the key is unchanged");
	fixture_end(&f);
}

/* --- no memory: MMIO --------------------------------------------------------------- */

static void mmio(void)
{
	struct hpte_page page = memory_page(EA, BEYOND);
	struct hpte_access a;
	struct fixture f;
	char *memory = vmm_memory(PAGE_64K, PAGE_64K);
	u64 index, e[2], i, good = 0;

	hpte_start(&f);
	page.r |= HPTE_INHIBITED;
	hpte_segments(&f.vcpu, &page, 1);
	index = hpte_enter(&f.vcpu, &page, 0);
	/* the first access is looked up, the next ones are remembered */
	for (i = 0; i < 4; i++) {
		a = hpte_loads(&f.vcpu, EA + 8 * i, MSR_DR);
		good += a.rc == KVM_EXIT_MMIO && !f.vcpu.run->mmio.is_write &&
			f.vcpu.run->mmio.phys_addr == BEYOND + 8 * i && f.vcpu.run->mmio.len == 8;
		*(u64 *)f.vcpu.run->mmio.data = 100 + i;
		good += hpte_goes_on(&f.vcpu).value == 100 + i;
		a = hpte_stores(&f.vcpu, EA + 8 * i, 200 + i, MSR_DR);
		good += a.rc == KVM_EXIT_MMIO && f.vcpu.run->mmio.is_write &&
			f.vcpu.run->mmio.phys_addr == BEYOND + 8 * i &&
			*(u64 *)f.vcpu.run->mmio.data == 200 + i;
		is_done(hpte_goes_on(&f.vcpu), "MMIO: the guest goes on");
	}
	tap_is(good, 12, "MMIO by an entry for no memory: loads and stores");
	is_isi(hpte_executes(&f.vcpu, EA, MSR_IR), SRR1_NOEXEC, "no memory: execute");
	hpte_read(&f.vcpu, index, e);
	tap_is(e[1], hpte_r(&page), "H_READ: the entry is the guest's");

	call(&f, H_PROTECT, HPTE_PP_READ, index, 0, 0);
	is_dsi(hpte_stores(&f.vcpu, EA, 1, MSR_DR), EA, DSISR_PROTFAULT | DSISR_ISSTORE,
	       "H_PROTECT, read-only: store");
	call(&f, H_PROTECT, HPTE_PP_ALL, index, 0, 0);

	/* memory is added there, and removed again */
	*(u64 *)memory = 4711;
	if (vm_set_slot(&f.vm, 1, BEYOND, memory, PAGE_64K, 0))
		tap_bail("slot 1");
	tap_is(hpte_loads(&f.vcpu, EA, MSR_DR).value, 4711, "memory is added there: load");
	is_done(hpte_stores(&f.vcpu, EA, 4712, MSR_DR), "store");
	tap_is(*(u64 *)memory, 4712, "the value is there");
	vm_set_slot(&f.vm, 1, 0, NULL, 0, 0);
	a = hpte_loads(&f.vcpu, EA, MSR_DR);
	tap_ok(a.rc == KVM_EXIT_MMIO && f.vcpu.run->mmio.phys_addr == BEYOND,
	       "the memory is gone: MMIO");
	hpte_goes_on(&f.vcpu);

	/* removed and made again for another address: nothing remembered may be used */
	call(&f, H_REMOVE, 0, index, 0, 0);
	is_dsi(hpte_loads(&f.vcpu, EA, MSR_DR), EA, DSISR_NOHPTE, "the entry removed: load");
	page.gpa += PAGE_64K;
	hpte_enter(&f.vcpu, &page, 0);
	a = hpte_loads(&f.vcpu, EA + 16, MSR_DR);
	tap_ok(a.rc == KVM_EXIT_MMIO && f.vcpu.run->mmio.phys_addr == BEYOND + PAGE_64K + 16,
	       "another entry: MMIO at its address");
	hpte_goes_on(&f.vcpu);
	fixture_end(&f);
	munmap(memory, PAGE_64K);
}

/* --- reference and change ------------------------------------------------------------ */

#define RC	(HPTE_REFERENCED | HPTE_CHANGED)

static u64 rc_of(struct fixture *f, u64 index)
{
	u64 e[2];

	hpte_read(&f->vcpu, index, e);
	return e[1] & RC;
}

/* H_CLEAR_REF and H_CLEAR_MOD return the second doubleword as it was */
static u64 clear(struct fixture *f, u64 nr, u64 index)
{
	u64 out[8];

	if (hpte_call(&f->vcpu, nr, ARGS(0, index), out))
		return -1ull;
	return out[0] & RC;
}

static void reference_change(void)
{
	struct hpte_page page = memory_page(EA, DATA);
	struct fixture f;
	u64 index, out[8];
	unsigned int gone;

	hpte_start(&f);
	hpte_segments(&f.vcpu, &page, 1);
	for (gone = 0; gone < 2; gone++) {
		const char *how = gone ? "page taken in between" : "page there";

		*word(&f, DATA) = 1;
		index = hpte_enter(&f.vcpu, &page, 0);
		tap_is(rc_of(&f, index), 0, "%s: neither R nor C at first", how);
		hpte_loads(&f.vcpu, EA, MSR_DR);
		if (gone)
			madvise(word(&f, DATA), PAGE_64K, MADV_DONTNEED);
		tap_is(rc_of(&f, index), HPTE_REFERENCED, "%s: a load sets R", how);
		tap_is(clear(&f, H_CLEAR_REF, index), HPTE_REFERENCED, "%s: H_CLEAR_REF returns R",
		       how);
		tap_is(rc_of(&f, index), 0, "%s: H_CLEAR_REF clears R", how);
		hpte_loads(&f.vcpu, EA, MSR_DR);
		tap_is(rc_of(&f, index), HPTE_REFERENCED, "%s: the next load sets R again", how);
		hpte_stores(&f.vcpu, EA, 2, MSR_DR);
		if (gone)
			madvise(word(&f, DATA), PAGE_64K, MADV_DONTNEED);
		tap_is(rc_of(&f, index), RC, "%s: a store sets C", how);
		tap_is(clear(&f, H_CLEAR_MOD, index), RC, "%s: H_CLEAR_MOD returns C", how);
		tap_is(rc_of(&f, index), HPTE_REFERENCED, "%s: H_CLEAR_MOD clears C", how);
		hpte_stores(&f.vcpu, EA, 3, MSR_DR);
		if (gone)
			madvise(word(&f, DATA), PAGE_64K, MADV_DONTNEED);
		tap_is(rc_of(&f, index), RC, "%s: the next store sets C again", how);
		hpte_call(&f.vcpu, H_REMOVE, ARGS(0, index), out);
		tap_is(out[1] & RC, RC, "%s: H_REMOVE returns both", how);
	}
	page.r |= RC;
	index = hpte_enter(&f.vcpu, &page, 0);
	tap_is(rc_of(&f, index), RC, "made with R and C: R and C stay");
	tap_is(clear(&f, H_CLEAR_MOD, index + 1), (u64)-1, "H_CLEAR_MOD where there is no entry");
	fixture_end(&f);
}

/* --- the host ---------------------------------------------------------------------- */

static bool dirty(struct fixture *f, u64 gpa)
{
	static u8 map[FIXTURE_RAM / 4096 / 8 + 8];
	u64 i = gpa / host_page;

	if (vm_dirty_log(&f->vm, 0, map))
		tap_bail("KVM_GET_DIRTY_LOG: %s", strerror(errno));
	return map[i / 8] >> i % 8 & 1;
}

static void host_side(void)
{
	struct hpte_page page = memory_page(EA, DATA), second = memory_page(EA + PAGE_64K, DATA);
	struct hpte_page pages[] = { page };
	struct fixture f;
	u64 index, other, e[2];
	bool valid;

	hpte_start(&f);
	hpte_segments(&f.vcpu, pages, 1);
	*word(&f, DATA) = 1;
	index = hpte_enter(&f.vcpu, &page, 0);
	tap_ok(vm_hpte(&f.vm, index, e, &valid) && valid && e[0] == hpte_v(&page) &&
	       e[1] == hpte_r(&page), "debugfs: the entry, valid");
	madvise(word(&f, DATA), PAGE_64K, MADV_DONTNEED);
	tap_ok(vm_hpte(&f.vm, index, e, &valid) && !valid && e[0] == hpte_v(&page) &&
	       e[1] == hpte_r(&page), "debugfs: absent");
	tap_ok(!vm_hpte(&f.vm, index ^ 1, e, &valid), "debugfs: no other entry");
	other = hpte_enter(&f.vcpu, &second, 0);
	is_done(hpte_stores(&f.vcpu, EA, 1, MSR_DR), "two entries for a page: store by one");
	tap_is(hpte_loads(&f.vcpu, second.ea, MSR_DR).value, 1, "load through the other entry");
	madvise(word(&f, DATA), PAGE_64K, MADV_DONTNEED);
	tap_is(hpte_loads(&f.vcpu, EA, MSR_DR).value, 0, "the host drops the page: load");
	is_done(hpte_stores(&f.vcpu, second.ea, 2, MSR_DR), "store by the other");
	tap_is(*word(&f, DATA), 2, "the value is in the VMM's new page");

	if (vm_set_slot(&f.vm, 0, 0, f.vm.ram, f.vm.ram_size, KVM_MEM_LOG_DIRTY_PAGES))
		tap_bail("the dirty log can't be switched on");
	dirty(&f, DATA);
	tap_is(dirty(&f, DATA), 0, "dirty log: nothing");
	hpte_loads(&f.vcpu, EA, MSR_DR);
	tap_is(dirty(&f, DATA), 0, "dirty log: a load");
	hpte_stores(&f.vcpu, EA, 3, MSR_DR);
	tap_is(dirty(&f, DATA), 1, "dirty log: a store");
	tap_is(dirty(&f, DATA), 0, "dirty log: a page is in one log only");
	hpte_stores(&f.vcpu, EA, 3, MSR_DR);
	clear(&f, H_CLEAR_MOD, index);
	tap_is(dirty(&f, DATA), 1, "dirty log: a store whose C the guest clears");
	hpte_stores(&f.vcpu, EA, 4, MSR_DR);
	call(&f, H_REMOVE, 0, index, 0, 0);
	tap_is(dirty(&f, DATA), 1, "dirty log: a store whose entry the guest removes");
	hpte_stores(&f.vcpu, second.ea, 5, MSR_DR);
	madvise(word(&f, DATA), PAGE_64K, MADV_DONTNEED);
	tap_is(dirty(&f, DATA), 1, "dirty log: a store to a page that the host takes");
	hpte_call(&f.vcpu, H_BULK_REMOVE, ARGS(BULK_ANY | other, 0, BULK_END), NULL);
	/* an entry that is made with C set: the next store must be noticed */
	page.r |= RC;
	index = hpte_enter(&f.vcpu, &page, 0);
	dirty(&f, DATA);
	hpte_stores(&f.vcpu, EA, 6, MSR_DR);
	tap_is(dirty(&f, DATA), 1, "dirty log: a store by an entry that was made with C");
	fixture_end(&f);
}

/* --- resizing ----------------------------------------------------------------------- */

static int resize(struct fixture *f, u32 order)
{
	struct kvm_ppc_resize_hpt hpt = { .shift = order };
	int rc;

	do {
		rc = vm_ioctl(&f->vm, KVM_PPC_RESIZE_HPT_PREPARE, &hpt);
		if (rc > 0)
			host_sleep_ms(rc);
	} while (rc > 0);
	return rc ? rc : vm_ioctl(&f->vm, KVM_PPC_RESIZE_HPT_COMMIT, &hpt);
}

/* Bolted entries in both kinds of segments, of both hashes, from all over the segment */
static void resizing(void)
{
	static const u32 orders[] = { HPT_ORDER, HPT_ORDER + 2, HPT_ORDER - 1, 18, HPT_ORDER };
	struct hpte_page pages[64], loose = memory_page(EA + 0xff0000, DATA - PAGE_64K);
	unsigned int i, j, lost;
	struct fixture f;

	hpte_start(&f);
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		u64 at = i * 0x9d9d70000ull;	/* odd multiple of 64K: no two are the same */
		struct hpte_page *p = &pages[i];

		*p = memory_page(0, DATA + i * PAGE_64K);
		p->segment = (i & 1 ? SEGMENT_1T : 0);
		if (i & 4 && host_page == PAGE_64K)
			p->segment |= SEGMENT_64K;
		/* a segment has one page size */
		p->ea = i & 1 ? EA_1T + ((i & 4ull) << 40) + (at & 0xffffff0000) :
				EA + ((i & 4ull) << 28) + (at & 0xfff0000);
		p->v = HPTE_V_BOLTED | (i & 2 ? HPTE_V_SECONDARY : 0);
		hpte_enter(&f.vcpu, p, 0);
		*word(&f, p->gpa) = 1000 + i;
	}
	hpte_segments(&f.vcpu, pages, ARRAY_SIZE(pages));
	hpte_enter(&f.vcpu, &loose, 0);
	*word(&f, loose.gpa) = 1;
	for (j = 0; j < ARRAY_SIZE(orders); j++) {
		tap_is(j ? resize(&f, orders[j]) : 0, 0, "the table of 2^%u bytes", orders[j]);
		for (lost = i = 0; i < ARRAY_SIZE(pages); i++)
			lost += hpte_loads(&f.vcpu, pages[i].ea, MSR_DR).value != 1000 + i;
		tap_is(lost, 0, "the bolted entries are where the MMU finds them");
	}
	is_dsi(hpte_loads(&f.vcpu, loose.ea, MSR_DR), loose.ea, DSISR_NOHPTE, "another one is not");

	/* ten whose hashes differ at most in the last bit, one more than fits */
	for (i = 0; i < 10; i++) {
		pages[i] = memory_page(0xc0000000ull + (i / 2 << 25) + (i % 2 << 24),
				       DATA + i * PAGE_64K);
		pages[i].v = HPTE_V_BOLTED;
		hpte_enter(&f.vcpu, &pages[i], 0);
	}
	hpte_segments(&f.vcpu, pages, 10);
	tap_is(resize(&f, HPT_ORDER - 1), -ENOSPC, "more bolted entries in a group than it can hold");
	for (lost = i = 0; i < 10; i++)
		lost += hpte_loads(&f.vcpu, pages[i].ea, MSR_DR).value != 1000 + i;
	tap_is(lost, 0, "the table is unchanged");
	fixture_end(&f);
}

/* lab-hpt-entries [host]: all checks, or only what the host does with the guest's entries */
int main(int argc, char **argv)
{
	tap_start(120);
	host_page = sysconf(_SC_PAGESIZE);
	host_side();
	if (argc > 1 && !strcmp(argv[1], "host"))
		return tap_done();
	hypercalls();
	if (host_isa() >= 300)
		misaligned();
	accesses();
	protection();
	mmio();
	reference_change();
	resizing();
	return tap_done();
}
