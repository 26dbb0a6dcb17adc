// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvm.ko's interrupt controllers on the backend: XIVE, which the guest drives itself, and XICS by
 * hypercalls. Interrupts come while the vCPU runs, while it is ceded and while it is in user
 * space. None is lost, and none comes twice.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=200 quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=200
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=200
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=200
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "host.h"
#include "irqchip.h"
#include "memory.h"
#include "tap.h"
#include "wait.h"

#define TOKENS		10
#define QUEUE_ENTRIES	16384
#define MIXED		4
#define SETTLED		3	/* ticks */

GUEST(irq_hcall);
GUEST(irq_load);

static const char * const kinds[] = { "XIVE", "XICS" };
static const char * const modes[] = { "running", "ceded", "in user space", "masked", "mixed" };

/* Returns false, after a skipped check, if the host has no such device. */
static bool create(struct irqchip *c, enum irqchip_kind kind, unsigned int vcpus,
		   const char *what)
{
	int rc = irqchip_create(c, kind, vcpus);

	if (rc)
		tap_skip(strerror(-rc), "%s: %s", kinds[kind], what);
	return !rc;
}

/* A number of dec_exits */
struct ticks {
	struct vm *vm;
	long wanted;
};

static unsigned int mode_of(unsigned int mode, unsigned int id)
{
	return mode == MIXED ? id % MIXED : mode;
}

static void go_all(struct irqchip *c, unsigned int mode)
{
	unsigned int id;

	for (id = 0; id < c->vcpus; id++)
		irqchip_go(c, id, mode_of(mode, id));
}

static void stop_all(struct irqchip *c)
{
	unsigned int id;

	for (id = 0; id < c->vcpus; id++)
		irqchip_stop(c, id);
}

static u64 all_tokens(struct irqchip *c)
{
	unsigned int id;
	u64 sum = 0;

	for (id = 0; id < c->vcpus; id++)
		sum += *irqchip_word(c, id, IRQ_TOKENS);
	return sum;
}

/*
 * Returns how many vCPUs got another number of tokens. It waits until the last token is there, or
 * until none has moved for a while: a vCPU that computes may wait long for a CPU.
 */
static unsigned int wrong_tokens(struct irqchip *c, u64 tokens)
{
	unsigned int id, wrong = 0;
	u64 before;

	do {
		before = all_tokens(c);
		irqchip_wait(c, c->vcpus - 1, IRQ_TOKENS, tokens);
	} while (all_tokens(c) != before);
	for (id = 0; id < c->vcpus; id++) {
		u64 got = *irqchip_word(c, id, IRQ_TOKENS);

		if (got != tokens)
			tap_diag("vCPU %u got %lu of %lu; %lu taken, %lu empty", id, got, tokens,
				 *irqchip_word(c, id, IRQ_TAKEN),
				 *irqchip_word(c, id, IRQ_EMPTY));
		wrong += got != tokens;
	}
	return wrong;
}

static bool has_ticked(void *arg)
{
	struct ticks *ticks = arg;

	return vm_stat(ticks->vm, "dec_exits") >= ticks->wanted;
}

/*
 * Waits until the host's timer has ended vCPU 0, which computes, several times. An interrupt that
 * was on its way to the guest has arrived by then.
 */
static void settle(struct irqchip *c)
{
	struct ticks ticks = { &c->f.vm, vm_stat(&c->f.vm, "dec_exits") + SETTLED };

	if (!wait_until(has_ticked, &ticks, "%u ticks of the host's timer", SETTLED))
		tap_bail("the guest does not run");
}

/* Interprocessor interrupts go round in a ring. */
static void ring(enum irqchip_kind kind, unsigned int vcpus, unsigned int mode, u64 tokens)
{
	struct irqchip c;
	long woken;

	if (!create(&c, kind, vcpus, "ring"))
		return;
	irqchip_ring(&c, tokens);
	go_all(&c, mode);
	tap_is(wrong_tokens(&c, tokens), 0, "%s: %u vCPUs %s: %lu interrupts each", kinds[kind],
	       vcpus, modes[mode], tokens);
	woken = vm_stat(&c.f.vm, "halt_wakeup");
	if (mode == IRQ_CEDE && vcpus > 1)
		tap_ok(woken > 0, "%s: %u vCPUs ceded: a vCPU is woken %ld times", kinds[kind],
		       vcpus, woken);
	stop_all(&c);
	irqchip_end(&c);
}

