// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls that mean harm: every number, with arguments at and beyond every limit. Each must
 * return, and the host must go on.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=120
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
 */
#define _GNU_SOURCE
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "intc.h"
#include "tap.h"

GUEST(hcall6);

#define H_RTAS			0xf000
#define H_SET_PARTITION_TABLE	0xf800
#define H_COPY_TOFROM_GUEST	0xf80c
#define H_SVM_PAGE_IN		0xef00
#define H_SVM_INIT_ABORT	0xef14
#define HCALL_LAST		0x488	/* numbers of hypercalls that can be enabled */

#define H_UNSUPPORTED		-67
#define H_P5			-58
#define H_UNSUPPORTED_FLAG	-256
#define H_ZERO_PAGE		(1ull << 15)
#define H_COPY_PAGE		(1ull << 14)
#define H_RPTI_TYPE_NESTED	1
#define H_RPTI_TYPE_TLB		2

#define ARG(n)	((u64)(long)(n))

static int run(struct fixture *f, u64 nr, const u64 *args)
{
	unsigned int i;

	vcpu_set_gpr(&f->vcpu, 20, nr);
	for (i = 0; i < 6; i++)
		vcpu_set_gpr(&f->vcpu, 21 + i, args[i]);
	vcpu_set_entry(&f->vcpu, GUEST_CODE, MSR_REAL);
	return vcpu_run(&f->vcpu);
}

/* Returns the kernel's answer; any other exit fails the test. */
static u64 answer(struct fixture *f, u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 g)
{
	const u64 args[6] = { a, b, c, d, e, g };

	if (run(f, nr, args) != KVM_EXIT_PAPR_HCALL || f->vcpu.run->papr_hcall.nr != REPORT_VALUE)
		tap_ok(false, "hypercall %#llx: the kernel answers", (unsigned long long)nr);
	return vcpu_hcall_arg(&f->vcpu, 0);
}

static void enable(struct fixture *f, u64 nr)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_ENABLE_HCALL, .args = { nr, 1 } };

	vm_ioctl(&f->vm, KVM_ENABLE_CAP, &cap);
}

static void enable_all(struct fixture *f)
{
	u64 nr;

	for (nr = 0; nr <= HCALL_LAST; nr += 4)
		enable(f, nr);
}

/* True if @nr came back from the kernel, or reached user space with its arguments */
static bool comes_back(struct fixture *f, u64 nr, const u64 *args)
{
	unsigned int i;

	if (run(f, nr, args) != KVM_EXIT_PAPR_HCALL)
		return false;
	if (f->vcpu.run->papr_hcall.nr == REPORT_VALUE)
		return true;
	if (f->vcpu.run->papr_hcall.nr != nr)
		return false;
	for (i = 0; i < 6; i++) {
		/*
		 * POWER8's real mode stores the time there before it notices that there is no
		 * controller
		 */
		if (host_isa() == 207 && (nr & ~3) == H_XIRR_X && i == 1)
			continue;
		if (vcpu_hcall_arg(&f->vcpu, i) != args[i])
			return false;
	}
	vcpu_hcall_return(&f->vcpu, ARG(H_FUNCTION));
	return true;
}

static const struct pattern {
	const char *what;
	u64 args[6];
} patterns[] = {
	{ "zeros", { 0 } },
	{ "all ones", { [0 ... 5] = -1ull } },
	{ "largest signed", { [0 ... 5] = ~0ull >> 1 } },
	{ "2^32", { [0 ... 5] = 1ull << 32 } },
	{ "the end of memory", { [0 ... 5] = FIXTURE_RAM } },
	{ "over the end of memory",
	  { 8, FIXTURE_RAM - 4, FIXTURE_RAM - 4, 4096, FIXTURE_RAM - 4, 8 } },
	{ "no memory", { 8, FIXTURE_MMIO, FIXTURE_MMIO, FIXTURE_MMIO, FIXTURE_MMIO, 8 } },
	{ "ranges that wrap", { 0, -4096ull, -8ull, 4096, -4096ull, -1ull } },
};

