// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer for everything that a VMM can do: threads make ioctls of all kinds on the same VMs,
 * vCPUs and devices, read and write hashed page tables, and some run guests. Meanwhile
 * descriptors are closed, memory is taken away and replaced by files or by a device's registers,
 * interrupts are raised, child processes inherit all of it, and signals come.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz_ioctls.h"
#include "tap.h"

GUEST(fuzz_forever);
GUEST(vectors);

#define SIGNAL_US	2000

/* For each row: how often it was done, and refused */
enum { COUNT_DONE, COUNT_REFUSED = 128 };

static struct kvm_run *runs[FUZZ_VCPUS];
static volatile u64 *counts;
static int file;		/* of FUZZ_MEMORY bytes */

/* --- rows that are no ioctls: each returns something below 0 if it was refused ----- */

static int run_vcpu(struct fuzz_thread *t)
{
	unsigned int which = fuzz_below(t, FUZZ_VCPUS);
	struct kvm_run *run = runs[which];
	bool now = fuzz_once_in(t, 10);
	u64 ret = fuzz_any(t);
	int rc;

	if (run) {
		run->immediate_exit = now;
		run->papr_hcall.ret = ret;
	}
	fuzz_step(t, "KVM_RUN", which, now, ret, 0);
	rc = ioctl(fuzz_open_fd(fuzz_fds.vcpus, FUZZ_VCPUS, which), KVM_RUN, 0);
	return rc < 0 && errno == EINTR ? 0 : rc;
}

static int create_vm(struct fuzz_thread *t)
{
	struct kvm_userspace_memory_region slot = {
		.memory_size = FUZZ_MEMORY / 2, .userspace_addr = (u64)fuzz_fds.memory,
	};
	unsigned int which = fuzz_below(t, FUZZ_VMS);
	int fd;

	fuzz_step(t, "KVM_CREATE_VM", which, 0, 0, 0);
	fd = ioctl(fuzz_fds.kvm, KVM_CREATE_VM, FUZZ_OF(t, 1, 1, 1, 1, 0, 2));
	if (fd >= 0)
		ioctl(fd, KVM_SET_USER_MEMORY_REGION, &slot);
	fuzz_put_fd(&fuzz_fds.vms[which], fd);
	return fd;
}

static int create_vcpu(struct fuzz_thread *t)
{
	struct kvm_enable_cap papr = { .cap = KVM_CAP_PPC_PAPR };
	struct kvm_regs regs = { .pc = GUEST_CODE, .msr = MSR_REAL, .gpr[31] = FIXTURE_FREE };
	unsigned int which = fuzz_below(t, FUZZ_VCPUS);
	u64 id = FUZZ_OF(t, 0, 1, 2, 3, 7, 2047, 2048, 4095, 16383);
	bool map = fuzz_once_in(t, 2), set_up = !fuzz_once_in(t, 4);
	struct kvm_run *run;
	int fd;

	fuzz_step(t, "KVM_CREATE_VCPU", which, id, 0, 0);
	fd = ioctl(fuzz_fds.vms[which % FUZZ_VMS], KVM_CREATE_VCPU, id);
	if (fd < 0)
		return fd;
	if (set_up) {
		ioctl(fd, KVM_ENABLE_CAP, &papr);
		ioctl(fd, KVM_SET_REGS, &regs);
	}
	/*
	 * A mapping keeps the vCPU and the VM alive. It stays to the end, since other threads may
	 * read it.
	 */
	if (map) {
		run = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (run != MAP_FAILED)
			runs[which] = run;
	} else {
		runs[which] = NULL;
	}
	fuzz_put_fd(&fuzz_fds.vcpus[which], fd);
	return fd;
}

static int create_device(struct fuzz_thread *t)
{
	unsigned int which = fuzz_below(t, FUZZ_DEVICES);
	struct kvm_create_device create = {
		.type = FUZZ_OF(t, KVM_DEV_TYPE_XICS, KVM_DEV_TYPE_XIVE, KVM_DEV_TYPE_XIVE,
				KVM_DEV_TYPE_VFIO, KVM_DEV_TYPE_FSL_MPIC_20),
		.flags = fuzz_once_in(t, 10) ? KVM_CREATE_DEVICE_TEST : 0,
	};
	int rc;

	fuzz_step(t, "KVM_CREATE_DEVICE", which, create.type, create.flags, 0);
	create.fd = -1;
	rc = ioctl(fuzz_fds.vms[which % FUZZ_VMS], KVM_CREATE_DEVICE, &create);
	if (!rc && !create.flags)
		fuzz_put_fd(&fuzz_fds.devices[which], create.fd);
	return rc;
}

