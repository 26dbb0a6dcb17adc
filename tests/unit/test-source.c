// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the BPF programs write for an event (bpf/source.bpf.c, compiled for this machine), and what
 * the tools count for it
 */
#include <linux/types.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "source.bpf.c"
#include "counts.h"
#include "drain.h"
#include "filter.h"
#include "fold.h"
#include "unit.h"

#define CPU	2
#define VM	77
#define SLOTS	8

/* The rings of CPUs 0 to CPU.  Only the last one is written. */
static _Alignas(8) char memory[(CPU + 1) * (HVLENS_SLOT_BYTES * (SLOTS + 1))];
static struct rings reader;
static struct fold fold;
static struct counts counts;

/* What was counted for the last record */
static struct hvlens_vcpu_stat stat;
static struct { uint64_t count, ticks; struct hvlens_key key; } added[HVLENS_PHASE_MAX];
static uint64_t exits, replays;
static int woken;

/* The kernel's maps and clock */
static struct kvm_state states[1 << STATE_BITS];
static struct { __u64 key; struct kvm_state state; } crowded[4];
static size_t crowded_count;
static struct hvlens_slow event;
static int events;
static __u64 now;

static struct hvlens_ring *ring(void)
{
	return (void *)(memory + CPU * ring_bytes(SLOTS));
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	if (map == &rings) {
		assert_int_equal(*(const __u32 *)key, CPU);
		return ring();
	}
	if (map == &kvm_states)
		return &states[*(const __u32 *)key];
	assert_ptr_equal(map, &kvm_crowded);
	for (size_t i = 0; i < crowded_count; i++) {
		if (crowded[i].key == *(const __u64 *)key)
			return &crowded[i].state;
	}
	return NULL;
}

long bpf_map_update_elem(void *map, const void *key, const void *from, __u64 flags)
{
	assert_ptr_equal(map, &kvm_crowded);
	assert_int_equal(flags, BPF_NOEXIST);
	assert_true(crowded_count < COUNT(crowded));
	crowded[crowded_count].key = *(const __u64 *)key;
	memcpy(&crowded[crowded_count++].state, from, sizeof(struct kvm_state));
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
	return now;
}

long bpf_probe_read_kernel(void *to, __u32 size, const void *from)
{
	memcpy(to, from, size);
	return 0;
}

void *bpf_ringbuf_reserve(void *ringbuf, __u64 size, __u64 flags)
{
	assert_ptr_equal(ringbuf, &slow);
	assert_int_equal(size, sizeof(event));
	assert_int_equal(flags, 0);
	return &event;
}

void bpf_ringbuf_submit(void *data, __u64 flags)
{
	assert_ptr_equal(data, &event);
	assert_int_equal(flags, 0);
	events++;
}

long bpf_ringbuf_output(void *ringbuf, void *data, __u64 size, __u64 flags)
{
	(void)data;
	assert_ptr_equal(ringbuf, &bell);
	assert_int_equal(size, 8);
	assert_int_equal(flags, 0);
	woken++;
	return 0;
}

long bpf_get_stack(void *ctx, void *buf, __u32 size, __u64 flags)
{
	(void)ctx;
	(void)buf;
	(void)flags;
	return size;
}

static int take_part(const struct part *part, void *arg)
{
	(void)arg;
	exits += part->exits;
	replays += part->replays;
	for (uint32_t i = 0; i < part->count; i++) {
		enum hvlens_phase phase = part->times[i].phase;

		added[phase].count++;
		added[phase].ticks += part->times[i].ticks;
		added[phase].key = part->key;
	}
	return 0;
}

/* The configuration is read-only for the programs. */
static void configure(uint64_t over, struct hvlens_filter filter)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *at = (char *)((uintptr_t)&config & -page);
	struct hvlens_config *to = (struct hvlens_config *)&config;

	assert_int_equal(mprotect(at, (char *)(to + 1) - at, PROT_READ | PROT_WRITE), 0);
	*to = (struct hvlens_config){
		.last_slot = SLOTS - 1,
		.choosy = over || filter.vm.count || filter.vcpu.count,
		.over = over,
		.filter = filter,
	};
}

static void forget(void)
{
	memset(added, 0, sizeof(added));
	exits = 0;
	replays = 0;
	woken = 0;
	events = 0;
}

