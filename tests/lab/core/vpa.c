// SPDX-License-Identifier: GPL-2.0-only
/*
 * The areas of H_REGISTER_VPA (VPA, SLB shadow, dispatch trace log): when which area may be
 * registered, what the hypervisor writes into it, and memory that goes away under it.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash rare=yes
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"
#include "thread.h"
#include "wait.h"

GUEST(hcall6);
GUEST(prod_until);
GUEST(register_other);
GUEST(yield_counts);

#define H_RESOURCE	-16
#define ARG(n)		((u64)(long)(n))

/* Subfunctions of H_REGISTER_VPA */
#define REG_VPA		1
#define REG_DTL		2
#define REG_SLB		3
#define DEREG_VPA	5
#define DEREG_DTL	6
#define DEREG_SLB	7

#define VPA_SIZE	640
#define VPA_YIELD_COUNT	256
#define VPA_ENQUEUE_TO_DISPATCH	344
#define VPA_DTL_INDEX	536
#define DTL_ENTRY	48
#define DTL_TIMEBASE	16
#define DTL_SRR0	32

#define VPA		FIXTURE_FREE
#define SLB		(FIXTURE_FREE + 0x400)
#define DTL		(FIXTURE_FREE + 0x800)
#define ROUNDS		10

/* A separate slot for the areas, after the memory */
#define SLOT_GPA	FIXTURE_RAM
#define SLOT_SIZE	0x10000
#define SLOT_ROUNDS	1000	/* of the guest afterwards */

static u64 hcall(struct fixture *f, u64 nr, u64 arg0, u64 arg1, u64 arg2)
{
	const u64 args[] = { nr, arg0, arg1, arg2, 0, 0, 0 };
	unsigned int i;

	vm_load_guest(&f->vm, GUEST_CODE, hcall6);
	for (i = 0; i < ARRAY_SIZE(args); i++)
		vcpu_set_gpr(&f->vcpu, 20 + i, args[i]);
	vcpu_set_entry(&f->vcpu, GUEST_CODE, MSR_REAL);
	if (vcpu_run_hcall(&f->vcpu) != REPORT_VALUE)
		tap_bail("hypercall %#llx did not come back", (unsigned long long)nr);
	return vcpu_hcall_arg(&f->vcpu, 0);
}

/* @length is stored where the guest states the length of the area: 2 bytes for a VPA */
static u64 reg(struct fixture *f, unsigned int fn, u64 id, u64 gpa, u32 length)
{
	if (gpa && gpa < FIXTURE_RAM) {
		u8 *field = vm_ptr(&f->vm, gpa & ~3ull, 8) + 4;
		u32 word = htobe32(fn == REG_VPA ? length << 16 : length);

		memcpy(field, &word, sizeof(word));
	}
	return hcall(f, H_REGISTER_VPA, (u64)fn << 45, id, gpa);
}

static u64 be64_at(struct fixture *f, u64 gpa)
{
	u64 value;

	memcpy(&value, vm_ptr(&f->vm, gpa, sizeof(value)), sizeof(value));
	return be64toh(value);
}

static void set_be64_at(struct fixture *f, u64 gpa, u64 value)
{
	value = htobe64(value);
	memcpy(vm_ptr(&f->vm, gpa, sizeof(value)), &value, sizeof(value));
}

static u32 yield_count(struct fixture *f)
{
	return be64_at(f, VPA + VPA_YIELD_COUNT) >> 32;
}

static void run_rounds(struct fixture *f)
{
	vm_load_guest(&f->vm, GUEST_CODE, yield_counts);
	vcpu_set_gpr(&f->vcpu, 20, ROUNDS);
	vcpu_set_gpr(&f->vcpu, 21, VPA);
	vcpu_set_entry(&f->vcpu, GUEST_CODE, MSR_REAL);
	tap_is(vcpu_run_hcall(&f->vcpu), REPORT_DONE, "the guest goes on with its areas");
}

