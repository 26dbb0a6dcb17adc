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
#include <unistd.h>
#include "loop.h"
#include "picture.h"
#include "vms.h"

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

enum status source_open(struct source *source, const struct source_program *program)
{
	*source = (struct source){
		.program = *program,
		.facts = {
			.backend = "synthetic", .attach = "make pictures", .records = true,
			.completes = true, .hz = PICTURE_SECOND, .model = "none", .filter = "",
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
} names[] = {
	{ 4711, "db-main" },
	{ 4802, "web1" },
	{ 4933, "web2" },
	{ 5120, "build" },
	{ 5377, "mail" },
};

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
