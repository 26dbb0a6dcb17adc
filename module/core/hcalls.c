// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls: one table says which numbers the kernel answers, how, and which
 * of them a new VM has enabled.  All others go to user space.
 */
#include <linux/kvm_host.h>
#include <linux/nospec.h>
#include <linux/sizes.h>
#include <asm/archrandom.h>
#include <asm/asm-prototypes.h>
#include <asm/hvcall.h>
#include <asm/rtas.h>
#include <asm/tlbflush.h>

#include "backend.h"
#include "hash/hash.h"
#include "core/memslot.h"
#include "core/mmu.h"
#include "core/vcpu_kick.h"
#include "radix/radix.h"
#include "switch/switch.h"

/*
 * @args: r4 onwards, in the vCPU itself, so a handler reads its arguments
 * before it sets a return register.  Returns what the guest gets in r3, or
 * H_TOO_HARD: user space's.
 */
typedef long (*hcall_handler)(struct kvm_vcpu *vcpu, const unsigned long *args);

/* The VM's vCPU that a guest names by its processor id, or NULL. */
static struct kvm_vcpu *hcall_vcpu(struct kvm_vcpu *vcpu, unsigned long id)
{
	if (id == vcpu->vcpu_id)
		return vcpu;
	return id > INT_MAX ? NULL : kvm_get_vcpu_by_id(vcpu->kvm, id);
}

/*
 * Dispatching
 */

/*
 * The guest has nothing to do until an interrupt or H_PROD comes.  Whether it
 * blocks is the run loop's business; a prod that came first is used up here.
 */
static long h_cede(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	vcpu->arch.shregs.msr |= MSR_EE;
	vcpu->arch.ceded = 1;
	/* ceded before prodded; h_prod has it the other way round */
	smp_mb();
	if (vcpu->arch.prodded) {
		vcpu->arch.prodded = 0;
		/* no prod is lost: it is cleared before we say we are awake */
		smp_mb();
		vcpu->arch.ceded = 0;
	}
	/* an escalation is on its way already: it would not come again */
	if (!kvmppc_xive_rearm_escalation(vcpu))
		vcpu->arch.ceded = 0;
	return H_SUCCESS;
}

static long h_prod(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct kvm_vcpu *target = hcall_vcpu(vcpu, args[0]);

	if (!target)
		return H_PARAMETER;
	target->arch.prodded = 1;
	/* prodded before ceded, see hcall_cede */
	smp_mb();
	if (target->arch.ceded)
		vcpu_kick(target);
	return H_SUCCESS;
}

/* args: processor id or -1 (all), its yield count when the caller looked */
static long h_confer(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct kvm_vcpu *target;

	if (args[0] == -1UL)
		return H_SUCCESS;
	target = hcall_vcpu(vcpu, args[0]);
	if (!target)
		return H_PARAMETER;
	/* another count: it has run since, or does now */
	if (vpa_yield_count(target) == (u32)args[1])
		kvm_vcpu_yield_to(target);
	return H_SUCCESS;
}

static long h_register_vpa(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct kvm_vcpu *target = hcall_vcpu(vcpu, args[1]);

	if (!target)
		return H_PARAMETER;
	return vpa_h_register(target, args[0], args[2]);
}

/*
 * The interrupt controller
 */

/* On a host with XIVE kvm.ko's XICS is made of it. */
static long h_xics_on_xive(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!kvmppc_xics_enabled(vcpu) || !xics_on_xive())
		return H_TOO_HARD;
	/* kvm.ko asks the XIVE of this CPU */
	if (!vcpu->arch.xive_pushed)
		return H_HARDWARE;
	/* sources are being exchanged: the guest makes the call once more */
	if (irq_bypass_exchanging(vcpu->kvm)) {
		vcpu->arch.regs.nip -= 4;
		return vcpu->arch.regs.gpr[3];
	}
	return kvmppc_xive_xics_hcall(vcpu, vcpu->arch.regs.gpr[3]);
}

/* On one without it vmlinux has emulated XICS in real mode, and left the rest. */
static long h_xics_rest(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!kvmppc_xics_enabled(vcpu) || xics_on_xive())
		return H_TOO_HARD;
	return completion_hcall(vcpu, vcpu->arch.regs.gpr[3]);
}

/* These have no part in real mode. */
static long h_xics_whole(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!kvmppc_xics_enabled(vcpu) || xics_on_xive())
		return H_TOO_HARD;
	return kvmppc_xics_hcall(vcpu, vcpu->arch.regs.gpr[3]);
}

