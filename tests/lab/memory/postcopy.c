// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that arrives while the guest already runs: userfaultfd
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash rare=yes
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crowd.h"
#include "host.h"
#include "remote.h"
#include "tap.h"
#include "wait.h"

#define SIZE		(8ull << 20)

static u64 host_page;

static bool supported(void)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int userfault(void *memory, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (u64)memory, .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))
		tap_bail("userfaultfd: %s", strerror(errno));
	return fd;
}

/* The next page that a vCPU waits for; NULL after WAIT_S seconds */
static char *wanted(int fd)
{
	struct pollfd poll_for = { .fd = fd, .events = POLLIN };
	struct uffd_msg message;

	while (poll(&poll_for, 1, 1000 * WAIT_S) == 1)
		if (read(fd, &message, sizeof(message)) == sizeof(message) &&
		    message.event == UFFD_EVENT_PAGEFAULT)
			return (char *)(message.arg.pagefault.address & -host_page);
	return NULL;
}

static void deliver(int fd, char *page, void *content)
{
	struct uffdio_copy copy = {
		.dst = (u64)page, .src = (u64)content, .len = host_page,
	};

	/* two vCPUs may have asked for the same page */
	if (ioctl(fd, UFFDIO_COPY, &copy) && errno != EEXIST)
		tap_bail("UFFDIO_COPY: %s", strerror(errno));
}

/* Four vCPUs ask for the same pages. */
static void all_at_once(void)
{
	char *memory = vmm_memory(SIZE, PAGE_2M);
	char *content = vmm_memory(PAGE_64K, PAGE_64K);
	struct crowd c = { .memory = memory, .size = SIZE };
	int fd = userfault(memory, SIZE);
	unsigned int pages = SIZE / CROWD_STRIDE, delivered = 0;
	char *page;

	crowd_fill(content);
	crowd_create(&c, true);
	crowd_go(&c);
	/* the last request of a round comes when all other pages have arrived */
	while ((page = wanted(fd))) {
		unsigned char there;

		if (mincore(page, host_page, &there) || !there)
			delivered++;
		deliver(fd, page, content);
		if (delivered == pages)
			break;
	}
	tap_is(delivered, pages, "all at once: every page is requested");
	/* vCPUs that asked for the same page are answered too */
	tap_ok(crowd_round(&c), "all at once: the vCPUs go on");
	tap_is(crowd_end(&c), 0, "all at once: no store is lost");
	munmap(memory, SIZE);
	close(fd);
	munmap(content, PAGE_64K);
}

/* No page is delivered, and KVM_RUN can still be ended. */
static void interrupted(void)
{
	char *memory = vmm_memory(SIZE, PAGE_2M);
	char *content = vmm_memory(PAGE_64K, PAGE_64K);
	struct vcpu_thread thread = { .cpu = ANY_CPU };
	int fd = userfault(memory, SIZE);
	struct fixture f;

	remote_start(&f);
	vm_set_slot(&f.vm, 1, CROWD_GPA, memory, SIZE, 0);
	remote_command(&f.vcpu, REMOTE_LOAD, CROWD_GPA, 0, 8, 1);
	thread.vcpu = &f.vcpu;
	thread_start(&thread);
	tap_ok(wanted(fd) == memory, "interrupted: a vCPU waits for a page");
	thread_stop(&thread);
	tap_is(thread.last, (u64)(long)-EINTR, "interrupted: KVM_RUN can be ended");
	content[0] = 77;
	deliver(fd, memory, content);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_STEP, "interrupted: the vCPU goes on when the page is there");
	tap_is(vcpu_hcall_arg(&f.vcpu, 0), 77, "interrupted: and finds the page's contents");
	fixture_end(&f);
	close(fd);
	munmap(memory, SIZE);
	munmap(content, PAGE_64K);
}

int main(void)
{
	tap_start(60);
	host_page = sysconf(_SC_PAGESIZE);
	if (!supported()) {
		tap_skip("the host has no userfaultfd", "postcopy");
		return tap_done();
	}
	all_at_once();
	interrupted();
	return tap_done();
}
