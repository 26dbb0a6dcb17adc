// SPDX-License-Identifier: GPL-2.0-only
/*
 * The answers of devices in the kernel to a guest: TCE tables, XICS and XIVE, RTAS functions for
 * interrupts. For parity.t: one line per fact, "KEY: ANSWER", the same in each run on the same
 * machine.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "answer.h"
#include "caller.h"
#include "host.h"
#include "tap.h"

#define H_EOI			0x64
#define H_CPPR			0x68
#define H_IPI			0x6c
#define H_IPOLL			0x70
#define H_XIRR			0x74
#define H_XIRR_X		0x2fc
#define H_INT_FIRST		0x3a8	/* H_INT_GET_SOURCE_INFO */
#define H_INT_LAST		0x3d0	/* H_INT_RESET */
#define H_RTAS			0xf000

#define LIOBN		0x80000000ull
#define TCE_READ	1
#define TCE_WRITE	2

/* Guest real addresses */
#define LIST		0x40000ull
#define RTAS_ARGS	0x48000ull
#define NOWHERE		0x80000000ull

#define SOURCE		0x1001u		/* an interrupt source of the XICS */
#define LEVEL_SOURCE	0x1002u
#define NO_SOURCE	0x1fffu
#define XISR		0xffffffu	/* of an XIRR: the source, 0 if none is pending */

static void call(struct fixture *f, const char *what, u64 nr, u64 arg0, u64 arg1, u64 arg2,
		 u64 arg3)
{
	const u64 args[CALLER_ARGUMENTS] = { arg0, arg1, arg2, arg3 };

	printf("%s: %s\n", what, caller_call(&f->vcpu, nr, args));
}

static void enable(struct fixture *f, u64 nr)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_PPC_ENABLE_HCALL,
		.args = { nr, 1 },
	};
	int rc = vm_ioctl(&f->vm, KVM_ENABLE_CAP, &cap);

	if (rc)
		tap_bail("hypercall %#" PRIx64 " cannot be enabled: %s", nr, strerror(-rc));
}

/*
 * --- TCE tables ---------------------------------------------------------------
 * Ranges that end behind the table are not asked for: kvm.ko of 6.12.95 writes
 * there, and only our backend keeps it from that (hostile-hcalls.c).
 */

static void ask_tables(void)
{
	struct kvm_create_spapr_tce_64 create = {
		.liobn = LIOBN, .page_shift = 12, .offset = 16, .size = 64,
	};
	struct fixture f;
	u64 *list;
	int fd, again;

	caller_start(&f);
	enable(&f, H_PUT_TCE_INDIRECT);
	enable(&f, H_STUFF_TCE);
	list = vm_ptr(&f.vm, LIST, 0x1000);
	list[0] = htobe64(0x50000 | TCE_READ | TCE_WRITE);
	list[1] = htobe64(0x51000 | TCE_READ);
	list[2] = htobe64(NOWHERE | TCE_READ);

	call(&f, "tce no table", H_PUT_TCE, LIOBN, 0x10000, 0x50003, 0);
	fd = vm_ioctl(&f.vm, KVM_CREATE_SPAPR_TCE_64, &create);
	printf("tce create: %s\n", fd < 0 ? vmm_answer(fd) : "given");
	again = vm_ioctl(&f.vm, KVM_CREATE_SPAPR_TCE_64, &create);
	printf("tce create again: %s\n", vmm_answer(again));

	call(&f, "tce get first", H_GET_TCE, LIOBN, 0x10000, 0, 0);
	call(&f, "tce put", H_PUT_TCE, LIOBN, 0x10000, 0x50003, 0);
	call(&f, "tce get", H_GET_TCE, LIOBN, 0x10000, 0, 0);
	call(&f, "tce get by an address in the page", H_GET_TCE, LIOBN, 0x10ff8, 0, 0);
	call(&f, "tce put before the window", H_PUT_TCE, LIOBN, 0xf000, 0x50003, 0);
	call(&f, "tce put behind the window", H_PUT_TCE, LIOBN, 0x50000, 0x50003, 0);
	call(&f, "tce put of no memory", H_PUT_TCE, LIOBN, 0x11000, NOWHERE | 3, 0);
	call(&f, "tce put without rights", H_PUT_TCE, LIOBN, 0x11000, 0x50000, 0);
	call(&f, "tce put not aligned", H_PUT_TCE, LIOBN, 0x11000, 0x50803, 0);
	call(&f, "tce put of another table", H_PUT_TCE, LIOBN + 1, 0x10000, 0x50003, 0);
	call(&f, "tce list", H_PUT_TCE_INDIRECT, LIOBN, 0x12000, LIST, 2);
	call(&f, "tce list, first", H_GET_TCE, LIOBN, 0x12000, 0, 0);
	call(&f, "tce list, second", H_GET_TCE, LIOBN, 0x13000, 0, 0);
	call(&f, "tce list with no memory", H_PUT_TCE_INDIRECT, LIOBN, 0x12000, LIST, 3);
	call(&f, "tce list of none", H_PUT_TCE_INDIRECT, LIOBN, 0x12000, LIST, 0);
	call(&f, "tce list of 513", H_PUT_TCE_INDIRECT, LIOBN, 0x12000, LIST, 513);
	call(&f, "tce list not aligned", H_PUT_TCE_INDIRECT, LIOBN, 0x12000, LIST + 8, 1);
	call(&f, "tce list nowhere", H_PUT_TCE_INDIRECT, LIOBN, 0x12000, NOWHERE, 1);
	call(&f, "tce stuff", H_STUFF_TCE, LIOBN, 0x12000, 0, 2);
	call(&f, "tce stuff, then", H_GET_TCE, LIOBN, 0x13000, 0, 0);
	call(&f, "tce stuff with rights", H_STUFF_TCE, LIOBN, 0x12000, 3, 2);
	close(fd);
	call(&f, "tce table closed", H_PUT_TCE, LIOBN, 0x10000, 0x50003, 0);
	fixture_end(&f);
}