static int setup(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	memset(states, 0, sizeof(states));
	crowded_count = 0;
	counts_init(&counts);
	fold = (struct fold){ .filter = &filter_all, .counts = &counts, .take = take_part };
	forget();
	configure(0, filter_all);
	return rings_init(&reader, memory, CPU + 1, SLOTS);
}

static int teardown(void **state)
{
	(void)state;
	rings_free(&reader);
	counts_free(&counts);
	return 0;
}

/* Counts what has been written. */
static void read_all(void)
{
	assert_int_equal(rings_drain(&reader, ~0ull, fold_entry, &fold), 0);
	stat = fold.pending ? fold.stat : (struct hvlens_vcpu_stat){ 0 };
	if (fold.pending) {
		assert_int_equal(fold.key.vm, VM);
		assert_int_equal(fold.key.cpu, CPU);
	}
	assert_int_equal(fold_flush(&fold), 0);
}

/* The second exit of a vCPU on a POWER9 host; the first went to the VMM. */
static const struct hvlens_exit whole = {
	.version = HVLENS_EXIT_VERSION, .size = sizeof(whole), .vm = VM, .vcpu_id = 1, .cpu = CPU,
	.end_cpu = CPU,
	.trap = 0xc00, .flags = HVLENS_F_HCALL, .hcall = 0x6c, .seq = 2,
	.prev_outcome = HVLENS_OUTCOME_USER, .prev_trap = 0xe00, .prev_t3 = 1000, .prev_t6 = 1100,
	.ri_entry = 5, .ri_exit = 7, .host_msr = 0x1000, .irq_replayed = 1,
	.t0 = 2000, .t1 = 2010, .t2 = 2030, .t3 = 2130, .t4 = 2170, .t5 = 2250, .t6 = 2410,
};

static void feed(struct hvlens_exit rec)
{
	struct tp_exit event = { .rec = rec };

	forget();
	assert_int_equal(hv_tp_exit(&event), 0);
	read_all();
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
	assert_int_equal(exits, 1);
	assert_int_equal(replays, 1);
	assert_int_equal(added[HVLENS_PHASE_HCALL].key.hcall, 0x6c);
	assert_int_equal(added[HVLENS_PHASE_USER].key.trap, 0xe00);
	assert_true(added[HVLENS_PHASE_USER].key.hcall == HVLENS_HCALL_NONE);
	assert_int_equal(stat.exits, 1);
	assert_int_equal(stat.first_prev_t6, 1100);
	assert_int_equal(stat.last_t6, 2410);
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
	assert_int_equal(stat.derived, 0);
	assert_int_equal(stat.borderless, 1);
	assert_int_equal(fold.backwards, 0);
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
	assert_int_equal(kvm_any_complete(&regs), 0);
	icp.rm_action = 0;
	assert_int_equal(kvm_any_complete(&regs), 0);
	/* not while the exit's program writes */
	ring()->busy = 1;
	assert_int_equal(kvm_any_complete(&regs), 0);
	assert_int_equal(uncounted, 1);
	read_all();
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
	assert_int_equal(fold.version, 1);
	assert_int_equal(exits, 0);
	assert_int_equal(stat.exits, 0);
}

/* By each way the whole record arrives, word by word. */
static int same(const struct hvlens_exit *rec, uint32_t cpu, void *arg)
{
	assert_int_equal(cpu, CPU);
	assert_memory_equal(rec, arg, sizeof(*rec));
	return 1;
}

static void takes_whole_records(void **state)
{
	struct hvlens_exit rec;
	struct tp_exit by_tp;
	__u64 by_btf[] = { (__u64)&rec };
	struct bpf_raw_tracepoint_args *by_raw = (void *)by_btf;

	(void)state;
	for (int i = 0; i < HVLENS_EXIT_WORDS; i++)
		rec.words[i] = 0x0101010101010101ull * (i + 1);
	rec.version = HVLENS_EXIT_VERSION;
	rec.end_cpu = CPU;
	by_tp.rec = rec;
	for (int way = 0; way < 3; way++) {
		memset(ring()->slots, 0, SLOTS * HVLENS_SLOT_BYTES);
		assert_int_equal(way == 0 ? hv_tp_exit(&by_tp) : way == 1 ? hv_btf_exit(by_btf) :
				 hv_raw_exit(by_raw), 0);
		assert_int_equal(rings_drain(&reader, ~0ull, same, &rec), 1);
		reader.tail[CPU]++;
	}
	assert_int_equal(ring()->head, 3);
}

