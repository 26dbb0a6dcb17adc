// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "intc.h"
#include "tap.h"

#define QUEUE_SHIFT	16
#define QUEUES_SIZE	(2ull << 20)	/* one page, for hugetlb's sake */
#define PRIORITY	6
#define SLOT_QUEUES	10
#define SLOT_ESB	11
#define SLOT_TIMA	12

GUEST(irqs_external);
GUEST(irqs_decrementer);
GUEST(irqs_xics);
GUEST(irqs_native);

const char *intc_name(enum intc_kind kind)
{
	return kind == INTC_XICS ? "XICS" : "native XIVE";
}

int intc_kinds(void)
{
	struct vm vm;
	int native;

	vm_create_bare(&vm);
	native = ioctl(vm.kvm, KVM_CHECK_EXTENSION, KVM_CAP_PPC_IRQ_XIVE);
	vm_destroy(&vm);
	return native > 0 ? INTC_KINDS : 1;
}

static void must(int rc, const char *what)
{
	if (rc < 0)
		tap_bail("%s: %s", what, strerror(errno));
}

static void *map(struct intc *intc, u32 slot, u64 gpa, size_t size, u64 page, u64 first)
{
	u64 unit = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, intc->fd, page * unit);

	if (p == MAP_FAILED)
		tap_bail("mmap of the XIVE device: %s", strerror(errno));
	if (vm_set_slot(intc->vm, slot, gpa, p + first * unit, size - first * unit, 0))
		tap_bail("memory slot of the XIVE device");
	return p;
}

/* The queues: each in one page of the host's, of 64 KiB at least */
static void map_queues(struct intc *intc)
{
	u64 unit = sysconf(_SC_PAGESIZE);
	void *p;

	if (unit >= 1 << QUEUE_SHIFT) {
		p = vmm_memory(QUEUES_SIZE, QUEUES_SIZE);
	} else {
		host_write("/proc/sys/vm/nr_hugepages", "4");
		p = mmap(NULL, QUEUES_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
		if (p == MAP_FAILED)
			tap_bail("a huge page for the event queues: %s", strerror(errno));
	}
	intc->queues = p;
	if (vm_set_slot(intc->vm, SLOT_QUEUES, IRQS_QUEUES, p, QUEUES_SIZE, 0))
		tap_bail("memory slot of the event queues");
}

void intc_create(struct intc *intc, struct vm *vm, enum intc_kind kind)
{
	struct kvm_create_device create = {
		.type = kind == INTC_XICS ? KVM_DEV_TYPE_XICS : KVM_DEV_TYPE_XIVE,
	};
	u64 unit = sysconf(_SC_PAGESIZE);

	*intc = (struct intc){ .kind = kind, .vm = vm };
	must(ioctl(vm->fd, KVM_CREATE_DEVICE, &create), "KVM_CREATE_DEVICE");
	intc->fd = create.fd;
	vm_load_guest(vm, 0x500, irqs_external);
	vm_load_guest(vm, 0x900, irqs_decrementer);
	if (kind == INTC_XICS) {
		vm_load_guest(vm, IRQS_HANDLER, irqs_xics);
		return;
	}
	vm_load_guest(vm, IRQS_HANDLER, irqs_native);
	map_queues(intc);
	intc->esb = map(intc, SLOT_ESB, IRQS_ESB, 2 * (IRQS_FIRST + IRQS_SOURCES) * unit,
			KVM_XIVE_ESB_PAGE_OFFSET, 0);
	/* only the third page, the operating system's, can be touched */
	intc->tima = map(intc, SLOT_TIMA, IRQS_TIMA, 3 * unit, KVM_XIVE_TIMA_PAGE_OFFSET, 2);
}

static void set_attr(struct intc *intc, u32 group, u64 attr, void *value, const char *what)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (u64)value };

	must(ioctl(intc->fd, KVM_SET_DEVICE_ATTR, &a), what);
}

