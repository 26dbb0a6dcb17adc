// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machine checks in a guest. A memory slot consists of real addresses where nothing answers, so
 * each access of the guest to it is a machine check.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "mce.h"
#include "tap.h"
#include "thread.h"
#include "trace.h"

GUEST(mce_vector);
GUEST(mce_load);
GUEST(mce_store);
GUEST(mce_loop);
GUEST(mce_register);

#define NOBODY		0x100000000000	/* host real address: no memory, no device */
#define NOBODY_GPA	0x10000000
#define NOBODY_SIZE	0x10000
#define FAILING		(base + GUEST_CODE + 4)
#define SLB_SHADOW	(FIXTURE_FREE + 0x1000)

#define FLOOD		1000
/* The host's rate limit, DEFAULT_RATELIMIT_*: lines and seconds */
#define LOG_BURST	10
#define LOG_INTERVAL_S	5

/* asm/mce.h, and the disposition in SRR1 (ISA Book III, Machine Check) */
#define MCE_DISPOSITION_RECOVERED	0
#define MCE_DISPOSITION_NOT_RECOVERED	1
#define MCE_SEV_SEVERE			2
#define MCE_SEV_FATAL			3
#define MCE_ERROR_TYPE_UNKNOWN		0
#define MCE_ERROR_TYPE_RA		6
#define MCE_RA_ERROR_LOAD		5
#define MCE_RA_ERROR_STORE		6
#define DSISR_BAD_ADDRESS		0x40
#define SRR1_DATA_SIDE			0x200000	/* SRR1[42] */

static bool ours;

/*
 * A radix guest runs in real mode. A hash guest's real mode is cached and only sees memory, so a
 * hash guest runs with translation on.
 */
static u64 base, mode = MSR_REAL;

/* struct slb_shadow of PAPR: big-endian */
struct slb_shadow {
	u32 persistent, length;
	u64 reserved;
	struct {
		u64 esid, vsid;
	} entry[2];
};

/*
 * On POWER8 the host's real mode only knows the machine checks of POWER7. It takes the load's
 * DSISR for an SLB error, and reloads the SLB from the shadow that the guest has registered.
 */
static void register_slb_shadow(struct fixture *f)
{
	struct slb_shadow *shadow = vm_ptr(&f->vm, SLB_SHADOW, sizeof(*shadow));
	struct kvm_one_reg reg = {
		.id = KVM_REG_PPC_VPA_SLB,
		.addr = (u64)(u64[]){ SLB_SHADOW, sizeof(*shadow) },
	};
	struct kvm_sregs sregs;
	unsigned int i;

	vcpu_set_reg(&f->vcpu, KVM_REG_PPC_VPA_ADDR, FIXTURE_FREE);
	if (vcpu_ioctl(&f->vcpu, KVM_SET_ONE_REG, &reg) ||
	    vcpu_ioctl(&f->vcpu, KVM_GET_SREGS, &sregs))
		tap_bail("no SLB shadow");
	shadow->persistent = htobe32(ARRAY_SIZE(shadow->entry));
	shadow->length = htobe32(sizeof(*shadow));
	for (i = 0; i < ARRAY_SIZE(shadow->entry); i++) {
		shadow->entry[i].esid = htobe64(sregs.u.s.ppc64.slb[i].slbe);
		shadow->entry[i].vsid = htobe64(sregs.u.s.ppc64.slb[i].slbv);
	}
}

