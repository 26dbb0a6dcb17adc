// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each SPR that the switch exchanges is tested, and after every guest the host's kernel finds its
 * own value of each. The VMM sets the SPRs that no guest can read, and reads them back: a value
 * that another vCPU or the host left in the CPU would be saved as the guest's.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "host.h"
#include "image.h"
#include "tap.h"

GUEST(regs_intruder);

#define HOST_SPRS	"/sys/module/host_sprs/parameters/values"
#define OWNERS		3	/* two vCPUs of one VM, one of another */
#define ROUNDS		4

/*
 * Only a hypervisor reads these. The masks leave values without effect: no privilege level to
 * compare with (CIABR[PRIV], DAWRXn[PRIVM]).
 */
static const struct {
	const char *name;
	u64 id, mask;
} hidden[] = {
	{ "CIABR", KVM_REG_PPC_CIABR, ~3ull },
	{ "DAWR0", KVM_REG_PPC_DAWR, ~7ull },
	{ "DAWRX0", KVM_REG_PPC_DAWRX, 0xfc60 },
	{ "DAWR1", KVM_REG_PPC_DAWR1, ~7ull },
	{ "DAWRX1", KVM_REG_PPC_DAWRX1, 0xfc60 },
	{ "HASHPKEYR", KVM_REG_PPC_HASHPKEYR, ~0ull },
};

/* SPRs that other tests cover, or none, and why */
static const struct {
	const char *name, *where;
} elsewhere[] = {
	{ "PSSCR_PR", "nowhere: QEMU has no SPR 823" },
	{ "CSIGR", "here, on POWER8" },
	{ "TACR", "here, on POWER8" },
	{ "CFAR", "nowhere: each branch of the guest's changes it" },
	{ "CTRLT", "here, read as CTRLF" },
	{ "DEC", "timers" },
	{ "HDEC", "timers, entry-race" },
	{ "HSRR0", "isolation: where each guest goes on" },
	{ "HSRR1", "isolation: where each guest goes on" },
	{ "PURR", "transfer" },
	{ "SPURR", "transfer" },
	{ "RWMR", "nowhere: the pace of PURR, the same for all guests" },
	{ "SPRG_VDSO_WRITE", "here, read as SPRG3" },
	{ "TBU40", "timers" },
	{ "TRIG2", "nowhere: it holds nothing" },
	{ "VTB", "transfer" },
};

/* The rows of the table first, then those that the switch's code names */
static const char *const rows[] = {
#define TASK_SPR(spr, member, host, condition)	#spr,
#define HOST_SPR(spr, member, condition)	#spr,
#define KERNEL_SPR				HOST_SPR
#include "../../module/switch/sprs.def"
#undef KERNEL_SPR
#undef HOST_SPR
#undef TASK_SPR
#include "switch_sprs.def"
};

/* The host's SPRs, "NAME VALUE" lines, as its kernel reads them on this CPU */
struct host_sprs {
	char text[4096];
};

static void host_sprs_read(struct host_sprs *sprs)
{
	host_read(HOST_SPRS, sprs->text, sizeof(sprs->text));
	if (!*sprs->text)
		tap_bail("no " HOST_SPRS "; load /modules/tests/host_sprs.ko");
}

static bool host_spr(const struct host_sprs *sprs, const char *name, u64 *value)
{
	size_t length = strlen(name);
	const char *line = sprs->text;

	while (*line) {
		if (!strncmp(line, name, length) && line[length] == ' ')
			return sscanf(line + length, "%lx", value) == 1;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}

static bool is_covered(const char *name, const struct host_sprs *host)
{
	unsigned int i;
	u64 value;

	if (host_spr(host, name, &value) && strcmp(name, "PSSCR_PR"))
		return true;
	for (i = 0; i < REGS_SPR_COUNT; i++)
		if (!strcmp(image_sprs[i].name, name))
			return true;
	for (i = 0; i < ARRAY_SIZE(hidden); i++)
		if (!strcmp(hidden[i].name, name))
			return true;
	for (i = 0; i < ARRAY_SIZE(elsewhere); i++)
		if (!strcmp(elsewhere[i].name, name))
			return true;
	return false;
}

static void coverage(const struct host_sprs *host)
{
	unsigned int i, missing = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!is_covered(rows[i], host)) {
			missing++;
			tap_diag("the switch exchanges %s, and no test looks at it", rows[i]);
		}
	}
	tap_is(missing, 0, "each of %zu SPRs that the switch names is in a test", ARRAY_SIZE(rows));
}

static u64 hidden_value(unsigned int owner, unsigned int index)
{
	return image_value(owner + 100, index) & hidden[index].mask;
}

static void set_up(struct vcpu *vcpu, unsigned int owner)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hidden); i++)
		vcpu_set_reg(vcpu, hidden[i].id, hidden_value(owner, i));
}

