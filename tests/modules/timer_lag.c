// SPDX-License-Identifier: GPL-2.0-only
/*
 * How late timers and interrupt work of the host are on a CPU that runs a guest, in timebase
 * ticks. Consumers of the kernel's tracepoints measure it. /sys/module/timer_lag/parameters has
 *
 *   slow	written: ticks that the consumer of kvm_guest_enter takes; clears all samples
 *   work	written: 1: this consumer queues work at each entry that finds none queued
 *   guest	samples: from the time when the host's timer had to end the guest, as set when that
 *		consumer was done, to kvm_guest_exit
 *   host	samples: from the time of a timer that was ahead at kvm_guest_exit to its interrupt
 *   queued	samples: from the queueing of the work until it runs
 *
 * Samples are the first MAX_SAMPLES of the CPU that entered a guest last. One vCPU must stay
 * on one CPU.
 */
#include <linux/irq_work.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/tracepoint.h>
#include <asm/time.h>

#define MAX_SAMPLES	100

struct samples {
	unsigned int n;
	u64 ticks[MAX_SAMPLES];
};

static struct samples guest, host, queued;
static u64 guest_timer, host_timer, queued_at;	/* timebase; 0: none */
static unsigned int slow, work;
static int cpu = -1;

static void add(struct samples *s, u64 ticks)
{
	if (s->n < MAX_SAMPLES)
		s->ticks[s->n++] = ticks;
}

static void work_runs(struct irq_work *w)
{
	add(&queued, mftb() - queued_at);
	queued_at = 0;
}

static DEFINE_IRQ_WORK(irq_work, work_runs);

static void on_enter(void *data, struct kvm_vcpu *vcpu)
{
	u64 began = mftb();

	while (mftb() - began < slow)
		barrier();
	cpu = raw_smp_processor_id();
	host_timer = 0;
	if (work && !queued_at) {
		queued_at = mftb();
		irq_work_queue(&irq_work);
	}
	/* an entry that the consumer itself has made too late shows nothing */
	guest_timer = mftb() < timer_get_next_tb() ? timer_get_next_tb() : 0;
}

static void on_exit(void *data, struct kvm_vcpu *vcpu)
{
	u64 now = mftb();

	if (guest_timer && now >= guest_timer)
		add(&guest, now - guest_timer);
	guest_timer = 0;
	host_timer = now < timer_get_next_tb() ? timer_get_next_tb() : 0;
}

static void on_timer(void *data, struct pt_regs *regs)
{
	if (raw_smp_processor_id() != cpu || !host_timer)
		return;
	/* another one may have been set meanwhile */
	if (host_timer == timer_get_next_tb())
		add(&host, mftb() - host_timer);
	host_timer = 0;
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} probes[] = {
	{ "kvm_guest_enter", on_enter },
	{ "kvm_guest_exit", on_exit },
	{ "timer_interrupt_entry", on_timer },
};

static void consider(struct tracepoint *tp, void *data)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name) &&
		    !tracepoint_probe_register(tp, probes[i].probe, NULL))
			probes[i].tp = tp;
}

static int consider_module(struct notifier_block *nb, unsigned long event, void *data)
{
	struct tp_module *tp_mod = data;
	int i;

	if (event == MODULE_STATE_COMING && !strcmp(tp_mod->mod->name, "kvm_hv"))
		for (i = 0; i < tp_mod->mod->num_tracepoints; i++)
			consider(tracepoint_ptr_deref(&tp_mod->mod->tracepoints_ptrs[i]), NULL);
	return NOTIFY_OK;
}

static struct notifier_block modules = { .notifier_call = consider_module };

static int set_slow(const char *val, const struct kernel_param *kp)
{
	guest.n = 0;
	host.n = 0;
	queued.n = 0;
	return param_set_uint(val, kp);
}

static const struct kernel_param_ops slow_ops = { .set = set_slow, .get = param_get_uint };

static int show(char *text, const struct kernel_param *kp)
{
	const struct samples *s = kp->arg;
	int size = 0, i;

	for (i = 0; i < s->n; i++)
		size += sysfs_emit_at(text, size, "%llu\n", s->ticks[i]);
	return size;
}

static const struct kernel_param_ops samples_ops = { .get = show };

module_param_cb(slow, &slow_ops, &slow, 0600);
module_param(work, uint, 0600);
module_param_cb(guest, &samples_ops, &guest, 0400);
module_param_cb(host, &samples_ops, &host, 0400);
module_param_cb(queued, &samples_ops, &queued, 0400);

static void remove_probes(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].tp)
			tracepoint_probe_unregister(probes[i].tp, probes[i].probe, NULL);
	unregister_tracepoint_module_notifier(&modules);
	tracepoint_synchronize_unregister();
	irq_work_sync(&irq_work);
}

static int __init timer_lag_init(void)
{
	int i;

	for_each_kernel_tracepoint(consider, NULL);
	/* calls back at once for each module that is there */
	register_tracepoint_module_notifier(&modules);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!probes[i].tp) {
			pr_err("timer_lag: there is no tracepoint %s\n", probes[i].name);
			remove_probes();
			return -ENOENT;
		}
	}
	return 0;
}

module_init(timer_lag_init);
module_exit(remove_probes);
MODULE_DESCRIPTION("The lag of the host's timers, for tests");
MODULE_LICENSE("GPL");