/*
 * The processor's modes and debug registers
 */

static bool guest_has_isa_207(struct kvm_vcpu *vcpu)
{
	u32 compat = vcpu->arch.vcore->arch_compat;

	return !compat || compat >= PVR_ARCH_207;
}

static long set_mode_ciabr(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	unsigned long mflags = args[0], ciabr = args[2];

	if (!guest_has_isa_207(vcpu))
		return H_P2;
	if (args[3])
		return H_P4;
	if (mflags)
		return H_UNSUPPORTED_FLAG_START;
	/* not a break point in the hypervisor */
	if ((ciabr & CIABR_PRIV) == CIABR_PRIV_HYPER)
		return H_P3;
	vcpu->arch.ciabr = ciabr;
	return H_SUCCESS;
}

static long set_mode_dawr(struct kvm_vcpu *vcpu, const unsigned long *args,
			  unsigned long *dawr, unsigned long *dawrx)
{
	unsigned long mflags = args[0];

	if (mflags)
		return H_UNSUPPORTED_FLAG_START;
	if (args[3] & DABRX_HYP)
		return H_P4;
	*dawr = args[2];
	*dawrx = args[3];
	return H_SUCCESS;
}

/* A POWER9 whose DAWR can hang the machine has it disabled. */
static bool guest_has_dawr(struct kvm_vcpu *vcpu)
{
	return guest_has_isa_207(vcpu) && ppc_breakpoint_available();
}

/* args: mflags, resource, value1, value2 */
static long h_set_mode(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct kvm_vcpu_arch *arch = &vcpu->arch;
	unsigned long resource = args[1];

	switch (resource) {
	case H_SET_MODE_RESOURCE_SET_CIABR:
		return set_mode_ciabr(vcpu, args);
	case H_SET_MODE_RESOURCE_SET_DAWR0:
		if (!guest_has_dawr(vcpu))
			return H_P2;
		return set_mode_dawr(vcpu, args, &arch->dawr0, &arch->dawrx0);
	case H_SET_MODE_RESOURCE_SET_DAWR1:
		if (!guest_has_dawr(vcpu) || !cpu_has_feature(CPU_FTR_DAWR1))
			return H_P2;
		if (!vcpu->kvm->arch.dawr1_enabled)
			return H_FUNCTION;
		return set_mode_dawr(vcpu, args, &arch->dawr1, &arch->dawrx1);
	case H_SET_MODE_RESOURCE_ADDR_TRANS_MODE:	/* user space sets LPCR[AIL] */
	default:
		return H_TOO_HARD;
	}
}

static long h_set_dabr(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_set_dabr(vcpu, args[0]);
}

static long h_set_xdabr(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_set_xdabr(vcpu, args[0], args[1]);
}

static long h_random(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	unsigned long seed;

	if (!arch_get_random_seed_longs(&seed, 1))
		return H_HARDWARE;
	kvmppc_set_gpr(vcpu, 4, seed);
	return H_SUCCESS;
}

/*
 * Memory
 */

/* Copy the 4k page at @src to @dst, both guest real addresses. */
static int copy_guest_4k(struct kvm *kvm, gpa_t dst, gpa_t src)
{
	u64 chunk[32];
	gpa_t off;
	int ret;

	for (off = 0; off < SZ_4K; off += sizeof(chunk)) {
		ret = kvm_read_guest(kvm, src + off, chunk, sizeof(chunk));
		if (!ret)
			ret = kvm_write_guest(kvm, dst + off, chunk,
					      sizeof(chunk));
		if (ret)
			return ret;
	}
	return 0;
}

/* args: flags, destination, source; a page is 4k here */
static long h_page_init(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	const unsigned long known = H_ICACHE_INVALIDATE | H_ICACHE_SYNCHRONIZE |
		H_ZERO_PAGE | H_COPY_PAGE | H_PAGE_SET_LOANED;
	unsigned long flags = args[0], dst = args[1], src = args[2];
	struct kvm *kvm = vcpu->kvm;
	int idx, ret = 0;

	if (flags & ~known || !IS_ALIGNED(dst, SZ_4K))
		return H_PARAMETER;
	if (flags & H_COPY_PAGE && !IS_ALIGNED(src, SZ_4K))
		return H_PARAMETER;

	if (flags & (H_ZERO_PAGE | H_COPY_PAGE) &&
	    !memslot_is_memory(kvm, dst, SZ_4K))
		return H_PARAMETER;
	if (flags & H_COPY_PAGE && !memslot_is_memory(kvm, src, SZ_4K))
		return H_PARAMETER;

	/* the caches are coherent, and loans are hints: nothing else to do */
	idx = srcu_read_lock(&kvm->srcu);
	if (flags & H_COPY_PAGE)
		ret = copy_guest_4k(kvm, dst, src);
	else if (flags & H_ZERO_PAGE)
		ret = kvm_clear_guest(kvm, dst, SZ_4K);
	srcu_read_unlock(&kvm->srcu, idx);

	return ret ? H_PARAMETER : H_SUCCESS;
}

