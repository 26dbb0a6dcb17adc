// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmm-demo [SECONDS [FILE]]
 *
 * Runs a radix guest with two vCPUs that exits for many reasons, and prints how often it
 * exited, as counted by the guest and by its VMM.  With FILE it also writes the counts to FILE
 * for programs, one line per exit reason:
 *
 *	VCPU TRAP RELATION COUNT
 *
 * RELATION is "=" where guest and VMM know exactly how many exits there were, and ">=" where
 * there may be more (a page of the guest's page tables faults in too; a guest cannot count the
 * host's timer ticks).  The host's IPIs (0xe80) are not in the file: chance decides whether an IPI
 * finds the guest running and no tick due.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "demo.h"
#include "guest.h"
#include "host.h"
#include "mmu.h"
#include "tap.h"
#include "thread.h"

#define IPI_MS	2

GUEST(demo_decrementer);
GUEST(demo_program);
GUEST(demo_return);
GUEST(demo_script);
GUEST(demo_busy);

enum relation { EXACTLY, AT_LEAST };

/* What guest and VMM know about one exit reason of one vCPU */
struct expectation {
	u32 vcpu;
	u32 trap;
	enum relation relation;
	u64 count;
	const char *what;
};

static struct vm vm;
static struct guest_mmu mmu;
static struct vcpu vcpus[2];

static u64 *data_of(u32 vcpu)
{
	return vm_ptr(&vm, DEMO_DATA + vcpu * DEMO_DATA_SIZE, DEMO_DATA_SIZE);
}

static u64 counted(u32 vcpu, unsigned int offset)
{
	return data_of(vcpu)[offset / sizeof(u64)];
}

/* Answers MMIO loads with zero and hypercalls with success, until the guest's last hypercall. */
static bool serve(struct vcpu_thread *thread, int reason)
{
	struct kvm_run *run = thread->vcpu->run;

	switch (reason) {
	case -EINTR:
		return true;
	case KVM_EXIT_MMIO:
		if (!run->mmio.is_write)
			memset(run->mmio.data, 0, sizeof(run->mmio.data));
		return true;
	case KVM_EXIT_PAPR_HCALL:
		run->papr_hcall.ret = H_SUCCESS;
		return run->papr_hcall.nr == REPORT_STEP;
	default:
		return false;
	}
}

static void set_up(void)
{
	unsigned int i;

	vm_create(&vm, DEMO_RAM);
	/* One fault per page: the guest's memory has no huge pages of the host */
	if (madvise(vm.ram, vm.ram_size, MADV_NOHUGEPAGE))
		tap_bail("MADV_NOHUGEPAGE: %s", strerror(errno));
	mmu_create(&mmu, &vm, DEMO_TABLES, DEMO_TABLES_SIZE);
	mmu_map(&mmu, 0, KERNEL_EA, 0, DEMO_RAM, PAGE_2M, PTE_KERNEL);
	mmu_map(&mmu, 0, KERNEL_EA + DEMO_MMIO, DEMO_MMIO, PAGE_64K, PAGE_64K, PTE_MMIO);

	vm_load_guest(&vm, 0x900, demo_decrementer);
	vm_load_guest(&vm, 0x700, demo_program);
	vm_load_guest(&vm, GUEST_CODE, demo_script);
	vm_load_guest(&vm, GUEST_CODE + 0x1000, demo_busy);
	for (i = 0; i < DEMO_PAGES; i++)
		vm_load_guest(&vm, DEMO_FETCH + i * PAGE_64K, demo_return);

	for (i = 0; i < ARRAY_SIZE(vcpus); i++) {
		vcpu_create(&vm, &vcpus[i], i);
		vcpu_set_gpr(&vcpus[i], 31, KERNEL_EA + DEMO_DATA + i * DEMO_DATA_SIZE);
		vcpu_set_entry(&vcpus[i], KERNEL_EA + GUEST_CODE + i * 0x1000,
			       MSR_VIRT | MSR_EE);
	}
}

static void run_for(unsigned int seconds)
{
	struct vcpu_thread threads[ARRAY_SIZE(vcpus)];
	u64 end = host_timebase() + seconds * host_timebase_hz();
	unsigned int i;

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		tap_bail("membarrier: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(vcpus); i++) {
		threads[i] = (struct vcpu_thread){
			.vcpu = &vcpus[i],
			.cpu = i % host_cpus(),
			.handle = serve,
		};
		thread_start(&threads[i]);
	}
	/* Each of these is an IPI to the CPU that runs the busy vCPU. */
	while (host_timebase() < end) {
		if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0))
			tap_bail("membarrier: %s", strerror(errno));
		host_sleep_ms(IPI_MS);
	}
	for (i = 0; i < ARRAY_SIZE(vcpus); i++)
		data_of(i)[DEMO_STOP / sizeof(u64)] = 1;
	for (i = 0; i < ARRAY_SIZE(vcpus); i++) {
		thread_join(&threads[i]);
		if (threads[i].last != KVM_EXIT_PAPR_HCALL ||
		    vcpus[i].run->papr_hcall.nr != REPORT_DONE) {
			vcpu_show(&vcpus[i]);
			tap_bail("vCPU %u did not end as it should: KVM_RUN gave %d", i,
				 threads[i].last);
		}
	}
}

