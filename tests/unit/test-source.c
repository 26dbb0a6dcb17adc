// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the BPF programs count for a record (bpf/source.bpf.h, compiled for this machine): for one
 * with all borders, for one whose T2 and T3 are derived, and for one that lacks what a POWER8
 * host does not report
 */
#include <linux/types.h>
#include <string.h>
#include "source.bpf.h"
#include "unit.h"

#define CPU	2
#define VM	77

/* What the programs did */
static struct hvlens_vcpu_stat stat;
static bool have_stat;
static struct { uint64_t count, ticks; } added[HVLENS_PHASE_MAX];
static uint64_t slow_ticks, exits;

static char vcpus_slot, value;

void *bpf_map_lookup_elem(void *map, const void *key)
{
	(void)key;
	if (map == &vcpus)
		return &vcpus_slot;
	return map == &vcpus_slot && have_stat ? &stat : NULL;
}

long bpf_map_update_elem(void *map, const void *key, const void *from, __u64 flags)
{
	const struct hvlens_vcpu_key *vcpu = key;

	assert_ptr_equal(map, &vcpus_slot);
	assert_int_equal(flags, BPF_NOEXIST);
	assert_int_equal(vcpu->vm, VM);
	assert_int_equal(vcpu->cpu, CPU);
	memcpy(&stat, from, sizeof(stat));
	have_stat = true;
	return 0;
}

__u32 bpf_get_smp_processor_id(void)
{
	return CPU;
}

__u64 bpf_get_current_pid_tgid(void)
{
	return (__u64)VM << 32 | (VM + 1);
}

__u64 bpf_ktime_get_ns(void)
{
	return 1;
}

long bpf_probe_read_kernel(void *to, __u32 size, const void *from)
{
	memcpy(to, from, size);
	return 0;
}

static void *tool_value(const struct hvlens_key *key, __u32 slot)
{
	(void)key;
	(void)slot;
	return &value;
}

static bool tool_same(const struct hvlens_key *a, const struct hvlens_key *b)
{
	return a->trap == b->trap && a->hcall == b->hcall;
}

static bool tool_wants_exits(void)
{
	return true;
}

static void tool_exit(void *to, bool replays)
{
	(void)to;
	(void)replays;
	exits++;
}

static void tool_took(const volatile struct hvlens_exit *rec, __u64 ticks, void *ctx)
{
	(void)rec;
	(void)ctx;
	slow_ticks = ticks;
}

static void tool_add(void *to, enum hvlens_phase phase, __u64 ticks)
{
	(void)to;
	added[phase].count++;
	added[phase].ticks += ticks;
}

/* The second exit of a vCPU on a POWER9 host; the first went to the VMM. */
static const struct hvlens_exit whole = {
	.version = HVLENS_EXIT_VERSION, .size = sizeof(whole), .vm = VM, .vcpu_id = 1, .cpu = CPU,
	.trap = 0xc00, .flags = HVLENS_F_HCALL, .hcall = 0x6c, .seq = 2,
	.prev_outcome = HVLENS_OUTCOME_USER, .prev_trap = 0xe00, .prev_t3 = 1000, .prev_t6 = 1100,
	.ri_entry = 5, .ri_exit = 7, .host_msr = 0x1000, .irq_replayed = 1,
	.t0 = 2000, .t1 = 2010, .t2 = 2030, .t3 = 2130, .t4 = 2170, .t5 = 2250, .t6 = 2410,
};

static void feed(struct hvlens_exit rec)
{
	struct tp_exit event = { .rec = rec };

	have_stat = false;
	slow_ticks = 0;
	exits = 0;
	memset(added, 0, sizeof(added));
	memset(&control, 0, sizeof(control));
	assert_int_equal(hv_tp_exit(&event), 0);
}