/* --- XICS --------------------------------------------------------------------- */

static int create_device(struct fixture *f, u32 type)
{
	struct kvm_create_device device = { .type = type };
	int rc = vm_ioctl(&f->vm, KVM_CREATE_DEVICE, &device);

	if (rc)
		tap_bail("KVM_CREATE_DEVICE %u: %s", type, strerror(-rc));
	return device.fd;
}

static int attribute(int device, unsigned long request, u32 group, u64 attr, u64 *value)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (u64)value };

	return ioctl(device, request, &a) ? -errno : 0;
}

static void make_source(int xics, u32 irq, u64 flags)
{
	u64 value = 5ull << KVM_XICS_PRIORITY_SHIFT | flags;

	printf("xics source %#x: %s\n", irq,
	       vmm_answer(attribute(xics, KVM_SET_DEVICE_ATTR, KVM_DEV_XICS_GRP_SOURCES, irq,
				    &value)));
}

static void source_state(int xics, const char *when, u32 irq)
{
	u64 value = 0;
	int rc = attribute(xics, KVM_GET_DEVICE_ATTR, KVM_DEV_XICS_GRP_SOURCES, irq, &value);

	printf("xics source %#x %s: %s %" PRIx64 "\n", irq, when, vmm_answer(rc), value);
}

static void set_line(struct fixture *f, const char *what, u32 irq, u32 level)
{
	struct kvm_irq_level set = { .irq = irq, .level = level };

	printf("xics line %s: %s\n", what, vmm_answer(vm_ioctl(&f->vm, KVM_IRQ_LINE, &set)));
}

/* The status of an RTAS function, and its results */
static void call_rtas(struct fixture *f, const char *what, u32 token, u32 nargs, u32 nret,
		      u32 arg0, u32 arg1, u32 arg2)
{
	const u32 words[] = { token, nargs, nret, arg0, arg1, arg2 };
	const u64 args[CALLER_ARGUMENTS] = { RTAS_ARGS };
	u32 *area = vm_ptr(&f->vm, RTAS_ARGS, 0x100), i;

	memset(area, 0, 0x100);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		area[i] = htobe32(words[i]);
	printf("rtas %s: %s", what, caller_call(&f->vcpu, H_RTAS, args));
	for (i = 0; i < nret && nargs + i < 16; i++)
		printf(" %x", be32toh(area[3 + nargs + i]));
	printf("\n");
}

