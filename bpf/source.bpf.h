/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs of every tool: one for each event and each way to attach to it.  User space
 * loads the programs of one source (tools/lib/source.c).  They call the tool's functions, which
 * are declared below.
 *
 * The stock backend has no records.  The programs for its events keep times, in nanoseconds, in
 * a state for each vCPU.  They count everything at the exit: the time in the guest before it, and
 * the round trip and hypercall of the previous exit, which have ended by then.
 *
 * The version of a record defines its layout, so reading it needs no relocation and works without
 * the module's BTF.
 */
#ifndef HVLENS_SOURCE_BPF_H
#define HVLENS_SOURCE_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "window.h"

char LICENSE[] SEC("license") = "GPL";

/* Set before loading */
const volatile struct hvlens_filter filter = { 0 };

struct hvlens_control control;

/* The value to count for @key in the window's @slot; NULL: do not count */
static void *tool_value(const struct hvlens_key *key, __u32 slot);
/* Do two keys of the same vCPU and CPU have the same value? */
static bool tool_same(const struct hvlens_key *a, const struct hvlens_key *b);
/* Counts an exit; @replays: with host interrupts to replay */
static void tool_exit(void *value, bool replays);
/* Does the tool want tool_took() to be called for each exit? */
static bool tool_wants_exits(void);
/* An exit took @ticks until it was handled, or until the next entry with the stock backend. */
static void tool_took(const volatile struct hvlens_exit *rec, __u64 ticks, void *ctx);
/* A phase of an exit took @ticks. */
static void tool_add(void *value, enum hvlens_phase phase, __u64 ticks);

/* A map for a window, with two slots.  User space sets the number of entries. */
#define HVLENS_WINDOW_MAP(map_name, key_type, value_type)		\
struct map_name##_inner {						\
	__uint(type, BPF_MAP_TYPE_HASH);				\
	__uint(max_entries, 1);						\
	__uint(key_size, sizeof(key_type));				\
	__uint(value_size, sizeof(value_type));				\
};									\
struct {								\
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);			\
	__uint(max_entries, 2);						\
	__type(key, __u32);						\
	__array(values, struct map_name##_inner);			\
} map_name SEC(".maps")

HVLENS_WINDOW_MAP(vcpus, struct hvlens_vcpu_key, struct hvlens_vcpu_stat);

/* The entry of @key in the window's map.  A new one begins as @zero.  NULL: the map is full */
static __always_inline void *window_entry(void *maps, __u32 slot, const void *key, const void *zero)
{
	void *map, *entry;

	map = bpf_map_lookup_elem(maps, &slot);
	if (!map)
		return NULL;
	entry = bpf_map_lookup_elem(map, key);
	if (entry)
		return entry;
	bpf_map_update_elem(map, key, zero, BPF_NOEXIST);
	entry = bpf_map_lookup_elem(map, key);
	if (!entry)
		control.trouble.dropped++;
	return entry;
}

/* Sets *@ticks to the time from @begin to @end; false: one of the two was not taken */
static __always_inline bool phase_ticks(__u64 begin, __u64 end, __u64 *ticks)
{
	if (!begin || !end)
		return false;
	if (end < begin) {
		control.trouble.backwards++;
		return false;
	}
	*ticks = end - begin;
	return true;
}

/* A program reads it once, because the epoch may change at any time. */
static __always_inline __u32 current_slot(void)
{
	return *(volatile __u32 *)&control.epoch & 1;
}

static __always_inline bool wanted(__u32 vm, __u32 vcpu)
{
	return hvlens_set_selects(&filter.vm, vm) && hvlens_set_selects(&filter.vcpu, vcpu);
}

/* The rest of the filter */
static __always_inline bool selected(const struct hvlens_key *key)
{
	return hvlens_set_selects(&filter.cpu, key->cpu) &&
	       hvlens_set_selects(&filter.trap, key->trap) &&
	       hvlens_set_selects(&filter.hcall, key->hcall);
}

#define TRAP_SYSCALL	0xc00

