// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer for everything that a VMM can do: threads make ioctls of all kinds on the same VMs,
 * vCPUs and devices, and some run guests. Meanwhile descriptors are closed, memory is taken away,
 * child processes inherit all of it, and signals come.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "fuzz.h"
#include "tap.h"

GUEST(fuzz_forever);
GUEST(vectors);

#define VMS		2
#define VCPUS		3
#define DEVICES		2
#define EVENTS		3
#define MEMORY		(32ull << 20)
#define SIGNAL_US	2000
#define ARG_WORDS	(sizeof(struct kvm_sregs) / 8)	/* no ioctl has more */

enum { COUNT_OK, COUNT_ERRORS, COUNT_RUNS, COUNT_ROWS = 8 };

/* Descriptors, or -1; a thread that closes one takes it out of the array first */
static int kvm, vms[VMS], vcpus[VMS * VCPUS], devices[VMS * DEVICES], events[EVENTS];
static struct kvm_run *runs[VMS * VCPUS];
static char *memory;
static volatile u64 *counts;

static u64 any_of(struct fuzz_thread *t, const u64 *values, size_t n)
{
	return fuzz_once_in(t, 12) ? fuzz_any(t) : values[fuzz_below(t, n)];
}

#define ANY_OF(t, ...)	any_of(t, (const u64[]){ __VA_ARGS__ },			\
			       ARRAY_SIZE(((const u64[]){ __VA_ARGS__ })))

/* --- arguments: each fills @arg for one ioctl --------------------------------- */

static void fill_nothing(struct fuzz_thread *t, void *arg)
{
	(void)t;
	(void)arg;
}

static void fill_bytes(struct fuzz_thread *t, void *arg)
{
	u64 *words = arg;
	unsigned int i;

	for (i = 0; i < ARG_WORDS; i++)
		words[i] = fuzz_any(t);
}

static void fill_slot(struct fuzz_thread *t, void *arg)
{
	struct kvm_userspace_memory_region *r = arg;
	u64 offset = fuzz_below(t, 8) * PAGE_2M + (fuzz_once_in(t, 3) ? PAGE_64K : 0);

	r->slot = ANY_OF(t, 0, 0, 1, 1, 2, 3, 4);
	r->flags = ANY_OF(t, 0, 0, KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY);
	r->guest_phys_addr = ANY_OF(t, 0, 0, PAGE_2M, 2 * PAGE_2M, 1ull << 46,
				    (1ull << 52) - PAGE_2M);
	r->userspace_addr = (u64)memory + offset;
	r->memory_size = ANY_OF(t, 0, 0, PAGE_64K, PAGE_2M, MEMORY - 10 * PAGE_2M, MEMORY / 2);
	/*
	 * a dirty log for more pages only needs memory of the host, and the VMM's limits are for
	 * that
	 */
	if (r->memory_size > PAGE_1G)
		r->flags &= ~KVM_MEM_LOG_DIRTY_PAGES;
	if (!r->slot && r->memory_size)
		r->guest_phys_addr = 0, r->userspace_addr = (u64)memory;
}

static void fill_dirty_log(struct fuzz_thread *t, void *arg)
{
	static u64 bitmap[1 << 13];
	struct kvm_dirty_log *log = arg;

	log->slot = ANY_OF(t, 0, 1, 2, 3);
	log->dirty_bitmap = fuzz_once_in(t, 8) ? NULL : bitmap;
}

static void fill_mmu(struct fuzz_thread *t, void *arg)
{
	struct kvm_ppc_mmuv3_cfg *cfg = arg;

	cfg->flags = ANY_OF(t, 3, 3, 3, 1, 2, 0);
	cfg->process_table = ANY_OF(t, 1ull << 63, 1ull << 63 | 0x100000, 1ull << 63 | 24, 0);
}