/* In this order: each row depends on the rows before it. */
static const struct step {
	const char *what;
	unsigned int fn;
	u64 id, gpa;
	u32 length;
	long result;
} steps[] = {
	{ "subfunction 0", 0, 0, VPA, VPA_SIZE, H_PARAMETER },
	{ "subfunction 4", 4, 0, VPA, VPA_SIZE, H_PARAMETER },
	{ "DTL before a VPA", REG_DTL, 0, DTL, 1024, H_RESOURCE },
	{ "SLB shadow before a VPA", REG_SLB, 0, SLB, 256, H_RESOURCE },
	{ "VPA at 0", REG_VPA, 0, 0, VPA_SIZE, H_PARAMETER },
	{ "VPA off its alignment", REG_VPA, 0, VPA + 64, VPA_SIZE, H_PARAMETER },
	{ "VPA of 639 bytes", REG_VPA, 0, VPA, VPA_SIZE - 1, H_PARAMETER },
	{ "VPA of 0 bytes", REG_VPA, 0, VPA, 0, H_PARAMETER },
	{ "VPA that is longer than its page", REG_VPA, 0, VPA + 0xfe00, VPA_SIZE, H_PARAMETER },
	{ "VPA behind the memory", REG_VPA, 0, FIXTURE_RAM, VPA_SIZE, H_PARAMETER },
	{ "VPA at the last address", REG_VPA, 0, -128ull, VPA_SIZE, H_PARAMETER },
	{ "VPA of a vCPU that is not there", REG_VPA, 77, VPA, VPA_SIZE, H_PARAMETER },
	{ "VPA of vCPU 2^32", REG_VPA, 1ull << 32, VPA, VPA_SIZE, H_PARAMETER },
	{ "VPA of vCPU -1", REG_VPA, -1ull, VPA, VPA_SIZE, H_PARAMETER },
	{ "VPA", REG_VPA, 0, VPA, VPA_SIZE, H_SUCCESS },
	{ "VPA again, where it is", REG_VPA, 0, VPA, VPA_SIZE, H_SUCCESS },
	{ "VPA again, at the end of a page", REG_VPA, 0, VPA + 0xfd80, VPA_SIZE, H_SUCCESS },
	{ "DTL of less than an entry", REG_DTL, 0, DTL, DTL_ENTRY - 1, H_PARAMETER },
	{ "DTL that is longer than its page", REG_DTL, 0, DTL, 0x10000, H_PARAMETER },
	{ "DTL with the largest length", REG_DTL, 0, DTL, 0xffffffff, H_PARAMETER },
	{ "DTL", REG_DTL, 0, DTL, DTL_ENTRY, H_SUCCESS },
	{ "SLB shadow of 7 bytes", REG_SLB, 0, SLB, 7, H_PARAMETER },
	{ "SLB shadow", REG_SLB, 0, SLB, 256, H_SUCCESS },
	{ "VPA away, DTL and SLB shadow there", DEREG_VPA, 0, 0, 0, H_RESOURCE },
	{ "DTL away", DEREG_DTL, 0, 0, 0, H_SUCCESS },
	{ "VPA away, SLB shadow there", DEREG_VPA, 0, 0, 0, H_RESOURCE },
	{ "SLB shadow away, with an address", DEREG_SLB, 0, -1ull, 0, H_SUCCESS },
	{ "VPA away", DEREG_VPA, 0, 0, 0, H_SUCCESS },
	{ "VPA away twice", DEREG_VPA, 0, 0, 0, H_SUCCESS },
	{ "DTL without a VPA", REG_DTL, 0, DTL, 1024, H_RESOURCE },
};

static void registration(void)
{
	struct fixture f;
	unsigned int i;

	fixture_real(&f, hcall6);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct step *s = &steps[i];

		tap_is(reg(&f, s->fn, s->id, s->gpa, s->length), ARG(s->result), "%s", s->what);
	}
	fixture_end(&f);
}

static void yield_counts(void)
{
	unsigned int i, odd = 0, stood = 0;
	struct fixture f;

	fixture_real(&f, hcall6);
	reg(&f, REG_VPA, 0, VPA, VPA_SIZE);
	run_rounds(&f);
	for (i = 0; i < ROUNDS; i++) {
		odd += *fixture_data(&f, i) & 1;
		stood += i && *fixture_data(&f, i) < *fixture_data(&f, i - 1) + 2;
	}
	tap_is(odd, 0, "yield count: even whenever the guest reads it");
	/* more when the host's interrupts come; dispatch_log() checks the exact number */
	tap_is(stood, 0, "yield count: at least two more after each round");
	tap_is(yield_count(&f) & 1, 1, "yield count: odd when the vCPU does not run");
	tap_ok(yield_count(&f) > *fixture_data(&f, ROUNDS - 1), "yield count: only grows");

	tap_is(reg(&f, REG_VPA, 0, VPA, VPA_SIZE), H_SUCCESS, "yield count: registered again");
	tap_ok(yield_count(&f) < ROUNDS, "yield count: starts again");

	tap_is(reg(&f, DEREG_VPA, 0, 0, 0), H_SUCCESS, "yield count: VPA deregistered");
	memset(vm_ptr(&f.vm, VPA, VPA_SIZE), 0x5a, VPA_SIZE);
	run_rounds(&f);
	tap_is(be64_at(&f, VPA + VPA_YIELD_COUNT), 0x5a5a5a5a5a5a5a5a,
	       "a deregistered VPA is not written to");
	fixture_end(&f);
}