/* All unknown numbers are one key.  Otherwise a guest could fill the map with made-up numbers. */
static __always_inline __u64 known_hcall(__u32 trap, __u64 number)
{
	if (trap != TRAP_SYSCALL)
		return HVLENS_HCALL_NONE;
	if (hvlens_set_lists(&filter.hcall, number))
		return number;
	switch (number) {
#define HVLENS_HCALL(number, symbol, name)	case number:
#include <hvlens/hcalls.def>
#undef HVLENS_HCALL
		return number;
	default:
		return HVLENS_HCALL_UNKNOWN;
	}
}

static __always_inline struct hvlens_vcpu_stat *vcpu_stat(__u32 vm, __u32 vcpu, __u32 cpu,
							  __u32 slot)
{
	static const struct hvlens_vcpu_stat zero;
	struct hvlens_vcpu_key key = { .vm = vm, .vcpu = vcpu, .cpu = cpu };

	return window_entry(&vcpus, slot, &key, &zero);
}

/* Phases of the record's own exit */
static __always_inline void add_phases(void *value, const volatile struct hvlens_exit *rec)
{
	__u64 ticks;

#define PHASE(symbol, name, begin, end, help)				\
	if (phase_ticks(rec->begin, rec->end, &ticks))			\
		tool_add(value, HVLENS_PHASE_##symbol, ticks);
	HVLENS_PHASES(PHASE)
#undef PHASE
	ticks = rec->ri_entry + rec->ri_exit;
	if (ticks)
		tool_add(value, HVLENS_PHASE_NORECOVER, ticks);
	if (rec->irq_replayed && phase_ticks(rec->t3, rec->t4, &ticks))
		tool_add(value, HVLENS_PHASE_DELAY, ticks);
	if ((rec->flags & HVLENS_F_HCALL) && phase_ticks(rec->t5, rec->t6, &ticks))
		tool_add(value, HVLENS_PHASE_HCALL, ticks);
	if (rec->rm_ticks)
		tool_add(value, HVLENS_PHASE_COMPLETE, rec->rm_ticks);
}

/* Phases of the previous exit, which the record completes */
static __always_inline void add_before(void *value, const volatile struct hvlens_exit *rec)
{
	__u32 outcome = rec->prev_outcome;
	__u64 ticks;

	if (phase_ticks(rec->prev_t3, rec->t2, &ticks))
		tool_add(value, HVLENS_PHASE_ROUNDTRIP, ticks);
	if (outcome == HVLENS_OUTCOME_RESUME || !phase_ticks(rec->prev_t6, rec->t0, &ticks))
		return;
	if (outcome == HVLENS_OUTCOME_USER)
		tool_add(value, HVLENS_PHASE_USER, ticks);
	else if (outcome == HVLENS_OUTCOME_BLOCK)
		tool_add(value, HVLENS_PHASE_BLOCK, ticks);
	if (phase_ticks(rec->wake, rec->t2, &ticks))
		tool_add(value, HVLENS_PHASE_WAKE, ticks);
}

/* @known: @done is valid */
static __always_inline void count_complete(struct hvlens_completes *completes, __u32 done,
					   bool known, __u64 ticks)
{
	completes->calls++;
	completes->ticks += ticks;
	completes->untold += !known;
	if (!known)
		return;
#define ACTION(symbol, name, bit, help)					\
	if (done & (bit))						\
		completes->done[HVLENS_RM_##symbol]++;
	HVLENS_RM_ACTIONS(ACTION)
#undef ACTION
}

static __always_inline void count_exit(struct hvlens_vcpu_stat *stat,
				       const volatile struct hvlens_exit *rec, bool is_selected)
{
	__u32 outcome = rec->prev_outcome;
	__u64 ticks;

	if (!stat->exits) {
		stat->first_seq = rec->seq;
		stat->first_prev_t6 = rec->prev_t6;
		stat->first_prev_outcome = outcome;
	}
	stat->exits++;
	stat->selected += is_selected;
	if (is_selected && (!rec->t2 || !rec->t3))
		stat->borderless++;
	else if (is_selected && (rec->flags & HVLENS_F_DERIVED))
		stat->derived++;
	if (rec->rm_ticks)
		count_complete(&stat->completes, rec->rm_done, rec->flags & HVLENS_F_RM,
			       rec->rm_ticks);
	stat->last_seq = rec->seq;
	stat->last_t6 = rec->t6;
	stat->last_outcome = rec->outcome;
	if (outcome < HVLENS_OUTCOME_MAX && phase_ticks(rec->prev_t6, rec->t0, &ticks))
		stat->outside[outcome] += ticks;
}

/*
 * @rec is volatile so that each field is loaded separately.  The compiler would combine the
 * loads of adjacent fields, and with tp_btf the verifier refuses a load that is wider than the
 * field.
 */
static __always_inline int on_exit(const volatile struct hvlens_exit *rec, void *ctx)
{
	__u32 slot = current_slot();
	struct hvlens_vcpu_stat *stat;
	struct hvlens_key key = {}, before;
	void *value = NULL;
	bool is_selected;
	__u64 ticks;

	if (rec->version != HVLENS_EXIT_VERSION) {
		control.trouble.version++;
		return 0;
	}
	key.vm = rec->vm;
	key.vcpu = rec->vcpu_id;
	if (!wanted(key.vm, key.vcpu))
		return 0;

	key.cpu = bpf_get_smp_processor_id();
	key.trap = rec->trap;
	key.hcall = known_hcall(key.trap, rec->hcall);
	is_selected = selected(&key);
	stat = vcpu_stat(key.vm, key.vcpu, key.cpu, slot);
	if (stat)
		count_exit(stat, rec, is_selected);
	if (is_selected) {
		if (tool_wants_exits() && phase_ticks(hvlens_exit_began(rec), rec->t6, &ticks))
			tool_took(rec, ticks, ctx);
		value = tool_value(&key, slot);
		if (value) {
			tool_exit(value, rec->irq_replayed);
			add_phases(value, rec);
		}
	}

	if (!rec->prev_t6)
		return 0;
	before = key;
	before.trap = rec->prev_trap;
	before.hcall = known_hcall(before.trap, rec->prev_hcall);
	if (!selected(&before))
		return 0;
	if (!value || !tool_same(&key, &before))
		value = tool_value(&before, slot);
	if (value)
		add_before(value, rec);
	return 0;
}

static __always_inline int on_abort(__u32 vm, __u32 vcpu, __u32 cause)
{
	struct hvlens_vcpu_stat *stat;

	if (!wanted(vm, vcpu))
		return 0;
	stat = vcpu_stat(vm, vcpu, bpf_get_smp_processor_id(), current_slot());
	if (stat && cause < HVLENS_ABORT_MAX)
		stat->aborts[cause]++;
	return 0;
}

/*
 * hvlens events by tp_btf: the verifier knows the record's type.  It assumes that any argument
 * of a tracepoint may be NULL.
 */
SEC("tp_btf/exit")
int hv_btf_exit(__u64 *ctx)
{
	const volatile struct hvlens_exit *rec = (void *)ctx[0];

	return rec ? on_exit(rec, ctx) : 0;
}

SEC("tp_btf/entry_abort")
int hv_btf_abort(__u64 *ctx)
{
	return on_abort(ctx[0], ctx[1], ctx[3]);
}

/* by raw_tp: works without BTF, but has to copy the record */
SEC("raw_tp/exit")
int hv_raw_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct hvlens_exit rec;

	if (bpf_probe_read_kernel(&rec, sizeof(rec), (void *)ctx->args[0]))
		return 0;
	return on_exit(&rec, ctx);
}

SEC("raw_tp/entry_abort")
int hv_raw_abort(struct bpf_raw_tracepoint_args *ctx)
{
	return on_abort(ctx->args[0], ctx->args[1], ctx->args[3]);
}

/* by the plain tracepoint: the record follows the common header */
struct tp_exit {
	__u64 common;
	struct hvlens_exit rec;
};

SEC("tp/hvlens/exit")
int hv_tp_exit(struct tp_exit *ctx)
{
	return on_exit(&ctx->rec, ctx);
}

struct tp_abort {
	__u64 common;
	__u32 vm, vcpu_id, cpu, cause;
	__u64 t0, t1;
};

SEC("tp/hvlens/entry_abort")
int hv_tp_abort(struct tp_abort *ctx)
{
	return on_abort(ctx->vm, ctx->vcpu_id, ctx->cause);
}

/*
 * The stock events, which hvlens has too.  These are the fields of the kernel's structures that
 * the programs use; libbpf takes the offsets from the kernel's BTF.
 */
struct pt_regs {
	unsigned long gpr[32];
} __attribute__((preserve_access_index));

struct kvmppc_icp {
	__u32 rm_action;
} __attribute__((preserve_access_index));

struct kvm_vcpu_arch {
	struct pt_regs regs;
	__u32 trap;
	struct kvmppc_icp *icp;
} __attribute__((preserve_access_index));

struct kvm_vcpu {
	int vcpu_id;
	struct kvm_vcpu_arch arch;
} __attribute__((preserve_access_index));

/* State of a vCPU; times are in ns, 0: none.  The LRU map drops the states of dead vCPUs first. */
struct kvm_state {
	__u64 entered;
	/* the last exit */
	__u64 left;
	__u64 hcall_ticks;
	__u64 hcall;	/* as in struct hvlens_key */
	__u32 trap;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct kvm_state);
} kvm_states SEC(".maps");

