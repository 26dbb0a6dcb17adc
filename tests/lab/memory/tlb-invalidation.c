// SPDX-License-Identifier: GPL-2.0-only
/*
 * An operation that takes memory or access away from a guest must invalidate the translations
 * that CPUs may hold, before anybody relies on it, and above all before the page's next owner.
 * Emulated CPUs forget far more than they are told to, so nothing goes wrong without the
 * invalidation. So the test uses the kernel's tracepoints, which show whether and when tlbie was
 * executed.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "memory.h"
#include "remote.h"
#include "tap.h"
#include "trace.h"

#define GPA		0x40000000ull
#define OTHER_GPA	0x80000000ull
#define SIZE		(4ull << 20)
#define STRIDE		PAGE_64K	/* the memory that the guest touches */
#define LEAVES		(SIZE / STRIDE)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

struct stage {
	struct fixture f;
	char *memory;
	int fd;			/* of memory that is shared */
};

static u64 host_page;

/* --- what is done to the slot's memory ------------------------------------ */

static int discard(struct stage *s)
{
	return madvise(s->memory, SIZE, MADV_DONTNEED);
}

static int discard_part(struct stage *s)
{
	return madvise(s->memory + PAGE_2M + PAGE_64K, PAGE_64K, MADV_DONTNEED);
}

static int unmap(struct stage *s)
{
	return munmap(s->memory, SIZE);
}

static int protect(struct stage *s)
{
	return mprotect(s->memory, SIZE, PROT_READ);
}

static int replace(struct stage *s)
{
	void *other = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mremap(other, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, s->memory) != s->memory;
}

static int punch(struct stage *s)
{
	return fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, SIZE);
}

static int truncate_file(struct stage *s)
{
	return ftruncate(s->fd, 0);
}

static int swap_out(struct stage *s)
{
	return madvise(s->memory, SIZE, MADV_PAGEOUT);
}

static int collapse(struct stage *s)
{
	return madvise(s->memory, SIZE, MADV_COLLAPSE);
}

static int make_child(struct stage *s)
{
	pid_t child = fork();

	(void)s;
	if (!child)
		_exit(0);
	return waitpid(child, NULL, 0) != child;
}

static int delete_slot(struct stage *s)
{
	return vm_set_slot(&s->f.vm, 1, GPA, NULL, 0, 0);
}

static int move_slot(struct stage *s)
{
	return vm_set_slot(&s->f.vm, 1, OTHER_GPA, s->memory, SIZE, 0);
}

static int log_stores(struct stage *s)
{
	return vm_set_slot(&s->f.vm, 1, GPA, s->memory, SIZE, KVM_MEM_LOG_DIRTY_PAGES);
}

static int read_log(struct stage *s)
{
	static u64 bitmap[SIZE / 4096 / 64];

	return vm_dirty_log(&s->f.vm, 1, bitmap);
}

/* --- the rows ------------------------------------------------------------- */

enum what {
	LARGE	= 1,	/* the guest's leaves map large pages */
	SHARED	= 2,	/* a memfd */
	FREES	= 4,	/* the pages are given back to the host during the operation */
	PART	= 8,	/* only the leaves of the first 2 MiB change */
	LOGGED	= 16,	/* the dirty log is on before */
	STAYS	= 32,	/* the leaf stays, without write access */
	SWAP	= 64,
};

static const struct row {
	const char *name;
	int (*act)(struct stage *s);
	unsigned int what;
} rows[] = {
	{ "discarded",			discard,	FREES },
	{ "discarded, large",		discard,	FREES | LARGE },
	{ "discarded in part, large",	discard_part,	PART | LARGE },
	{ "unmapped",			unmap,		FREES },
	{ "unmapped, large",		unmap,		FREES | LARGE },
	{ "protected",			protect,	0 },
	{ "protected, large",		protect,	LARGE },
	{ "replaced",			replace,	FREES },
	{ "hole punched",		punch,		FREES | SHARED },
	{ "truncated",			truncate_file,	FREES | SHARED },
	{ "swapped out",		swap_out,	FREES | SWAP },
	{ "swapped out, large",		swap_out,	FREES | SWAP | LARGE },
	{ "collapsed",			collapse,	FREES },
	{ "shared with a child",	make_child,	0 },
	{ "slot deleted",		delete_slot,	0 },
	{ "slot deleted, large",	delete_slot,	LARGE },
	{ "slot moved",			move_slot,	0 },
	{ "log switched on",		log_stores,	0 },
	{ "log switched on, large",	log_stores,	LARGE },
	{ "log read",			read_log,	LOGGED | STAYS },
};

static bool applies(const struct row *row, u64 gpa)
{
	return !(row->what & PART) || gpa - GPA >= PAGE_2M;
}