static void start(struct fixture *f, bool fwnmi, const char *image, const char *end)
{
	int mem = open("/dev/mem", O_RDWR | O_SYNC);
	void *nobody;

	if (mem < 0)
		tap_bail("/dev/mem: %s", strerror(errno));
	nobody = mmap(NULL, NOBODY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, mem, NOBODY);
	if (nobody == MAP_FAILED)
		tap_bail("mmap of /dev/mem: %s", strerror(errno));
	close(mem);
	if (base)
		fixture_virt_image(f, image, end);
	else
		fixture_real_image(f, image, end);
	if (vm_set_slot(&f->vm, 1, NOBODY_GPA, nobody, NOBODY_SIZE, 0))
		tap_bail("no slot of /dev/mem");
	if (base) {
		mmu_map(&f->mmu, 0, base + NOBODY_GPA, NOBODY_GPA, NOBODY_SIZE, PAGE_64K,
			PTE_MMIO);
		register_slb_shadow(f);
	}
	vm_load_guest(&f->vm, 0x200, mce_vector);
	vcpu_set_gpr(&f->vcpu, 20, base + NOBODY_GPA);
	if (fwnmi && vcpu_enable_cap(&f->vcpu, KVM_CAP_PPC_FWNMI, 0, 0))
		tap_bail("KVM_CAP_PPC_FWNMI can't be enabled");
}

#define START(f, fwnmi, name)	start(f, fwnmi, guest_##name, guest_##name##_end)

/* Starts to count the machine checks in the kernel's log. */
static int log_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);

	if (log < 0 || lseek(log, 0, SEEK_END) < 0)
		tap_bail("/dev/kmsg: %s", strerror(errno));
	return log;
}

/* Returns their number; @first gets the text of the first one. */
static unsigned int log_count(int log, char *first, size_t size)
{
	char line[1024];
	unsigned int count = 0;
	ssize_t length;

	*first = '\0';
	while ((length = read(log, line, sizeof(line) - 1)) > 0 ||
	       (length < 0 && errno == EPIPE)) {
		if (length < 0)
			tap_bail("the log overflowed");
		line[length] = '\0';
		if (!strstr(line, "machine check ("))
			continue;
		if (!count++)
			snprintf(first, size, "%s", strchr(line, ';') + 1);
	}
	close(log);
	return count;
}

/* The disposition that the host's early handler chooses; without FWNMI, @forgiven: recovered */
struct decoded {
	u64 type, subtype, severity, synchronous, ea_valid;
	bool forgiven;
	const char *text;
};

static const struct kind {
	const char *name, *image, *end;
	u64 dsisr;
	struct decoded decoded;
} kinds[] = {
	{
		"load", guest_mce_load, guest_mce_load_end, DSISR_BAD_ADDRESS,
		{ MCE_ERROR_TYPE_RA, MCE_RA_ERROR_LOAD, MCE_SEV_SEVERE, 1, 1, false,
		  "(Severe) Guest Real address Load (bad)" },
	}, {
		/*
		 * The guest has gone on when the answer arrives: the error is asynchronous, and
		 * fatal.
		 */
		"store", guest_mce_store, guest_mce_store_end, 0,
		{ MCE_ERROR_TYPE_RA, MCE_RA_ERROR_STORE, MCE_SEV_FATAL, 0, 1, false,
		  "(Fatal) Guest Real address Store (bad)" },
	},
};

static const struct decoded on_power8 = {
	MCE_ERROR_TYPE_UNKNOWN, 0, MCE_SEV_SEVERE, 1, 0, true, "(Severe) Guest Unknown",
};

static const struct decoded *decoded(const struct kind *kind)
{
	return host_isa() < 300 ? &on_power8 : &kind->decoded;
}