void intc_connect(struct intc *intc, struct vcpu *vcpu, u64 data)
{
	u64 queue = IRQS_QUEUES + ((u64)vcpu->id << QUEUE_SHIFT);
	struct kvm_ppc_xive_eq eq = {
		.flags = KVM_XIVE_EQ_ALWAYS_NOTIFY,
		.qshift = QUEUE_SHIFT,
		.qaddr = queue,
		.qtoggle = 1,
	};
	char *p = vm_ptr(intc->vm, data, IRQS_DATA_SIZE);
	int rc;

	vcpu_set_gpr(vcpu, 31, data);
	rc = vcpu_enable_cap(vcpu, intc->kind == INTC_XICS ? KVM_CAP_IRQ_XICS :
			     KVM_CAP_PPC_IRQ_XIVE, intc->fd, vcpu->id);
	if (rc)
		tap_bail("connecting the interrupt controller: %s", strerror(-rc));
	memset(p, 0, IRQS_DATA_SIZE);
	*(u64 *)(p + IRQS_SERVER) = vcpu->id;
	if (intc->kind == INTC_XICS)
		return;
	*(u64 *)(p + IRQS_QUEUE) = queue;
	*(u64 *)(p + IRQS_PAGE) = sysconf(_SC_PAGESIZE);
	set_attr(intc, KVM_DEV_XIVE_GRP_EQ_CONFIG,
		 PRIORITY | (u64)vcpu->id << KVM_XIVE_EQ_SERVER_SHIFT, &eq, "event queue");
}

static void xics_source(struct intc *intc, unsigned int gsi, unsigned int server, u64 flags)
{
	u64 xics = server | (u64)PRIORITY << KVM_XICS_PRIORITY_SHIFT | flags;

	set_attr(intc, KVM_DEV_XICS_GRP_SOURCES, gsi, &xics, "XICS source");
}

void intc_level_source(struct intc *intc, unsigned int gsi, unsigned int server)
{
	xics_source(intc, gsi, server, KVM_XICS_LEVEL_SENSITIVE);
}

void intc_source(struct intc *intc, unsigned int gsi, unsigned int server)
{
	u64 native = PRIORITY | (u64)server << KVM_XIVE_SOURCE_SERVER_SHIFT |
		     (u64)gsi << KVM_XIVE_SOURCE_EISN_SHIFT;
	u64 unit = sysconf(_SC_PAGESIZE), edge = 0;
	volatile u64 *unmask;

	if (intc->kind == INTC_XICS) {
		xics_source(intc, gsi, server, 0);
		return;
	}
	set_attr(intc, KVM_DEV_XIVE_GRP_SOURCE, gsi, &edge, "XIVE source");
	set_attr(intc, KVM_DEV_XIVE_GRP_SOURCE_CONFIG, gsi, &native, "XIVE source's target");
	/* as a guest does it: P and Q become 0 */
	unmask = (u64 *)((char *)intc->esb + (2 * gsi + 1) * unit + 0xc00);
	(void)*unmask;
}

struct intc_totals intc_totals(const struct intc *intc)
{
	static char text[8192];
	struct intc_totals t;
	const char *line;
	char path[80];

	/* as kvm.ko names the VM */
	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/xics", getpid(), intc->vm->fd);
	host_read(path, text, sizeof(text));
	line = strstr(text, "Guest->Host totals:");
	if (!line || sscanf(line, "Guest->Host totals: kick_vcpu=%lu check_resend=%lu notify_eoi=%lu",
			    &t.kicks, &t.resends, &t.eois) != 3)
		tap_bail("%s has no totals", path);
	return t;
}

void intc_close(struct intc *intc)
{
	u64 unit = sysconf(_SC_PAGESIZE);

	if (intc->esb) {
		vm_set_slot(intc->vm, SLOT_ESB, 0, NULL, 0, 0);
		vm_set_slot(intc->vm, SLOT_TIMA, 0, NULL, 0, 0);
		munmap(intc->esb, 2 * (IRQS_FIRST + IRQS_SOURCES) * unit);
		munmap(intc->tima, 3 * unit);
		vm_set_slot(intc->vm, SLOT_QUEUES, 0, NULL, 0, 0);
		munmap(intc->queues, QUEUES_SIZE);
	}
	close(intc->fd);
	intc->fd = -1;
}

int intc_irqfd(struct vm *vm, int eventfd, unsigned int gsi, u32 flags)
{
	struct kvm_irqfd irqfd = { .fd = eventfd, .gsi = gsi, .flags = flags };

	return vm_ioctl(vm, KVM_IRQFD, &irqfd);
}
