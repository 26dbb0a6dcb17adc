// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BPF programs of the tools: one for each event and each way to attach to it.  User space
 * loads the programs of one source (tools/lib/source.c).  They write records into the ring of
 * their CPU (ring.h) and report slow exits at once, because only then the stack is known.
 *
 * The stock backend has no records.  The programs for its events make them, in nanoseconds, of
 * the times that they keep in a state for each vCPU.  At an exit they know the time in the guest
 * before it, and the round trip and hypercall of the previous exit, which have ended by then.  So
 * such a record has T2, T3 and prev_t3, but seq is 0, prev_t6 is when the previous hypercall was
 * handled, and T6 is T3.  Fields that are not mentioned here are never written and stay 0.
 *
 * The version of a record defines its layout, so reading it needs no relocation and works without
 * the module's BTF.  User space looks at the version.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "ring.h"

char LICENSE[] SEC("license") = "GPL";

const volatile struct hvlens_config config = {};

/* Slow exits that did not fit into the buffer; other entries that could not be written */
__u64 lost, uncounted;

/* User space sets the numbers of CPUs and slots. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct hvlens_ring) + HVLENS_SLOT_BYTES);
} rings SEC(".maps");

/* Wakes user space.  What is in it does not matter. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} bell SEC(".maps");

/* User space sets the size. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} slow SEC(".maps");

/*
 * No program uses it.  When user space writes an array of maps, the kernel waits for the programs
 * that run, because they could use the old value.
 */
struct gate_inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} gate_inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__array(values, struct gate_inner);
} gate SEC(".maps") = {
	.values = { &gate_inner },
};

#define TRAP_SYSCALL	0xc00

static __always_inline bool wanted(__u32 vm, __u32 vcpu)
{
	return hvlens_set_selects(&config.filter.vm, vm) &&
	       hvlens_set_selects(&config.filter.vcpu, vcpu);
}

/* The rest of the filter, which user space applies to the records that are not slow */
static __always_inline bool selected(__u32 cpu, __u32 trap, __u64 hcall)
{
	return hvlens_set_selects(&config.filter.cpu, cpu) &&
	       hvlens_set_selects(&config.filter.trap, trap) &&
	       hvlens_set_selects(&config.filter.hcall,
				  trap == TRAP_SYSCALL ? hcall : HVLENS_HCALL_NONE);
}

static __always_inline void report_slow(const struct hvlens_exit *rec, void *ctx)
{
	struct hvlens_slow *event = bpf_ringbuf_reserve(&slow, sizeof(*event), 0);

	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return;
	}
	event->rec = *rec;
	event->reserved = 0;
	event->stack_size = bpf_get_stack(ctx, event->stack, sizeof(event->stack), 0);
	bpf_ringbuf_submit(event, 0);
}

static __always_inline struct hvlens_ring *ring_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&rings, &cpu);
}

static __always_inline struct hvlens_exit *slot_of(struct hvlens_ring *ring, __u64 last_slot)
{
	return &ring->slots[ring->head & last_slot].rec;
}

/*
 * Makes the entry in the next slot visible.  User space must not see the new head before the
 * entry, nor a part of the entry after that before the new head.  An exchange is the one
 * operation of BPF on 6.12 that orders stores: the JIT puts a sync before it and another after.
 */
static __always_inline void publish(struct hvlens_ring *ring, __u64 last_slot)
{
	__u64 head = ring->head + 1;

	__sync_lock_test_and_set(&ring->head, head);
	if (!(head & (last_slot >> 2)))
		bpf_ringbuf_output(&bell, &head, sizeof(head), 0);
}

static __always_inline bool is_slow(const struct hvlens_exit *rec)
{
	__u64 began = hvlens_exit_began(rec);

	return config.over && began && rec->t6 > began && rec->t6 - began > config.over;
}

/* A record of hvlens is in the next slot. */
static __always_inline int take_record(struct hvlens_ring *ring, __u64 last_slot, bool choosy,
				       void *ctx)
{
	const struct hvlens_exit *rec = slot_of(ring, last_slot);

	if (choosy && rec->version == HVLENS_EXIT_VERSION) {
		if (!wanted(rec->vm, rec->vcpu_id))
			return 0;
		if (is_slow(rec) && selected(rec->end_cpu, rec->trap, rec->hcall))
			report_slow(rec, ctx);
	}
	publish(ring, last_slot);
	return 0;
}