static void fill_vm_cap(struct fuzz_thread *t, void *arg)
{
	struct kvm_enable_cap *cap = arg;

	cap->cap = ANY_OF(t, KVM_CAP_PPC_ENABLE_HCALL, KVM_CAP_PPC_ENABLE_HCALL, KVM_CAP_PPC_SMT,
			  KVM_CAP_PPC_NESTED_HV, KVM_CAP_PPC_SECURE_GUEST, KVM_CAP_PPC_DAWR1,
			  KVM_CAP_HALT_POLL, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2);
	cap->args[0] = cap->cap == KVM_CAP_PPC_ENABLE_HCALL ? fuzz_below(t, 0x130) * 4 :
		       ANY_OF(t, 0, 1, 2, 4, 8);
	cap->args[1] = fuzz_below(t, 3);
}

static void fill_vcpu_cap(struct fuzz_thread *t, void *arg)
{
	struct kvm_enable_cap *cap = arg;

	cap->cap = ANY_OF(t, KVM_CAP_PPC_PAPR, KVM_CAP_PPC_PAPR, KVM_CAP_IRQ_XICS,
			  KVM_CAP_PPC_IRQ_XIVE, KVM_CAP_PPC_FWNMI, KVM_CAP_PPC_OSI, KVM_CAP_PPC_EPR,
			  KVM_CAP_SW_TLB);
	cap->args[0] = cap->cap == KVM_CAP_IRQ_XICS || cap->cap == KVM_CAP_PPC_IRQ_XIVE ?
		       (u64)devices[fuzz_below(t, VMS * DEVICES)] : fuzz_below(t, 2);
	/* kvm.ko: a server's number that it cannot pack is a WARN (see docs/hostile.md) */
	cap->args[1] = fuzz_below(t, fuzz_once_in(t, 8) ? 2048 : 4);
}

static void fill_device_attr(struct fuzz_thread *t, void *arg)
{
	struct kvm_device_attr *attr = arg;
	u64 *value = (u64 *)arg + 8;

	attr->group = ANY_OF(t, 1, 2, 3, 4, 5, 6);
	attr->attr = ANY_OF(t, 1, 2, 3, 16, 17, 18, 1024, 6, 14, 22);
	attr->addr = (u64)value;
	value[0] = ANY_OF(t, 0, 1, 3, 6, 4, 16, 6 | 16ull << 33, 5ull << 32);
	/*
	 * kvm.ko: a source that is to notify a queue that is not configured is a WARN (see
	 * docs/hostile.md), so sources stay masked here.
	 */
	if (attr->group == KVM_DEV_XIVE_GRP_SOURCE_CONFIG)
		value[0] |= KVM_XIVE_SOURCE_MASKED_MASK;
	/* an event queue: flags 1, qshift 16, address */
	if (attr->group == KVM_DEV_XIVE_GRP_EQ_CONFIG) {
		value[0] = 1 | ANY_OF(t, 16, 16, 12, 21) << 32;
		value[1] = ANY_OF(t, 0x200000, 0x210000, MEMORY, 0);
		value[2] = fuzz_below(t, 2);
	}
}

static void fill_tce(struct fuzz_thread *t, void *arg)
{
	struct kvm_create_spapr_tce_64 *tce = arg;

	tce->liobn = 0x80000000u + fuzz_below(t, 3);
	tce->page_shift = ANY_OF(t, 12, 16, 21);
	tce->flags = fuzz_once_in(t, 8);
	tce->offset = ANY_OF(t, 0, 1);
	/* counted as locked memory, so large ones are refused */
	tce->size = ANY_OF(t, 1, 16, 512, 0);
}

static void fill_rtas(struct fuzz_thread *t, void *arg)
{
	struct kvm_rtas_token_args *token = arg;

	strcpy(token->name, fuzz_once_in(t, 4) ? "nothing" :
	       fuzz_once_in(t, 2) ? "ibm,set-xive" : "ibm,int-on");
	token->token = ANY_OF(t, 0, 1, 2);
}