static void counts_aborts(void **state)
{
	struct tp_abort event = { .vm = VM, .vcpu_id = 1, .cause = HVLENS_ABORT_LIMIT, .t1 = 5 };
	__u64 by_btf[] = { VM, 1, CPU, HVLENS_ABORT_SIGNAL, 4, 5 };

	(void)state;
	hv_tp_abort(&event);
	hv_btf_abort(by_btf);
	hv_raw_abort((void *)by_btf);
	event.cause = 999;
	hv_tp_abort(&event);
	read_all();
	assert_int_equal(stat.aborts[HVLENS_ABORT_LIMIT], 1);
	assert_int_equal(stat.aborts[HVLENS_ABORT_SIGNAL], 2);
	assert_int_equal(stat.exits, 0);
	assert_int_equal(exits, 0);
}

/* Each quarter of a ring wakes the reader. */
static void wakes_the_reader(void **state)
{
	struct tp_exit event = { .rec = whole };

	(void)state;
	for (int i = 1; i <= 2 * SLOTS; i++) {
		hv_tp_exit(&event);
		assert_int_equal(woken, i / (SLOTS / 4));
	}
}

#define ANY	(~0ull)

static struct hvlens_filter only(uint64_t vcpu, uint64_t trap, uint64_t hcall)
{
	struct hvlens_filter filter = filter_all;

	if (vcpu != ANY)
		filter.vcpu = filter_only(vcpu);
	if (trap != ANY)
		filter.trap = filter_only(trap);
	if (hcall != ANY)
		filter.hcall = filter_only(hcall);
	return filter;
}

/* vCPUs are chosen by the programs, the rest by the tools, except for slow exits. */
static void filters(void **state)
{
	const struct hvlens_filter
		of_vcpu = only(1, ANY, ANY),
		of_hcall = only(ANY, ANY, 0x6c),
		of_trap = only(ANY, 0xe00, ANY),
		made_up = only(ANY, ANY, 0x123456789);
	struct hvlens_exit rec = whole;

	(void)state;
	configure(0, of_vcpu);
	feed(rec);
	assert_int_equal(exits, 1);
	rec.vcpu_id = 2;
	feed(rec);
	assert_int_equal(exits, 0);
	assert_int_equal(ring()->head, 1);
	/* another version has its fields elsewhere */
	rec.version = HVLENS_EXIT_VERSION + 1;
	feed(rec);
	assert_int_equal(fold.version, 1);

	/* T3 to T6 takes 280 */
	rec = whole;
	configure(280, of_hcall);
	fold.filter = &of_hcall;
	feed(rec);
	assert_int_equal(events, 0);
	assert_int_equal(exits, 1);
	assert_no_phase(USER);
	configure(279, of_hcall);
	feed(rec);
	assert_int_equal(events, 1);
	assert_memory_equal(&event.rec, &rec, sizeof(rec));
	assert_int_equal(event.stack_size, sizeof(event.stack));
	/* from T4 if T3 is absent: the minimum of its duration, 240 */
	rec.t3 = 0;
	configure(240, of_hcall);
	feed(rec);
	assert_int_equal(events, 0);
	configure(239, of_hcall);
	feed(rec);
	assert_int_equal(events, 1);

	/* the exit before is selected, this one is not */
	configure(1, of_trap);
	fold.filter = &of_trap;
	feed(whole);
	assert_int_equal(events, 0);
	assert_int_equal(exits, 0);
	assert_phase(USER, 900);
	assert_int_equal(stat.exits, 1);
	assert_int_equal(stat.selected, 0);

	/* a number that is in no table */
	rec = whole;
	rec.hcall = 0x123456789;
	configure(1, made_up);
	fold.filter = &made_up;
	feed(rec);
	assert_int_equal(events, 1);
	assert_true(added[HVLENS_PHASE_HCALL].key.hcall == 0x123456789);
	fold.filter = &filter_all;
	feed(rec);
	assert_true(added[HVLENS_PHASE_HCALL].key.hcall == HVLENS_HCALL_UNKNOWN);
}

static void event_of(struct kvm_vcpu *vcpu, int (*program)(__u64 *ctx), __u64 at)
{
	__u64 ctx[] = { (__u64)vcpu };

	now = at;
	assert_int_equal(program(ctx), 0);
}

