// SPDX-License-Identifier: GPL-2.0-only
/*
 * For unload-race.t: makes a VM for whose slots the host keeps 512 MiB, and ends it while another
 * thread unloads the backend. Ends with 1 if the backend was not unloaded by that.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "tap.h"

#define SLOTS		32
#define SLOT_PAGES	(1ull << 21)	/* 8 bytes are kept for each */

/* Unloads the backend as soon as no VM holds it. */
static void *unload(void *running)
{
	host_pin(host_cpus() - 1);
	*(volatile bool *)running = true;
	while (syscall(SYS_delete_module, "kvm_hv", O_NONBLOCK))
		if (errno != EAGAIN && errno != EBUSY)
			return NULL;
	return running;
}

int main(void)
{
	const u64 size = SLOT_PAGES * sysconf(_SC_PAGESIZE);
	volatile bool running = false;
	pthread_t thread;
	void *unloaded;
	struct vm vm;
	u32 i;
	int rc;

	tap_start(60);
	host_pin(0);
	vm_create_bare(&vm);
	for (i = 0; i < SLOTS; i++) {
		void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		rc = vm_set_slot(&vm, i, i * size, memory, size, 0);
		if (rc)
			tap_bail("slot %u: %s", i, strerror(-rc));
	}
	if (pthread_create(&thread, NULL, unload, (void *)&running))
		tap_bail("pthread_create: %s", strerror(errno));
	while (!running)
		sched_yield();
	vm_destroy(&vm);
	pthread_join(thread, &unloaded);
	return !unloaded;
}