static __always_inline struct kvm_state *state_of(const struct kvm_vcpu *vcpu)
{
	static const struct kvm_state zero;
	__u64 key = (__u64)vcpu;
	struct kvm_state *state = bpf_map_lookup_elem(&kvm_states, &key);

	if (state)
		return state;
	bpf_map_update_elem(&kvm_states, &key, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(&kvm_states, &key);
}

static __always_inline __u32 current_vm(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/* The vCPU enters its guest at @now: tells the tool how long it was out. */
static __always_inline void took(const struct kvm_state *state, __u32 vcpu, __u64 now, void *ctx)
{
	const struct hvlens_exit rec = {
		.version = HVLENS_EXIT_VERSION,
		.flags = state->trap == TRAP_SYSCALL ? HVLENS_F_HCALL : 0,
		.vm = current_vm(),
		.vcpu_id = vcpu,
		.cpu = bpf_get_smp_processor_id(),
		.trap = state->trap,
		.hcall = state->hcall,
		.t3 = state->left,
		.t6 = now,
	};
	const struct hvlens_key key = {
		.vm = rec.vm,
		.vcpu = vcpu,
		.cpu = rec.cpu,
		.trap = state->trap,
		.hcall = state->hcall,
	};

	if (wanted(key.vm, key.vcpu) && selected(&key))
		tool_took(&rec, now - state->left, ctx);
}

static __always_inline int on_kvm_enter(struct kvm_vcpu *vcpu, void *ctx)
{
	struct kvm_state *state = state_of(vcpu);

	if (!state)
		return 0;
	state->entered = bpf_ktime_get_ns();
	if (tool_wants_exits() && state->left)
		took(state, BPF_CORE_READ(vcpu, vcpu_id), state->entered, ctx);
	return 0;
}

/* @hcall: r3 at the exit */
static __always_inline int on_kvm_exit(struct kvm_vcpu *vcpu, __u32 id, __u32 trap, __u64 hcall)
{
	struct hvlens_key key = {
		.vm = current_vm(),
		.vcpu = id,
		.cpu = bpf_get_smp_processor_id(),
		.trap = trap,
		.hcall = known_hcall(trap, hcall),
	}, before = key;
	struct hvlens_vcpu_stat *stat;
	__u32 slot = current_slot();
	struct kvm_state *state;
	void *value = NULL;
	bool is_selected;
	__u64 now, ticks;

	if (!wanted(key.vm, key.vcpu))
		return 0;
	state = state_of(vcpu);
	if (!state)
		return 0;
	now = bpf_ktime_get_ns();
	is_selected = selected(&key);
	stat = vcpu_stat(key.vm, key.vcpu, key.cpu, slot);
	if (stat) {
		stat->exits++;
		stat->selected += is_selected;
	}
	if (is_selected)
		value = tool_value(&key, slot);
	if (value) {
		tool_exit(value, false);
		if (phase_ticks(state->entered, now, &ticks))
			tool_add(value, HVLENS_PHASE_GUEST, ticks);
	}

	before.trap = state->trap;
	before.hcall = state->hcall;
	if (phase_ticks(state->left, state->entered, &ticks) && selected(&before)) {
		if (!value || !tool_same(&key, &before))
			value = tool_value(&before, slot);
		if (value) {
			tool_add(value, HVLENS_PHASE_ROUNDTRIP, ticks);
			if (state->hcall_ticks)
				tool_add(value, HVLENS_PHASE_HCALL, state->hcall_ticks);
		}
	}
	state->entered = 0;
	state->left = now;
	state->hcall_ticks = 0;
	state->hcall = key.hcall;
	state->trap = trap;
	return 0;
}

/* The time counts from the exit, as in a record, so kvm_hcall_enter need not be traced. */
static __always_inline int on_hcall_exit(const struct kvm_vcpu *vcpu)
{
	__u64 key = (__u64)vcpu;
	struct kvm_state *state = bpf_map_lookup_elem(&kvm_states, &key);

	if (state)
		phase_ticks(state->left, bpf_ktime_get_ns(), &state->hcall_ticks);
	return 0;
}

/* by_btf, by_raw: a tp_btf program reads the vCPU directly, a raw_tp program copies from it. */
#define KVM_PROGRAMS(event, by_btf, by_raw)				\
SEC("tp_btf/" #event)							\
int kvm_btf_##event(__u64 *ctx)						\
{									\
	struct kvm_vcpu *vcpu = (void *)ctx[0];				\
									\
	return vcpu ? by_btf : 0;					\
}									\
									\
SEC("raw_tp/" #event)							\
int kvm_raw_##event(struct bpf_raw_tracepoint_args *ctx)		\
{									\
	struct kvm_vcpu *vcpu = (void *)ctx->args[0];			\
									\
	return by_raw;							\
}

KVM_PROGRAMS(kvm_guest_enter, on_kvm_enter(vcpu, ctx), on_kvm_enter(vcpu, ctx))
KVM_PROGRAMS(kvm_guest_exit,
	     on_kvm_exit(vcpu, vcpu->vcpu_id, vcpu->arch.trap, vcpu->arch.regs.gpr[3]),
	     on_kvm_exit(vcpu, BPF_CORE_READ(vcpu, vcpu_id), BPF_CORE_READ(vcpu, arch.trap),
			 BPF_CORE_READ(vcpu, arch.regs.gpr[3])))
KVM_PROGRAMS(kvm_hcall_exit, on_hcall_exit(vcpu), on_hcall_exit(vcpu))

/*
 * kvm.ko finishes what the real-mode code of the interrupt controller has left.  The function
 * exists only if kvm.ko emulates XICS.  With records this program is not needed.
 */
SEC("kprobe/kvmppc_xics_rm_complete")
int kvm_any_complete(struct pt_regs *ctx)
{
	struct kvm_vcpu *vcpu = (void *)BPF_CORE_READ(ctx, gpr[3]);
	__u32 vm = current_vm(), id = BPF_CORE_READ(vcpu, vcpu_id);
	struct hvlens_vcpu_stat *stat;
	bool known = bpf_core_field_exists(struct kvmppc_icp, rm_action);

	if (!wanted(vm, id))
		return 0;
	stat = vcpu_stat(vm, id, bpf_get_smp_processor_id(), current_slot());
	if (stat)
		count_complete(&stat->completes,
			       known ? BPF_CORE_READ(vcpu, arch.icp, rm_action) : 0, known, 0);
	return 0;
}

#endif /* HVLENS_SOURCE_BPF_H */