static void fill_irq(struct fuzz_thread *t, void *arg)
{
	struct kvm_irq_level *irq = arg;

	irq->irq = ANY_OF(t, 1, 2, 16, 17, 1024);
	irq->level = fuzz_below(t, 2);
}

static void fill_irqfd(struct fuzz_thread *t, void *arg)
{
	struct kvm_irqfd *irqfd = arg;

	irqfd->fd = events[fuzz_below(t, EVENTS)];
	irqfd->gsi = ANY_OF(t, 16, 17, 1024);
	irqfd->flags = ANY_OF(t, 0, 0, KVM_IRQFD_FLAG_DEASSIGN);
}

static void fill_ioeventfd(struct fuzz_thread *t, void *arg)
{
	struct kvm_ioeventfd *io = arg;

	io->fd = events[fuzz_below(t, EVENTS)];
	io->addr = ANY_OF(t, FIXTURE_MMIO, FIXTURE_MMIO + 8, 0);
	io->len = ANY_OF(t, 1, 2, 4, 8, 0);
	io->flags = ANY_OF(t, 0, 0, KVM_IOEVENTFD_FLAG_DEASSIGN, KVM_IOEVENTFD_FLAG_DATAMATCH);
}

static void fill_hpt(struct fuzz_thread *t, void *arg)
{
	struct kvm_ppc_resize_hpt *hpt = arg;

	hpt->flags = ANY_OF(t, 0, 0, 1);
	hpt->shift = ANY_OF(t, 0, 18, 19, 20, 46);
}

static void fill_regs(struct fuzz_thread *t, void *arg)
{
	struct kvm_regs *regs = arg;

	fill_bytes(t, arg);
	regs->gpr[31] = FIXTURE_FREE;
	if (fuzz_once_in(t, 4))
		return;
	regs->pc = GUEST_CODE;
	regs->msr = MSR_REAL | ANY_OF(t, 0, 0, 0, MSR_EE, MSR_PR, MSR_HV, 1ull << 33, 1ull << 34);
}

static void fill_sregs(struct fuzz_thread *t, void *arg)
{
	struct kvm_sregs *sregs = arg;

	fill_bytes(t, arg);
	sregs->pvr = ANY_OF(t, 0x004e1202, 0x00800200, 0);
}

static void fill_one_reg(struct fuzz_thread *t, void *arg)
{
	struct kvm_one_reg *reg = arg;
	u64 *value = (u64 *)arg + 8;

	reg->id = KVM_REG_PPC | ANY_OF(t, KVM_REG_SIZE_U64, KVM_REG_SIZE_U64, KVM_REG_SIZE_U32,
				       KVM_REG_SIZE_U128) | fuzz_below(t, 0xd0) |
		  (fuzz_once_in(t, 10) ? KVM_REG_PPC_TM : 0);
	/*
	 * kvm.ko: the state of a XICS presenter, set for a vCPU that has a XIVE presenter, is a
	 * WARN (see docs/hostile.md).
	 */
	if (reg->id == KVM_REG_PPC_ICP_STATE)
		reg->id = KVM_REG_PPC_VP_STATE;
	reg->addr = (u64)value;
	value[0] = ANY_OF(t, 0, 1, 0x200000, -1ull, 1ull << 24, 0x0f000005);
	value[1] = ANY_OF(t, 0, 640, 4096);
}

static void fill_interrupt(struct fuzz_thread *t, void *arg)
{
	*(u32 *)arg = ANY_OF(t, KVM_INTERRUPT_SET, KVM_INTERRUPT_UNSET, KVM_INTERRUPT_SET_LEVEL);
}

static void fill_debug(struct fuzz_thread *t, void *arg)
{
	struct kvm_guest_debug *debug = arg;

	debug->control = ANY_OF(t, 0, 1, 3, 0x10001, 0x20001);
}