static void every_number(void)
{
	static const u64 above[] = {
		~0ull, ~3ull, 1ull << 63, 1ull << 32 | H_PROD, H_PROD | 1ull << 62,
		0x7ffffffc, 0x80000000, 0xfffffffc,
	};
	struct fixture f;
	unsigned int p;

	fixture_real(&f, hcall6);
	enable_all(&f);
	for (p = 0; p < ARRAY_SIZE(patterns); p++) {
		unsigned int made = 0, back = 0, i;
		u64 nr;

		for (nr = 0; nr <= HCALL_LAST + 0x20; nr++) {
			/* POWER8's real mode ignores the low bits of the number */
			if ((nr & ~3) == H_CEDE)
				continue;
			made++;
			back += comes_back(&f, nr, patterns[p].args);
		}
		for (nr = H_SVM_PAGE_IN; nr <= H_COPY_TOFROM_GUEST + 4; nr += 4) {
			if (nr == REPORT_VALUE)
				continue;
			made++;
			back += comes_back(&f, nr, patterns[p].args);
		}
		for (i = 0; i < ARRAY_SIZE(above); i++) {
			made++;
			back += comes_back(&f, above[i], patterns[p].args);
		}
		tap_is(back, made, "every number, %s: all return", patterns[p].what);
	}
	fixture_end(&f);
}

/* Processor ids are 64 bits wide: 2^32 is not vCPU 0. */
static void processor_ids(void)
{
	static const u64 numbers[] = { H_PROD, H_CONFER };
	struct fixture f;
	unsigned int i;

	fixture_real(&f, hcall6);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		tap_is(answer(&f, numbers[i], 1ull << 32, 0, 0, 0, 0, 0), ARG(H_PARAMETER),
		       "hypercall %#llx: vCPU 2^32", (unsigned long long)numbers[i]);
		tap_is(answer(&f, numbers[i], 0x80000000, 0, 0, 0, 0, 0), ARG(H_PARAMETER),
		       "hypercall %#llx: vCPU 2^31", (unsigned long long)numbers[i]);
		tap_is(answer(&f, numbers[i], 1, 0, 0, 0, 0, 0), ARG(H_PARAMETER),
		       "hypercall %#llx: vCPU 1 of one", (unsigned long long)numbers[i]);
	}
	fixture_end(&f);
}

/*
 * A range that ends next to the last address. Stepping through it by pages would wrap, and would
 * keep the host's CPU for ever.
 */
