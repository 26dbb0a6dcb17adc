// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest-ipis: lets the CPUs 0 and 1 of a Linux guest send IPIs to each other without a pause, until
 * it is killed. A private expedited membarrier interrupts each CPU that runs a thread of the
 * process (membarrier(2)). Says "storms" when both threads have sent some.
 */
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned int begun;

static void must(int failed, const char *what)
{
	if (!failed)
		return;
	fprintf(stderr, "guest-ipis: ");
	perror(what);
	exit(1);
}

static void *storm(void *cpu)
{
	unsigned long sent;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((intptr_t)cpu, &set);
	must(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
	for (sent = 0; !syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0); sent++) {
		if (sent == 100 && __atomic_add_fetch(&begun, 1, __ATOMIC_RELAXED) == 2) {
			puts("storms");
			fflush(stdout);
		}
	}
	must(1, "membarrier");
	return NULL;
}

int main(void)
{
	pthread_t thread;

	must(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0),
	     "membarrier");
	must(pthread_create(&thread, NULL, storm, (void *)1), "pthread_create");
	storm((void *)0);
}
