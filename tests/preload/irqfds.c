// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library that is preloaded into a VMM. It takes away each irqfd that the VMM assigns and gives
 * it back, over and over, at random moments. The bypass, which sends the interrupts of a
 * passed-through device directly to the guest, goes and comes with the irqfd. When the VMM ends,
 * the library prints to stderr how often it has done that.
 */
#include <linux/kvm.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IRQFDS		64
#define LONGEST_US	20000	/* with it, and without */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int vm;			/* -1: free */
	struct kvm_irqfd irqfd;
} known[IRQFDS];
static unsigned int count;	/* number of entries of known[] that were ever used */
static unsigned long changes;

static int irqfd_ioctl(unsigned int i, unsigned int flags)
{
	struct kvm_irqfd irqfd = known[i].irqfd;

	irqfd.flags |= flags;
	return syscall(SYS_ioctl, known[i].vm, KVM_IRQFD, &irqfd);
}

static void must(int rc, const char *what)
{
	if (!rc)
		return;
	perror(what);
	abort();
}

static void *change(void *unused)
{
	unsigned int seed = 2017, i;

	for (;;) {
		usleep(rand_r(&seed) % LONGEST_US);
		pthread_mutex_lock(&lock);
		for (i = 0; i < count; i++)
			if (known[i].vm >= 0)
				must(irqfd_ioctl(i, KVM_IRQFD_FLAG_DEASSIGN), "irqfd taken away");
		usleep(rand_r(&seed) % LONGEST_US);
		for (i = 0; i < count; i++)
			if (known[i].vm >= 0)
				must(irqfd_ioctl(i, 0), "irqfd given back");
		changes++;
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

/* @irqfd has been assigned or taken away by the VMM. */
static void note(int vm, const struct kvm_irqfd *irqfd)
{
	static pthread_t thread;
	unsigned int i;

	if (irqfd->flags & KVM_IRQFD_FLAG_DEASSIGN) {
		for (i = 0; i < count; i++)
			if (known[i].irqfd.fd == irqfd->fd && known[i].irqfd.gsi == irqfd->gsi)
				known[i].vm = -1;
		return;
	}
	for (i = 0; i < count && known[i].vm >= 0; i++)
		;
	if (i == IRQFDS)
		return;
	known[i].vm = vm;
	known[i].irqfd = *irqfd;
	if (i == count)
		count++;
	if (!thread)
		must(pthread_create(&thread, NULL, change, NULL), "thread");
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;
	int rc;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (request != KVM_IRQFD)
		return syscall(SYS_ioctl, fd, request, arg);
	pthread_mutex_lock(&lock);
	rc = syscall(SYS_ioctl, fd, request, arg);
	if (!rc)
		note(fd, arg);
	pthread_mutex_unlock(&lock);
	return rc;
}

static void __attribute__((destructor)) tell(void)
{
	fprintf(stderr, "irqfds: taken away and given back %lu times\n", changes);
}
