// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own use of the floating point, VMX and VSX registers, on a thread of the process
 * that /sys/module/fp_users/parameters/process names, after each exit that the backend handles;
 * and of the process that softirq names, in a soft interrupt, after each tick of the host's
 * timer. Every register that the kernel may use then becomes 0. The other parameters count.
 *
 * Both at once would be a mistake: the kernel does not expect a soft interrupt to use the
 * registers while they are being saved for the process's context.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/timer.h>
#include <asm/reg.h>
#include <asm/switch_to.h>

static int process, softirq;
module_param(process, int, 0600);
MODULE_PARM_DESC(process, "the process in whose context to use the registers; 0: none");
module_param(softirq, int, 0600);
MODULE_PARM_DESC(softirq, "the process which soft interrupts must hit; 0: none");

static ulong in_process, in_softirq, copies;
module_param(in_process, ulong, 0400);
MODULE_PARM_DESC(in_process, "uses in the process's context");
module_param(in_softirq, ulong, 0400);
MODULE_PARM_DESC(in_softirq, "uses in a soft interrupt");
module_param(copies, ulong, 0400);
MODULE_PARM_DESC(copies, "copies of memory for which the kernel has used VMX");

#define N_0_TO_31 "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15," \
		  "16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"

static void use_fp(void)
{
	enable_kernel_fp();
	asm volatile(".machine push; .machine power8;"
		     ".irp n, " N_0_TO_31 "; xxlxor \\n, \\n, \\n; .endr;"
		     "mtfsf 255, 0, 1, 0; .machine pop");
	disable_kernel_fp();
}

static void use_vmx(void)
{
	enable_kernel_altivec();
	asm volatile(".machine push; .machine power8;"
		     ".irp n, " N_0_TO_31 "; vxor \\n, \\n, \\n; .endr;"
		     "mtvscr 0; .machine pop");
	disable_kernel_altivec();
}

static void use_vsx(void)
{
	enable_kernel_vsx();
	asm volatile(".machine push; .machine power8;"
		     ".irp n, " N_0_TO_31 ";"
		     "xxlxor \\n, \\n, \\n; xxlxor 32 + \\n, \\n, \\n; .endr;"
		     "mtfsf 255, 0, 1, 0; mtvscr 0; .machine pop");
	disable_kernel_vsx();
}

/*
 * memcpy() of so much uses VMX on some processors, in a process's context. It has if the task's
 * values are not in the registers any more.
 */
static void copy(void)
{
	static u8 from[SZ_8K], to[SZ_8K];
	bool live = current->thread.regs->msr & MSR_VEC;

	memcpy(to, from, sizeof(to));
	barrier_data(to);
	copies += live && !(current->thread.regs->msr & MSR_VEC);
}

/* Each kind by turns, as far as @count says */
static void use(int tgid, ulong *count)
{
	static void (*const kinds[])(void) = { use_fp, use_vmx, use_vsx, copy };

	/* the idle task has the number 0, too */
	if (current->tgid == tgid && current->thread.regs)
		kinds[(*count)++ % ARRAY_SIZE(kinds)]();
}

static int exit_handled(struct kprobe *p, struct pt_regs *regs)
{
	use(READ_ONCE(process), &in_process);
	return 0;
}

static struct kprobe probe = { .symbol_name = "exits_handle", .pre_handler = exit_handled };

/* On the CPU of the vCPU's thread the tick that ends the guest's run leads here. */
static DEFINE_PER_CPU(struct timer_list, ticks);

static void tick(struct timer_list *timer)
{
	use(READ_ONCE(softirq), &in_softirq);
	timer->expires = jiffies + 1;
	add_timer_on(timer, smp_processor_id());
}

static void stop_ticks(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		timer_shutdown_sync(per_cpu_ptr(&ticks, cpu));
}

static int __init fp_users_init(void)
{
	int cpu, err;

	for_each_possible_cpu(cpu)
		timer_setup(per_cpu_ptr(&ticks, cpu), tick, TIMER_PINNED);
	for_each_online_cpu(cpu) {
		per_cpu_ptr(&ticks, cpu)->expires = jiffies + 1;
		add_timer_on(per_cpu_ptr(&ticks, cpu), cpu);
	}
	err = register_kprobe(&probe);
	if (err)
		stop_ticks();
	return err;
}

static void __exit fp_users_exit(void)
{
	unregister_kprobe(&probe);
	stop_ticks();
}

module_init(fp_users_init);
module_exit(fp_users_exit);

MODULE_DESCRIPTION("Uses of FP, VMX and VSX registers by the kernel, for tests");
MODULE_LICENSE("GPL");