static int close_one(struct fuzz_thread *t)
{
	unsigned int which = fuzz_below(t, FUZZ_FDS - FUZZ_EVENTS);
	int fd;

	fuzz_step(t, "close", which, 0, 0, 0);
	fd = __atomic_exchange_n(&fuzz_fds.all[which], -1, __ATOMIC_SEQ_CST);
	return fd >= 0 ? close(fd) : -1;
}

/* Where memory is changed: not where the guest's code is */
static char *some_memory(struct fuzz_thread *t, size_t *size)
{
	u64 offset = PAGE_2M + fuzz_below(t, (FUZZ_MEMORY - PAGE_2M) / PAGE_64K) * PAGE_64K;

	*size = fuzz_once_in(t, 4) ? FUZZ_MEMORY - offset : PAGE_64K;
	return fuzz_fds.memory + offset;
}

static int change_memory(struct fuzz_thread *t)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_PAGEOUT, MADV_WILLNEED,
		MADV_MERGEABLE, MADV_REMOVE,
	};
	unsigned int which = fuzz_below(t, ARRAY_SIZE(advice) + 2);
	size_t size;
	char *at = some_memory(t, &size);

	fuzz_step(t, "madvise or mprotect", which, (u64)at, size, 0);
	if (which < ARRAY_SIZE(advice))
		return madvise(at, size, advice[which]);
	return mprotect(at, size,
			which == ARRAY_SIZE(advice) ? PROT_READ : PROT_READ | PROT_WRITE);
}

/*
 * Memory of slots becomes something else under the guest's hands: other anonymous memory, a file
 * that others map too, nothing at all, or the registers of an interrupt controller.
 */
static int remap_memory(struct fuzz_thread *t)
{
	unsigned int which = fuzz_below(t, 6), device = fuzz_below(t, FUZZ_DEVICES);
	u64 page = sysconf(_SC_PAGESIZE);
	int prot = PROT_READ | PROT_WRITE, flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;
	off_t offset = 0;
	int fd = -1;
	size_t size;
	char *at = some_memory(t, &size);

	switch (which) {
	case 0:
		prot = PROT_NONE;
		break;
	case 1:
		break;
	case 2:
	case 3:
		flags = MAP_FIXED | (which == 2 ? MAP_SHARED : MAP_PRIVATE);
		fd = file;
		offset = at - fuzz_fds.memory;
		break;
	default:
		/* a host with the stock backend loads from them, and dies */
		if (!fuzz_backend_is_ours())
			return -1;
		flags = MAP_FIXED | MAP_SHARED;
		fd = fuzz_open_fd(fuzz_fds.devices, FUZZ_DEVICES, device);
		offset = (which == 4 ? KVM_XIVE_TIMA_PAGE_OFFSET : KVM_XIVE_ESB_PAGE_OFFSET) * page;
		size = which == 4 ? 4 * page : 64 * page;
		if (at + size > fuzz_fds.memory + FUZZ_MEMORY)
			at = fuzz_fds.memory + FUZZ_MEMORY - size;
	}
	fuzz_step(t, "mmap", which, (u64)at, size, fd);
	return mmap(at, size, prot, flags, fd, offset) == MAP_FAILED ? -1 : 0;
}

/* Memory becomes copy-on-write; a child process may do little with the VM. */
static int inherit(struct fuzz_thread *t)
{
	unsigned int i;
	pid_t child;

	fuzz_step(t, "fork", 0, 0, 0, 0);
	child = fork();
	if (!child) {
		for (i = 0; i < FUZZ_VCPUS; i++)
			if (fuzz_fds.vcpus[i] >= 0 && !ioctl(fuzz_fds.vcpus[i], KVM_RUN, 0))
				_exit(1);
		_exit(0);
	}
	if (child > 0) {
		int status;

		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			tap_bail("KVM_RUN of another process's vCPU");
	}
	return child;
}