#define assert_phase(symbol, ticks_of_it)				\
	do {								\
		assert_int_equal(added[HVLENS_PHASE_##symbol].count, 1);	\
		assert_int_equal(added[HVLENS_PHASE_##symbol].ticks, ticks_of_it); \
	} while (0)
#define assert_no_phase(symbol)	assert_int_equal(added[HVLENS_PHASE_##symbol].count, 0)

static void counts_all_phases(void **state)
{
	(void)state;
	feed(whole);
	assert_phase(PREPARE, 10);
	assert_phase(ENTRY, 20);
	assert_phase(GUEST, 100);
	assert_phase(EXIT, 40);
	assert_phase(REPLAY, 80);
	assert_phase(HANDLE, 160);
	assert_phase(NORECOVER, 12);
	assert_phase(DELAY, 40);
	assert_phase(HCALL, 160);
	assert_no_phase(COMPLETE);
	assert_phase(ROUNDTRIP, 1030);
	assert_phase(USER, 900);
	assert_no_phase(BLOCK);
	assert_int_equal(slow_ticks, 280);
	assert_int_equal(exits, 1);
	assert_int_equal(stat.exits, 1);
	assert_int_equal(stat.derived, 0);
	assert_int_equal(stat.borderless, 0);
	assert_int_equal(stat.completes.calls, 0);
}

static void tells_derived_borders_apart(void **state)
{
	struct hvlens_exit rec = whole;

	(void)state;
	rec.flags |= HVLENS_F_DERIVED;
	rec.ri_entry = 0;
	rec.ri_exit = 0;
	rec.host_msr = 0;
	feed(rec);
	assert_phase(ENTRY, 20);
	assert_phase(GUEST, 100);
	assert_phase(EXIT, 40);
	assert_phase(ROUNDTRIP, 1030);
	assert_no_phase(NORECOVER);
	assert_int_equal(stat.derived, 1);
	assert_int_equal(stat.borderless, 0);
}

static void does_without_t2_and_t3(void **state)
{
	struct hvlens_exit rec = whole;

	(void)state;
	rec.prev_t3 = 0;
	rec.t2 = 0;
	rec.t3 = 0;
	feed(rec);
	assert_phase(PREPARE, 10);
	assert_no_phase(ENTRY);
	assert_no_phase(GUEST);
	assert_no_phase(EXIT);
	assert_no_phase(DELAY);
	assert_phase(REPLAY, 80);
	assert_phase(HANDLE, 160);
	/* the exit before: phases that do not need them */
	assert_no_phase(ROUNDTRIP);
	assert_phase(USER, 900);
	assert_int_equal(stat.outside[HVLENS_OUTCOME_USER], 900);
	/* from T4: the minimum of its duration */
	assert_int_equal(slow_ticks, 240);
	assert_int_equal(stat.derived, 0);
	assert_int_equal(stat.borderless, 1);
	assert_int_equal(control.trouble.backwards, 0);
}

static void counts_completions(void **state)
{
	struct hvlens_exit rec = whole;

	(void)state;
	rec.rm_ticks = 33;
	rec.flags |= HVLENS_F_RM;
	rec.rm_pending = 0xb;
	rec.rm_done = 0x9;
	feed(rec);
	assert_phase(COMPLETE, 33);
	assert_int_equal(stat.completes.calls, 1);
	assert_int_equal(stat.completes.untold, 0);
	assert_int_equal(stat.completes.ticks, 33);
	assert_int_equal(stat.completes.done[HVLENS_RM_KICK], 1);
	assert_int_equal(stat.completes.done[HVLENS_RM_RESEND], 0);
	assert_int_equal(stat.completes.done[HVLENS_RM_EOI], 1);

	/* a backend that was built without the offsets */
	rec.flags &= ~HVLENS_F_RM;
	feed(rec);
	assert_phase(COMPLETE, 33);
	assert_int_equal(stat.completes.calls, 1);
	assert_int_equal(stat.completes.untold, 1);
	for (int i = 0; i < HVLENS_RM_MAX; i++)
		assert_int_equal(stat.completes.done[i], 0);
}

static void counts_completions_of_stock(void **state)
{
	struct kvmppc_icp icp = { .rm_action = 0x1 };
	struct kvm_vcpu vcpu = { .vcpu_id = 1, .arch.icp = &icp };
	struct pt_regs regs = { .gpr[3] = (unsigned long)&vcpu };

	(void)state;
	have_stat = false;
	assert_int_equal(kvm_any_complete(&regs), 0);
	icp.rm_action = 0;
	assert_int_equal(kvm_any_complete(&regs), 0);
	assert_int_equal(stat.completes.calls, 2);
	assert_int_equal(stat.completes.untold, 0);
	assert_int_equal(stat.completes.done[HVLENS_RM_KICK], 1);
	assert_int_equal(stat.completes.ticks, 0);
	assert_int_equal(stat.exits, 0);
}

static void takes_its_own_version_only(void **state)
{
	struct hvlens_exit rec = whole;

	(void)state;
	rec.version--;
	feed(rec);
	assert_int_equal(control.trouble.version, 1);
	assert_int_equal(exits, 0);
	assert_false(have_stat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_all_phases),
		cmocka_unit_test(tells_derived_borders_apart),
		cmocka_unit_test(does_without_t2_and_t3),
		cmocka_unit_test(counts_completions),
		cmocka_unit_test(counts_completions_of_stock),
		cmocka_unit_test(takes_its_own_version_only),
	};

	return RUN(tests);
}