/* Two rounds of one vCPU: a hypercall, then a timer */
static void rounds(struct kvm_vcpu *vcpu)
{
	vcpu->arch.trap = 0xc00;
	vcpu->arch.regs.gpr[3] = 0xe8;
	event_of(vcpu, kvm_btf_kvm_guest_enter, 1000);
	event_of(vcpu, kvm_btf_kvm_guest_exit, 1100);
	event_of(vcpu, kvm_btf_kvm_hcall_exit, 1130);
	event_of(vcpu, kvm_btf_kvm_guest_enter, 1170);
	vcpu->arch.trap = 0x980;
	event_of(vcpu, kvm_btf_kvm_guest_exit, 1400);
	read_all();
	assert_int_equal(exits, 2);
	assert_int_equal(added[HVLENS_PHASE_GUEST].count, 2);
	assert_int_equal(added[HVLENS_PHASE_GUEST].ticks, 100 + 230);
	assert_phase(ROUNDTRIP, 70);
	assert_int_equal(added[HVLENS_PHASE_ROUNDTRIP].key.hcall, 0xe8);
	assert_phase(HCALL, 30);
	assert_int_equal(added[HVLENS_PHASE_HCALL].key.trap, 0xc00);
	assert_int_equal(stat.exits, 2);
	assert_int_equal(stat.first_seq, 0);
	assert_int_equal(stat.first_prev_t6, 0);
	assert_int_equal(stat.borderless, 0);
}

static void makes_records_of_stock_events(void **state)
{
	static struct kvm_vcpu vcpu = { .vcpu_id = 1 };

	(void)state;
	rounds(&vcpu);
	forget();
	/* the next exit completes the timer's, which was no hypercall */
	event_of(&vcpu, kvm_btf_kvm_guest_enter, 1450);
	event_of(&vcpu, kvm_btf_kvm_guest_exit, 1500);
	read_all();
	assert_phase(ROUNDTRIP, 50);
	assert_no_phase(HCALL);
}

/*
 * The kernel skips a program that runs on the CPU already.  Then the times are not known, and none
 * is made up.
 */
static void survives_missed_stock_events(void **state)
{
	static struct kvm_vcpu vcpu = { .vcpu_id = 1, .arch.trap = 0x980 };

	(void)state;
	event_of(&vcpu, kvm_btf_kvm_guest_enter, 1000);
	event_of(&vcpu, kvm_btf_kvm_guest_exit, 1100);
	event_of(&vcpu, kvm_btf_kvm_guest_enter, 1200);
	/* here an exit is missed */
	event_of(&vcpu, kvm_btf_kvm_guest_enter, 1400);
	event_of(&vcpu, kvm_btf_kvm_guest_exit, 1500);
	read_all();
	assert_int_equal(exits, 2);
	assert_no_phase(ROUNDTRIP);
	assert_int_equal(added[HVLENS_PHASE_GUEST].ticks, 200);
	forget();
	/* and here an entry */
	event_of(&vcpu, kvm_btf_kvm_guest_exit, 1700);
	read_all();
	assert_int_equal(exits, 1);
	assert_no_phase(GUEST);
	assert_no_phase(ROUNDTRIP);
}

/* Twice as many vCPUs as there are places: each still has a state. */
static void states_do_not_run_out(void **state)
{
	static struct kvm_vcpu vcpus[3];
	__u32 place;

	(void)state;
	for (size_t i = 0; i < COUNT(vcpus); i++)
		vcpus[i].vcpu_id = 1;
	rounds(&vcpus[0]);
	for (place = 0; !states[place].vcpu; place++)
		;
	/* the places of the two others belong to somebody else */
	for (place = 0; place < COUNT(states); place++)
		states[place].vcpu = states[place].vcpu ? states[place].vcpu : 1;
	for (size_t i = 0; i < COUNT(vcpus); i++) {
		struct kvm_state *of = state_of(&vcpus[i]);

		memset((char *)of + sizeof(of->vcpu), 0, sizeof(*of) - sizeof(of->vcpu));
		forget();
		rounds(&vcpus[i]);
	}
	assert_int_equal(crowded_count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(counts_all_phases),
		TEST(tells_derived_borders_apart),
		TEST(does_without_t2_and_t3),
		TEST(counts_completions),
		TEST(counts_completions_of_stock),
		TEST(takes_its_own_version_only),
		TEST(takes_whole_records),
		TEST(counts_aborts),
		TEST(wakes_the_reader),
		TEST(filters),
		TEST(makes_records_of_stock_events),
		TEST(survives_missed_stock_events),
		TEST(states_do_not_run_out),
	};

	return RUN(tests);
}
