/* SPDX-License-Identifier: GPL-2.0-only */
/* The ioctls that fuzz-ioctls makes, and what they work on. */
#ifndef TESTS_FUZZ_IOCTLS_H
#define TESTS_FUZZ_IOCTLS_H

#include "fixture.h"
#include "fuzz.h"

#define FUZZ_VMS	2
#define FUZZ_VCPUS	(FUZZ_VMS * 3)
#define FUZZ_DEVICES	(FUZZ_VMS * 2)
#define FUZZ_STREAMS	(FUZZ_VMS * 2)
#define FUZZ_EVENTS	3
#define FUZZ_FDS	(FUZZ_VMS + FUZZ_VCPUS + FUZZ_DEVICES + FUZZ_STREAMS + FUZZ_EVENTS)
#define FUZZ_MEMORY	(32ull << 20)
#define FUZZ_ARG_WORDS	(sizeof(struct kvm_sregs) / 8)	/* no ioctl has more */

/*
 * Descriptors, or -1. A thread that closes one takes it out of the array first. Vcpu, device and
 * stream i belong to VM i % FUZZ_VMS when they are made. The memory is for all slots.
 */
struct fuzz_fds {
	int kvm;
	union {
		struct {
			int vms[FUZZ_VMS], vcpus[FUZZ_VCPUS], devices[FUZZ_DEVICES],
			    streams[FUZZ_STREAMS], events[FUZZ_EVENTS];
		};
		int all[FUZZ_FDS];
	};
	char *memory;
};

extern struct fuzz_fds fuzz_fds;

/* An open one of @n descriptors from @fds[@first] on; -1 if none is open */
int fuzz_open_fd(const int *fds, unsigned int n, unsigned int first);

/* *@where = @fd, and what was there is closed. No effect if @fd is an error. */
void fuzz_put_fd(int *where, int fd);

enum fuzz_target { FUZZ_ON_VM, FUZZ_ON_VCPU, FUZZ_ON_DEVICE };

struct fuzz_ioctl {
	const char *name;
	unsigned long request;
	enum fuzz_target target;
	/* The argument: FUZZ_ARG_WORDS words, all 0 at first */
	void (*fill)(struct fuzz_thread *t, void *arg);
	unsigned int weight;
	/* What happens to the descriptor that it returns; NULL: it returns none */
	void (*take)(struct fuzz_thread *t, int fd);
};

extern const struct fuzz_ioctl fuzz_ioctls[];
extern const unsigned int fuzz_ioctls_count;

/* Makes it. Return: its result or -errno. */
int fuzz_make_ioctl(struct fuzz_thread *t, const struct fuzz_ioctl *row);

#endif