static void print(FILE *f, const struct expectation *e)
{
	fprintf(f, "%u 0x%x %s %" PRIu64 "\n", e->vcpu, e->trap,
		e->relation == EXACTLY ? "=" : ">=", e->count);
}

static int report(const char *path)
{
	u64 mmio = counted(0, DEMO_MMIO_LOAD) + counted(0, DEMO_MMIO_STORE);
	u64 user = counted(0, DEMO_HCALL_USER) + 1;
	const struct expectation table[] = {
		{ 0, 0xc00, EXACTLY,
		  counted(0, DEMO_HCALL_KERNEL) + counted(0, DEMO_CEDE) + user,
		  "hypercalls: H_PROD, H_CEDE, to user space" },
		{ 0, 0xe40, EXACTLY, counted(0, DEMO_ILLEGAL), "illegal instructions" },
		{ 0, 0xf80, EXACTLY, counted(0, DEMO_FACILITY),
		  "msgclrp: a facility that the host keeps" },
		{ 0, 0xe00, AT_LEAST, mmio + counted(0, DEMO_TOUCHED),
		  "MMIO loads and stores, first stores to a page" },
		{ 0, 0xe20, AT_LEAST, counted(0, DEMO_FETCHED),
		  "first fetches from a page" },
		{ 1, 0xc00, EXACTLY, 1, "the hypercall that ends it" },
		{ 1, 0x980, AT_LEAST, 1, "ticks of the host's timer" },
	};
	FILE *f = NULL;
	unsigned int i;

	if (vcpus[0].exits[KVM_EXIT_MMIO] != mmio ||
	    vcpus[0].exits[KVM_EXIT_PAPR_HCALL] != user) {
		fprintf(stderr, "vmm-demo: guest and VMM disagree: MMIO %" PRIu64 " and %" PRIu64
			", hypercalls to user space %" PRIu64 " and %" PRIu64 "\n",
			mmio, vcpus[0].exits[KVM_EXIT_MMIO],
			user, vcpus[0].exits[KVM_EXIT_PAPR_HCALL]);
		return EXIT_FAILURE;
	}
	if (path) {
		f = fopen(path, "w");
		if (!f) {
			fprintf(stderr, "vmm-demo: %s: %s\n", path, strerror(errno));
			return EXIT_FAILURE;
		}
	}
	printf("vcpu  trap      exits  counted by guest and VMM\n");
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		printf("%4u  0x%03x %2s %7" PRIu64 "  %s\n", table[i].vcpu, table[i].trap,
		       table[i].relation == EXACTLY ? "" : ">=", table[i].count,
		       table[i].what);
		if (f)
			print(f, &table[i]);
	}
	if (f && fclose(f)) {
		fprintf(stderr, "vmm-demo: %s: %s\n", path, strerror(errno));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	char *end = "";
	unsigned long seconds = argc > 1 ? strtoul(argv[1], &end, 10) : 3;

	if (argc > 3 || *end || !seconds || seconds > 3600) {
		fprintf(stderr, "usage: vmm-demo [SECONDS [FILE]]\n");
		return 2;
	}
	set_up();
	run_for(seconds);
	return report(argc > 2 ? argv[2] : NULL);
}