/* A guest that was migrated finds the time that it waited before in its memory. */
static void stolen_time(void)
{
	const u64 before = 1ull << 40;
	struct fixture f;
	u64 now;

	fixture_real(&f, hcall6);
	reg(&f, REG_VPA, 0, VPA, VPA_SIZE);
	set_be64_at(&f, VPA + VPA_ENQUEUE_TO_DISPATCH, before);
	run_rounds(&f);
	now = be64_at(&f, VPA + VPA_ENQUEUE_TO_DISPATCH);
	tap_ok(now >= before, "stolen time: a new vCPU adds to what is there");
	tap_ok(now - before < host_timebase_hz() * WAIT_S, "stolen time: not more than has passed");
	run_rounds(&f);
	tap_ok(be64_at(&f, VPA + VPA_ENQUEUE_TO_DISPATCH) >= now, "stolen time: it only grows");
	fixture_end(&f);
}

static void dispatch_log(void)
{
	const unsigned int entries = 4, rest = 20;
	u64 index, newest, last_tb = 0;
	unsigned int i, unordered = 0;
	u32 count;
	struct fixture f;
	u8 *log;

	fixture_real(&f, hcall6);
	log = vm_ptr(&f.vm, DTL, 2 * entries * DTL_ENTRY);
	memset(log, 0xa5, 2 * entries * DTL_ENTRY);
	reg(&f, REG_VPA, 0, VPA, VPA_SIZE);
	tap_is(reg(&f, REG_DTL, 0, DTL, entries * DTL_ENTRY + rest), H_SUCCESS,
	       "DTL of 4.4 entries");
	index = be64_at(&f, VPA + VPA_DTL_INDEX);
	count = yield_count(&f);
	run_rounds(&f);

	count = yield_count(&f) - count;
	index = be64_at(&f, VPA + VPA_DTL_INDEX) - index;
	tap_ok(index > ROUNDS, "DTL: an entry for each round (%llu)", (unsigned long long)index);
	tap_is(count, 2 * index, "DTL: an entry for each dispatch");
	index = be64_at(&f, VPA + VPA_DTL_INDEX);
	for (i = 0; i < entries; i++) {
		u64 entry = DTL + (index + i) % entries * DTL_ENTRY;

		unordered += be64_at(&f, entry + DTL_TIMEBASE) <= last_tb;
		last_tb = be64_at(&f, entry + DTL_TIMEBASE);
	}
	tap_is(unordered, 0, "DTL: the timebase grows from the oldest entry to the newest");
	newest = DTL + (index - 1) % entries * DTL_ENTRY;
	tap_ok(be64_at(&f, newest + DTL_SRR0) - GUEST_CODE < 0x100,
	       "DTL: has the address where the guest went on");
	for (i = entries * DTL_ENTRY; i < 2 * entries * DTL_ENTRY && log[i] == 0xa5; i++)
		;
	tap_is(i, 2 * entries * DTL_ENTRY, "DTL: nothing is written after the last whole entry");
	fixture_end(&f);
}

static bool page_is_dirty(struct fixture *f, u64 gpa)
{
	static u64 bitmap[FIXTURE_RAM / 4096 / 64];
	u64 page = gpa / sysconf(_SC_PAGESIZE);

	if (vm_dirty_log(&f->vm, 0, bitmap))
		tap_bail("KVM_GET_DIRTY_LOG");
	return bitmap[page / 64] >> page % 64 & 1;
}