static __always_inline int on_abort(__u32 vm, __u32 vcpu, __u32 cause, __u64 now)
{
	struct hvlens_ring *ring = ring_of(bpf_get_smp_processor_id());
	const __u64 last_slot = config.last_slot;
	struct hvlens_exit *entry;

	if (!ring || !wanted(vm, vcpu))
		return 0;
	entry = slot_of(ring, last_slot);
	entry->version = HVLENS_ENTRY_ABORT;
	entry->vm = vm;
	entry->vcpu_id = vcpu;
	entry->outcome = cause;
	entry->t6 = now;
	publish(ring, last_slot);
	return 0;
}

/*
 * hvlens events by tp_btf: the verifier knows the record's type.  It assumes that any argument
 * of a tracepoint may be NULL.
 */
SEC("tp_btf/exit")
int hv_btf_exit(__u64 *ctx)
{
	const struct hvlens_exit *rec = (void *)ctx[0];
	struct hvlens_ring *ring = rec ? ring_of(rec->end_cpu) : NULL;
	const __u64 last_slot = config.last_slot;
	const bool choosy = config.choosy;

	if (!ring)
		return 0;
	*slot_of(ring, last_slot) = *rec;
	return take_record(ring, last_slot, choosy, ctx);
}

SEC("tp_btf/entry_abort")
int hv_btf_abort(__u64 *ctx)
{
	return on_abort(ctx[0], ctx[1], ctx[3], ctx[5]);
}

/* by raw_tp: works without BTF, but needs a helper to read the record */
SEC("raw_tp/exit")
int hv_raw_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct hvlens_ring *ring = ring_of(bpf_get_smp_processor_id());
	const __u64 last_slot = config.last_slot;

	if (!ring || bpf_probe_read_kernel(slot_of(ring, last_slot), sizeof(struct hvlens_exit),
					   (void *)ctx->args[0]))
		return 0;
	return take_record(ring, last_slot, config.choosy, ctx);
}

SEC("raw_tp/entry_abort")
int hv_raw_abort(struct bpf_raw_tracepoint_args *ctx)
{
	return on_abort(ctx->args[0], ctx->args[1], ctx->args[3], ctx->args[5]);
}

/* by the plain tracepoint: the record follows the common header */
struct tp_exit {
	__u64 common;
	struct hvlens_exit rec;
};

SEC("tp/hvlens/exit")
int hv_tp_exit(struct tp_exit *ctx)
{
	struct hvlens_ring *ring = ring_of(bpf_get_smp_processor_id());
	const __u64 last_slot = config.last_slot;

	if (!ring)
		return 0;
	*slot_of(ring, last_slot) = ctx->rec;
	return take_record(ring, last_slot, config.choosy, ctx);
}

struct tp_abort {
	__u64 common;
	__u32 vm, vcpu_id, cpu, cause;
	__u64 t0, t1;
};

SEC("tp/hvlens/entry_abort")
int hv_tp_abort(struct tp_abort *ctx)
{
	return on_abort(ctx->vm, ctx->vcpu_id, ctx->cause, ctx->t1);
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

/* State of a vCPU; times are in ns, 0: none */
struct kvm_state {
	__u64 vcpu;	/* whose state it is: the address of struct kvm_vcpu, 0: nobody's */
	__u64 entered;
	/* the last exit */
	__u64 left;
	__u64 hcall_end;
	__u64 hcall;
	__u32 trap;
	__u32 reserved[5];	/* up to a power of 2, which saves a multiplication */
};

/*
 * A vCPU's place is a hash of its address.  The place belongs to the vCPU that came first, even
 * after its end.  Another vCPU with the same place has its state in the map below, which takes
 * longer to find.  With 10,000 vCPUs that is one of seven.
 */
#define STATE_BITS	15

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << STATE_BITS);
	__type(key, __u32);
	__type(value, struct kvm_state);
} kvm_states SEC(".maps");

/* The LRU map drops the states of dead vCPUs first. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct kvm_state);
} kvm_crowded SEC(".maps");

static __always_inline struct kvm_state *crowded_state(__u64 key)
{
	const struct kvm_state fresh = { .vcpu = key };
	struct kvm_state *state = bpf_map_lookup_elem(&kvm_crowded, &key);

	if (state)
		return state;
	bpf_map_update_elem(&kvm_crowded, &key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&kvm_crowded, &key);
}

/* Makes the compiler put @word into a 32-bit register, and use it from there */
#ifdef __bpf__
#define barrier_w(word)	asm volatile("" : "+w"(word))
#else
#define barrier_w(word)	asm volatile("" : "+r"(word))
#endif

