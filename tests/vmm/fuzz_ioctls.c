// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz_ioctls.h"

struct fuzz_fds fuzz_fds;

int fuzz_open_fd(const int *fds, unsigned int n, unsigned int first)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		int fd = __atomic_load_n(&fds[(first + i) % n], __ATOMIC_RELAXED);

		if (fd >= 0)
			return fd;
	}
	return -1;
}

void fuzz_put_fd(int *where, int fd)
{
	if (fd < 0)
		return;
	fd = __atomic_exchange_n(where, fd, __ATOMIC_SEQ_CST);
	if (fd >= 0)
		close(fd);
}

/* --- arguments ------------------------------------------------------------------ */

static void fill_nothing(struct fuzz_thread *t, void *arg)
{
	(void)t;
	(void)arg;
}

/* One value is drawn, and all words follow from it. */
static void fill_bytes(struct fuzz_thread *t, void *arg)
{
	struct fuzz_thread own = { .random = fuzz_any(t) };
	u64 *words = arg;
	unsigned int i;

	for (i = 0; i < FUZZ_ARG_WORDS; i++)
		words[i] = fuzz_any(&own);
}

static void fill_slot(struct fuzz_thread *t, void *arg)
{
	struct kvm_userspace_memory_region *r = arg;
	u64 offset = fuzz_below(t, 8) * PAGE_2M + (fuzz_once_in(t, 3) ? PAGE_64K : 0);

	r->slot = FUZZ_OF(t, 0, 0, 1, 1, 2, 3, 4);
	r->flags = FUZZ_OF(t, 0, 0, KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY);
	r->guest_phys_addr = FUZZ_OF(t, 0, 0, PAGE_2M, 2 * PAGE_2M, 1ull << 46,
				     (1ull << 52) - PAGE_2M);
	r->userspace_addr = (u64)fuzz_fds.memory + offset;
	r->memory_size = FUZZ_OF(t, 0, 0, PAGE_64K, PAGE_2M, FUZZ_MEMORY - 10 * PAGE_2M,
				 FUZZ_MEMORY / 2);
	/*
	 * a dirty log for more pages only needs memory of the host, and the VMM's limits are for
	 * that
	 */
	if (r->memory_size > PAGE_1G)
		r->flags &= ~KVM_MEM_LOG_DIRTY_PAGES;
	if (!r->slot && r->memory_size)
		r->guest_phys_addr = 0, r->userspace_addr = (u64)fuzz_fds.memory;
}

static void fill_dirty_log(struct fuzz_thread *t, void *arg)
{
	static u64 bitmap[1 << 13];
	struct kvm_dirty_log *log = arg;

	log->slot = FUZZ_OF(t, 0, 1, 2, 3);
	log->dirty_bitmap = fuzz_once_in(t, 8) ? NULL : bitmap;
}

static void fill_mmu(struct fuzz_thread *t, void *arg)
{
	struct kvm_ppc_mmuv3_cfg *cfg = arg;

	cfg->flags = FUZZ_OF(t, 3, 3, 3, 1, 2, 0);
	cfg->process_table = FUZZ_OF(t, 1ull << 63, 1ull << 63 | 0x100000, 1ull << 63 | 24, 0);
}

static void fill_vm_cap(struct fuzz_thread *t, void *arg)
{
	struct kvm_enable_cap *cap = arg;

	cap->cap = FUZZ_OF(t, KVM_CAP_PPC_ENABLE_HCALL, KVM_CAP_PPC_ENABLE_HCALL, KVM_CAP_PPC_SMT,
			   KVM_CAP_PPC_NESTED_HV, KVM_CAP_PPC_SECURE_GUEST, KVM_CAP_PPC_DAWR1,
			   KVM_CAP_HALT_POLL, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2);
	cap->args[0] = cap->cap == KVM_CAP_PPC_ENABLE_HCALL ? fuzz_below(t, 0x130) * 4 :
		       FUZZ_OF(t, 0, 1, 2, 4, 8);
	cap->args[1] = fuzz_below(t, 3);
}