/* The guest only reads this page; the hypervisor writes to it. */
static void dirty_log(void)
{
	struct fixture f;

	fixture_real(&f, hcall6);
	reg(&f, REG_VPA, 0, VPA, VPA_SIZE);
	tap_is(vm_set_slot(&f.vm, 0, 0, f.vm.ram, FIXTURE_RAM, KVM_MEM_LOG_DIRTY_PAGES), 0,
	       "dirty log: on");
	page_is_dirty(&f, VPA);
	tap_ok(!page_is_dirty(&f, VPA), "dirty log: empty while the guest does not run");
	run_rounds(&f);
	tap_ok(page_is_dirty(&f, VPA), "dirty log: the VPA's page is in the log");
	tap_ok(!page_is_dirty(&f, VPA), "dirty log: the page is in one log only");
	reg(&f, DEREG_VPA, 0, 0, 0);
	page_is_dirty(&f, VPA);
	run_rounds(&f);
	tap_ok(!page_is_dirty(&f, VPA), "dirty log: not after the VPA is gone");
	fixture_end(&f);
}

static void memory_goes(void)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	struct fixture f;
	u64 value = 0;
	void *vpa;

	fixture_real(&f, hcall6);
	reg(&f, REG_VPA, 0, VPA, VPA_SIZE);
	run_rounds(&f);
	vpa = vm_ptr(&f.vm, VPA, page);

	if (madvise(vpa, page, MADV_DONTNEED))
		tap_bail("madvise");
	run_rounds(&f);
	tap_is(yield_count(&f), 0, "page dropped: the new one is not written to");
	tap_is(reg(&f, REG_VPA, 0, VPA, VPA_SIZE), H_SUCCESS, "page dropped: registered again");
	run_rounds(&f);
	tap_ok(yield_count(&f) > ROUNDS, "page dropped: the new one is written to");

	if (mprotect(vpa, page, PROT_NONE))
		tap_bail("mprotect");
	tap_is(hcall(&f, H_REGISTER_VPA, (u64)REG_VPA << 45, 0, VPA), ARG(H_PARAMETER),
	       "page out of reach: not registered");
	if (mprotect(vpa, page, PROT_READ | PROT_WRITE))
		tap_bail("mprotect");
	tap_is(reg(&f, REG_VPA, 0, VPA, VPA_SIZE), H_SUCCESS, "page in reach: registered");

	value = FIXTURE_RAM + 0x10000;
	tap_is(vcpu_set_one(&f.vcpu, KVM_REG_PPC_VPA_ADDR, &value), 0,
	       "KVM_REG_PPC_VPA_ADDR where no memory is");
	tap_is(hcall(&f, H_PROD, 0, 0, 0), H_SUCCESS, "no memory: the guest runs");
	tap_is(vcpu_reg(&f.vcpu, KVM_REG_PPC_VPA_ADDR), 0, "no memory: no VPA");
	fixture_end(&f);
}

static const struct setting {
	const char *what;
	u64 id, addr, length;
	long result;
} settings[] = {
	{ "DTL before the VPA", KVM_REG_PPC_VPA_DTL, DTL, 1024, -EINVAL },
	{ "SLB shadow before the VPA", KVM_REG_PPC_VPA_SLB, SLB, 256, -EINVAL },
	{ "VPA off its alignment", KVM_REG_PPC_VPA_ADDR, VPA + 8, 0, -EINVAL },
	{ "VPA", KVM_REG_PPC_VPA_ADDR, VPA, 0, 0 },
	{ "DTL of no entry", KVM_REG_PPC_VPA_DTL, DTL, DTL_ENTRY - 1, -EINVAL },
	{ "DTL whose length wraps", KVM_REG_PPC_VPA_DTL, DTL, -1ull, -EINVAL },
	{ "DTL", KVM_REG_PPC_VPA_DTL, DTL, 100, 0 },
	{ "SLB shadow", KVM_REG_PPC_VPA_SLB, SLB, 256, 0 },
	{ "VPA away, the others there", KVM_REG_PPC_VPA_ADDR, 0, 0, -EINVAL },
	{ "DTL away", KVM_REG_PPC_VPA_DTL, 0, 0, 0 },
	{ "SLB shadow away", KVM_REG_PPC_VPA_SLB, 0, 0, 0 },
	{ "VPA away", KVM_REG_PPC_VPA_ADDR, 0, 0, 0 },
};