static void fill_mask(struct fuzz_thread *t, void *arg)
{
	struct kvm_signal_mask *mask = arg;

	mask->len = ANY_OF(t, 8, 8, 0, 4);
	/* not the signal that ends KVM_RUN */
	*(u64 *)mask->sigset = fuzz_any(t) & ~(1ull << (SIGUSR1 - 1));
}

static void fill_u32(struct fuzz_thread *t, void *arg)
{
	*(u32 *)arg = ANY_OF(t, 0, 1, 2, 24);
}

/* not 0, see docs/parity.md */
static void fill_order(struct fuzz_thread *t, void *arg)
{
	*(u32 *)arg = ANY_OF(t, 18, 19, 20, 20, 17, 46, 47);
}

static void fill_htab_fd(struct fuzz_thread *t, void *arg)
{
	struct kvm_get_htab_fd *fd = arg;

	fd->flags = ANY_OF(t, 0, 1, 2, 2, 3, 4);
	fd->start_index = ANY_OF(t, 0, 0, 1, 1ull << 14, ~0ull);
}

/* --- the ioctls ------------------------------------------------------------------ */

enum target { VM, VCPU, DEVICE };

static const struct row {
	const char *name;
	unsigned long request;
	enum target target;
	void (*fill)(struct fuzz_thread *t, void *arg);
	unsigned int weight;
	bool gives_fd;
} rows[] = {
#define ROW(target, request, fill, weight)	{ #request, request, target, fill, weight, false }
#define ROW_FD(target, request, fill, weight)	{ #request, request, target, fill, weight, true }
	ROW(VM, KVM_SET_USER_MEMORY_REGION, fill_slot, 20),
	ROW(VM, KVM_GET_DIRTY_LOG, fill_dirty_log, 10),
	ROW(VM, KVM_PPC_CONFIGURE_V3_MMU, fill_mmu, 5),
	ROW(VM, KVM_ENABLE_CAP, fill_vm_cap, 5),
	ROW(VM, KVM_CHECK_EXTENSION, fill_nothing, 1),
	ROW(VM, KVM_IRQ_LINE, fill_irq, 5),
	ROW(VM, KVM_IRQFD, fill_irqfd, 3),
	ROW(VM, KVM_IOEVENTFD, fill_ioeventfd, 3),
	ROW(VM, KVM_SIGNAL_MSI, fill_bytes, 1),
	ROW(VM, KVM_SET_GSI_ROUTING, fill_nothing, 1),
	ROW(VM, KVM_PPC_RTAS_DEFINE_TOKEN, fill_rtas, 3),
	ROW(VM, KVM_PPC_GET_PVINFO, fill_nothing, 1),
	ROW(VM, KVM_PPC_GET_SMMU_INFO, fill_nothing, 1),
	ROW(VM, KVM_PPC_GET_RMMU_INFO, fill_nothing, 1),
	ROW(VM, KVM_PPC_GET_CPU_CHAR, fill_nothing, 1),
	ROW(VM, KVM_PPC_SVM_OFF, fill_nothing, 1),
	ROW(VM, KVM_PPC_ALLOCATE_HTAB, fill_order, 4),
	ROW(VM, KVM_PPC_RESIZE_HPT_PREPARE, fill_hpt, 3),
	ROW(VM, KVM_PPC_RESIZE_HPT_COMMIT, fill_hpt, 3),
	ROW_FD(VM, KVM_CREATE_SPAPR_TCE_64, fill_tce, 2),
	ROW_FD(VM, KVM_PPC_GET_HTAB_FD, fill_htab_fd, 3),
	ROW_FD(VM, KVM_GET_STATS_FD, fill_nothing, 1),
	ROW(VCPU, KVM_GET_REGS, fill_nothing, 3),
	ROW(VCPU, KVM_SET_REGS, fill_regs, 8),
	ROW(VCPU, KVM_GET_SREGS, fill_nothing, 2),
	ROW(VCPU, KVM_SET_SREGS, fill_sregs, 3),
	ROW(VCPU, KVM_GET_FPU, fill_nothing, 1),
	ROW(VCPU, KVM_SET_FPU, fill_bytes, 1),
	ROW(VCPU, KVM_GET_ONE_REG, fill_one_reg, 15),
	ROW(VCPU, KVM_SET_ONE_REG, fill_one_reg, 25),
	ROW(VCPU, KVM_ENABLE_CAP, fill_vcpu_cap, 15),
	ROW(VCPU, KVM_INTERRUPT, fill_interrupt, 5),
	ROW(VCPU, KVM_SET_GUEST_DEBUG, fill_debug, 3),
	ROW(VCPU, KVM_SET_SIGNAL_MASK, fill_mask, 2),
	ROW(VCPU, KVM_GET_MP_STATE, fill_nothing, 1),
	ROW(VCPU, KVM_SET_MP_STATE, fill_u32, 1),
	ROW(VCPU, KVM_TRANSLATE, fill_bytes, 2),
	ROW(VCPU, KVM_DIRTY_TLB, fill_bytes, 1),
	ROW_FD(VCPU, KVM_GET_STATS_FD, fill_nothing, 1),
	ROW(DEVICE, KVM_SET_DEVICE_ATTR, fill_device_attr, 12),
	ROW(DEVICE, KVM_GET_DEVICE_ATTR, fill_device_attr, 6),
	ROW(DEVICE, KVM_HAS_DEVICE_ATTR, fill_device_attr, 2),
};