/* Checks the event of the only machine check. */
static void check_event(struct trace *trace, const struct kind *kind, u64 msr, bool fwnmi)
{
	const struct decoded *what = decoded(kind);

	trace_stop(trace);
	tap_is(trace_count(trace), 1, "hvlens:machine_check, once");
	if (!trace_count(trace))
		return;
	tap_is(trace_field(trace, 0, "vm"), getpid(), "  vm");
	tap_is(trace_field(trace, 0, "vcpu_id"), 0, "  vcpu_id");
	tap_is(trace_field(trace, 0, "cpu"), 0, "  cpu");
	tap_is(trace_field(trace, 0, "decoded"), 1, "  decoded");
	tap_is(trace_field(trace, 0, "type"), what->type, "  type");
	tap_is(trace_field(trace, 0, "subtype"), what->subtype, "  subtype");
	tap_is(trace_field(trace, 0, "severity"), what->severity, "  severity");
	tap_is(trace_field(trace, 0, "disposition"),
	       what->forgiven && !fwnmi ? MCE_DISPOSITION_RECOVERED : MCE_DISPOSITION_NOT_RECOVERED,
	       "  disposition");
	tap_is(trace_field(trace, 0, "synchronous"), what->synchronous, "  synchronous");
	tap_is(trace_field(trace, 0, "nip"), FAILING, "  nip");
	tap_is(trace_field(trace, 0, "msr") & (MSR_VIRT | MSR_HV | MSR_PR), msr, "  msr");
	tap_is(trace_field(trace, 0, "ea_valid"), what->ea_valid, "  ea_valid");
	tap_is(trace_field(trace, 0, "ea"), what->ea_valid ? base + NOBODY_GPA : 0, "  ea");
	tap_is(trace_field(trace, 0, "fwnmi"), fwnmi, "  fwnmi");
}

/* KVM_CAP_PPC_FWNMI on: the VMM is told, and the guest's vector does not run. */
static void to_the_vmm(const struct kind *kind, u64 msr, const char *what)
{
	struct trace *trace = NULL;
	struct kvm_regs regs;
	struct fixture f;
	char line[256];
	int log;

	tap_diag("FWNMI, %s, %s", kind->name, what);
	start(&f, true, kind->image, kind->end);
	vcpu_set_entry(&f.vcpu, base + GUEST_CODE, msr);
	if (ours)
		trace = trace_start("hvlens:machine_check");
	log = log_open();
	tap_is(vcpu_run(&f.vcpu), KVM_EXIT_NMI, "KVM_RUN gives KVM_EXIT_NMI");
	tap_is(f.vcpu.run->flags & KVM_RUN_PPC_NMI_DISP_MASK, KVM_RUN_PPC_NMI_DISP_NOT_RECOV,
	       "flags: not recovered");
	vcpu_get_regs(&f.vcpu, &regs);
	tap_is(regs.pc, FAILING, "NIP is at the instruction");
	tap_is(regs.msr & (MSR_VIRT | MSR_EE | MSR_HV), msr, "the MSR is that of the instruction");
	tap_is(regs.gpr[4], 0x123, "so are the registers");
	tap_is(*fixture_data(&f, MCE_TAKEN / 8), 0, "the guest's 0x200 has not run");
	tap_is(log_count(log, line, sizeof(line)), 1, "the event is in the host's log once");
	tap_ok(strstr(line, decoded(kind)->text) && strstr(line, "[Not recovered]"),
	       "the log has the kind of error: %s", strtok(line, "\n"));
	if (trace) {
		check_event(trace, kind, msr, true);
		trace_end(trace);
	}

	/* as a VMM does: the guest goes on where the VMM says */
	vcpu_set_entry(&f.vcpu, FAILING + 4, msr);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_VALUE, "the guest can go on");
	fixture_end(&f);
}

/* KVM_CAP_PPC_FWNMI off: the guest's vector runs, KVM_RUN does not return. */
static void to_the_guest(const struct kind *kind, u64 msr, const char *what)
{
	struct trace *trace = NULL;
	struct fixture f;
	char line[256];
	int log;

	tap_diag("no FWNMI, %s, %s", kind->name, what);
	start(&f, false, kind->image, kind->end);
	vcpu_set_entry(&f.vcpu, base + GUEST_CODE, msr);
	if (ours)
		trace = trace_start("hvlens:machine_check");
	log = log_open();
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_VALUE, "the guest goes on");
	tap_is(*fixture_data(&f, MCE_TAKEN / 8), 1, "its 0x200 has run once");
	tap_is(*fixture_data(&f, MCE_SRR0 / 8), FAILING, "SRR0");
	tap_is(*fixture_data(&f, MCE_SRR1 / 8) & (MSR_VIRT | MSR_EE | MSR_HV | SRR1_DATA_SIDE),
	       msr | SRR1_DATA_SIDE, "SRR1: its MSR, RI too, and the cause");
	tap_is(*fixture_data(&f, MCE_DAR / 8), base + NOBODY_GPA, "DAR");
	tap_is(*fixture_data(&f, MCE_DSISR / 8), kind->dsisr, "DSISR");
	tap_is(log_count(log, line, sizeof(line)), 1, "the event is in the host's log once");
	if (trace) {
		check_event(trace, kind, msr, false);
		trace_end(trace);
	}
	fixture_end(&f);
}