static void from_user_space(void)
{
	struct fixture f;
	unsigned int i;

	fixture_real(&f, hcall6);
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		const struct setting *s = &settings[i];
		u64 value[2] = { s->addr, s->length }, back[2] = { 0 };

		tap_is(vcpu_set_one(&f.vcpu, s->id, value), ARG(s->result), "ONE_REG: %s", s->what);
		if (s->result)
			continue;
		vcpu_get_one(&f.vcpu, s->id, back);
		tap_is(back[0], s->addr, "ONE_REG: %s: reads back", s->what);
		tap_is(hcall(&f, H_PROD, 0, 0, 0), H_SUCCESS, "ONE_REG: %s: the guest runs",
		       s->what);
	}
	fixture_end(&f);
}

/*
 * One vCPU registers and deregisters the VPA of another, which enters and leaves the guest all
 * the time. The VPA lies in the last page of memory, and the VMM drops that page again and again.
 */
static void from_another_vcpu(void)
{
	const u64 other = FIXTURE_RAM - 0x10000, rounds = 2000;
	struct vcpu_thread threads[2];
	struct vcpu second;
	struct fixture f;
	unsigned int i;
	u32 *length;

	fixture_real(&f, hcall6);
	vcpu_create(&f.vm, &second, 1);
	length = vm_ptr(&f.vm, other + 4, 4);

	vm_load_guest(&f.vm, GUEST_CODE, register_other);
	vcpu_set_gpr(&f.vcpu, 20, rounds);
	vcpu_set_gpr(&f.vcpu, 21, other);
	vcpu_set_gpr(&f.vcpu, 22, 1);
	vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);

	vm_load_guest(&f.vm, GUEST_CODE + 0x1000, yield_counts);
	vcpu_set_gpr(&second, 20, 2 * rounds);
	vcpu_set_gpr(&second, 21, VPA);
	vcpu_set_gpr(&second, 31, FIXTURE_DATA);
	vcpu_set_entry(&second, GUEST_CODE + 0x1000, MSR_REAL);

	for (i = 0; i < 2; i++) {
		threads[i] = (struct vcpu_thread){
			.vcpu = i ? &second : &f.vcpu,
			.cpu = i % host_cpus(),
		};
		*length = htobe32(VPA_SIZE << 16);
		thread_start(&threads[i]);
	}
	for (i = 0; i < 100; i++) {
		madvise(vm_ptr(&f.vm, other, 0x10000), 0x10000, MADV_DONTNEED);
		*length = htobe32(VPA_SIZE << 16);
		host_sleep_ms(1);
	}
	for (i = 0; i < 2; i++) {
		thread_join(&threads[i]);
		tap_is(threads[i].last, KVM_EXIT_PAPR_HCALL, "one for another: vCPU %u ends", i);
		tap_is(threads[i].vcpu->run->papr_hcall.nr, REPORT_DONE,
		       "one for another: vCPU %u is through", i);
	}
	/* registering fails while the page is new and has no length yet */
	tap_ok(vcpu_hcall_arg(&f.vcpu, 0) >= rounds && vcpu_hcall_arg(&f.vcpu, 0) <= 2 * rounds,
	       "one for another: each was taken back");
	vcpu_destroy(&second);
	fixture_end(&f);
}

/* @name: after a newline, before a blank */
static long vm_counter(const char *name)
{
	static char text[16384];
	const char *line;

	/*
	 * the kernel adds up the counters of the CPUs from time to time; this makes it do so now
	 */
	host_write("/proc/sys/vm/stat_refresh", "1");
	host_read("/proc/vmstat", text, sizeof(text));
	line = strstr(text, name);
	if (!line)
		tap_bail("no counter %s", name);
	return strtol(line + strlen(name), NULL, 10);
}

static long pinned_pages(void)
{
	return vm_counter("\nnr_foll_pin_acquired ") - vm_counter("\nnr_foll_pin_released ");
}

/* What happens to the slot with all areas of a running vCPU */
static const struct fate {
	const char *what;
	u64 gpa;		/* where the slot is then */
	size_t size;		/* 0: it is deleted */
	bool deregister;	/* if not, the VM ends with the areas registered */
} fates[] = {
	{ "slot deleted", SLOT_GPA, 0, true },
	{ "slot moved", SLOT_GPA + 0x100000, SLOT_SIZE, true },
	{ "slot deleted, VM ended", SLOT_GPA, 0, false },
};