/* args: pid, target, type, page sizes, start, end */
static long h_rpt_invalidate(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	unsigned long pid = args[0], type = args[2], page_sizes = args[3];
	unsigned long start = args[4], end = args[5];

	if (!mmu_of(vcpu->kvm)->guest_tables)
		return H_UNSUPPORTED;
	if (end < start)
		return H_P5;
	/* the guest is no hypervisor itself */
	if (type & H_RPTI_TYPE_NESTED)
		return H_FUNCTION;
	/*
	 * The kernel steps from start by the page size while below end: next
	 * to the last address that wraps and would not stop.  Say "all".
	 */
	if (end > -(unsigned long)SZ_1G) {
		start = 0;
		end = -1UL;
	}
	do_h_rpt_invalidate_prt(pid, vcpu->kvm->arch.lpid, type, page_sizes,
				start, end);
	return H_SUCCESS;
}

/* args: size, address (, value); devices in the kernel only */
static long h_logical_ci_load(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_logical_ci_load(vcpu);
}

static long h_logical_ci_store(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_logical_ci_store(vcpu);
}

#ifdef CONFIG_SPAPR_TCE_IOMMU
/*
 * Is [@ioba, @ioba + @npages of its pages) in the table @liobn?  kvm.ko of many
 * kernels looks at the first entry only and writes on behind the end.  No
 * such table: kvm.ko says so.
 */
static bool tces_fit(struct kvm *kvm, unsigned long liobn, unsigned long ioba,
		     unsigned long npages)
{
	const struct kvmppc_spapr_tce_table *table;
	unsigned long first;
	bool fit = true;

	rcu_read_lock();
	list_for_each_entry_rcu(table, &kvm->arch.spapr_tce_tables, list) {
		if (table->liobn != liobn)
			continue;
		first = ioba >> table->page_shift;
		fit = first >= table->offset && npages <= table->size &&
		      first - table->offset <= table->size - npages;
		break;
	}
	rcu_read_unlock();
	return fit;
}

static long h_get_tce(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_get_tce(vcpu, args[0], args[1]);
}

static long h_put_tce(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_put_tce(vcpu, args[0], args[1], args[2]);
}

static long h_put_tce_indirect(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!tces_fit(vcpu->kvm, args[0], args[1], args[3]))
		return H_PARAMETER;
	/* the list, a page of 4k */
	if (!memslot_is_memory(vcpu->kvm, args[2], SZ_4K))
		return H_TOO_HARD;
	return kvmppc_h_put_tce_indirect(vcpu, args[0], args[1], args[2],
					 args[3]);
}

static long h_stuff_tce(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!tces_fit(vcpu->kvm, args[0], args[1], args[3]))
		return H_PARAMETER;
	return kvmppc_h_stuff_tce(vcpu, args[0], args[1], args[2], args[3]);
}
#endif

/*
 * The table
 *
 * handler: in the host, interrupts enabled, may sleep.
 * early: right after the exit, interrupts hard-disabled, the vCPU's context
 * still in the interrupt controller.
 * A number with neither is user space's; with both, what early answers H_TOO_HARD
 * comes to handler.
 * by_default: enabled in a new VM.  Those that came later than
 * KVM_CAP_PPC_ENABLE_HCALL are not: user space that does not know them expects
 * to get them.
 * real_mode_harms: user space's on POWER8, whatever it enables.  vmlinux's real mode answers
 * what is enabled, and its H_PAGE_INIT stores to each page that the VMM may read: to the zero
 * page, to a file's, to one that KSM has merged, to a device's registers.
 */
