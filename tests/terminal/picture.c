// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stand-ins for the source, the clock and the names of VMs in the two programs that draw the
 * pictures.  A window claims that it was a second long, but ends after a tenth of a second.
 *
 * kvmexit-top does not end by itself.  After the last window it creates the file that
 * PICTURE_LAST names and stops, so that its screen can be read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "loop.h"
#include "picture.h"
#include "vms.h"
#include "waits.h"

#define WINDOWS		24
#define NOON		1767268800ull	/* 2026-01-01 12:00:00 UTC */
#define TICK		(PICTURE_SECOND / 10)

static unsigned int windows;

/* The linker puts these in the place of the tools' (-Wl,--wrap). */
uint64_t __wrap_wall_clock(void);
int __wrap_loop_interval(struct loop *loop, uint64_t ns);
int __real_loop_interval(struct loop *loop, uint64_t ns);

uint64_t __wrap_wall_clock(void)
{
	return (NOON + windows) * PICTURE_SECOND;
}

int __wrap_loop_interval(struct loop *loop, uint64_t ns)
{
	(void)ns;
	return __real_loop_interval(loop, TICK);
}

/* HVLENS_SOURCE as with the real source: "stock" has no records. */
enum status source_open(struct source *source, const struct source_program *program)
{
	const char *wanted = getenv("HVLENS_SOURCE");
	bool stock = wanted && !strcmp(wanted, "stock");

	*source = (struct source){
		.program = *program,
		.facts = {
			.backend = stock ? "stock" : "synthetic", .attach = "make pictures",
			.records = !stock, .completes = !stock, .hz = PICTURE_SECOND,
			.model = "none", .filter = "",
		},
		.events = -1,
	};
	return STATUS_OK;
}

static void stop(const char *last)
{
	close(open(last, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	for (;;)
		pause();
}

int source_read(struct source *source, struct counts *counts, void *arg, struct span *span)
{
	const char *last = getenv("PICTURE_LAST");

	if (last && windows == WINDOWS)
		stop(last);
	*span = (struct span){ .ns = PICTURE_SECOND };
	return picture_window(&source->program, counts, arg, ++windows);
}

static const struct {
	uint32_t vm;
	const char *name;
	uint64_t waited;	/* ns of each second for each vCPU's thread */
} names[] = {
	{ 4711, "db-main", 2100000 },
	{ 4802, "web1", 400000 },
	{ 4933, "web2", 600000 },
	{ 5120, "build", 11000000 },
	{ 5377, "mail", 0 },
};

void waits_init(struct waits *waits)
{
	(void)waits;
}

void waits_free(struct waits *waits)
{
	(void)waits;
}

void waits_find(struct waits *waits)
{
	(void)waits;
}

bool waits_since(struct waits *waits, uint32_t vm, uint32_t vcpu, uint64_t *ns)
{
	(void)waits;
	(void)vcpu;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].vm == vm)
			*ns = names[i].waited;
	}
	return true;
}

void vms_init(struct vms *vms)
{
	(void)vms;
}

void vms_free(struct vms *vms)
{
	(void)vms;
}

const char *vms_name(struct vms *vms, uint32_t vm)
{
	(void)vms;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].vm == vm)
			return names[i].name;
	}
	return "?";
}

const char *vms_uuid(struct vms *vms, uint32_t vm)
{
	(void)vms;
	(void)vm;
	return "";
}

const struct cgroup *vms_cgroup(struct vms *vms, uint32_t vm)
{
	static const struct cgroup cgroup = {
		.path = "/machine.slice/machine-qemu\\x2d3\\x2dweb1.scope/libvirt/emulator",
		.slice = "machine.slice",
	};

	(void)vms;
	return vm == 4802 ? &cgroup : NULL;
}

size_t vms_named(const char *text, uint32_t *pids, size_t room)
{
	(void)text;
	(void)pids;
	(void)room;
	return 0;
}

void vms_prune(struct vms *vms)
{
	(void)vms;
}

bool vms_gone(const struct vms *vms, uint32_t vm)
{
	(void)vms;
	(void)vm;
	return false;
}
