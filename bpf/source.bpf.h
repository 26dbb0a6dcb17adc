/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs that every tool has: one for each event and each way to attach
 * to it.  User space loads those of one source (tools/lib/source.c) and they
 * all end in the tool's own
 *
 *	static void tool_exit(const volatile struct hvlens_exit *rec, __u32 cpu, __u32 slot);
 *
 * with the CPU they run on and the window's slot (window.h).  The stock backend
 * has no record; what its two events tell is put into one, in which all the
 * rest is absent (0), with times in nanoseconds.
 *
 * The record's layout is fixed by its version, so it needs no relocation and
 * works without the module's BTF.
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
const volatile __u32 filter_vm = HVLENS_ANY;
const volatile __u32 filter_vcpu = HVLENS_ANY;

struct hvlens_control control;

/* Two slots of a map for a window.  User space sets the entries' number. */
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

/* The entry of @key in the window's map, made from @zero when it is new; NULL: dropped */
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

/* Ticks from @begin to @end into @ticks; false if one of them was not taken */
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

/* Calls each(phase, ticks) for every phase that @rec has, with @ticks as a variable. */
#define HVLENS_FOR_PHASE(symbol, name, begin, end, help)		\
	if (phase_ticks(rec->begin, rec->end, &ticks))			\
		each(HVLENS_PHASE_##symbol, ticks);
#define HVLENS_EACH_PHASE()						\
	do {								\
		HVLENS_PHASES(HVLENS_FOR_PHASE)				\
		ticks = rec->ri_entry + rec->ri_exit;			\
		if (ticks)						\
			each(HVLENS_PHASE_NORECOVER, ticks);		\
	} while (0)

/*
 * Volatile means a load for each field.  The compiler would join the loads of
 * fields that are copied side by side, and by tp_btf the verifier refuses what
 * reaches over a field's end.
 */
static void tool_exit(const volatile struct hvlens_exit *rec, __u32 cpu, __u32 slot);

/* Once in a run: the epoch may change at any time. */
static __always_inline __u32 current_slot(void)
{
	return *(volatile __u32 *)&control.epoch & 1;
}

static __always_inline bool wanted(__u32 vm, __u32 vcpu)
{
	return (filter_vm == HVLENS_ANY || filter_vm == vm) &&
	       (filter_vcpu == HVLENS_ANY || filter_vcpu == vcpu);
}

static __always_inline struct hvlens_vcpu_stat *vcpu_stat(__u32 vm, __u32 vcpu, __u32 cpu,
							  __u32 slot)
{
	static const struct hvlens_vcpu_stat zero;
	struct hvlens_vcpu_key key = { .vm = vm, .vcpu = vcpu, .cpu = cpu };

	return window_entry(&vcpus, slot, &key, &zero);
}

static __always_inline int on_exit(const volatile struct hvlens_exit *rec)
{
	__u32 slot = current_slot(), cpu, outcome;
	struct hvlens_vcpu_stat *stat;
	__u64 ticks;

	if (rec->version != HVLENS_EXIT_VERSION) {
		control.trouble.version++;
		return 0;
	}
	if (!wanted(rec->vm, rec->vcpu_id))
		return 0;

	cpu = bpf_get_smp_processor_id();
	stat = vcpu_stat(rec->vm, rec->vcpu_id, cpu, slot);
	if (stat) {
		outcome = rec->prev_outcome;
		if (!stat->exits) {
			stat->first_seq = rec->seq;
			stat->first_prev_t6 = rec->prev_t6;
			stat->first_prev_outcome = outcome;
		}
		stat->exits++;
		stat->last_seq = rec->seq;
		stat->last_t6 = rec->t6;
		stat->last_outcome = rec->outcome;
		if (outcome < HVLENS_OUTCOME_MAX && phase_ticks(rec->prev_t6, rec->t0, &ticks))
			stat->outside[outcome] += ticks;
	}
	tool_exit(rec, cpu, slot);
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
 * hvlens events by tp_btf: the verifier knows the record's type, and takes the
 * argument of any tracepoint for one that may be NULL.
 */
SEC("tp_btf/exit")
int hv_btf_exit(__u64 *ctx)
{
	const volatile struct hvlens_exit *rec = (void *)ctx[0];

	return rec ? on_exit(rec) : 0;
}

SEC("tp_btf/entry_abort")
int hv_btf_abort(__u64 *ctx)
{
	return on_abort(ctx[0], ctx[1], ctx[3]);
}

/* by raw_tp: works without BTF, at the price of a copy */
SEC("raw_tp/exit")
int hv_raw_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct hvlens_exit rec;

	if (bpf_probe_read_kernel(&rec, sizeof(rec), (void *)ctx->args[0]))
		return 0;
	return on_exit(&rec);
}

SEC("raw_tp/entry_abort")
int hv_raw_abort(struct bpf_raw_tracepoint_args *ctx)
{
	return on_abort(ctx->args[0], ctx->args[1], ctx->args[3]);
}

/* by the plain tracepoint: the record stands behind the common header */
struct tp_exit {
	__u64 common;
	struct hvlens_exit rec;
};

SEC("tp/hvlens/exit")
int hv_tp_exit(struct tp_exit *ctx)
{
	return on_exit(&ctx->rec);
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
 * The stock backend's events, or ours of the same names.  All that is used of
 * the kernel's structures; libbpf finds the offsets in the kernel's BTF.
 */
struct pt_regs {
	unsigned long gpr[32];
} __attribute__((preserve_access_index));

struct kvm_vcpu_arch {
	struct pt_regs regs;
	__u32 trap;
} __attribute__((preserve_access_index));

struct kvm_vcpu {
	int vcpu_id;
	struct kvm_vcpu_arch arch;
} __attribute__((preserve_access_index));

/* When the vCPU entered, ns.  Entries of vCPUs that are gone are the oldest. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, __u64);
} kvm_entered SEC(".maps");

#define TRAP_SYSCALL	0xc00

static __always_inline int on_kvm_enter(struct kvm_vcpu *vcpu)
{
	__u64 key = (__u64)vcpu, now;

	if (!wanted(bpf_get_current_pid_tgid() >> 32, BPF_CORE_READ(vcpu, vcpu_id)))
		return 0;
	now = bpf_ktime_get_ns();
	bpf_map_update_elem(&kvm_entered, &key, &now, BPF_ANY);
	return 0;
}

static __always_inline int on_kvm_exit(struct kvm_vcpu *vcpu)
{
	__u64 key = (__u64)vcpu, now = bpf_ktime_get_ns(), *entered;
	struct hvlens_exit rec = {
		.version = HVLENS_EXIT_VERSION,
		.vm = bpf_get_current_pid_tgid() >> 32,
		.vcpu_id = BPF_CORE_READ(vcpu, vcpu_id),
		.trap = BPF_CORE_READ(vcpu, arch.trap),
	};

	if (rec.trap == TRAP_SYSCALL) {
		rec.flags = HVLENS_F_HCALL;
		rec.hcall = BPF_CORE_READ(vcpu, arch.regs.gpr[3]);
	}
	entered = bpf_map_lookup_elem(&kvm_entered, &key);
	if (entered && *entered) {
		rec.t2 = *entered;
		rec.t3 = now;
		*entered = 0;
	}
	return on_exit(&rec);
}

SEC("tp_btf/kvm_guest_enter")
int kvm_btf_enter(__u64 *ctx)
{
	struct kvm_vcpu *vcpu = (void *)ctx[0];

	return vcpu ? on_kvm_enter(vcpu) : 0;
}

SEC("tp_btf/kvm_guest_exit")
int kvm_btf_exit(__u64 *ctx)
{
	struct kvm_vcpu *vcpu = (void *)ctx[0];

	return vcpu ? on_kvm_exit(vcpu) : 0;
}

SEC("raw_tp/kvm_guest_enter")
int kvm_raw_enter(struct bpf_raw_tracepoint_args *ctx)
{
	return on_kvm_enter((void *)ctx->args[0]);
}

SEC("raw_tp/kvm_guest_exit")
int kvm_raw_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return on_kvm_exit((void *)ctx->args[0]);
}

#endif /* HVLENS_SOURCE_BPF_H */