static void tokens(struct fixture *f)
{
	static const struct {
		const char *name;
		u64 token;
	} functions[] = {
		{ "ibm,set-xive", 1 }, { "ibm,get-xive", 2 }, { "ibm,int-off", 3 },
		{ "ibm,int-on", 4 }, { "ibm,int-on", 4 }, { "display-character", 5 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		struct kvm_rtas_token_args args = { .token = functions[i].token };

		snprintf(args.name, sizeof(args.name), "%s", functions[i].name);
		printf("rtas token %zu %s: %s\n", i, functions[i].name,
		       vmm_answer(vm_ioctl(&f->vm, KVM_PPC_RTAS_DEFINE_TOKEN, &args)));
	}
}

static void icp_state(struct fixture *f, const char *when)
{
	u64 state = 0;
	int rc = vcpu_get_one(&f->vcpu, KVM_REG_PPC_ICP_STATE, &state);

	printf("xics presenter %s: %s %" PRIx64 "\n", when, vmm_answer(rc), state);
}

/* r5 of H_XIRR_X is the timebase */
static void xirr_x(struct fixture *f, const char *what)
{
	const u64 args[CALLER_ARGUMENTS] = { 0 };
	const char *answer = caller_call(&f->vcpu, H_XIRR_X, args);
	const u64 *r = caller_results(&f->vcpu);
	u64 late = host_timebase() - r[2];

	if (strncmp(answer, "kernel", 6))
		printf("%s: %s\n", what, answer);
	else
		printf("%s: kernel r3 %" PRIx64 " r4 %" PRIx64 " %s\n", what, r[0], r[1],
		       late < host_timebase_hz() * 60 ? "timebase" : "another time");
}

static unsigned int lost;

/*
 * On POWER10 the stock backend sometimes loses an interrupt that is sent while the vCPU is in the
 * host (docs/architecture.md). Send such an interrupt again and count it, so that the answers do
 * not depend on it.
 */
static void until_pending(struct fixture *f, u32 irq, u32 level)
{
	const u64 ask[CALLER_ARGUMENTS] = { 0 };
	const u64 eoi[CALLER_ARGUMENTS] = { 0xff000000 | irq };
	struct kvm_irq_level set = { .irq = irq, .level = level };

	for (unsigned int i = 0; i < 3; i++) {
		caller_call(&f->vcpu, H_IPOLL, ask);
		if (caller_results(&f->vcpu)[1] & XISR)
			return;
		lost++;
		caller_call(&f->vcpu, H_EOI, eoi);
		vm_ioctl(&f->vm, KVM_IRQ_LINE, &set);
	}
}

static void ask_xics(void)
{
	u64 servers = 8;
	struct fixture f;
	int fd, rc;

	caller_start(&f);
	call(&f, "xics none: H_XIRR", H_XIRR, 0, 0, 0, 0);
	call_rtas(&f, "without tokens", 1, 3, 1, SOURCE, 0, 5);
	fd = create_device(&f, KVM_DEV_TYPE_XICS);
	tokens(&f);
	printf("xics servers: %s\n",
	       vmm_answer(attribute(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_XICS_GRP_CTRL,
				    KVM_DEV_XICS_NR_SERVERS, &servers)));
	call(&f, "xics not connected: H_XIRR", H_XIRR, 0, 0, 0, 0);
	rc = vcpu_enable_cap(&f.vcpu, KVM_CAP_IRQ_XICS, fd, 0);
	printf("xics connect: %s\n", vmm_answer(rc));
	printf("xics connect again: %s\n",
	       vmm_answer(vcpu_enable_cap(&f.vcpu, KVM_CAP_IRQ_XICS, fd, 0)));
	icp_state(&f, "fresh");

	call(&f, "xics H_XIRR fresh", H_XIRR, 0, 0, 0, 0);
	call(&f, "xics H_CPPR", H_CPPR, 0xff, 0, 0, 0);
	call(&f, "xics H_XIRR open", H_XIRR, 0, 0, 0, 0);
	call(&f, "xics H_IPOLL", H_IPOLL, 0, 0, 0, 0);
	call(&f, "xics H_IPOLL nobody's", H_IPOLL, 5, 0, 0, 0);
	call(&f, "xics H_IPI", H_IPI, 0, 4, 0, 0);
	call(&f, "xics H_IPI nobody's", H_IPI, 5, 4, 0, 0);
	call(&f, "xics H_XIRR of the IPI", H_XIRR, 0, 0, 0, 0);
	icp_state(&f, "in the IPI");
	call(&f, "xics H_IPI away", H_IPI, 0, 0xff, 0, 0);
	call(&f, "xics H_EOI of the IPI", H_EOI, 0xff000002, 0, 0, 0);
	xirr_x(&f, "xics H_XIRR_X");

	make_source(fd, SOURCE, 0);
	make_source(fd, LEVEL_SOURCE, KVM_XICS_LEVEL_SENSITIVE);
	make_source(fd, 0x100000, 0);
	source_state(fd, "fresh", SOURCE);
	set_line(&f, "edge", SOURCE, KVM_INTERRUPT_SET);
	set_line(&f, "nobody's", NO_SOURCE, KVM_INTERRUPT_SET);
	until_pending(&f, SOURCE, KVM_INTERRUPT_SET);
	xirr_x(&f, "xics H_XIRR_X of the edge");
	source_state(fd, "taken", SOURCE);
	call(&f, "xics H_EOI of the edge", H_EOI, 0xff000000 | SOURCE, 0, 0, 0);
	call(&f, "xics H_XIRR after the edge", H_XIRR, 0, 0, 0, 0);
	set_line(&f, "level", LEVEL_SOURCE, KVM_INTERRUPT_SET_LEVEL);
	until_pending(&f, LEVEL_SOURCE, KVM_INTERRUPT_SET_LEVEL);
	call(&f, "xics H_XIRR of the level", H_XIRR, 0, 0, 0, 0);
	call(&f, "xics H_EOI of the level", H_EOI, 0xff000000 | LEVEL_SOURCE, 0, 0, 0);
	call(&f, "xics H_XIRR of the level again", H_XIRR, 0, 0, 0, 0);
	set_line(&f, "level down", LEVEL_SOURCE, KVM_INTERRUPT_UNSET);
	call(&f, "xics H_EOI at last", H_EOI, 0xff000000 | LEVEL_SOURCE, 0, 0, 0);
	call(&f, "xics H_XIRR at last", H_XIRR, 0, 0, 0, 0);
	call(&f, "xics H_EOI of nothing", H_EOI, 0xff000000 | NO_SOURCE, 0, 0, 0);

	call_rtas(&f, "get-xive", 2, 1, 3, SOURCE, 0, 0);
	call_rtas(&f, "set-xive", 1, 3, 1, SOURCE, 0, 6);
	call_rtas(&f, "get-xive then", 2, 1, 3, SOURCE, 0, 0);
	call_rtas(&f, "set-xive to nobody", 1, 3, 1, SOURCE, 5, 6);
	call_rtas(&f, "set-xive of no source", 1, 3, 1, NO_SOURCE, 0, 6);
	call_rtas(&f, "int-off", 3, 1, 1, SOURCE, 0, 0);
	call_rtas(&f, "get-xive off", 2, 1, 3, SOURCE, 0, 0);
	set_line(&f, "off", SOURCE, KVM_INTERRUPT_SET);
	call(&f, "xics H_XIRR off", H_XIRR, 0, 0, 0, 0);
	call_rtas(&f, "int-on", 4, 1, 1, SOURCE, 0, 0);
	call(&f, "xics H_XIRR on", H_XIRR, 0, 0, 0, 0);
	call(&f, "xics H_EOI on", H_EOI, 0xff000000 | SOURCE, 0, 0, 0);
	call_rtas(&f, "int-on of no source", 4, 1, 1, NO_SOURCE, 0, 0);
	call_rtas(&f, "wrong count", 4, 2, 1, SOURCE, 0, 0);
	call_rtas(&f, "wrong results", 4, 1, 3, SOURCE, 0, 0);
	call_rtas(&f, "15 arguments", 4, 15, 1, SOURCE, 0, 0);
	call_rtas(&f, "16 arguments", 4, 16, 1, SOURCE, 0, 0);
	call_rtas(&f, "another's", 77, 1, 1, SOURCE, 0, 0);
	printf("lost interrupts of 2: %u\n", lost);
	close(fd);
	fixture_end(&f);
}

/* --- XIVE --------------------------------------------------------------------- */

static void ask_xive(void)
{
	struct {
		u64 w01, more;
	} state = { };
	u64 servers = 8, flags = 0, nr;
	struct fixture f;
	char what[64];
	int fd, rc;

	caller_start(&f);
	if (vm_ioctl(&f.vm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_PPC_IRQ_XIVE) <= 0) {
		fixture_end(&f);
		return;
	}
	fd = create_device(&f, KVM_DEV_TYPE_XIVE);
	printf("xive servers: %s\n",
	       vmm_answer(attribute(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_XIVE_GRP_CTRL,
				    KVM_DEV_XIVE_NR_SERVERS, &servers)));
	printf("xive connect: %s\n",
	       vmm_answer(vcpu_enable_cap(&f.vcpu, KVM_CAP_PPC_IRQ_XIVE, fd, 0)));
	printf("xive connect as XICS too: %s\n",
	       vmm_answer(vcpu_enable_cap(&f.vcpu, KVM_CAP_IRQ_XICS, fd, 0)));
	rc = vcpu_get_one(&f.vcpu, KVM_REG_PPC_VP_STATE, &state);
	printf("xive presenter: %s %" PRIx64 " %" PRIx64 "\n", vmm_answer(rc), state.w01,
	       state.more);
	printf("xive source: %s\n",
	       vmm_answer(attribute(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_XIVE_GRP_SOURCE, SOURCE,
				    &flags)));
	printf("xive sync: %s\n",
	       vmm_answer(attribute(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_XIVE_GRP_SOURCE_SYNC,
				    SOURCE, NULL)));
	for (nr = H_INT_FIRST; nr <= H_INT_LAST; nr += 4) {
		snprintf(what, sizeof(what), "xive hypercall %#" PRIx64, nr);
		call(&f, what, nr, 0, SOURCE, 0, 0);
	}
	call(&f, "xive H_XIRR", H_XIRR, 0, 0, 0, 0);
	call(&f, "xive H_IPI", H_IPI, 0, 4, 0, 0);
	printf("xive reset: %s\n",
	       vmm_answer(attribute(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_XIVE_GRP_CTRL,
				    KVM_DEV_XIVE_RESET, NULL)));
	close(fd);
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	ask_tables();
	ask_xics();
	ask_xive();
	return fflush(stdout) ? 1 : 0;
}
