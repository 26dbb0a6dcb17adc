// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "irqchip.h"
#include "tap.h"
#include "wait.h"

GUEST(irq_main);
GUEST(irq_xive);
GUEST(irq_xics);
GUEST(events_decrementer);
GUEST(vectors);

#define BLOCKS		0x30000ull
#define QUEUES		0x52000000ull
#define QUEUE_SHIFT	16		/* the only size that kvm.ko takes */
#define SLOT_TIMA	2
#define SLOT_ESB	3
#define SLOT_QUEUES	4
#define PRIORITY	6
#define LPCR_AIL_3	(3ull << 23)

struct vcpu *irqchip_vcpu(struct irqchip *c, unsigned int id)
{
	return id ? &c->others[id - 1] : &c->f.vcpu;
}

volatile u64 *irqchip_word(struct irqchip *c, unsigned int id, unsigned int offset)
{
	return vm_ptr(&c->f.vm, BLOCKS + id * IRQ_BLOCK + offset, sizeof(u64));
}

static int attribute(struct irqchip *c, unsigned long request, u32 group, u64 attr, void *value)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (u64)value };

	return ioctl(c->fd, request, &a) ? -errno : 0;
}

int irqchip_set(struct irqchip *c, u32 group, u64 attr, void *value)
{
	return attribute(c, KVM_SET_DEVICE_ATTR, group, attr, value);
}

int irqchip_get(struct irqchip *c, u32 group, u64 attr, void *value)
{
	return attribute(c, KVM_GET_DEVICE_ATTR, group, attr, value);
}

static void must_set(struct irqchip *c, const char *what, u32 group, u64 attr, void *value)
{
	int rc = irqchip_set(c, group, attr, value);

	if (rc)
		tap_bail("%s %#lx: %s", what, attr, strerror(-rc));
}

static void set_up_source(struct irqchip *c, unsigned int irq, unsigned int server)
{
	u64 value;

	if (c->kind == IRQCHIP_XICS) {
		value = server | (u64)XICS_PRIORITY << KVM_XICS_PRIORITY_SHIFT;
		must_set(c, "XICS source", KVM_DEV_XICS_GRP_SOURCES, irq, &value);
		return;
	}
	value = 0;
	must_set(c, "XIVE source", KVM_DEV_XIVE_GRP_SOURCE, irq, &value);
	value = PRIORITY | server << KVM_XIVE_SOURCE_SERVER_SHIFT |
		(u64)irq << KVM_XIVE_SOURCE_EISN_SHIFT;
	must_set(c, "configuration of XIVE source", KVM_DEV_XIVE_GRP_SOURCE_CONFIG, irq, &value);
	/* PQ = 00: it may fire */
	*(volatile u64 *)(c->esb + (2 * irq + 1) * c->page + 0xc00);
}

static void set_up_queue(struct irqchip *c, unsigned int server)
{
	struct kvm_ppc_xive_eq eq = {
		.flags = KVM_XIVE_EQ_ALWAYS_NOTIFY,
		.qshift = QUEUE_SHIFT,
		.qaddr = QUEUES + server * PAGE_64K,
		.qtoggle = 1,
	};

	must_set(c, "XIVE queue", KVM_DEV_XIVE_GRP_EQ_CONFIG,
		 PRIORITY | server << KVM_XIVE_EQ_SERVER_SHIFT, &eq);
}

static void *map_device(struct irqchip *c, size_t pages, u64 offset, u32 slot, u64 gpa)
{
	size_t size = pages * c->page;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, offset * c->page);
	u64 end = (gpa + size + PAGE_64K - 1) & -PAGE_64K;
	int rc;

	if (p == MAP_FAILED)
		tap_bail("mmap of the XIVE device: %s", strerror(errno));
	rc = vm_set_slot(&c->f.vm, slot, gpa, p, size, 0);
	if (rc)
		tap_bail("memory slot %u: %s", slot, strerror(-rc));
	mmu_map(&c->f.mmu, 0, KERNEL_EA + gpa, gpa, end - gpa, PAGE_64K, PTE_MMIO);
	return p;
}