static unsigned int weights;	/* of all rows */

static int pick_fd(struct fuzz_thread *t, enum target target)
{
	switch (target) {
	case VM:
		return vms[fuzz_below(t, VMS)];
	case VCPU:
		return vcpus[fuzz_below(t, VMS * VCPUS)];
	default:
		return devices[fuzz_below(t, VMS * DEVICES)];
	}
}

static void count(unsigned int which)
{
	__atomic_fetch_add(&counts[which], 1, __ATOMIC_RELAXED);
}

static void make_ioctl(struct fuzz_thread *t)
{
	u64 arg[ARG_WORDS] = { 0 };
	const struct row *row;
	bool bad;
	u64 n;
	int rc;

	n = fuzz_below(t, weights);
	for (row = rows; n >= row->weight; row++)
		n -= row->weight;
	row->fill(t, arg);
	bad = fuzz_once_in(t, 40);
	fuzz_step(t, row->name, arg[0], arg[1], arg[2], arg[3]);
	rc = ioctl(pick_fd(t, row->target), row->request, bad ? NULL : arg);
	count(rc < 0 ? COUNT_ERRORS : COUNT_OK);
	if (rc < 0)
		return;
	counts[COUNT_ROWS + (row - rows)]++;
	if (row->gives_fd && rc > 2) {
		n = read(rc, arg, sizeof(arg));
		close(rc);
	}
}

static void run_vcpu(struct fuzz_thread *t)
{
	unsigned int which = fuzz_below(t, VMS * VCPUS);
	struct kvm_run *run = runs[which];
	bool now = fuzz_once_in(t, 10);
	u64 ret = fuzz_any(t);

	if (run) {
		run->immediate_exit = now;
		run->papr_hcall.ret = ret;
	}
	fuzz_step(t, "KVM_RUN", which, now, ret, 0);
	ioctl(vcpus[which], KVM_RUN, 0);
	count(COUNT_RUNS);
}

/* --- things come and go ---------------------------------------------------------- */

static void put_fd(int *where, int fd)
{
	if (fd < 0)
		return;
	fd = __atomic_exchange_n(where, fd, __ATOMIC_SEQ_CST);
	if (fd >= 0)
		close(fd);
}

static void create_vm(struct fuzz_thread *t, unsigned int which)
{
	struct kvm_userspace_memory_region slot = {
		.memory_size = MEMORY / 2, .userspace_addr = (u64)memory,
	};
	int fd;

	fuzz_step(t, "KVM_CREATE_VM", which, 0, 0, 0);
	fd = ioctl(kvm, KVM_CREATE_VM, ANY_OF(t, 1, 1, 1, 0, 2));
	if (fd >= 0)
		ioctl(fd, KVM_SET_USER_MEMORY_REGION, &slot);
	put_fd(&vms[which], fd);
}