static void fill_vcpu_cap(struct fuzz_thread *t, void *arg)
{
	struct kvm_enable_cap *cap = arg;

	cap->cap = FUZZ_OF(t, KVM_CAP_PPC_PAPR, KVM_CAP_PPC_PAPR, KVM_CAP_IRQ_XICS,
			   KVM_CAP_PPC_IRQ_XIVE, KVM_CAP_PPC_FWNMI, KVM_CAP_PPC_OSI,
			   KVM_CAP_PPC_EPR, KVM_CAP_SW_TLB);
	cap->args[0] = cap->cap == KVM_CAP_IRQ_XICS || cap->cap == KVM_CAP_PPC_IRQ_XIVE ?
		       (u64)fuzz_fds.devices[fuzz_below(t, FUZZ_DEVICES)] : fuzz_below(t, 2);
	/* kvm.ko: a server's number that it cannot pack is a WARN (see docs/hostile.md) */
	cap->args[1] = fuzz_below(t, fuzz_once_in(t, 8) ? 2048 : 4);
}

static void fill_device_attr(struct fuzz_thread *t, void *arg)
{
	struct kvm_device_attr *attr = arg;
	u64 *value = (u64 *)arg + 8;

	attr->group = FUZZ_OF(t, 1, 2, 3, 4, 5, 6);
	attr->attr = FUZZ_OF(t, 1, 2, 3, 16, 17, 18, 1024, 6, 14, 22);
	attr->addr = (u64)value;
	value[0] = FUZZ_OF(t, 0, 1, 3, 6, 4, 16, 6 | 16ull << 33, 5ull << 32);
	/*
	 * kvm.ko: a source that is to notify a queue that is not configured is a WARN (see
	 * docs/hostile.md), so sources stay masked here.
	 */
	if (attr->group == KVM_DEV_XIVE_GRP_SOURCE_CONFIG)
		value[0] |= KVM_XIVE_SOURCE_MASKED_MASK;
	/* an event queue: flags 1, qshift 16, address */
	if (attr->group == KVM_DEV_XIVE_GRP_EQ_CONFIG) {
		value[0] = 1 | FUZZ_OF(t, 16, 16, 12, 21) << 32;
		value[1] = FUZZ_OF(t, 0x200000, 0x210000, FUZZ_MEMORY, 0);
		value[2] = fuzz_below(t, 2);
	}
}

static void fill_tce(struct fuzz_thread *t, void *arg)
{
	struct kvm_create_spapr_tce_64 *tce = arg;

	tce->liobn = 0x80000000u + fuzz_below(t, 3);
	tce->page_shift = FUZZ_OF(t, 12, 16, 21);
	tce->flags = fuzz_once_in(t, 8);
	tce->offset = FUZZ_OF(t, 0, 1);
	/* counted as locked memory, so large ones are refused */
	tce->size = FUZZ_OF(t, 1, 16, 512, 0);
}

static void fill_rtas(struct fuzz_thread *t, void *arg)
{
	struct kvm_rtas_token_args *token = arg;

	strcpy(token->name, fuzz_once_in(t, 4) ? "nothing" :
	       fuzz_once_in(t, 2) ? "ibm,set-xive" : "ibm,int-on");
	token->token = FUZZ_OF(t, 0, 1, 2);
}

static void fill_irq(struct fuzz_thread *t, void *arg)
{
	struct kvm_irq_level *irq = arg;

	irq->irq = FUZZ_OF(t, 1, 2, 16, 17, 1024);
	irq->level = fuzz_below(t, 2);
}

static void fill_irqfd(struct fuzz_thread *t, void *arg)
{
	struct kvm_irqfd *irqfd = arg;

	irqfd->fd = fuzz_fds.events[fuzz_below(t, FUZZ_EVENTS)];
	irqfd->gsi = FUZZ_OF(t, 16, 17, 1024);
	irqfd->flags = FUZZ_OF(t, 0, 0, KVM_IRQFD_FLAG_DEASSIGN, KVM_IRQFD_FLAG_RESAMPLE);
	irqfd->resamplefd = fuzz_fds.events[fuzz_below(t, FUZZ_EVENTS)];
}