/* A queue lies in one page of the host's: with small ones, in a huge page. */
static void map_queues(struct irqchip *c)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	int rc;

	if (c->page < PAGE_64K) {
		host_write("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "4");
		flags |= MAP_HUGETLB | 21 << MAP_HUGE_SHIFT;
	}
	c->queues = mmap(NULL, PAGE_2M, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (c->queues == MAP_FAILED)
		tap_bail("mmap of XIVE's queues: %s", strerror(errno));
	rc = vm_set_slot(&c->f.vm, SLOT_QUEUES, QUEUES, c->queues, PAGE_2M, 0);
	if (rc)
		tap_bail("memory slot %u: %s", SLOT_QUEUES, strerror(-rc));
	mmu_map(&c->f.mmu, 0, KERNEL_EA + QUEUES, QUEUES, PAGE_2M, PAGE_64K, PTE_KERNEL);
}

static void set_word(struct irqchip *c, unsigned int id, unsigned int offset, u64 value)
{
	*irqchip_word(c, id, offset) = value;
}

static void connect(struct irqchip *c, unsigned int id)
{
	struct vcpu *vcpu = irqchip_vcpu(c, id);
	bool xive = c->kind == IRQCHIP_XIVE;
	int rc = vcpu_enable_cap(vcpu, xive ? KVM_CAP_PPC_IRQ_XIVE : KVM_CAP_IRQ_XICS, c->fd, id);

	if (rc)
		tap_bail("vCPU %u: connecting it: %s", id, strerror(-rc));
	vcpu_set_reg(vcpu, KVM_REG_PPC_LPCR_64,
		     vcpu_reg(vcpu, KVM_REG_PPC_LPCR_64) | LPCR_AIL_3);
	vcpu_set_gpr(vcpu, 31, KERNEL_EA + BLOCKS + id * IRQ_BLOCK);
	set_word(c, id, IRQ_SERVER, id);
	/* a queue before the sources that go there: kvm.ko insists */
	if (xive)
		set_up_queue(c, id);
	set_up_source(c, IRQCHIP_DEVICE(id), id);
	if (!xive)
		return;
	set_up_source(c, IRQCHIP_IPI(id), id);
	set_word(c, id, IRQ_EQ, KERNEL_EA + QUEUES + id * PAGE_64K);
	set_word(c, id, IRQ_EQ_TOGGLE, 1);
	/* the OS ring's page is the third of the device's four */
	set_word(c, id, IRQ_TIMA, KERNEL_EA + IRQCHIP_TIMA + 2 * c->page);
	set_word(c, id, IRQ_ESB, KERNEL_EA + IRQCHIP_ESB);
	set_word(c, id, IRQ_ESB_PAGE, c->page);
	set_word(c, id, IRQ_ESB_STRIDE, 2 * c->page);
}

int irqchip_create(struct irqchip *c, enum irqchip_kind kind, unsigned int vcpus)
{
	bool xive = kind == IRQCHIP_XIVE;
	struct kvm_create_device device = {
		.type = xive ? KVM_DEV_TYPE_XIVE : KVM_DEV_TYPE_XICS,
	};
	int rc;

	memset(c, 0, sizeof(*c));
	c->kind = kind;
	c->page = sysconf(_SC_PAGESIZE);
	fixture_virt(&c->f, irq_main);
	/* LPCR[AIL] = 3; the decrementer runs out when a test takes long */
	vm_load_guest(&c->f.vm, IRQ_VECTORS, vectors);
	vm_load_guest(&c->f.vm, IRQ_VECTORS + 0x900, events_decrementer);
	rc = vm_ioctl(&c->f.vm, KVM_CREATE_DEVICE, &device);
	if (rc) {
		fixture_end(&c->f);
		return rc;
	}
	c->fd = device.fd;
	if (xive) {
		map_queues(c);
		vm_load_guest(&c->f.vm, IRQ_VECTORS + 0x500, irq_xive);
		c->tima = map_device(c, 4, KVM_XIVE_TIMA_PAGE_OFFSET, SLOT_TIMA,
				     IRQCHIP_TIMA);
		c->esb = map_device(c, 2 * IRQ_SOURCES, KVM_XIVE_ESB_PAGE_OFFSET,
				    SLOT_ESB, IRQCHIP_ESB);
	} else {
		vm_load_guest(&c->f.vm, IRQ_VECTORS + 0x500, irq_xics);
	}
	connect(c, c->vcpus++);
	while (c->vcpus < vcpus)
		irqchip_add(c);
	return 0;
}

void irqchip_add(struct irqchip *c)
{
	vcpu_create(&c->f.vm, irqchip_vcpu(c, c->vcpus), c->vcpus);
	connect(c, c->vcpus++);
}

/* On the thread of a vCPU */
static bool after_run(struct vcpu_thread *thread, int reason)
{
	if (reason == -EINTR)
		return true;
	return reason == KVM_EXIT_PAPR_HCALL && thread->vcpu->run->papr_hcall.nr == REPORT_STEP;
}

void irqchip_go(struct irqchip *c, unsigned int id, unsigned int mode)
{
	struct vcpu *vcpu = irqchip_vcpu(c, id);

	vcpu_set_gpr(vcpu, 20, mode);
	vcpu_set_entry(vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT);
	c->threads[id] = (struct vcpu_thread){
		.vcpu = vcpu,
		.cpu = (int)id % host_cpus(),
		.handle = after_run,
	};
	thread_start(&c->threads[id]);
}

void irqchip_stop(struct irqchip *c, unsigned int id)
{
	thread_stop(&c->threads[id]);
	if (c->threads[id].last == -EINTR || c->threads[id].last == KVM_EXIT_PAPR_HCALL)
		return;
	tap_diag("vCPU %u: KVM_RUN gave %d", id, c->threads[id].last);
	vcpu_show(irqchip_vcpu(c, id));
}

u64 irqchip_wait(struct irqchip *c, unsigned int id, unsigned int offset, u64 value)
{
	volatile u64 *word = irqchip_word(c, id, offset);

	wait_past(word, value - 1, "vCPU %u's word at %#x: %lu", id, offset, value);
	return *word;
}

void irqchip_ring(struct irqchip *c, u64 tokens)
{
	bool xive = c->kind == IRQCHIP_XIVE;
	unsigned int id;

	for (id = 0; id < c->vcpus; id++) {
		unsigned int last = c->vcpus - 1;
		unsigned int next = (id + 1) % c->vcpus;

		set_word(c, id, IRQ_TOKENS, 0);
		/* the last vCPU sends the first one, and does not pass on its last */
		set_word(c, id, IRQ_START, id == last);
		set_word(c, id, IRQ_FORWARDS, tokens - (id == last));
		set_word(c, id, IRQ_NEXT,
			 xive ? KERNEL_EA + IRQCHIP_ESB + 2 * next * c->page : next);
	}
}

void irqchip_line(struct irqchip *c, unsigned int source, int level)
{
	struct kvm_irq_level line = { .irq = source, .level = level };
	int rc = vm_ioctl(&c->f.vm, KVM_IRQ_LINE, &line);

	if (rc)
		tap_bail("KVM_IRQ_LINE %u: %s", source, strerror(-rc));
}

void irqchip_end(struct irqchip *c)
{
	unsigned int id;

	if (c->kind == IRQCHIP_XIVE) {
		munmap(c->queues, PAGE_2M);
		munmap(c->tima, 4 * c->page);
		munmap((void *)c->esb, 2 * IRQ_SOURCES * c->page);
	}
	for (id = 1; id < c->vcpus; id++)
		vcpu_destroy(irqchip_vcpu(c, id));
	if (c->fd >= 0)
		close(c->fd);
	fixture_end(&c->f);
}