static int assign(struct irqchip *c, int event, unsigned int source, u32 flags)
{
	struct kvm_irqfd irqfd = { .fd = event, .gsi = source, .flags = flags };

	return vm_ioctl(&c->f.vm, KVM_IRQFD, &irqfd);
}

static void by_line(struct irqchip *c, int event, unsigned int source)
{
	(void)event;
	irqchip_line(c, source, 1);
}

static void by_event(struct irqchip *c, int event, unsigned int source)
{
	(void)c;
	(void)source;
	if (eventfd_write(event, 1))
		tap_bail("eventfd: %s", strerror(errno));
}

static void by_trigger_page(struct irqchip *c, int event, unsigned int source)
{
	(void)event;
	*(volatile u64 *)(c->esb + 2 * source * c->page) = 0;
}

static const struct {
	const char *name;
	void (*raise)(struct irqchip *c, int event, unsigned int source);
	bool xive_only;
} raisers[] = {
	{ "KVM_IRQ_LINE",	by_line,		false },
	{ "irqfd",		by_event,		false },
	{ "trigger page",	by_trigger_page,	true },
};

/* A device's interrupts, one after the other, to each vCPU */
static void device(enum irqchip_kind kind, unsigned int vcpus, unsigned int mode)
{
	u64 wanted[IRQCHIP_VCPUS] = {};
	int events[IRQCHIP_VCPUS];
	unsigned int r, i, id;
	struct irqchip c;

	if (!create(&c, kind, vcpus, "device"))
		return;
	go_all(&c, mode);
	for (id = 0; id < vcpus; id++) {
		events[id] = eventfd(0, EFD_CLOEXEC);
		if (assign(&c, events[id], IRQCHIP_DEVICE(id), 0))
			tap_bail("KVM_IRQFD: %s", strerror(errno));
	}
	for (r = 0; r < ARRAY_SIZE(raisers); r++) {
		unsigned int lost = 0, twice = 0;

		if (raisers[r].xive_only && kind != IRQCHIP_XIVE)
			continue;
		for (i = 0; i < 5 * vcpus; i++) {
			unsigned int source = IRQCHIP_DEVICE(i % vcpus);
			unsigned int count = IRQ_COUNTS + 8 * source;
			u64 got;

			wanted[i % vcpus]++;
			raisers[r].raise(&c, events[i % vcpus], source);
			got = irqchip_wait(&c, i % vcpus, count, wanted[i % vcpus]);
			lost += got < wanted[i % vcpus];
			twice += got > wanted[i % vcpus];
			if (got != wanted[i % vcpus])
				tap_diag("vCPU %u, number %u: %lu, not %lu; %lu taken, %lu empty",
					 i % vcpus, i, got, wanted[i % vcpus],
					 *irqchip_word(&c, i % vcpus, IRQ_TAKEN),
					 *irqchip_word(&c, i % vcpus, IRQ_EMPTY));
			/* a mistake counts once */
			wanted[i % vcpus] = got;
		}
		tap_ok(!lost && !twice, "%s: %u vCPUs %s: by %s: %u lost, %u twice", kinds[kind],
		       vcpus, modes[mode], raisers[r].name, lost, twice);
	}
	for (id = 0; id < vcpus; id++) {
		assign(&c, events[id], IRQCHIP_DEVICE(id), KVM_IRQFD_FLAG_DEASSIGN);
		close(events[id]);
	}
	stop_all(&c);
	irqchip_end(&c);
}