static void fill_ioeventfd(struct fuzz_thread *t, void *arg)
{
	struct kvm_ioeventfd *io = arg;

	io->fd = fuzz_fds.events[fuzz_below(t, FUZZ_EVENTS)];
	io->addr = FUZZ_OF(t, FIXTURE_MMIO, FIXTURE_MMIO + 8, 0);
	io->len = FUZZ_OF(t, 1, 2, 4, 8, 0);
	io->flags = FUZZ_OF(t, 0, 0, KVM_IOEVENTFD_FLAG_DEASSIGN, KVM_IOEVENTFD_FLAG_DATAMATCH);
}

static void fill_hpt(struct fuzz_thread *t, void *arg)
{
	struct kvm_ppc_resize_hpt *hpt = arg;

	hpt->flags = FUZZ_OF(t, 0, 0, 1);
	hpt->shift = FUZZ_OF(t, 0, 18, 19, 20, 46);
}

static void fill_regs(struct fuzz_thread *t, void *arg)
{
	struct kvm_regs *regs = arg;

	fill_bytes(t, arg);
	regs->gpr[31] = FIXTURE_FREE;
	if (fuzz_once_in(t, 4))
		return;
	regs->pc = GUEST_CODE;
	regs->msr = MSR_REAL | FUZZ_OF(t, 0, 0, 0, MSR_EE, MSR_PR, MSR_HV, 1ull << 33, 1ull << 34);
}

static void fill_sregs(struct fuzz_thread *t, void *arg)
{
	struct kvm_sregs *sregs = arg;

	fill_bytes(t, arg);
	sregs->pvr = FUZZ_OF(t, 0x004e1202, 0x00800200, 0);
}

/* Registers with code of their own, and some of each kind of the others */
static const u64 registers[] = {
	KVM_REG_PPC_VPA_ADDR, KVM_REG_PPC_VPA_SLB, KVM_REG_PPC_VPA_DTL, KVM_REG_PPC_TB_OFFSET,
	KVM_REG_PPC_DEC_EXPIRY, KVM_REG_PPC_LPCR, KVM_REG_PPC_LPCR_64, KVM_REG_PPC_ARCH_COMPAT,
	KVM_REG_PPC_VP_STATE, KVM_REG_PPC_DEBUG_INST, KVM_REG_PPC_HIOR, KVM_REG_PPC_CIABR,
	KVM_REG_PPC_DABRX, KVM_REG_PPC_DAWR, KVM_REG_PPC_DAWRX, KVM_REG_PPC_DPDES,
	KVM_REG_PPC_PSSCR, KVM_REG_PPC_ONLINE, KVM_REG_PPC_PTCR, KVM_REG_PPC_VSCR,
	KVM_REG_PPC_PMC1, KVM_REG_PPC_MMCR0, KVM_REG_PPC_MMCR3, KVM_REG_PPC_SIER, KVM_REG_PPC_BESCR,
	KVM_REG_PPC_FSCR, KVM_REG_PPC_PSPB, KVM_REG_PPC_AMR, KVM_REG_PPC_PID, KVM_REG_PPC_VTB,
	KVM_REG_PPC_FPR0, KVM_REG_PPC_VR0, KVM_REG_PPC_VSR0, KVM_REG_PPC_FPSCR,
	KVM_REG_PPC_TM_GPR0, KVM_REG_PPC_TM_VSR0, KVM_REG_PPC_TM_VSR0 + 40, KVM_REG_PPC_TM_CR,
	KVM_REG_PPC_TFHAR, KVM_REG_PPC_DEXCR, KVM_REG_PPC_HASHKEYR,
};

static void fill_one_reg(struct fuzz_thread *t, void *arg)
{
	struct kvm_one_reg *reg = arg;
	u64 *value = (u64 *)arg + 8;

	reg->id = fuzz_of(t, registers, ARRAY_SIZE(registers));
	if (fuzz_once_in(t, 4))
		reg->id = KVM_REG_PPC | FUZZ_OF(t, KVM_REG_SIZE_U64, KVM_REG_SIZE_U32,
						KVM_REG_SIZE_U128) | fuzz_below(t, 0xd0);
	/*
	 * kvm.ko: the state of a XICS presenter, set for a vCPU that has a XIVE presenter, is a
	 * WARN (see docs/hostile.md).
	 */
	if (reg->id == KVM_REG_PPC_ICP_STATE)
		reg->id = KVM_REG_PPC_VP_STATE;
	reg->addr = (u64)value;
	value[0] = FUZZ_OF(t, 0, 1, 0x200000, 0x200400, -1ull, 1ull << 24, 0x0f000004, 0x0f000005);
	value[1] = FUZZ_OF(t, 0, 640, 4096);
}