static const struct hcall {
	hcall_handler handler;
	hcall_handler early;
	bool by_default;
	bool real_mode_harms;
} hcalls[] = {
	[H_REMOVE / 4]			= { .handler = hash_h_remove, .by_default = true },
	[H_ENTER / 4]			= { .handler = hash_h_enter, .by_default = true },
	[H_READ / 4]			= { .handler = hash_h_read, .by_default = true },
	[H_CLEAR_MOD / 4]		= { .handler = hash_h_clear_mod },
	[H_CLEAR_REF / 4]		= { .handler = hash_h_clear_ref },
	[H_PROTECT / 4]			= { .handler = hash_h_protect, .by_default = true },
	[H_BULK_REMOVE / 4]		= { .handler = hash_h_bulk_remove, .by_default = true },
	[H_PAGE_INIT / 4]		= { .handler = h_page_init, .real_mode_harms = true },
	[H_RPT_INVALIDATE / 4]		= { .handler = h_rpt_invalidate },
	[H_LOGICAL_CI_LOAD / 4]		= { .handler = h_logical_ci_load },
	[H_LOGICAL_CI_STORE / 4]	= { .handler = h_logical_ci_store },
#ifdef CONFIG_SPAPR_TCE_IOMMU
	[H_GET_TCE / 4]			= { .handler = h_get_tce, .by_default = true },
	[H_PUT_TCE / 4]			= { .handler = h_put_tce, .by_default = true },
	[H_STUFF_TCE / 4]		= { .handler = h_stuff_tce },
	[H_PUT_TCE_INDIRECT / 4]	= { .handler = h_put_tce_indirect },
#endif
	[H_CEDE / 4]			= { .early = h_cede, .by_default = true },
	[H_PROD / 4]			= { .handler = h_prod, .by_default = true },
	[H_CONFER / 4]			= { .handler = h_confer, .by_default = true },
	[H_REGISTER_VPA / 4]		= { .handler = h_register_vpa, .by_default = true },
#ifdef CONFIG_KVM_XICS
	[H_EOI / 4]			= { h_xics_rest, h_xics_on_xive, true },
	[H_CPPR / 4]			= { h_xics_rest, h_xics_on_xive, true },
	[H_IPI / 4]			= { h_xics_rest, h_xics_on_xive, true },
	[H_IPOLL / 4]			= { h_xics_whole, h_xics_on_xive, true },
	[H_XIRR / 4]			= { h_xics_rest, h_xics_on_xive, true },
	[H_XIRR_X / 4]			= { h_xics_whole, h_xics_on_xive, true },
#endif
	[H_SET_DABR / 4]		= { .handler = h_set_dabr, .by_default = true },
	[H_SET_XDABR / 4]		= { .handler = h_set_xdabr, .by_default = true },
	[H_SET_MODE / 4]		= { .handler = h_set_mode },
	[H_RANDOM / 4]			= { .handler = h_random },
};

static_assert(ARRAY_SIZE(hcalls) <= MAX_HCALL_OPCODE / 4 + 1);

/* @nr's index in the table; -1 when it is above or no multiple of 4. */
static __always_inline long hcall_index(unsigned long nr)
{
	/* the low bits become the highest, so that one comparison does */
	unsigned long i = ror64(nr, 2);

	if (i >= ARRAY_SIZE(hcalls))
		return -1;
	return array_index_nospec(i, ARRAY_SIZE(hcalls));
}

/*
 * Numbers above the table that the kernel has an answer for: the answer of a
 * host without nested guests and without secure ones.
 */
static const struct {
	unsigned long nr;
	long ret;
} hcalls_absent[] = {
	{ H_SET_PARTITION_TABLE,	H_FUNCTION },
	{ H_ENTER_NESTED,		H_FUNCTION },
	{ H_TLB_INVALIDATE,		H_FUNCTION },
	{ H_COPY_TOFROM_GUEST,		H_FUNCTION },
	{ H_SVM_PAGE_IN,		H_UNSUPPORTED },
	{ H_SVM_PAGE_OUT,		H_UNSUPPORTED },
	{ H_SVM_INIT_START,		H_UNSUPPORTED },
	{ H_SVM_INIT_DONE,		H_UNSUPPORTED },
	{ H_SVM_INIT_ABORT,		H_UNSUPPORTED },
};

static int hcall_return(struct kvm_vcpu *vcpu, long ret)
{
	kvmppc_set_gpr(vcpu, 3, ret);
	return RESUME_GUEST;
}