/* An irqfd's or ioeventfd's event: raised, taken, or replaced by another one */
static int use_event(struct fuzz_thread *t)
{
	int *where = &fuzz_fds.events[fuzz_below(t, FUZZ_EVENTS)];
	unsigned int what = fuzz_below(t, 8);
	u64 value = 1;

	fuzz_step(t, "eventfd", what, *where, 0, 0);
	if (!what) {
		fuzz_put_fd(where, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
		return 0;
	}
	if (what < 3)
		return read(*where, &value, sizeof(value));
	return write(*where, &value, sizeof(value));
}

/* --- the table of a hash guest as a stream ------------------------------------------ */

#define STREAM_BYTES	65536

static int read_stream(struct fuzz_thread *t)
{
	unsigned int first = fuzz_below(t, FUZZ_STREAMS);
	size_t size = FUZZ_OF(t, 0, 7, 8, 24, 40, 4096, STREAM_BYTES, STREAM_BYTES);
	static char text[STREAM_BYTES];

	if (size > STREAM_BYTES)
		size = STREAM_BYTES;
	fuzz_step(t, "read a table", first, size, 0, 0);
	return read(fuzz_open_fd(fuzz_fds.streams, FUZZ_STREAMS, first),
		    fuzz_once_in(t, 12) ? NULL : text, size);
}

/* First doubleword: most entries map memory for the guest's real mode */
static u64 first_doubleword(struct fuzz_thread *t)
{
	const u64 real_mode = 0x4001ffffff000000ull;	/* segments of 2^40, the VRMA's VSID */

	/* valid; bolted, or for a large page, or both */
	return FUZZ_OF(t, real_mode, real_mode, real_mode, 0) |
	       FUZZ_OF(t, 0x15, 0x15, 0x11, 0x05, 0x01, 0x10, 0);
}

static int write_stream(struct fuzz_thread *t)
{
	unsigned int first = fuzz_below(t, FUZZ_STREAMS), n = fuzz_below(t, 20), i;
	struct {
		struct kvm_get_htab_header header;
		u64 entries[20][2];
	} chunk = {
		.header = {
			.index = FUZZ_OF(t, 0, 0, 8, 16, 128, (1 << 14) - 1, 1 << 14, -1u),
			.n_valid = fuzz_once_in(t, 16) ? 65535 : n,
			.n_invalid = FUZZ_OF(t, 0, 0, 1, 64, 65535),
		},
	};
	u64 v = first_doubleword(t), page = sysconf(_SC_PAGESIZE);
	u64 r = (page == PAGE_64K ? 0x1000 : 0) | FUZZ_OF(t, 0x192, 0x190, 0x012, 0x3a, 0x7, 0);
	size_t size = sizeof(chunk.header) + n * sizeof(chunk.entries[0]);

	for (i = 0; i < n; i++) {
		/* entry i of the group maps page i, if it is in the first group */
		chunk.entries[i][0] = __builtin_bswap64(v);
		chunk.entries[i][1] = __builtin_bswap64(r | i * PAGE_64K);
	}
	if (fuzz_once_in(t, 12))
		size -= 3;
	fuzz_step(t, "write a table", chunk.header.index, chunk.header.n_valid,
		  chunk.header.n_invalid, v);
	return write(fuzz_open_fd(fuzz_fds.streams, FUZZ_STREAMS, first), &chunk, size);
}

/* --- all rows ---------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*make)(struct fuzz_thread *t);
	unsigned int weight;
} others[] = {
	{ "run", run_vcpu, 55 },
	{ "create_vm", create_vm, 3 },
	{ "create_vcpu", create_vcpu, 14 },
	{ "create_device", create_device, 6 },
	{ "close", close_one, 5 },
	{ "change_memory", change_memory, 6 },
	{ "remap_memory", remap_memory, 6 },
	{ "inherit", inherit, 1 },
	{ "event", use_event, 6 },
	{ "read_stream", read_stream, 6 },
	{ "write_stream", write_stream, 8 },
};

static unsigned int rows_count(void)
{
	return ARRAY_SIZE(others) + fuzz_ioctls_count;
}

static const char *row_name(unsigned int row)
{
	return row < ARRAY_SIZE(others) ? others[row].name :
	       fuzz_ioctls[row - ARRAY_SIZE(others)].name;
}

static unsigned int row_weight(unsigned int row)
{
	return row < ARRAY_SIZE(others) ? others[row].weight :
	       fuzz_ioctls[row - ARRAY_SIZE(others)].weight;
}

static unsigned int pick_row(struct fuzz_thread *t)
{
	unsigned int row, sum = 0;
	u64 n;

	for (row = 0; row < rows_count(); row++)
		sum += row_weight(row);
	n = fuzz_random(t) % sum;
	for (row = 0; n >= row_weight(row); row++)
		n -= row_weight(row);
	return row;
}

static void make_row(struct fuzz_thread *t, unsigned int row)
{
	int rc = row < ARRAY_SIZE(others) ? others[row].make(t) :
		 fuzz_make_ioctl(t, &fuzz_ioctls[row - ARRAY_SIZE(others)]);

	__atomic_fetch_add(&counts[(rc < 0 ? COUNT_REFUSED : COUNT_DONE) + row], 1,
			   __ATOMIC_RELAXED);
}

static struct fuzz_rows rows = { .name = row_name, .pick = pick_row, .make = make_row };

/* --- threads ---------------------------------------------------------------------- */

static u64 steps_to_make;
static struct fuzz_corpus *corpus;

static void *run_thread(void *arg)
{
	struct fuzz_thread *t = arg;
	timer_t timer = fuzz_signals(syscall(SYS_gettid), SIGNAL_US);
	struct fuzz_sequence s;
	unsigned int i;

	while (t->steps < steps_to_make) {
		fuzz_vary(t, corpus, &rows, &s);
		for (i = 0; i < s.n; i++) {
			fuzz_make_draws(t, &rows, &s.steps[i]);
			t->steps++;
		}
	}
	timer_delete(timer);
	return NULL;
}

static void load_guest(char *memory)
{
	memcpy(memory, guest_vectors, guest_vectors_end - guest_vectors);
	memcpy(memory + GUEST_CODE, guest_fuzz_forever,
	       guest_fuzz_forever_end - guest_fuzz_forever);
	__builtin___clear_cache(memory, memory + PAGE_2M);
}

/* Two VMs with vCPUs to run. What is drawn here does not count as a step. */
static void begin(struct fuzz_episode *episode)
{
	struct fuzz_thread *t = &episode->threads[0];
	unsigned int i;

	counts = episode->counts;
	memset(fuzz_fds.all, -1, sizeof(fuzz_fds.all));
	fuzz_fds.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fuzz_fds.kvm < 0)
		tap_bail("/dev/kvm: %s", strerror(errno));
	fuzz_fds.memory = vmm_memory(FUZZ_MEMORY, PAGE_2M);
	file = memfd_create("fuzz", MFD_CLOEXEC);
	if (file < 0 || ftruncate(file, FUZZ_MEMORY))
		tap_bail("memfd_create: %s", strerror(errno));
	load_guest(fuzz_fds.memory);
	for (i = 0; i < FUZZ_EVENTS; i++)
		fuzz_fds.events[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	for (i = 0; i < FUZZ_VMS; i++)
		create_vm(t);
	for (i = 0; i < FUZZ_VCPUS; i++)
		create_vcpu(t);
}

static void episode(struct fuzz_episode *episode)
{
	pthread_t threads[FUZZ_THREADS];
	unsigned int i;

	steps_to_make = episode->steps;
	begin(episode);
	for (i = 0; i < FUZZ_THREADS; i++)
		if (pthread_create(&threads[i], NULL, run_thread, &episode->threads[i]))
			tap_bail("pthread_create");
	for (i = 0; i < FUZZ_THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void judge(const struct fuzz_episode *total, bool whole)
{
	u64 all_done = 0, all_refused = 0;
	unsigned int i, rows_done = 0;

	for (i = 0; i < rows_count(); i++) {
		u64 done = total->counts[COUNT_DONE + i];
		u64 refused = total->counts[COUNT_REFUSED + i];

		all_done += done;
		all_refused += refused;
		rows_done += !!done;
		tap_diag("%-34s %6llu done %6llu refused", row_name(i), (unsigned long long)done,
			 (unsigned long long)refused);
	}
	tap_diag("%llu steps done, %llu refused: %llu %%", (unsigned long long)all_done,
		 (unsigned long long)all_refused,
		 (unsigned long long)(100 * all_refused / (all_done + all_refused + 1)));
	if (!whole)
		return;
	tap_ok(rows_done >= 40, "rows: %u of %u were done at least once", rows_done, rows_count());
	tap_ok(all_refused < 2 * all_done, "less than two thirds of the steps are refused");
}

int main(int argc, char **argv)
{
	static const struct fuzzer fuzzer = {
		.name = "ioctls",
		.default_steps = 20000,
		.episode_steps = 2400,
		.episode = episode,
		.rows = &rows,
		.corpus = "/lab/fuzz-ioctls.corpus",
		.begin = begin,
		.judge = judge,
	};

	rows.n = rows_count();
	corpus = calloc(1, sizeof(*corpus));
	if (!corpus || rows.n > COUNT_REFUSED)
		tap_bail("rows or memory");
	fuzz_corpus_read(corpus, fuzzer.corpus, &rows);
	return fuzz_main(argc, argv, &fuzzer);
}
