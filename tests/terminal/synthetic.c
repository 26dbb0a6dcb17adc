// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvmexit-top with a source made up here, for tests of the screen: the tool's
 * own objects, but for source.o, whose functions these are.
 *
 * The file that SYNTHETIC names is read at every window.  A line of it is a VM:
 * its process id and its number of vCPUs.  Of each exit's counts all can be told
 * in advance: vCPU N of the VM in line L makes 100 * L + N exits in a window for
 * each of hdec, H_CEDE and H_PROD, on CPU N % 4.
 *
 * The file that SYNTHETIC names with ".seen" behind it says how far the tool is, as one
 * line: windows read so far, columns and lines of the screen that it knows.
 */
#include <curses.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "feed.h"
#include "loop.h"
#include "source.h"

static const struct {
	uint32_t trap;
	uint64_t hcall;
} reasons[] = { { 0x980, HVLENS_HCALL_NONE }, { 0xc00, 0xe0 }, { 0xc00, 0xe8 } };

/* Round trips in ns: the usual one, and the longest of each window */
#define USUAL		384
#define LONGEST		10000

#define REASONS		(sizeof(reasons) / sizeof(*reasons))

enum status source_open(struct source *source, const struct source_program *program)
{
	*source = (struct source){
		.program = *program,
		.facts = {
			.backend = "synthetic", .attach = "test", .records = true,
			.completes = true, .hz = 1000000000, .model = "none", .filter = "",
		},
		.events = -1,
		.begin_ns = loop_now(),
	};
	return STATUS_OK;
}

static int make_vcpu(struct source *source, struct counts *counts, void *arg, uint32_t vm,
		     uint32_t vcpu, uint64_t exits, uint64_t ns)
{
	struct hvlens_vcpu_key vcpu_key = { .vm = vm, .vcpu = vcpu, .cpu = vcpu % 4 };
	struct hvlens_vcpu_stat stat = { .exits = REASONS * exits, .selected = REASONS * exits };
	int err = 0;

	for (size_t i = 0; i < REASONS && !err; i++) {
		struct hvlens_key key = {
			.vm = vm, .vcpu = vcpu, .cpu = vcpu % 4, .trap = reasons[i].trap,
			.hcall = reasons[i].hcall,
		};
		struct feed sums = { .exits = exits };

		sums.ticks[HVLENS_PHASE_GUEST] = ns / 6;	/* half of all for the three */
		sums.ticks[HVLENS_PHASE_HANDLE] = ns / 12;	/* a quarter */
		err = feed(source->program.take, arg, &key, &sums);
		if (!err)
			err = feed_times(source->program.take, arg, &key, HVLENS_PHASE_ROUNDTRIP,
					 exits - 1, USUAL);
		if (!err)
			err = feed_times(source->program.take, arg, &key, HVLENS_PHASE_ROUNDTRIP,
					 1, LONGEST);
	}
	return err ? err : counts_take(counts, &vcpu_key, &stat);
}

/* Replaces the old file, so that a reader finds a whole line. */
static int tell_progress(void)
{
	static unsigned long windows;
	char path[4096], part[4096 + 8];
	FILE *file;

	snprintf(path, sizeof(path), "%s.seen", getenv("SYNTHETIC"));
	snprintf(part, sizeof(part), "%s.part", path);
	file = fopen(part, "we");
	if (!file)
		return -errno;
	fprintf(file, "%lu %d %d\n", ++windows, COLS, LINES);
	return fclose(file) || rename(part, path) ? -errno : 0;
}

int source_read(struct source *source, struct counts *counts, void *arg, struct span *span)
{
	FILE *file = fopen(getenv("SYNTHETIC"), "re");
	uint32_t vm, vcpus, line = 0;
	int err = 0;

	if (!file)
		return -errno;
	*span = (struct span){ .ns = loop_now() - source->begin_ns };
	source->begin_ns += span->ns;
	for (line = 1; !err && fscanf(file, "%" SCNu32 " %" SCNu32, &vm, &vcpus) == 2; line++) {
		for (uint32_t vcpu = 0; vcpu < vcpus && !err; vcpu++)
			err = make_vcpu(source, counts, arg, vm, vcpu, 100 * line + vcpu, span->ns);
	}
	fclose(file);
	return err ? err : tell_progress();
}
