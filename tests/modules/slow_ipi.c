// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slow interrupt handler of the host: writing "CPU MICROSECONDS" to
 * /sys/module/slow_ipi/parameters/hit sends CPU an IPI whose handler computes for that time, and
 * returns when the handler has ended.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/smp.h>

#define MAX_US	100000

static void spin(void *us)
{
	mdelay((unsigned long)us / 1000);
	udelay((unsigned long)us % 1000);
}

static int hit(const char *val, const struct kernel_param *kp)
{
	unsigned int cpu, us;

	if (sscanf(val, "%u %u", &cpu, &us) != 2 || us > MAX_US)
		return -EINVAL;
	return smp_call_function_single(cpu, spin, (void *)(unsigned long)us, true);
}

static const struct kernel_param_ops hit_ops = { .set = hit };

module_param_cb(hit, &hit_ops, NULL, 0200);
MODULE_PARM_DESC(hit, "CPU MICROSECONDS of one interrupt handler there");

MODULE_DESCRIPTION("A slow interrupt handler, for tests");
MODULE_LICENSE("GPL");
