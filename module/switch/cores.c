// SPDX-License-Identifier: GPL-2.0-only
/*
 * POWER8: the threads of a core share LPIDR, SDR1 and the timebase, so a vCPU gets a whole
 * core. It runs on the first thread. The other threads must be offline, and must not wake
 * into the kernel while the guest runs.
 *
 * If the core is split into groups of threads (subcores, each with an LPIDR), the same holds
 * for each group.
 */
#define pr_fmt(fmt) "kvm-hv (hvlens): " fmt

#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/cputhreads.h>
#include <asm/hmi.h>
#include <asm/kvm_book3s_asm.h>
#include <asm/kvm_ppc.h>
#include <asm/paca.h>
#include <asm/smp.h>

#include "core/vcpu_kick.h"
#include "switch/cores.h"

/* How long a sibling may take from the kernel to its offline loop, us */
#define HOLD_TIMEOUT	10000

static void let_go(int first, int last)
{
	int cpu;

	for (cpu = first; cpu <= last; cpu++)
		paca_ptrs[cpu]->kvm_hstate.hwthread_req = 0;
}

/*
 * A thread that wakes looks at hwthread_req before it turns its MMU on; hwthread_state says
 * where it is (arch/powerpc/kernel/idle_book3s.S, idle_kvm_start_guest).
 */
static bool hold(int cpu)
{
	struct kvmppc_host_state *hstate = &paca_ptrs[cpu]->kvm_hstate;
	int us;

	hstate->kvm_vcpu = NULL;
	hstate->kvm_vcore = NULL;
	hstate->napping = 0;
	/* all of it is seen before the request */
	smp_wmb();
	WRITE_ONCE(hstate->hwthread_req, 1);
	/* the request before the look at the state; the thread stores and looks the other way */
	smp_mb();
	for (us = 0; us < HOLD_TIMEOUT; us++) {
		if (READ_ONCE(hstate->hwthread_state) != KVM_HWTHREAD_IN_KERNEL)
			return true;
		udelay(1);
	}
	return false;
}

/* Keep the siblings of @cpu out of the kernel.  False: the log says why not. */
static bool hold_siblings(int cpu)
{
	int last = cpu + threads_per_subcore - 1;
	int sibling;

	if (cpu_thread_in_subcore(cpu)) {
		pr_err_ratelimited("CPU %d is not the first thread of its core: POWER8 runs guests with one thread a core, take the other threads offline (ppc64_cpu --smt=off)\n",
				   cpu);
		return false;
	}
	for (sibling = cpu + 1; sibling <= last; sibling++) {
		if (cpu_online(sibling)) {
			pr_err_ratelimited("CPU %d is online: POWER8 runs guests with one thread a core, take the other threads offline (ppc64_cpu --smt=off)\n",
					   sibling);
			return false;
		}
	}
	for (sibling = cpu + 1; sibling <= last; sibling++) {
		if (!hold(sibling)) {
			pr_err_ratelimited("CPU %d is offline but does not stop\n", sibling);
			let_go(cpu + 1, sibling);
			return false;
		}
	}
	return true;
}

/* a variable of vmlinux, which real mode reads */
module_param(h_ipi_redirect, int, 0644);
MODULE_PARM_DESC(h_ipi_redirect, "POWER8: let an idle core of the host wake the vCPU that an interrupt is for (default 1)");

/*
 * Which cores are in the host: if real mode wants to wake a vCPU, it asks one of them to do
 * so.
 */
static int core_is_back(unsigned int cpu)
{
	if (!cpu_thread_in_core(cpu))
		kvmppc_host_rm_ops_hv->rm_core[cpu >> threads_shift].rm_state.in_host = 1;
	return 0;
}

static int core_is_away(unsigned int cpu)
{
	if (!cpu_thread_in_core(cpu))
		kvmppc_host_rm_ops_hv->rm_core[cpu >> threads_shift].rm_state.in_host = 0;
	return 0;
}

bool cores_take(void)
{
	int cpu = raw_smp_processor_id();

	lockdep_assert_preemption_disabled();
	if (!hold_siblings(cpu))
		return false;
	core_is_away(cpu);
	return true;
}

void cores_give_back(void)
{
	int cpu = raw_smp_processor_id();

	lockdep_assert_preemption_disabled();
	core_is_back(cpu);
	let_go(cpu + 1, cpu + threads_per_subcore - 1);
}

/* A CPU serves the requests of real mode before it answers this (smp_ipi_demux()). */
void cores_settle(void)
{
	might_sleep();
	kick_all_cpus_sync();
}

/*
 * vmlinux uses these from now on, with the backend loaded or not.  So they are never freed,
 * and the next load finds them.
 */
static int alloc_subcore_states(void)
{
	struct sibling_subcore_state *state;
	int core, thread;

	for (core = 0; core < cpu_nr_cores(); core++) {
		int first = core * threads_per_core;

		if (paca_ptrs[first]->sibling_subcore_state)
			continue;
		state = kzalloc_node(sizeof(*state), GFP_KERNEL, cpu_to_node(first));
		if (!state)
			return -ENOMEM;
		for (thread = 0; thread < threads_per_core; thread++)
			paca_ptrs[first + thread]->sibling_subcore_state = state;
	}
	return 0;
}

static void warn_of_siblings(void)
{
	int cpu;

	for_each_online_cpu(cpu) {
		if (!cpu_thread_in_subcore(cpu))
			continue;
		pr_warn("CPU %d is online: guests will not run until the threads of a core but the first are offline (ppc64_cpu --smt=off)\n",
			cpu);
		return;
	}
}

static void free_ops(void)
{
	struct kvmppc_host_rm_ops *ops = kvmppc_host_rm_ops_hv;

	kvmppc_host_rm_ops_hv = NULL;
	kfree(ops->rm_core);
	kfree(ops);
}

int cores_init(void)
{
	struct kvmppc_host_rm_ops *ops;
	int err = alloc_subcore_states();

	if (err)
		return err;
	ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	if (!ops)
		return -ENOMEM;
	ops->rm_core = kcalloc(cpu_nr_cores(), sizeof(*ops->rm_core), GFP_KERNEL);
	if (!ops->rm_core) {
		kfree(ops);
		return -ENOMEM;
	}
	ops->vcpu_kick = vcpu_kick;
	kvmppc_host_rm_ops_hv = ops;
	err = cpuhp_setup_state(CPUHP_KVM_PPC_BOOK3S_PREPARE, "ppc/kvm_book3s:prepare",
				core_is_back, core_is_away);
	if (err) {
		free_ops();
		return err;
	}
	warn_of_siblings();
	return 0;
}

void cores_exit(void)
{
	cpuhp_remove_state_nocalls(CPUHP_KVM_PPC_BOOK3S_PREPARE);
	cores_settle();
	free_ops();
}