/* The guest reads its SPRs, then loads @owner's values. */
static const struct regs_image *look_and_take(struct vcpu *vcpu, unsigned int owner)
{
	struct regs_image *own = vm_ptr(vcpu->vm, FIXTURE_DATA + REGS_IN, sizeof(*own));

	image_fill(own, owner + 1);
	own->gpr[31] = KERNEL_EA + FIXTURE_DATA;
	vcpu_set_gpr(vcpu, 31, own->gpr[31]);
	vcpu_set_entry(vcpu, KERNEL_EA + GUEST_CODE, MSR_VIRT | MSR_FP | MSR_VEC | MSR_VSX);
	if (vcpu_run_hcall(vcpu) != REPORT_DONE)
		tap_bail("guest %u stopped", owner);
	return vm_ptr(vcpu->vm, FIXTURE_DATA + REGS_OUT, sizeof(*own));
}

/* Counts differences between found and expected values, for each round and side. */
static struct { unsigned int host, guest, vmm, leaks; } wrong;

static void compare_host(const struct host_sprs *want)
{
	struct host_sprs got;
	const char *line;

	host_sprs_read(&got);
	for (line = want->text; *line; line += strcspn(line, "\n") + 1) {
		char name[16];
		u64 is, was;

		if (sscanf(line, "%15s %lx", name, &was) != 2 || !strcmp(name, "PSSCR_PR"))
			continue;
		if (host_spr(&got, name, &is) && is == was)
			continue;
		wrong.host++;
		tap_diag("the host finds %s as %#lx, had %#lx", name, is, was);
	}
}

/*
 * Checks the SPRs that guest @owner found: @first: as in a new vCPU, else as the guest left them.
 */
static void compare_guest(const struct regs_image *found, unsigned int owner, bool first,
			  const struct host_sprs *host)
{
	struct regs_image left;
	unsigned int i;
	u64 value;

	image_fill(&left, owner + 1);
	for (i = 0; i < REGS_SPR_COUNT; i++) {
		const char *name = image_sprs[i].name;

		/* a hypercall to user space has changed these two */
		if (!strncmp(name, "SRR", 3))
			continue;
		if (host_spr(host, name, &value) && value && found->spr[i] == value) {
			wrong.leaks++;
			tap_diag("guest %u finds the host's %s, %#lx", owner, name, value);
		}
		if (!first && found->spr[i] != left.spr[i]) {
			wrong.guest++;
			tap_diag("guest %u finds %s as %#lx, left %#lx", owner, name,
				 found->spr[i], left.spr[i]);
		}
	}
}

static void compare_hidden(struct vcpu *const *vcpus)
{
	unsigned int i, owner;

	for (owner = 0; owner < OWNERS; owner++) {
		for (i = 0; i < ARRAY_SIZE(hidden); i++) {
			u64 value = vcpu_reg(vcpus[owner], hidden[i].id);

			if (value == hidden_value(owner, i))
				continue;
			wrong.vmm++;
			tap_diag("guest %u has %s as %#lx, want %#lx", owner, hidden[i].name,
				 value, hidden_value(owner, i));
		}
	}
}

static void start_vm(struct fixture *f)
{
	fixture_virt_image(f, guest_regs_intruder, guest_regs_intruder_end);
	image_drop_absent(&f->vm, GUEST_CODE, guest_regs_intruder_end - guest_regs_intruder);
}

static void take_turns(const struct host_sprs *host)
{
	struct fixture f, other;
	struct vcpu second;
	struct vcpu *const vcpus[OWNERS] = { &f.vcpu, &second, &other.vcpu };
	unsigned int round, owner;

	start_vm(&f);
	start_vm(&other);
	vcpu_create(&f.vm, &second, 1);
	for (owner = 0; owner < OWNERS; owner++)
		set_up(vcpus[owner], owner);
	for (round = 0; round < ROUNDS; round++) {
		for (owner = 0; owner < OWNERS; owner++) {
			compare_guest(look_and_take(vcpus[owner], owner), owner, !round, host);
			compare_host(host);
			compare_hidden(vcpus);
		}
	}
	tap_is(wrong.host, 0, "the host's kernel finds its own values after each guest");
	tap_is(wrong.leaks, 0, "no guest finds one of the host's values");
	tap_is(wrong.guest, 0, "each guest finds the values that it left");
	tap_is(wrong.vmm, 0, "each keeps the values that it cannot read itself");
	vcpu_destroy(&second);
	fixture_end(&other);
	fixture_end(&f);
}

int main(void)
{
	struct host_sprs host;

	tap_start(60);
	host_pin(0);
	host_sprs_read(&host);
	coverage(&host);
	take_turns(&host);
	return tap_done();
}