static void fill_interrupt(struct fuzz_thread *t, void *arg)
{
	*(u32 *)arg = FUZZ_OF(t, KVM_INTERRUPT_SET, KVM_INTERRUPT_UNSET, KVM_INTERRUPT_SET_LEVEL);
}

static void fill_debug(struct fuzz_thread *t, void *arg)
{
	struct kvm_guest_debug *debug = arg;

	debug->control = FUZZ_OF(t, 0, 1, 3, 0x10001, 0x20001);
}

static void fill_mask(struct fuzz_thread *t, void *arg)
{
	struct kvm_signal_mask *mask = arg;

	mask->len = FUZZ_OF(t, 8, 8, 0, 4);
	/* not the signal that ends KVM_RUN */
	*(u64 *)mask->sigset = fuzz_any(t) & ~(1ull << (SIGUSR1 - 1));
}

static void fill_u32(struct fuzz_thread *t, void *arg)
{
	*(u32 *)arg = FUZZ_OF(t, 0, 1, 2, 24);
}

/* not 0, see docs/parity.md */
static void fill_order(struct fuzz_thread *t, void *arg)
{
	*(u32 *)arg = FUZZ_OF(t, 18, 19, 20, 20, 17, 46, 47);
}

static void fill_htab_fd(struct fuzz_thread *t, void *arg)
{
	struct kvm_get_htab_fd *fd = arg;

	fd->flags = FUZZ_OF(t, 0, 1, 2, 2, 3, 4);
	fd->start_index = FUZZ_OF(t, 0, 0, 1, 1ull << 14, ~0ull);
}

/* --- the ioctls ------------------------------------------------------------------- */

static void read_and_close(struct fuzz_thread *t, int fd)
{
	u64 text[FUZZ_ARG_WORDS];
	ssize_t n = read(fd, text, sizeof(text));

	(void)t;
	(void)n;
	close(fd);
}

static void keep_stream(struct fuzz_thread *t, int fd)
{
	fuzz_put_fd(&fuzz_fds.streams[fuzz_below(t, FUZZ_STREAMS)], fd);
}