static void create_vcpu(struct fuzz_thread *t, unsigned int which)
{
	struct kvm_enable_cap papr = { .cap = KVM_CAP_PPC_PAPR };
	struct kvm_regs regs = { .pc = GUEST_CODE, .msr = MSR_REAL, .gpr[31] = FIXTURE_FREE };
	u64 id = ANY_OF(t, 0, 1, 2, 3, 7, 2047, 2048, 4095, 16383);
	bool map = fuzz_once_in(t, 2), set_up = !fuzz_once_in(t, 4);
	struct kvm_run *run;
	int fd;

	fuzz_step(t, "KVM_CREATE_VCPU", which, id, 0, 0);
	fd = ioctl(vms[which % VMS], KVM_CREATE_VCPU, id);
	if (fd < 0)
		return;
	if (set_up) {
		ioctl(fd, KVM_ENABLE_CAP, &papr);
		ioctl(fd, KVM_SET_REGS, &regs);
	}
	/*
	 * A mapping keeps the vCPU and the VM alive. It stays to the end, since other threads may
	 * read it.
	 */
	if (map) {
		run = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (run != MAP_FAILED)
			runs[which] = run;
	} else {
		runs[which] = NULL;
	}
	put_fd(&vcpus[which], fd);
}

static void create_device(struct fuzz_thread *t, unsigned int which)
{
	struct kvm_create_device create = {
		.type = ANY_OF(t, KVM_DEV_TYPE_XICS, KVM_DEV_TYPE_XIVE, KVM_DEV_TYPE_XIVE,
			       KVM_DEV_TYPE_VFIO, KVM_DEV_TYPE_FSL_MPIC_20),
		.flags = fuzz_once_in(t, 10) ? KVM_CREATE_DEVICE_TEST : 0,
	};

	fuzz_step(t, "KVM_CREATE_DEVICE", which, create.type, create.flags, 0);
	create.fd = -1;
	if (!ioctl(vms[which % VMS], KVM_CREATE_DEVICE, &create) && !create.flags)
		put_fd(&devices[which], create.fd);
}

static void close_one(struct fuzz_thread *t)
{
	unsigned int which = fuzz_below(t, VMS + VMS * VCPUS + VMS * DEVICES);
	int *where = which < VMS ? &vms[which] :
		     which < VMS + VMS * VCPUS ? &vcpus[which - VMS] :
		     &devices[which - VMS - VMS * VCPUS];
	int fd;

	fuzz_step(t, "close", which, 0, 0, 0);
	fd = __atomic_exchange_n(where, -1, __ATOMIC_SEQ_CST);
	if (fd >= 0)
		close(fd);
}

static void change_memory(struct fuzz_thread *t)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_PAGEOUT, MADV_WILLNEED,
	};
	u64 offset = PAGE_2M + fuzz_below(t, (MEMORY - PAGE_2M) / PAGE_64K) * PAGE_64K;
	u64 size = fuzz_once_in(t, 4) ? MEMORY - offset : PAGE_64K;
	unsigned int which = fuzz_below(t, ARRAY_SIZE(advice) + 2);

	fuzz_step(t, "madvise or mprotect", which, offset, size, 0);
	if (which < ARRAY_SIZE(advice))
		madvise(memory + offset, size, advice[which]);
	else
		mprotect(memory + offset, size,
			 which == ARRAY_SIZE(advice) ? PROT_READ : PROT_READ | PROT_WRITE);
}