/*
 * Leave it to user space, which answers in run->papr_hcall; kvm.ko carries
 * that into r3 to r12 at the next KVM_RUN.  A vCPU without PAPR mode does not
 * come here: kvm.ko calls it not sane then, and KVM_RUN refuses it.
 */
static int hcall_to_user(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	int i;

	run->exit_reason = KVM_EXIT_PAPR_HCALL;
	run->papr_hcall.nr = kvmppc_get_gpr(vcpu, 3);
	for (i = 0; i < ARRAY_SIZE(run->papr_hcall.args); i++)
		run->papr_hcall.args[i] = kvmppc_get_gpr(vcpu, 4 + i);
	vcpu->arch.hcall_needed = 1;
	return RESUME_HOST;
}

/*
 * RTAS functions that user space gave to the kernel by token.  When the
 * arguments are not in guest memory or count more than fit, there is no place
 * for an error either, and KVM_RUN fails with it.
 */
static int hcall_rtas(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	int idx, ret, resume;

	if (list_empty(&kvm->arch.rtas_tokens))
		return hcall_to_user(vcpu);

	ret = -EFAULT;
	if (memslot_is_memory(kvm, kvmppc_get_gpr(vcpu, 4) & KVM_PAM,
			      sizeof(struct rtas_args))) {
		idx = srcu_read_lock(&kvm->srcu);
		ret = kvmppc_rtas_hcall(vcpu);
		srcu_read_unlock(&kvm->srcu, idx);
	}

	if (!ret)
		return hcall_return(vcpu, H_SUCCESS);
	resume = hcall_to_user(vcpu);
	return ret == -ENOENT ? resume : ret;
}

static int hcall_above_table(struct kvm_vcpu *vcpu, unsigned long nr)
{
	int i;

	if (nr == H_RTAS)
		return hcall_rtas(vcpu);
	for (i = 0; i < ARRAY_SIZE(hcalls_absent); i++)
		if (hcalls_absent[i].nr == nr)
			return hcall_return(vcpu, hcalls_absent[i].ret);
	return hcall_to_user(vcpu);
}

/*
 * The first look at an sc 1 from privileged state: answer it now if it is one
 * that needs the vCPU's context in the interrupt controller, H_CEDE among
 * them.  Interrupts hard-disabled.
 * Returns true when it is answered (r3 set; vcpu->arch.ceded tells the run
 * loop whether to block), false when hcall_handle() is to be called.
 */
bool hcall_early(struct kvm_vcpu *vcpu)
{
	long ret, i = hcall_index(vcpu->arch.regs.gpr[3]);

	if (i < 0 || !hcalls[i].early ||
	    !test_bit(i, vcpu->kvm->arch.enabled_hcalls))
		return false;
	ret = hcalls[i].early(vcpu, &vcpu->arch.regs.gpr[4]);
	if (ret == H_TOO_HARD)
		return false;
	vcpu->arch.regs.gpr[3] = ret;
	return true;
}

/*
 * Answer an sc 1 from privileged state.  Called from the run loop without
 * kvm->srcu; interrupts enabled, may sleep.
 * Returns RESUME_GUEST: answered, r3 and further registers set.
 * RESUME_HOST: user space's, run filled.  Negative errno: for KVM_RUN.
 */
int hcall_handle(struct kvm_vcpu *vcpu)
{
	unsigned long nr = vcpu->arch.regs.gpr[3];
	long ret, i = hcall_index(nr);

	if (i < 0)
		return hcall_above_table(vcpu, nr);
	if (!hcalls[i].handler || !test_bit(i, vcpu->kvm->arch.enabled_hcalls))
		return hcall_to_user(vcpu);

	ret = hcalls[i].handler(vcpu, &vcpu->arch.regs.gpr[4]);
	if (ret == H_TOO_HARD)
		return hcall_to_user(vcpu);
	return hcall_return(vcpu, ret);
}

/* ops->hcall_implemented: may user space enable @nr? */
int hcall_implemented(unsigned long nr)
{
	long i = hcall_index(nr);

	if (i < 0 || (hcalls[i].real_mode_harms && host_switch->real_mode))
		return 0;
	return hcalls[i].handler || hcalls[i].early;
}

/* Set the bits (number / 4) of what a new VM has enabled in @bitmap. */
void hcall_default_enabled(unsigned long *bitmap)
{
	unsigned long i;

	for (i = 0; i < ARRAY_SIZE(hcalls); i++)
		if (hcalls[i].by_default)
			__set_bit(i, bitmap);
}