/* The vCPU's state in the controller, and the queue or source of its interrupt */
static void move_state(struct irqchip *from, struct irqchip *to)
{
	const u64 queue = 6;	/* of server 0, with the priority that irqchip.c uses */
	struct kvm_ppc_xive_eq eq = { 0 };
	struct kvm_regs regs;
	u64 vp[2], source = 0;
	u64 id = KVM_REG_PPC_ICP_STATE;
	int rc = 0;

	if (from->kind == IRQCHIP_XIVE) {
		id = KVM_REG_PPC_VP_STATE;
		rc |= irqchip_set(from, KVM_DEV_XIVE_GRP_CTRL, KVM_DEV_XIVE_EQ_SYNC, NULL);
		rc |= irqchip_get(from, KVM_DEV_XIVE_GRP_EQ_CONFIG, queue, &eq);
		rc |= irqchip_set(to, KVM_DEV_XIVE_GRP_EQ_CONFIG, queue, &eq);
	} else {
		rc |= irqchip_get(from, KVM_DEV_XICS_GRP_SOURCES, IRQCHIP_DEVICE(0), &source);
		rc |= irqchip_set(to, KVM_DEV_XICS_GRP_SOURCES, IRQCHIP_DEVICE(0), &source);
	}
	rc |= vcpu_get_one(irqchip_vcpu(from, 0), id, vp);
	rc |= vcpu_set_one(irqchip_vcpu(to, 0), id, vp);
	vcpu_get_regs(irqchip_vcpu(from, 0), &regs);
	vcpu_set_regs(irqchip_vcpu(to, 0), &regs);
	memcpy(to->f.vm.ram, from->f.vm.ram, FIXTURE_RAM);
	if (from->queues)
		memcpy(to->queues, from->queues, PAGE_2M);
	tap_is(rc, 0, "%s: saved and restored", kinds[from->kind]);
}

/* An interrupt that has not reached the guest yet is moved to another VM with the vCPU. */
static void moved(enum irqchip_kind kind)
{
	const unsigned int count = IRQ_COUNTS + 8 * IRQCHIP_DEVICE(0);
	struct irqchip from, to;

	if (!create(&from, kind, 1, "saved and restored"))
		return;
	if (irqchip_create(&to, kind, 1))
		tap_bail("a second device");
	irqchip_go(&from, 0, IRQ_BUSY);
	irqchip_line(&from, IRQCHIP_DEVICE(0), 1);
	irqchip_wait(&from, 0, count, 1);
	irqchip_stop(&from, 0);
	irqchip_line(&from, IRQCHIP_DEVICE(0), 1);
	move_state(&from, &to);
	tap_is(*irqchip_word(&to, 0, count), 1, "%s: saved and restored: the first one came before",
	       kinds[kind]);

	to.threads[0] = from.threads[0];
	to.threads[0].vcpu = irqchip_vcpu(&to, 0);
	thread_start(&to.threads[0]);
	irqchip_wait(&to, 0, count, 2);
	settle(&to);
	tap_is(*irqchip_word(&to, 0, count), 2, "%s: saved and restored: the second one comes once",
	       kinds[kind]);
	irqchip_line(&to, IRQCHIP_DEVICE(0), 1);
	tap_is(irqchip_wait(&to, 0, count, 3), 3, "%s: saved and restored: the next one too",
	       kinds[kind]);
	irqchip_stop(&to, 0);
	irqchip_end(&to);
	irqchip_end(&from);
}

/* vCPUs are added while others take interrupts. */
static void add_vcpus(enum irqchip_kind kind)
{
	struct irqchip c;
	unsigned int id;

	if (!create(&c, kind, 1, "vCPUs added"))
		return;
	irqchip_go(&c, 0, IRQ_CEDE);
	while (c.vcpus < IRQCHIP_VCPUS) {
		unsigned int count = IRQ_COUNTS + 8 * IRQCHIP_DEVICE(c.vcpus);

		irqchip_add(&c);
		id = c.vcpus - 1;
		irqchip_go(&c, id, IRQ_CEDE);
		irqchip_line(&c, IRQCHIP_DEVICE(id), 1);
		tap_is(irqchip_wait(&c, id, count, 1), 1, "%s: vCPU %u added: gets its interrupt",
		       kinds[kind], id);
	}
	stop_all(&c);
	irqchip_ring(&c, TOKENS);
	go_all(&c, IRQ_CEDE);
	tap_is(wrong_tokens(&c, TOKENS), 0, "%s: vCPUs added: all of them", kinds[kind]);
	stop_all(&c);
	irqchip_end(&c);
}