#define ROW(target, request, fill, weight, take)	\
	{ #target ":" #request, request, FUZZ_ON_##target, fill, weight, take }

const struct fuzz_ioctl fuzz_ioctls[] = {
	ROW(VM, KVM_SET_USER_MEMORY_REGION, fill_slot, 20, NULL),
	ROW(VM, KVM_GET_DIRTY_LOG, fill_dirty_log, 10, NULL),
	ROW(VM, KVM_PPC_CONFIGURE_V3_MMU, fill_mmu, 5, NULL),
	ROW(VM, KVM_ENABLE_CAP, fill_vm_cap, 5, NULL),
	ROW(VM, KVM_CHECK_EXTENSION, fill_nothing, 1, NULL),
	ROW(VM, KVM_IRQ_LINE, fill_irq, 5, NULL),
	ROW(VM, KVM_IRQFD, fill_irqfd, 6, NULL),
	ROW(VM, KVM_IOEVENTFD, fill_ioeventfd, 3, NULL),
	ROW(VM, KVM_SIGNAL_MSI, fill_bytes, 1, NULL),
	ROW(VM, KVM_SET_GSI_ROUTING, fill_nothing, 1, NULL),
	ROW(VM, KVM_PPC_RTAS_DEFINE_TOKEN, fill_rtas, 3, NULL),
	ROW(VM, KVM_PPC_GET_PVINFO, fill_nothing, 1, NULL),
	ROW(VM, KVM_PPC_GET_SMMU_INFO, fill_nothing, 1, NULL),
	ROW(VM, KVM_PPC_GET_RMMU_INFO, fill_nothing, 1, NULL),
	ROW(VM, KVM_PPC_GET_CPU_CHAR, fill_nothing, 1, NULL),
	ROW(VM, KVM_PPC_SVM_OFF, fill_nothing, 1, NULL),
	ROW(VM, KVM_PPC_ALLOCATE_HTAB, fill_order, 6, NULL),
	ROW(VM, KVM_PPC_RESIZE_HPT_PREPARE, fill_hpt, 3, NULL),
	ROW(VM, KVM_PPC_RESIZE_HPT_COMMIT, fill_hpt, 3, NULL),
	ROW(VM, KVM_CREATE_SPAPR_TCE_64, fill_tce, 2, read_and_close),
	ROW(VM, KVM_PPC_GET_HTAB_FD, fill_htab_fd, 6, keep_stream),
	ROW(VM, KVM_GET_STATS_FD, fill_nothing, 1, read_and_close),
	ROW(VCPU, KVM_GET_REGS, fill_nothing, 3, NULL),
	ROW(VCPU, KVM_SET_REGS, fill_regs, 8, NULL),
	ROW(VCPU, KVM_GET_SREGS, fill_nothing, 2, NULL),
	ROW(VCPU, KVM_SET_SREGS, fill_sregs, 3, NULL),
	ROW(VCPU, KVM_GET_FPU, fill_nothing, 1, NULL),
	ROW(VCPU, KVM_SET_FPU, fill_bytes, 1, NULL),
	ROW(VCPU, KVM_GET_ONE_REG, fill_one_reg, 15, NULL),
	ROW(VCPU, KVM_SET_ONE_REG, fill_one_reg, 25, NULL),
	ROW(VCPU, KVM_ENABLE_CAP, fill_vcpu_cap, 15, NULL),
	ROW(VCPU, KVM_INTERRUPT, fill_interrupt, 5, NULL),
	ROW(VCPU, KVM_SET_GUEST_DEBUG, fill_debug, 3, NULL),
	ROW(VCPU, KVM_SET_SIGNAL_MASK, fill_mask, 2, NULL),
	ROW(VCPU, KVM_GET_MP_STATE, fill_nothing, 1, NULL),
	ROW(VCPU, KVM_SET_MP_STATE, fill_u32, 1, NULL),
	ROW(VCPU, KVM_TRANSLATE, fill_bytes, 2, NULL),
	ROW(VCPU, KVM_DIRTY_TLB, fill_bytes, 1, NULL),
	ROW(VCPU, KVM_GET_STATS_FD, fill_nothing, 1, read_and_close),
	ROW(DEVICE, KVM_SET_DEVICE_ATTR, fill_device_attr, 12, NULL),
	ROW(DEVICE, KVM_GET_DEVICE_ATTR, fill_device_attr, 6, NULL),
	ROW(DEVICE, KVM_HAS_DEVICE_ATTR, fill_device_attr, 2, NULL),
};

const unsigned int fuzz_ioctls_count = ARRAY_SIZE(fuzz_ioctls);

static int pick_fd(struct fuzz_thread *t, enum fuzz_target target)
{
	switch (target) {
	case FUZZ_ON_VM:
		return fuzz_open_fd(fuzz_fds.vms, FUZZ_VMS, fuzz_below(t, FUZZ_VMS));
	case FUZZ_ON_VCPU:
		return fuzz_open_fd(fuzz_fds.vcpus, FUZZ_VCPUS, fuzz_below(t, FUZZ_VCPUS));
	default:
		return fuzz_open_fd(fuzz_fds.devices, FUZZ_DEVICES, fuzz_below(t, FUZZ_DEVICES));
	}
}

int fuzz_make_ioctl(struct fuzz_thread *t, const struct fuzz_ioctl *row)
{
	u64 arg[FUZZ_ARG_WORDS] = { 0 };
	bool bad = fuzz_once_in(t, 40);
	int fd = pick_fd(t, row->target), rc;

	row->fill(t, arg);
	fuzz_step(t, row->name, arg[0], arg[1], arg[2], arg[3]);
	rc = ioctl(fd, row->request, bad ? NULL : arg);
	if (rc < 0)
		return -errno;
	if (row->take && rc > 2)
		row->take(t, rc);
	return rc;
}