static bool count_nmi(struct vcpu_thread *thread, int reason)
{
	struct vcpu *vcpu = thread->vcpu;
	struct kvm_regs regs;

	if (reason != KVM_EXIT_NMI)
		return false;
	vcpu_get_regs(vcpu, &regs);
	vcpu_set_entry(vcpu, regs.pc + 4, mode);
	return true;
}

/*
 * As many machine checks as a guest can make, on two CPUs at once. Each is delivered and has an
 * event, and the log gets only a few lines.
 */
static void flood(bool fwnmi)
{
	struct vcpu_thread threads[2];
	u64 begin = host_timebase();
	struct fixture f[2];
	unsigned int most;
	char line[256];
	int i, log;

	tap_diag("%d machine checks from each of two VMs, %s FWNMI", FLOOD,
		 fwnmi ? "with" : "without");
	log = log_open();
	for (i = 0; i < 2; i++) {
		START(&f[i], fwnmi, mce_loop);
		vcpu_set_gpr(&f[i].vcpu, 21, FLOOD);
		threads[i] = (struct vcpu_thread) {
			.vcpu = &f[i].vcpu, .cpu = i, .handle = count_nmi,
		};
		thread_start(&threads[i]);
	}
	for (i = 0; i < 2; i++) {
		thread_join(&threads[i]);
		tap_is(threads[i].last, KVM_EXIT_PAPR_HCALL, "VM %d: the guest reaches its end", i);
		tap_is(*fixture_data(&f[i], MCE_ROUNDS / 8), FLOOD, "VM %d: in all rounds", i);
		if (fwnmi)
			tap_is(f[i].vcpu.exits[KVM_EXIT_NMI], FLOOD,
			       "VM %d: KVM_EXIT_NMI for each", i);
		else
			tap_is(*fixture_data(&f[i], MCE_TAKEN / 8), FLOOD,
			       "VM %d: a 0x200 for each", i);
		fixture_end(&f[i]);
	}
	i = log_count(log, line, sizeof(line));
	/* the interval that has begun before, and those that begin until now */
	most = ((host_timebase() - begin) / host_timebase_hz() / LOG_INTERVAL_S + 2) * LOG_BURST;
	if (ours)
		tap_ok(i <= (int)most, "%d of them are in the log, at most %u", i, most);
	else
		tap_diag("%d of them are in the log", i);
}

/* The host itself never accesses memory of that kind for a guest. */
static void registered(void)
{
	struct fixture f;
	char line[256];
	int log;

	START(&f, true, mce_register);
	log = log_open();
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_VALUE, "a VPA where nothing answers");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), (u64)H_PARAMETER, "the VPA is refused with H_PARAMETER");
	tap_is(log_count(log, line, sizeof(line)), 0, "and no machine check hits the host");
	fixture_end(&f);
}

int main(void)
{
	unsigned int i;

	tap_start(60);
	host_pin(0);
	ours = !access("/sys/kernel/tracing/events/hvlens", F_OK);
	if (vmm_hash_guests()) {
		base = KERNEL_EA;
		mode = MSR_VIRT;
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		to_the_vmm(&kinds[i], mode, "MSR[RI] on");
		to_the_vmm(&kinds[i], mode & ~MSR_RI, "MSR[RI] off");
		to_the_guest(&kinds[i], mode, "MSR[RI] on");
		to_the_guest(&kinds[i], mode & ~MSR_RI, "MSR[RI] off");
	}
	registered();
	flood(true);
	flood(false);
	return tap_done();
}