/* Several VMs, each with a controller, on the same CPUs */
static void together(void)
{
	static const enum irqchip_kind of[] = { IRQCHIP_XIVE, IRQCHIP_XICS, IRQCHIP_XIVE };
	struct irqchip c[ARRAY_SIZE(of)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		if (!create(&c[i], of[i], 2, "several VMs"))
			return;
	for (i = 0; i < ARRAY_SIZE(of); i++) {
		irqchip_ring(&c[i], TOKENS);
		go_all(&c[i], MIXED);
	}
	for (i = 0; i < ARRAY_SIZE(of); i++) {
		tap_is(wrong_tokens(&c[i], TOKENS), 0, "several VMs: VM %u, %s", i, kinds[of[i]]);
		stop_all(&c[i]);
		irqchip_end(&c[i]);
	}
}

/* Parts of a VM are closed in any order, with an irqfd assigned and an interrupt pending. */
static void closed(enum irqchip_kind kind)
{
	static const char * const orders[] = {
		"device first", "irqfd first", "VM first", "vCPU first",
	};
	unsigned int order;
	struct irqchip c;
	int event;

	for (order = 0; order < ARRAY_SIZE(orders); order++) {
		if (!create(&c, kind, 2, orders[order]))
			return;
		event = eventfd(0, EFD_CLOEXEC);
		assign(&c, event, IRQCHIP_DEVICE(0), 0);
		go_all(&c, IRQ_CEDE);
		eventfd_write(event, 1);
		tap_is(irqchip_wait(&c, 0, IRQ_COUNTS + 8 * IRQCHIP_DEVICE(0), 1), 1,
		       "%s: %s: it works", kinds[kind], orders[order]);
		stop_all(&c);
		eventfd_write(event, 1);
		if (order == 0) {
			close(c.fd);
			c.fd = -1;
			/* the VM goes on without */
			eventfd_write(event, 1);
			vcpu_set_entry(irqchip_vcpu(&c, 0), KERNEL_EA + IRQ_OTHER, MSR_VIRT);
			vm_load_guest(&c.f.vm, IRQ_OTHER, irq_hcall);
			tap_is(vcpu_run_hcall(irqchip_vcpu(&c, 0)), REPORT_STEP,
			       "%s: %s: the guest goes on", kinds[kind], orders[order]);
		} else if (order == 1) {
			close(event);
			event = -1;
		} else if (order == 3) {
			close(irqchip_vcpu(&c, 1)->fd);
			irqchip_vcpu(&c, 1)->fd = -1;
		} else {
			close(c.f.vm.fd);
			c.f.vm.fd = -1;
		}
		irqchip_end(&c);
		if (event >= 0)
			close(event);
	}
}

/* The device's pages as guest memory: cache-inhibited, and only those that a guest may have */
static void device_pages(void)
{
	struct irqchip c;
	struct leaf leaf;
	u64 source;

	if (!create(&c, IRQCHIP_XIVE, 1, "pages"))
		return;
	irqchip_ring(&c, TOKENS);
	irqchip_go(&c, 0, IRQ_BUSY);
	wrong_tokens(&c, TOKENS);
	irqchip_stop(&c, 0);
	tap_ok(vm_leaf(&c.f.vm, IRQCHIP_TIMA + 2 * c.page, &leaf) &&
	       (leaf.entry & LEAF_ATTRIBUTES) != LEAF_CACHED, "pages: the OS ring's is inhibited");
	tap_ok(vm_leaf(&c.f.vm, IRQCHIP_ESB, &leaf) &&
	       (leaf.entry & LEAF_ATTRIBUTES) != LEAF_CACHED, "pages: a source's is inhibited");

	vm_load_guest(&c.f.vm, IRQ_OTHER, irq_load);
	vcpu_set_entry(irqchip_vcpu(&c, 0), KERNEL_EA + IRQ_OTHER, MSR_VIRT);
	vcpu_set_gpr(irqchip_vcpu(&c, 0), 20, KERNEL_EA + IRQCHIP_TIMA + c.page);
	tap_is(vcpu_run(irqchip_vcpu(&c, 0)), (u64)(long)-EFAULT,
	       "pages: the hypervisor's ring is not mapped");
	source = 2 * (IRQ_SOURCES - 1) * c.page;
	vcpu_set_gpr(irqchip_vcpu(&c, 0), 20, KERNEL_EA + IRQCHIP_ESB + source);
	tap_is(vcpu_run(irqchip_vcpu(&c, 0)), (u64)(long)-EFAULT,
	       "pages: those of a source that does not exist are not mapped");
	vcpu_set_gpr(irqchip_vcpu(&c, 0), 20, KERNEL_EA + IRQCHIP_ESB + c.page);
	tap_is(vcpu_run_hcall(irqchip_vcpu(&c, 0)), REPORT_DONE, "pages: the guest goes on");
	irqchip_end(&c);
}

/* One hypercall by the guest; returns its result, and r4 in @out. */
static u64 hcall(struct irqchip *c, u64 nr, u64 r4, u64 r5, u64 *out)
{
	struct vcpu *vcpu = irqchip_vcpu(c, 0);

	vcpu->run->papr_hcall.args[0] = r4;
	vcpu->run->papr_hcall.args[1] = r5;
	vcpu_hcall_return(vcpu, nr);
	if (vcpu_run_hcall(vcpu) != REPORT_STEP)
		tap_bail("hypercall %#lx reaches user space", nr);
	if (out)
		*out = vcpu_hcall_arg(vcpu, 0);
	return vcpu_hcall_arg(vcpu, 2);
}

/* Each of the XICS hypercalls, with interrupts off in the guest */
static void xics_hcalls(void)
{
	const u64 irq = IRQCHIP_DEVICE(0);
	struct irqchip c;
	u64 xirr;

	if (!create(&c, IRQCHIP_XICS, 1, "hypercalls"))
		return;
	vm_load_guest(&c.f.vm, IRQ_OTHER, irq_hcall);
	vcpu_set_entry(irqchip_vcpu(&c, 0), KERNEL_EA + IRQ_OTHER, MSR_VIRT);
	if (vcpu_run_hcall(irqchip_vcpu(&c, 0)) != REPORT_STEP)
		tap_bail("the guest did not start");

	tap_is(hcall(&c, H_CPPR, 0, 0, NULL), H_SUCCESS, "H_CPPR: all masked");
	irqchip_line(&c, irq, 1);
	tap_is(hcall(&c, H_XIRR, 0, 0, &xirr), H_SUCCESS, "H_XIRR");
	tap_is(xirr, 0, "H_XIRR: nothing while masked");
	tap_is(hcall(&c, H_CPPR, 0xff, 0, NULL), H_SUCCESS, "H_CPPR: none masked");
	tap_is(hcall(&c, H_IPOLL, 0, 0, &xirr), H_SUCCESS, "H_IPOLL");
	tap_is(xirr, 0xff000000 | irq, "H_IPOLL: shows the interrupt, does not take it");
	tap_is(hcall(&c, H_XIRR, 0, 0, &xirr), H_SUCCESS, "H_XIRR");
	tap_is(xirr, 0xff000000 | irq, "H_XIRR: takes it");
	tap_is(hcall(&c, H_XIRR, 0, 0, &xirr), H_SUCCESS, "H_XIRR again");
	tap_is(xirr & 0xffffff, 0, "H_XIRR again: it comes once");
	tap_is(hcall(&c, H_EOI, 0xff000000 | irq, 0, NULL), H_SUCCESS, "H_EOI");
	irqchip_line(&c, irq, 1);
	tap_is(hcall(&c, H_XIRR_X, 0xff, 0, &xirr), H_SUCCESS, "H_XIRR_X");
	tap_is(xirr, 0xff000000 | irq, "H_XIRR_X: after the end of interrupt it comes again");
	hcall(&c, H_EOI, 0xff000000 | irq, 0, NULL);
	tap_is(hcall(&c, H_IPI, 0, XICS_PRIORITY, NULL), H_SUCCESS, "H_IPI to itself");
	tap_is(hcall(&c, H_XIRR, 0, 0, &xirr), H_SUCCESS, "H_IPI to itself: H_XIRR");
	tap_is(xirr, 0xff000000 | XICS_IPI, "H_IPI to itself: the interrupt is pending");
	hcall(&c, H_IPI, 0, 0xff, NULL);
	tap_is(hcall(&c, H_EOI, 0xff000000 | XICS_IPI, 0, NULL), H_SUCCESS, "H_IPI: ended");
	tap_is(hcall(&c, H_IPI, 77, XICS_PRIORITY, NULL), (u64)H_PARAMETER,
	       "H_IPI to a server that does not exist");
	irqchip_end(&c);
}

/* How often an eventfd was signalled since it was last read */
static u64 signalled(int event)
{
	eventfd_t count;

	return eventfd_read(event, &count) ? 0 : count;
}

struct told {
	int event;
	u64 times, wanted;
};

static bool told_often_enough(void *arg)
{
	struct told *told = arg;

	told->times += signalled(told->event);
	return told->times >= told->wanted;
}

/*
 * An irqfd with KVM_IRQFD_FLAG_RESAMPLE is a level: the eventfd raises it, and the guest's end of
 * interrupt lowers it and signals another eventfd. With XIVE kvm.ko says that it does not support
 * this (KVM_CAP_IRQFD_RESAMPLE), but accepts the irqfd. The interrupts come, and a level stays
 * until the irqfd goes.
 */
static void resampled(enum irqchip_kind kind)
{
	const unsigned int source = IRQCHIP_DEVICE(0), count = IRQ_COUNTS + 8 * source;
	struct kvm_irqfd irqfd = { .gsi = source, .flags = KVM_IRQFD_FLAG_RESAMPLE };
	u64 level = (u64)XICS_PRIORITY << KVM_XICS_PRIORITY_SHIFT | KVM_XICS_LEVEL_SENSITIVE;
	struct told told = {};
	unsigned int i, wrong = 0;
	struct irqchip c;
	bool offered;
	u64 taken;

	if (!create(&c, kind, 1, "resampled"))
		return;
	offered = vm_ioctl(&c.f.vm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_IRQFD_RESAMPLE) > 0;
	irqfd.fd = eventfd(0, EFD_CLOEXEC);
	irqfd.resamplefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	told.event = irqfd.resamplefd;
	if (vm_ioctl(&c.f.vm, KVM_IRQFD, &irqfd))
		tap_bail("KVM_IRQFD: %s", strerror(errno));
	irqchip_go(&c, 0, IRQ_BUSY);
	for (i = 1; i <= TOKENS; i++) {
		eventfd_write(irqfd.fd, 1);
		wrong += irqchip_wait(&c, 0, count, i) != i;
		told.wanted = offered ? i : 0;
		wait_until(told_often_enough, &told, "the end of interrupt %u, told", i);
	}
	settle(&c);
	told_often_enough(&told);
	wrong += *irqchip_word(&c, 0, count) != TOKENS;
	tap_is(wrong, 0, "%s: resampled: each of %u interrupts comes once", kinds[kind], TOKENS);
	tap_is(told.times, offered ? TOKENS : 0, "%s: resampled: ends of interrupts are signalled (%s)",
	       kinds[kind], offered ? "each once" : "the host does not offer it");

	if (kind == IRQCHIP_XICS && !offered) {
		tap_is(irqchip_set(&c, KVM_DEV_XICS_GRP_SOURCES, source, &level), 0,
		       "%s: resampled: a level", kinds[kind]);
		eventfd_write(irqfd.fd, 1);
		tap_ok(irqchip_wait(&c, 0, count, 2 * TOKENS) >= 2 * TOKENS,
		       "%s: resampled: the level interrupts as long as it lasts", kinds[kind]);
	}
	irqfd.flags |= KVM_IRQFD_FLAG_DEASSIGN;
	if (vm_ioctl(&c.f.vm, KVM_IRQFD, &irqfd))
		tap_bail("KVM_IRQFD, deassign: %s", strerror(errno));
	settle(&c);
	taken = *irqchip_word(&c, 0, count);
	settle(&c);
	tap_is(*irqchip_word(&c, 0, count), taken,
	       "%s: resampled: the end of the irqfd ends the level", kinds[kind]);
	irqchip_line(&c, source, 1);
	tap_ok(irqchip_wait(&c, 0, count, taken + 1) > taken, "%s: resampled: the source goes on",
	       kinds[kind]);
	irqchip_line(&c, source, 0);
	close(irqfd.fd);
	close(irqfd.resamplefd);
	irqchip_stop(&c, 0);
	irqchip_end(&c);
}

int main(void)
{
	enum irqchip_kind kind;
	unsigned int vcpus, mode;

	tap_start(100);
	for (kind = IRQCHIP_XIVE; kind <= IRQCHIP_XICS; kind++) {
		for (mode = IRQ_BUSY; mode <= MIXED; mode++)
			for (vcpus = 1; vcpus <= IRQCHIP_VCPUS; vcpus += vcpus)
				ring(kind, vcpus, mode, TOKENS);
		for (mode = IRQ_BUSY; mode < MIXED; mode++)
			device(kind, 2, mode);
		device(kind, IRQCHIP_VCPUS, MIXED);
		moved(kind);
		add_vcpus(kind);
		closed(kind);
		resampled(kind);
	}
	/* once around the event queue, so that the generation bit changes */
	ring(IRQCHIP_XIVE, 1, IRQ_BUSY, QUEUE_ENTRIES + TOKENS);
	together();
	device_pages();
	xics_hcalls();
	return tap_done();
}