static void invalidate(void)
{
	static const u64 pages[] = { 1, 2, 4, 8 };
	struct fixture f;
	unsigned int i;

	fixture_real(&f, hcall6);
	enable(&f, H_RPT_INVALIDATE);
	if (vmm_hash_guests()) {
		tap_is(answer(&f, H_RPT_INVALIDATE, 0, 1, H_RPTI_TYPE_TLB, 1, 0, -1ull),
		       ARG(H_UNSUPPORTED), "H_RPT_INVALIDATE: not for a hash guest");
		fixture_end(&f);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		tap_is(answer(&f, H_RPT_INVALIDATE, 0, 1, H_RPTI_TYPE_TLB, pages[i],
			      -0x1000ull, -1ull),
		       H_SUCCESS, "H_RPT_INVALIDATE: the last addresses, page sizes %#llx",
		       (unsigned long long)pages[i]);
	tap_is(answer(&f, H_RPT_INVALIDATE, ~0ull, 1, H_RPTI_TYPE_TLB, ~0ull, 0, -1ull), H_SUCCESS,
	       "H_RPT_INVALIDATE: everything");
	tap_is(answer(&f, H_RPT_INVALIDATE, 0, 1, H_RPTI_TYPE_TLB, 1, 0x2000, 0x1000), ARG(H_P5),
	       "H_RPT_INVALIDATE: ends before it starts");
	tap_is(answer(&f, H_RPT_INVALIDATE, 0, 1, H_RPTI_TYPE_NESTED, 1, 0, 0x1000),
	       ARG(H_FUNCTION), "H_RPT_INVALIDATE: nested");
	fixture_end(&f);
}

/* A DMA table of 16 entries: no more are written, whatever number the guest passes. */
static void tces(void)
{
	const u64 liobn = 0x80000001, page = 1ull << 16, list = FIXTURE_FREE;
	struct kvm_create_spapr_tce_64 table = {
		.liobn = liobn, .page_shift = 16, .offset = 4, .size = 16,
	};
	static const struct {
		u64 first, number;
		long result;
	} ranges[] = {
		{ 4, 16, H_SUCCESS },
		{ 19, 1, H_SUCCESS },
		{ 4, 0, H_SUCCESS },
		{ 4, 17, H_PARAMETER },
		{ 19, 2, H_PARAMETER },
		{ 20, 1, H_PARAMETER },
		{ 3, 1, H_PARAMETER },
		{ 4, 512, H_PARAMETER },
		{ 4, 1ull << 63, H_PARAMETER },
		{ 4, -1ull, H_PARAMETER },
		{ 19, -18ull, H_PARAMETER },
	};
	struct fixture f;
	unsigned int i;

	fixture_real(&f, hcall6);
	enable(&f, H_STUFF_TCE);
	enable(&f, H_PUT_TCE_INDIRECT);
	if (vm_ioctl(&f.vm, KVM_CREATE_SPAPR_TCE_64, &table) < 0)
		tap_bail("KVM_CREATE_SPAPR_TCE_64: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		u64 ioba = ranges[i].first * page, number = ranges[i].number;

		tap_is(answer(&f, H_STUFF_TCE, liobn, ioba, 0, number, 0, 0),
		       ARG(ranges[i].result), "H_STUFF_TCE: %#llx from entry %llu of 4 to 19",
		       (unsigned long long)number, (unsigned long long)ranges[i].first);
		tap_is(answer(&f, H_PUT_TCE_INDIRECT, liobn, ioba, list, number, 0, 0),
		       ARG(ranges[i].result), "H_PUT_TCE_INDIRECT: the same");
	}
	fixture_end(&f);
}

static bool is_filled(const u8 *start, u8 byte, size_t size)
{
	while (size--)
		if (*start++ != byte)
			return false;
	return true;
}

static void page_init(void)
{
	const u64 src = FIXTURE_FREE, dst = FIXTURE_RAM - 4096, page = 4096;
	struct fixture f;
	u8 *to, *from;

	fixture_real(&f, hcall6);
	enable(&f, H_PAGE_INIT);
	/* on that host vmlinux would answer it, in real mode */
	if (host_isa() == 207) {
		vcpu_set_gpr(&f.vcpu, 20, H_PAGE_INIT);
		tap_is(vcpu_run_hcall(&f.vcpu), H_PAGE_INIT, "H_PAGE_INIT goes to user space");
		fixture_end(&f);
		return;
	}
	from = vm_ptr(&f.vm, src, page);
	to = (u8 *)vm_ptr(&f.vm, dst - page, 2 * page) + page;
	memset(to - page, 0x11, 2 * page);
	memset(from, 0x22, page);

	tap_is(answer(&f, H_PAGE_INIT, H_COPY_PAGE, dst, src, 0, 0, 0), H_SUCCESS,
	       "H_PAGE_INIT: copy to the last page");
	tap_ok(is_filled(to, 0x22, page), "H_PAGE_INIT: the page is copied");
	tap_ok(is_filled(to - page, 0x11, page), "H_PAGE_INIT: the page before is not touched");
	tap_is(answer(&f, H_PAGE_INIT, H_ZERO_PAGE, dst, 1, 0, 0, 0), H_SUCCESS,
	       "H_PAGE_INIT: zero the last page, whatever the source");
	tap_ok(is_filled(to, 0, page), "H_PAGE_INIT: the page is zero");
	tap_ok(is_filled(to - page, 0x11, page), "H_PAGE_INIT: the page before is not touched");
	tap_is(answer(&f, H_PAGE_INIT, 0, dst, src, 0, 0, 0), H_SUCCESS, "H_PAGE_INIT: nothing");
	tap_is(answer(&f, H_PAGE_INIT, 1, dst, src, 0, 0, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT: unknown flag");
	tap_is(answer(&f, H_PAGE_INIT, H_ZERO_PAGE, dst + 8, 0, 0, 0, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT: destination not aligned");
	tap_is(answer(&f, H_PAGE_INIT, H_COPY_PAGE, dst, src + 8, 0, 0, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT: source not aligned");
	tap_is(answer(&f, H_PAGE_INIT, H_ZERO_PAGE, FIXTURE_RAM, 0, 0, 0, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT: destination beyond the memory");
	tap_is(answer(&f, H_PAGE_INIT, H_COPY_PAGE, dst, FIXTURE_RAM, 0, 0, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT: source beyond the memory");
	tap_is(answer(&f, H_PAGE_INIT, H_COPY_PAGE, -4096ull, src, 0, 0, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT: destination at the last address");
	fixture_end(&f);
}

/*
 * A page of a file that the VMM has mapped privately and only read, so the host has the file's
 * page there. The code that handles H_PAGE_INIT must copy the page first.
 */
static void page_init_private(void)
{
	const u64 gpa = 2 * FIXTURE_RAM, args[6] = { H_ZERO_PAGE, gpa };
	size_t size = sysconf(_SC_PAGESIZE);
	u8 *file = vmm_memory(size, size), *ours;
	int fd = memfd_create("page", MFD_CLOEXEC);
	struct fixture f;

	memset(file, 0x33, size);
	if (fd < 0 || write(fd, file, size) != (ssize_t)size)
		tap_bail("memfd: %s", strerror(errno));
	ours = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (ours == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	tap_ok(is_filled(ours, 0x33, size), "H_PAGE_INIT: a private mapping shows the file");

	fixture_real(&f, hcall6);
	enable(&f, H_PAGE_INIT);
	if (vm_set_slot(&f.vm, 1, gpa, ours, size, 0))
		tap_bail("slot 1");
	run(&f, H_PAGE_INIT, args);
	tap_ok(pread(fd, file, size, 0) == (ssize_t)size && is_filled(file, 0x33, size),
	       "H_PAGE_INIT: the file of a private mapping is unchanged");
	fixture_end(&f);
	munmap(ours, size);
	munmap(file, size);
	close(fd);
}

/* The first bytes of the host's memory, as /proc/kcore (an ELF file) shows them */
static void read_first_bytes(void *bytes, size_t size)
{
	const u64 first = 0xc000000000000000ull;
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	Elf64_Phdr p;
	Elf64_Ehdr e;
	unsigned int i;

	if (fd < 0 || pread(fd, &e, sizeof(e), 0) != sizeof(e))
		tap_bail("/proc/kcore: %s", strerror(errno));
	for (i = 0; i < e.e_phnum && got < 0; i++) {
		if (pread(fd, &p, sizeof(p), e.e_phoff + i * sizeof(p)) != sizeof(p))
			break;
		if (p.p_type == PT_LOAD && p.p_vaddr == first)
			got = pread(fd, bytes, size, p.p_offset);
	}
	close(fd);
	if (got != (ssize_t)size)
		tap_bail("/proc/kcore does not show the first bytes of memory");
}

/*
 * The VM has a XICS, but the vCPU is not connected to it. POWER8's real mode expects each vCPU to
 * have a presenter.
 */
static void no_presenter(void)
{
	static const u64 calls[] = { H_CPPR, H_XIRR, H_XIRR_X, H_IPI, H_EOI, H_IPOLL };
	static const u64 values[] = { 0, 0xff, 5, 0x05000010, -1ull };
	u8 before[0x100], after[sizeof(before)];
	unsigned int i, j, back = 0;
	struct intc intc;
	struct fixture f;

	fixture_real(&f, hcall6);
	enable_all(&f);
	intc_create(&intc, &f.vm, INTC_XICS);
	read_first_bytes(before, sizeof(before));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		for (j = 0; j < ARRAY_SIZE(values); j++) {
			const u64 args[6] = { values[j], values[j] };

			back += run(&f, calls[i], args) == KVM_EXIT_PAPR_HCALL;
			if (f.vcpu.run->papr_hcall.nr == calls[i])
				vcpu_hcall_return(&f.vcpu, ARG(H_FUNCTION));
		}
	}
	read_first_bytes(after, sizeof(after));
	tap_is(back, ARRAY_SIZE(calls) * ARRAY_SIZE(values),
	       "XICS, a vCPU without a presenter: its hypercalls return");
	tap_ok(!memcmp(before, after, sizeof(before)),
	       "XICS, a vCPU without a presenter: the host's first bytes are unchanged");
	intc_close(&intc);
	fixture_end(&f);
}

static const struct rtas_call {
	const char *what;
	u64 args;		/* guest real address */
	u32 nargs, nret;
	int error;		/* result of KVM_RUN; 0: the kernel answers */
} rtas_calls[] = {
	{ "as many arguments as the function has", FIXTURE_DATA, 3, 1, 0 },
	{ "no arguments", FIXTURE_DATA, 0, 0, 0 },
	{ "15 arguments", FIXTURE_DATA, 15, 1, 0 },
	{ "16 arguments", FIXTURE_DATA, 16, 1, -EINVAL },
	{ "17 arguments", FIXTURE_DATA, 17, 1, -EINVAL },
	{ "2^32 - 1 arguments", FIXTURE_DATA, 0xffffffff, 1, -EINVAL },
	{ "2^32 - 1 results", FIXTURE_DATA, 3, 0xffffffff, 0 },
	{ "a sum that overflows", FIXTURE_DATA, 0xfffffff0, 0x20, -EINVAL },
	{ "arguments behind the memory", FIXTURE_RAM, 3, 1, -EFAULT },
	{ "arguments over the end of memory", FIXTURE_RAM - 8, 3, 1, -EFAULT },
	{ "arguments at the last address", -8ull, 3, 1, -EFAULT },
};

/* The arguments are words in big-endian order: token, counts, arguments, results */
static void rtas(void)
{
	struct kvm_rtas_token_args token = { .name = "ibm,set-xive", .token = 0x2001 };
	u64 args[6] = { 0 };
	struct fixture f;
	unsigned int i;

	fixture_real(&f, hcall6);
	tap_is(vm_ioctl(&f.vm, KVM_PPC_RTAS_DEFINE_TOKEN, &token), 0,
	       "RTAS: a function that the kernel handles");
	for (i = 0; i < ARRAY_SIZE(rtas_calls); i++) {
		const struct rtas_call *c = &rtas_calls[i];
		const u32 words[] = {
			htobe32(token.token), htobe32(c->nargs), htobe32(c->nret),
		};
		int ret;

		args[0] = c->args;
		memcpy(vm_ptr(&f.vm, FIXTURE_DATA, sizeof(words)), words, sizeof(words));
		ret = run(&f, H_RTAS, args);
		tap_is(ret, c->error ? ARG(c->error) : KVM_EXIT_PAPR_HCALL, "RTAS: %s", c->what);
		if (!c->error)
			tap_is(f.vcpu.run->papr_hcall.nr, REPORT_VALUE, "RTAS: %s: answered",
			       c->what);
	}

	*(u32 *)vm_ptr(&f.vm, FIXTURE_DATA, 4) = htobe32(0x2002);
	args[0] = FIXTURE_DATA;
	run(&f, H_RTAS, args);
	tap_is(f.vcpu.run->papr_hcall.nr, H_RTAS, "RTAS: a function that user space handles goes there");
	fixture_end(&f);
}

/*
 * Nested guests and secure guests are not offered: the answers are those of a host without them.
 */
static void absent(void)
{
	struct fixture f;
	u64 nr;

	fixture_real(&f, hcall6);
	for (nr = H_SET_PARTITION_TABLE; nr <= H_COPY_TOFROM_GUEST; nr += 4)
		tap_is(answer(&f, nr, FIXTURE_DATA, FIXTURE_DATA, 0, 0, 0, 0), ARG(H_FUNCTION),
		       "nested guests: hypercall %#llx", (unsigned long long)nr);
	for (nr = H_SVM_PAGE_IN; nr <= H_SVM_INIT_ABORT; nr += 4)
		if (nr != H_SVM_INIT_ABORT - 4)
			tap_is(answer(&f, nr, 0, 0, 16, 0, 0, 0), ARG(H_UNSUPPORTED),
			       "secure guests: hypercall %#llx", (unsigned long long)nr);
	fixture_end(&f);
}

/*
 * With LPCR[AIL] = 3 on POWER9 exits also start with translation on. Whether a guest may set it
 * or not: an exit must reach the host, and H_SET_MODE must not promise a value that LPCR does not
 * get.
 */
static void interrupt_location(void)
{
	const u64 ail = 3ull << 23;
	struct fixture f;
	bool has_ail;

	fixture_virt(&f, hcall6);
	enable(&f, H_SET_MODE);
	vcpu_set_reg(&f.vcpu, KVM_REG_PPC_LPCR_64,
		     vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) | ail);
	has_ail = vcpu_reg(&f.vcpu, KVM_REG_PPC_LPCR_64) & ail;

	vcpu_set_gpr(&f.vcpu, 20, H_SET_MODE);
	vcpu_set_gpr(&f.vcpu, 21, 3);
	vcpu_set_gpr(&f.vcpu, 22, 3);
	vcpu_set_gpr(&f.vcpu, 23, 0);
	vcpu_set_gpr(&f.vcpu, 24, 0);
	tap_is(vcpu_run_hcall(&f.vcpu), has_ail ? H_SET_MODE : REPORT_VALUE,
	       "AIL 3: a hypercall with translation on returns");
	if (!has_ail)
		tap_is(vcpu_hcall_arg(&f.vcpu, 0), ARG(H_UNSUPPORTED_FLAG),
		       "AIL 3: H_SET_MODE says that it does not exist");
	fixture_end(&f);
}

int main(void)
{
	tap_start(94);
	every_number();
	processor_ids();
	invalidate();
	tces();
	page_init();
	page_init_private();
	no_presenter();
	rtas();
	absent();
	interrupt_location();
	return tap_done();
}