/* Memory becomes copy-on-write; a child process may do little with the VM. */
static void inherit(struct fuzz_thread *t)
{
	unsigned int i;
	pid_t child;

	fuzz_step(t, "fork", 0, 0, 0, 0);
	child = fork();
	if (!child) {
		for (i = 0; i < VMS * VCPUS; i++)
			if (vcpus[i] >= 0 && !ioctl(vcpus[i], KVM_RUN, 0))
				_exit(1);
		_exit(0);
	}
	if (child > 0) {
		int status;

		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			tap_bail("KVM_RUN of another process's vCPU");
	}
}

static void make_step(struct fuzz_thread *t)
{
	u64 n = fuzz_below(t, 200);

	if (n < 40)
		run_vcpu(t);
	else if (n < 42)
		create_vm(t, fuzz_below(t, VMS));
	else if (n < 52)
		create_vcpu(t, fuzz_below(t, VMS * VCPUS));
	else if (n < 56)
		create_device(t, fuzz_below(t, VMS * DEVICES));
	else if (n < 60)
		close_one(t);
	else if (n < 66)
		change_memory(t);
	else if (n < 67)
		inherit(t);
	else
		make_ioctl(t);
}

/* --- threads ---------------------------------------------------------------------- */

static u64 steps_to_make;

static void *run_thread(void *arg)
{
	struct fuzz_thread *t = arg;
	timer_t timer = fuzz_signals(syscall(SYS_gettid), SIGNAL_US);

	while (t->steps < steps_to_make) {
		make_step(t);
		t->steps++;
	}
	timer_delete(timer);
	return NULL;
}

static void load_guest(void)
{
	memcpy(memory, guest_vectors, guest_vectors_end - guest_vectors);
	memcpy(memory + GUEST_CODE, guest_fuzz_forever,
	       guest_fuzz_forever_end - guest_fuzz_forever);
	__builtin___clear_cache(memory, memory + PAGE_2M);
}

static void episode(struct fuzz_episode *episode)
{
	pthread_t threads[FUZZ_THREADS];
	unsigned int i;

	counts = episode->counts;
	steps_to_make = episode->steps;
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		tap_bail("/dev/kvm: %s", strerror(errno));
	memory = vmm_memory(MEMORY, PAGE_2M);
	load_guest();
	for (i = 0; i < EVENTS; i++)
		events[i] = eventfd(0, EFD_NONBLOCK);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		weights += rows[i].weight;
	memset(vms, -1, sizeof(vms));
	memset(vcpus, -1, sizeof(vcpus));
	memset(devices, -1, sizeof(devices));
	for (i = 0; i < VMS; i++)
		create_vm(&episode->threads[0], i);
	for (i = 0; i < VMS * VCPUS; i++)
		create_vcpu(&episode->threads[0], i);
	for (i = 0; i < FUZZ_THREADS; i++)
		if (pthread_create(&threads[i], NULL, run_thread, &episode->threads[i]))
			tap_bail("pthread_create");
	for (i = 0; i < FUZZ_THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void judge(const struct fuzz_episode *total)
{
	unsigned int i, done = 0;

	tap_diag("%llu ioctls done, %llu refused; KVM_RUN %llu times",
		 (unsigned long long)total->counts[COUNT_OK],
		 (unsigned long long)total->counts[COUNT_ERRORS],
		 (unsigned long long)total->counts[COUNT_RUNS]);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (total->counts[COUNT_ROWS + i])
			done++;
		else
			tap_diag("never done: %s", rows[i].name);
	}
	tap_ok(done >= 25, "ioctls: %u of %zu were done at least once", done, ARRAY_SIZE(rows));
}

int main(int argc, char **argv)
{
	static const struct fuzzer fuzzer = {
		.name = "ioctls",
		.default_steps = 20000,
		.episode_steps = 2400,
		.episode = episode,
		.judge = judge,
	};

	_Static_assert(COUNT_ROWS + ARRAY_SIZE(rows) <=
		       ARRAY_SIZE(((struct fuzz_episode *)0)->counts), "counters");
	return fuzz_main(argc, argv, &fuzzer);
}