static void register_in_slot(struct fixture *f, u8 *memory)
{
	*(u32 *)(memory + 4) = htobe32(VPA_SIZE << 16);
	*(u32 *)(memory + 0x404) = htobe32(256);
	*(u32 *)(memory + 0x804) = htobe32(20 * DTL_ENTRY);
	reg(f, REG_VPA, 0, SLOT_GPA, 0);
	reg(f, REG_SLB, 0, SLOT_GPA + 0x400, 0);
	tap_is(reg(f, REG_DTL, 0, SLOT_GPA + 0x800, 0), H_SUCCESS, "slot: areas registered");
	tap_is(hcall(f, H_PROD, 0, 0, 0), H_SUCCESS, "slot: the guest runs");
}

/*
 * The pages stay pinned until the areas are deregistered. So what the hypervisor writes reaches
 * nobody else, and not the memory that replaces them.
 */
static void slot_goes(const struct fate *fate)
{
	struct vcpu_thread thread = { .cpu = host_cpus() - 1 };
	long pinned = pinned_pages();
	struct fixture f;
	u8 *memory = vmm_memory(SLOT_SIZE, SLOT_SIZE);
	unsigned int i, written = 0;
	volatile u64 *rounds;

	fixture_real(&f, hcall6);
	/* the destination comes first: a hash guest gets its entries while it does not run */
	if (vm_set_slot(&f.vm, 1, fate->gpa, memory, SLOT_SIZE, 0) ||
	    vm_set_slot(&f.vm, 1, SLOT_GPA, memory, SLOT_SIZE, 0))
		tap_bail("a second slot");
	register_in_slot(&f, memory);
	tap_is(pinned_pages(), pinned + 3, "%s: the three areas are pinned", fate->what);

	vm_load_guest(&f.vm, GUEST_CODE, prod_until);
	vcpu_set_entry(&f.vcpu, GUEST_CODE, MSR_REAL);
	rounds = fixture_data(&f, 0);
	rounds[0] = 0;
	rounds[1] = 0;
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	tap_ok(wait_past(rounds, 0, "a round of the guest"), "%s: the guest runs", fate->what);
	tap_is(vm_set_slot(&f.vm, 1, fate->gpa, memory, fate->size, 0), 0, "%s", fate->what);
	if (madvise(memory, SLOT_SIZE, MADV_DONTNEED))
		tap_bail("madvise");
	tap_ok(wait_past(rounds, rounds[0] + SLOT_ROUNDS, "rounds of the guest afterwards"),
	       "%s: while the guest runs", fate->what);
	rounds[1] = true;
	thread_join(&thread);
	tap_is(f.vcpu.run->papr_hcall.nr, REPORT_DONE, "%s: the guest goes on", fate->what);
	for (i = 0; i < SLOT_SIZE; i++)
		written += memory[i] != 0;
	tap_is(written, 0, "%s: nothing is written to the memory in its place", fate->what);

	if (fate->deregister) {
		tap_is(reg(&f, REG_DTL, 0, SLOT_GPA + 0x800, 0), ARG(H_PARAMETER),
		       "%s: no area can be registered there", fate->what);
		tap_is(reg(&f, DEREG_DTL, 0, 0, 0), H_SUCCESS, "%s: DTL deregistered", fate->what);
		tap_is(reg(&f, DEREG_SLB, 0, 0, 0), H_SUCCESS, "%s: SLB shadow deregistered",
		       fate->what);
		tap_is(reg(&f, DEREG_VPA, 0, 0, 0), H_SUCCESS, "%s: VPA deregistered", fate->what);
		tap_is(hcall(&f, H_PROD, 0, 0, 0), H_SUCCESS, "%s: the guest runs", fate->what);
	} else {
		fixture_end(&f);
	}
	tap_is(pinned_pages(), pinned, "%s: the page is released", fate->what);
	if (fate->deregister)
		fixture_end(&f);
	munmap(memory, SLOT_SIZE);
}

int main(void)
{
	unsigned int i;
	long pinned;

	tap_start(60);
	pinned = pinned_pages();
	registration();
	yield_counts();
	stolen_time();
	dispatch_log();
	dirty_log();
	memory_goes();
	from_user_space();
	from_another_vcpu();
	for (i = 0; i < ARRAY_SIZE(fates); i++)
		slot_goes(&fates[i]);
	tap_is(pinned_pages(), pinned, "no page stays pinned");
	return tap_done();
}