static __always_inline struct kvm_state *state_of(const struct kvm_vcpu *vcpu)
{
	__u64 key = (__u64)vcpu;
	__u32 place = key;
	struct kvm_state *state;

	/*
	 * The verifier refuses to multiply a pointer.  The lower half of a pointer is a number for
	 * it.  The compiler would not use that half first.
	 */
	barrier_w(place);
	place = place * 0x9e3779b1u >> (32 - STATE_BITS);
	state = bpf_map_lookup_elem(&kvm_states, &place);
	if (!state || state->vcpu == key)
		return state;
	if (!state->vcpu && !__sync_val_compare_and_swap(&state->vcpu, 0, key))
		return state;
	return crowded_state(key);
}

static __always_inline __u32 current_vm(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/* The vCPU enters its guest at @now: was it out for long? */
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

	if (now - state->left > config.over && wanted(rec.vm, vcpu) &&
	    selected(rec.cpu, rec.trap, rec.hcall))
		report_slow(&rec, ctx);
}

static __always_inline int on_kvm_enter(struct kvm_vcpu *vcpu, void *ctx)
{
	struct kvm_state *state = state_of(vcpu);

	if (!state)
		return 0;
	/* The program of the exit since the last entry did not run, see ring.h. */
	if (state->entered)
		state->left = 0;
	state->entered = bpf_ktime_get_ns();
	if (config.over && state->left)
		took(state, BPF_CORE_READ(vcpu, vcpu_id), state->entered, ctx);
	return 0;
}

/* @hcall: r3 at the exit */
static __always_inline int on_kvm_exit(struct kvm_vcpu *vcpu, __u32 id, __u32 trap, __u64 hcall)
{
	const __u64 last_slot = config.last_slot;
	const bool choosy = config.choosy;
	__u32 vm = current_vm();
	struct hvlens_ring *ring;
	struct hvlens_exit *slot;
	struct kvm_state *state;
	__u64 now;

	if (choosy && !wanted(vm, id))
		return 0;
	state = state_of(vcpu);
	ring = ring_of(bpf_get_smp_processor_id());
	if (!state || !ring)
		return 0;
	now = bpf_ktime_get_ns();

	*(volatile __u64 *)&ring->busy = 1;
	slot = slot_of(ring, last_slot);
	slot->version = HVLENS_EXIT_VERSION;
	slot->vm = vm;
	slot->vcpu_id = id;
	slot->trap = trap;
	slot->hcall = hcall;
	slot->prev_trap = state->trap;
	slot->prev_hcall = state->hcall;
	slot->prev_t3 = state->left;
	slot->prev_t6 = state->hcall_end;
	slot->t2 = state->entered;
	slot->t3 = now;
	slot->t6 = now;
	publish(ring, last_slot);
	*(volatile __u64 *)&ring->busy = 0;

	state->entered = 0;
	state->left = now;
	state->hcall_end = 0;
	state->hcall = hcall;
	state->trap = trap;
	return 0;
}

/* The time counts from the exit, as in a record, so kvm_hcall_enter need not be traced. */
static __always_inline int on_hcall_exit(const struct kvm_vcpu *vcpu)
{
	struct kvm_state *state = state_of(vcpu);

	if (state)
		state->hcall_end = bpf_ktime_get_ns();
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
	struct hvlens_ring *ring = ring_of(bpf_get_smp_processor_id());
	__u32 vm = current_vm(), id = BPF_CORE_READ(vcpu, vcpu_id);
	bool known = bpf_core_field_exists(struct kvmppc_icp, rm_action);
	const __u64 last_slot = config.last_slot;
	struct hvlens_exit *entry;

	if (!ring || !wanted(vm, id))
		return 0;
	/* The exit's program was preempted while it wrote.  This call is not counted. */
	if (*(volatile __u64 *)&ring->busy) {
		__sync_fetch_and_add(&uncounted, 1);
		return 0;
	}
	entry = slot_of(ring, last_slot);
	entry->version = HVLENS_ENTRY_COMPLETE;
	entry->flags = known ? HVLENS_F_RM : 0;
	entry->vm = vm;
	entry->vcpu_id = id;
	entry->rm_done = known ? BPF_CORE_READ(vcpu, arch.icp, rm_action) : 0;
	entry->t6 = bpf_ktime_get_ns();
	publish(ring, last_slot);
	return 0;
}
