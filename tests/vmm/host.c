// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/platform/ppc.h>
#include <sys/swap.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "tap.h"

void host_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		tap_bail("sched_setaffinity to CPU %d: %s", cpu, strerror(errno));
}

int host_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

unsigned int host_isa(void)
{
	u64 features = getauxval(AT_HWCAP2);

	if (features & PPC_FEATURE2_ARCH_3_1)
		return 310;
	return features & PPC_FEATURE2_ARCH_3_00 ? 300 : 207;
}

/* hypervisor doorbell; from POWER8's XICS an external interrupt */
u32 host_ipi_trap(void)
{
	return host_isa() >= 300 ? 0xe80 : 0x500;
}

u64 host_timebase(void)
{
	return __ppc_get_timebase();
}

u64 host_timebase_hz(void)
{
	return __ppc_get_timebase_freq();
}

void host_sleep_ms(unsigned int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000l };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

void host_read(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t got = 0;

	if (f) {
		got = fread(text, 1, size - 1, f);
		fclose(f);
	}
	text[got] = '\0';
}

long host_field(const char *path, const char *name)
{
	size_t length = strlen(name);
	char line[256];
	long value = -1;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, name, length) && line[length] == ':') {
			value = strtol(line + length + 1, NULL, 10);
			break;
		}
	}
	if (f)
		fclose(f);
	return value;
}

void host_write(const char *path, const char *text)
{
	size_t length = strlen(text);
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		tap_bail("%s: writing \"%s\": %s", path, text, strerror(errno));
	close(fd);
}

#define SWAP_SIZE	"/sys/block/zram0/disksize"
#define SWAP_RESET	"/sys/block/zram0/reset"
#define SWAP_DEVICE	"/dev/zram0"

void host_route(unsigned int irq, int cpu)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list", irq);
	snprintf(text, sizeof(text), "%d", cpu);
	host_write(path, text);
}

u64 host_irq_count(unsigned int irq, int cpu)
{
	static char text[65536];
	char name[16], *at;
	u64 count = 0;

	/* a line of it: " 24:    0    17   XIVE ..." */
	host_read("/proc/interrupts", text, sizeof(text));
	snprintf(name, sizeof(name), " %u:", irq);
	at = strstr(text, name);
	if (!at)
		tap_bail("/proc/interrupts has no interrupt %u", irq);
	at += strlen(name);
	for (; cpu >= 0; cpu--)
		count = strtoul(at, &at, 10);
	return count;
}

bool host_swap_on(void)
{
	if (system("modprobe zram") || access(SWAP_SIZE, W_OK))
		return false;
	host_write(SWAP_SIZE, "128M");
	return !system("mkswap " SWAP_DEVICE " >/dev/null") && !swapon(SWAP_DEVICE, 0);
}

void host_swap_off(void)
{
	if (swapoff(SWAP_DEVICE))
		tap_bail("swapoff " SWAP_DEVICE ": %s", strerror(errno));
	host_write(SWAP_RESET, "1");
}