static void set_up(struct stage *s, const struct row *row)
{
	remote_start(&s->f);
	s->memory = vmm_memory(SIZE, PAGE_2M);
	s->fd = -1;
	if (row->what & SHARED) {
		s->fd = memfd_create("guest", 0);
		if (s->fd < 0 || ftruncate(s->fd, SIZE) ||
		    mmap(s->memory, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			 s->fd, 0) != s->memory)
			tap_bail("memfd: %s", strerror(errno));
	} else {
		madvise(s->memory, SIZE,
			row->what & LARGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	}
	memset(s->memory, 0, SIZE);
	if (row->act == collapse)
		madvise(s->memory, SIZE, MADV_HUGEPAGE);
	vm_set_slot(&s->f.vm, 1, GPA, s->memory, SIZE,
		    row->what & LOGGED ? KVM_MEM_LOG_DIRTY_PAGES : 0);
	remote_run(&s->f.vcpu, REMOTE_STORE, GPA, 1, STRIDE, LEAVES);
}

/* The encoding of a page size in RB (Power ISA, tlbie) */
static u64 actual_page(unsigned int shift)
{
	return shift == 12 ? 0 : shift == 16 ? 5 : shift == 21 ? 1 : 2;
}

#define RB_IS(rb)	((rb) >> 10 & 3)
#define RB_AP(rb)	((rb) >> 5 & 7)

/* The time when the leaf's translations were invalidated everywhere; 0: never */
static u64 invalidated(struct trace *tlbie, const struct leaf *leaf)
{
	size_t i;

	for (i = 0; i < trace_count(tlbie); i++) {
		u64 rb = trace_field(tlbie, i, "rb");

		if (!trace_field(tlbie, i, "lpid") || trace_field(tlbie, i, "local") ||
		    trace_field(tlbie, i, "prs") || !trace_field(tlbie, i, "r"))
			continue;
		if (RB_IS(rb) == 2)
			return trace_time(tlbie, i);
		if (!RB_IS(rb) && (rb & ~0xfffull) == leaf->gpa &&
		    RB_AP(rb) == actual_page(leaf->shift))
			return trace_time(tlbie, i);
	}
	return 0;
}

/* The time when the leaf's memory was given back; 0: never */
static u64 freed(struct trace *frees, const struct leaf *leaf)
{
	u64 frame = (leaf->entry & LEAF_ADDRESS) / host_page;
	size_t i;

	for (i = 0; i < trace_count(frees); i++)
		if (frame - trace_field(frees, i, "pfn") <
		    1ull << trace_field(frees, i, "order"))
			return trace_time(frees, i);
	return 0;
}

static const struct leaf *find(const struct leaf *leaves, unsigned int count, u64 gpa)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (leaves[i].gpa == gpa)
			return &leaves[i];
	return NULL;
}

static void check(const struct row *row, struct stage *s, const struct leaf *before,
		  unsigned int leaves, struct trace *tlbie, struct trace *frees)
{
	static struct leaf after[LEAVES];
	unsigned int left = vm_leaves(&s->f.vm, GPA, SIZE, after, LEAVES);
	unsigned int i, concerned = 0, flushed = 0, gone = 0, given_back = 0, too_early = 0;

	for (i = 0; i < leaves; i++) {
		u64 flush = invalidated(tlbie, &before[i]);
		u64 free = freed(frees, &before[i]);
		const struct leaf *now = find(after, left, before[i].gpa);

		if (!applies(row, before[i].gpa))
			continue;
		concerned++;
		flushed += flush != 0;
		given_back += free != 0;
		too_early += free && (!flush || free < flush);
		if (row->what & STAYS)
			gone += now && !(now->entry & LEAF_WRITE);
		else
			gone += !now;
	}
	tap_is(gone, concerned, "%s: no leaf gives access any more", row->name);
	tap_is(flushed, concerned, "%s: each translation is invalidated", row->name);
	if (row->what & FREES)
		tap_ok(given_back == concerned && !too_early,
		       "%s: before its memory is given back (%u of %u given back, %u too early)",
		       row->name, given_back, concerned, too_early);
	tap_is(trace_lost(tlbie) + trace_lost(frees), 0, "%s: no event was lost", row->name);
}

static void one(const struct row *row)
{
	static struct leaf before[LEAVES];
	struct trace *tlbie, *frees;
	unsigned int leaves;
	struct stage s;
	int rc;

	set_up(&s, row);
	leaves = vm_leaves(&s.f.vm, GPA, SIZE, before, LEAVES);
	tap_is(leaves, SIZE / (row->what & LARGE ? PAGE_2M : STRIDE), "%s: leaves", row->name);

	tlbie = trace_start("powerpc:tlbie");
	frees = trace_start("kmem:mm_page_free");
	if (!tlbie || !frees)
		tap_bail("the kernel has no powerpc:tlbie or kmem:mm_page_free");
	rc = row->act(&s);
	trace_stop(tlbie);
	trace_stop(frees);
	if (rc)
		tap_bail("%s: %d, %s", row->name, rc, strerror(errno));
	check(row, &s, before, leaves, tlbie, frees);
	trace_end(tlbie);
	trace_end(frees);
	fixture_end(&s.f);
	if (row->act != unmap)
		munmap(s.memory, SIZE);
	if (s.fd >= 0)
		close(s.fd);
}

int main(void)
{
	bool thp = !access("/sys/kernel/mm/transparent_hugepage", F_OK);
	bool swap = host_swap_on();
	unsigned int i;

	tap_start(60);
	host_pin(0);
	host_page = sysconf(_SC_PAGESIZE);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].what & SWAP && !swap)
			tap_skip("the host has no zram", "%s", rows[i].name);
		else if ((rows[i].what & LARGE || rows[i].act == collapse) && !thp)
			tap_skip("the host has no transparent huge pages", "%s", rows[i].name);
		else
			one(&rows[i]);
	}
	if (swap)
		host_swap_off();
	return tap_done();
}
