// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls: one table says which numbers the kernel answers, how, and which of them a
 * new VM has enabled. User space answers all others. The handlers are in files by their
 * subject, see hcall_handlers.h.
 */
#include <linux/kvm_host.h>
#include <linux/nospec.h>
#include <asm/hvcall.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/rtas.h>

#include "core/guest_memory.h"
#include "core/hcall_handlers.h"
#include "core/hcalls.h"
#include "hash/hash.h"
#include "switch/switch.h"

/*
 * What the kernel does about a hypercall. One that has neither handler goes to user space.
 */
static const struct hcall {
	/* Context: the vCPU's thread, interrupts enabled, without kvm->srcu; may sleep. */
	long (*handler)(struct kvm_vcpu *vcpu, const unsigned long *args);
	/*
	 * Comes first, right after the exit. If it returns H_TOO_HARD, @handler or user
	 * space answers. Context: interrupts hard-disabled; the interrupt controller has
	 * the vCPU's context loaded.
	 */
	long (*early)(struct kvm_vcpu *vcpu, const unsigned long *args);
	/*
	 * Enabled in a new VM. Hypercalls that are newer than KVM_CAP_PPC_ENABLE_HCALL
	 * are not: a VMM that does not know the capability expects to get them.
	 */
	bool by_default;
	/*
	 * @handler does not sleep and does not touch the VMM's memory, so it can be called by
	 * hcall_at_once(), too.
	 */
	bool at_once;
	/*
	 * Goes to user space on POWER8, whatever user space enables. vmlinux answers
	 * enabled hypercalls in real mode, and its H_PAGE_INIT stores to any page that
	 * the VMM can read: the zero page, a file's, one that KSM has merged, a device's.
	 */
	bool real_mode_harms;
} hcalls[] = {
	[H_REMOVE / 4]			= { .handler = hash_h_remove, .by_default = true,
					    .at_once = true },
	[H_ENTER / 4]			= { .handler = hash_h_enter, .by_default = true,
					    .at_once = true },
	[H_READ / 4]			= { .handler = hash_h_read, .by_default = true,
					    .at_once = true },
	[H_CLEAR_MOD / 4]		= { .handler = hash_h_clear_mod,
					    .at_once = true },
	[H_CLEAR_REF / 4]		= { .handler = hash_h_clear_ref,
					    .at_once = true },
	[H_PROTECT / 4]			= { .handler = hash_h_protect, .by_default = true,
					    .at_once = true },
	[H_BULK_REMOVE / 4]		= { .handler = hash_h_bulk_remove, .by_default = true,
					    .at_once = true },
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
	[H_PROD / 4]			= { .handler = h_prod, .by_default = true,
					    .at_once = true },
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

/* @nr's index in the table; -1 if the table ends before it or it is no multiple of 4. */
static __always_inline long hcall_index(unsigned long nr)
{
	/* the two lowest bits become the highest, so one comparison finds both errors */
	unsigned long i = ror64(nr, 2);

	if (i >= ARRAY_SIZE(hcalls))
		return -1;
	return array_index_nospec(i, ARRAY_SIZE(hcalls));
}

/*
 * Numbers above the table that the kernel answers: a host without nested and without
 * secure guests gives these answers.
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
 * Passes the hypercall to user space, as KVM_RUN's ABI has it (KVM_EXIT_PAPR_HCALL). User
 * space answers in run->papr_hcall, which kvm.ko copies to r3 to r12 at the next KVM_RUN.
 * Every vCPU that runs is in PAPR mode: KVM_RUN refuses others.
 */
static int hcall_to_user(struct kvm_vcpu *vcpu)
{
	const unsigned long *gpr = vcpu->arch.regs.gpr;
	struct kvm_run *run = vcpu->run;
	int i;

	run->exit_reason = KVM_EXIT_PAPR_HCALL;
	run->papr_hcall.nr = gpr[3];
#pragma GCC unroll 9
	for (i = 0; i < ARRAY_SIZE(run->papr_hcall.args); i++)
		run->papr_hcall.args[i] = gpr[4 + i];
	vcpu->arch.hcall_needed = 1;
	return RESUME_HOST;
}

/*
 * H_RTAS. User space assigns tokens to the RTAS functions that kvm.ko is to answer. If
 * the arguments are not in guest memory, or more than fit, there is no place for an error
 * code either, so KVM_RUN fails.
 *
 * If the host takes the page of the arguments away while kvm.ko works, kvm.ko is called once
 * more. It may have carried the function out already, and failed to store the result.
 * Return: as hcall_handle().
 */
static int hcall_rtas(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	struct guest_memory m;
	int ret, resume;

	if (list_empty(&kvm->arch.rtas_tokens))
		return hcall_to_user(vcpu);

	do {
		ret = -EFAULT;
		guest_memory_begin(&m, kvm);
		if (guest_memory_ready(&m, kvmppc_get_gpr(vcpu, 4) & KVM_PAM,
				       sizeof(struct rtas_args), true))
			ret = kvmppc_rtas_hcall(vcpu);
	} while (guest_memory_end(&m, ret == -EFAULT));

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
 * hcall_early - answer a hypercall that needs the vCPU's context in the interrupt controller
 *
 * H_CEDE is one: vcpu->arch.ceded then tells the run loop whether to block.
 *
 * Return: true if the hypercall is answered and r3 set; false if hcall_handle() has to be
 * called.
 * Context: after an sc 1 from privileged state; see struct hcall.
 */
bool hcall_early(struct kvm_vcpu *vcpu)
{
	long ret, i = hcall_index(vcpu->arch.regs.gpr[3]);

	lockdep_assert_irqs_disabled();
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
 * hcall_at_once - answer a hypercall between exit and entry, without anything of the host
 *
 * Return: true if the hypercall is answered and r3 set; false if hcall_handle() has to be
 * called.
 * Context: as hcall_early().
 */
bool hcall_at_once(struct kvm_vcpu *vcpu)
{
	long ret, i = hcall_index(vcpu->arch.regs.gpr[3]);

	if (i < 0 || !hcalls[i].at_once)
		return hcall_early(vcpu);
	if (!test_bit(i, vcpu->kvm->arch.enabled_hcalls))
		return false;
	ret = hcalls[i].handler(vcpu, &vcpu->arch.regs.gpr[4]);
	if (ret == H_TOO_HARD)
		return false;
	/* as exits_handle() counts it */
	vcpu->stat.sum_exits++;
	vcpu->arch.regs.gpr[3] = ret;
	return true;
}

/*
 * hcall_handle - answer a hypercall or pass it to user space
 *
 * Return: RESUME_GUEST: r3 and further registers are set. RESUME_HOST: user space has to
 * answer, vcpu->run has the hypercall. A negative errno is for KVM_RUN.
 * Context: after an sc 1 from privileged state; see struct hcall.
 */
int hcall_handle(struct kvm_vcpu *vcpu)
{
	unsigned long nr = vcpu->arch.regs.gpr[3];
	long ret, i = hcall_index(nr);

	lockdep_assert_not_held(&vcpu->kvm->srcu);
	if (i < 0)
		return hcall_above_table(vcpu, nr);
	if (!hcalls[i].handler || !test_bit(i, vcpu->kvm->arch.enabled_hcalls))
		return hcall_to_user(vcpu);

	ret = hcalls[i].handler(vcpu, &vcpu->arch.regs.gpr[4]);
	if (ret == H_TOO_HARD)
		return hcall_to_user(vcpu);
	return hcall_return(vcpu, ret);
}

/* hcall_implemented - ops->hcall_implemented: may user space enable the hypercall @nr? */
int hcall_implemented(unsigned long nr)
{
	long i = hcall_index(nr);

	if (i < 0 || (hcalls[i].real_mode_harms && host_switch->real_mode))
		return 0;
	return hcalls[i].handler || hcalls[i].early;
}

/* hcall_default_enabled - set the bits of the hypercalls (number / 4) that a new VM has enabled */
void hcall_default_enabled(unsigned long *bitmap)
{
	unsigned long i;

	for (i = 0; i < ARRAY_SIZE(hcalls); i++)
		if (hcalls[i].by_default)
			__set_bit(i, bitmap);
}
