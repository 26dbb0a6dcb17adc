// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "drain.h"
#include "loop.h"
#include "source.h"

/* From the best to the last resort; programs' names begin with prefix. */
static const struct rung {
	const char *name;
	const char *backend;
	const char *attach;
	const char *prefix;
	const char *event;
	bool records;
} rungs[] = {
	{ "hvlens/tp_btf", "hvlens", "tp_btf", "hv_btf_",  "hvlens/exit", true },
	{ "hvlens/raw_tp", "hvlens", "raw_tp", "hv_raw_",  "hvlens/exit", true },
	{ "hvlens/tp",     "hvlens", "tp",     "hv_tp_",   "hvlens/exit", true },
	{ "stock/tp_btf",  "stock",  "tp_btf", "kvm_btf_", "kvm_hv/kvm_guest_exit", false },
	{ "stock/raw_tp",  "stock",  "raw_tp", "kvm_raw_", "kvm_hv/kvm_guest_exit", false },
};

#define RUNGS		(sizeof(rungs) / sizeof(*rungs))
#define NS_PER_S	1000000000ull

/* What libbpf complained about last, for when no rung holds */
static char complaint[16384];

static int keep_complaint(enum libbpf_print_level level, const char *format, va_list args)
{
	size_t len = strlen(complaint);

	if (level == LIBBPF_WARN && len < sizeof(complaint) - 1)
		vsnprintf(complaint + len, sizeof(complaint) - len, format, args);
	return 0;
}

static void say(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* Is the event known not to exist?  Without tracefs nothing is known. */
static bool event_missing(const char *event)
{
	static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[128];

	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		snprintf(path, sizeof(path), "%s/events", roots[i]);
		if (!exists(path))
			continue;
		snprintf(path, sizeof(path), "%s/events/%s", roots[i], event);
		return !exists(path);
	}
	return false;
}

uint32_t source_entries(uint64_t wanted, size_t value_size)
{
	const uint64_t most = 256ull << 20;
	uint64_t budget = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 64;
	uint64_t fit;

	if (budget > most)
		budget = most;
	fit = budget / 2 / value_size;
	return fit < 16 ? 16 : fit < wanted ? fit : wanted;
}

static struct bpf_map *data_map(struct bpf_object *object, const char *suffix)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) {
		const char *dot = strrchr(bpf_map__name(map), '.');

		if (dot && !strcmp(dot, suffix))
			return map;
	}
	return NULL;
}

/* Before loading, which takes the description of the inner map away */
static int measure_slots(struct bpf_object *object, struct source_window *window)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, window->name);
	struct bpf_map *inner = map ? bpf_map__inner_map(map) : NULL;

	if (!inner)
		return -ENOENT;
	window->key_size = bpf_map__key_size(inner);
	window->value_size = bpf_map__value_size(inner);
	return 0;
}

/* Makes the two slots of @window and puts them into its array. */
static int make_slots(struct bpf_object *object, struct source_window *window)
{
	window->outer = bpf_map__fd(bpf_object__find_map_by_name(object, window->name));
	for (uint32_t i = 0; i < 2; i++) {
		window->slot[i] = bpf_map_create(BPF_MAP_TYPE_HASH, window->name, window->key_size,
						 window->value_size, window->max_entries, NULL);
		if (window->slot[i] < 0)
			return -errno;
		if (bpf_map_update_elem(window->outer, &i, &window->slot[i], BPF_ANY))
			return -errno;
	}
	return 0;
}

static void close_slots(struct source *source)
{
	for (size_t i = 0; i < source->window_count; i++) {
		for (int slot = 0; slot < 2; slot++) {
			if (source->windows[i].slot[slot] >= 0)
				close(source->windows[i].slot[slot]);
			source->windows[i].slot[slot] = -1;
		}
	}
}

/* Writes slot @index as it is: the kernel returns when the programs that run have ended. */
static int wait_for_programs(struct source_window *window, uint32_t index)
{
	if (bpf_map_update_elem(window->outer, &index, &window->slot[index], BPF_ANY))
		return -errno;
	return 0;
}

void source_detach(struct source *source)
{
	if (!source->link_count)
		return;
	while (source->link_count)
		bpf_link__destroy(source->links[--source->link_count]);
	/* They write into the window that is read next. */
	wait_for_programs(&source->windows[0], 0);
}

void source_close(struct source *source)
{
	source_detach(source);
	close_slots(source);
	source->program.destroy(source->program.arg);
	source->control = NULL;
}

static int attach(struct source *source, struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		if (!bpf_program__autoload(program))
			continue;
		if (source->link_count == SOURCE_MAX_LINKS)
			return -E2BIG;
		source->links[source->link_count] = bpf_program__attach(program);
		if (!source->links[source->link_count])
			return -errno;
		source->link_count++;
	}
	return 0;
}

static bool belongs_to(const struct bpf_program *program, const struct rung *rung)
{
	return !strncmp(bpf_program__name(program), rung->prefix, strlen(rung->prefix));
}

static int try_rung(struct source *source, const struct rung *rung)
{
	struct bpf_object_skeleton *skeleton;
	struct bpf_program *program;
	struct bpf_object *object;
	struct bpf_map *map;
	size_t size;
	int err;

	skeleton = source->program.open(source->program.arg);
	if (!skeleton)
		return -errno;
	object = *skeleton->obj;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, belongs_to(program, rung));
	if (rung->records) {
		map = bpf_object__find_map_by_name(object, "kvm_entered");
		if (map)
			bpf_map__set_autocreate(map, false);
	}
	for (size_t i = 0; i < source->window_count; i++) {
		err = measure_slots(object, &source->windows[i]);
		if (err)
			return err;
	}
	err = bpf_object__load_skeleton(skeleton);
	if (err)
		return err;
	map = data_map(object, ".bss");
	source->control = map ? bpf_map__initial_value(map, &size) : NULL;
	if (!source->control || size < sizeof(*source->control))
		return -EINVAL;
	for (size_t i = 0; i < source->window_count; i++) {
		err = make_slots(object, &source->windows[i]);
		if (err)
			return err;
	}
	return attach(source, object);
}

static enum status explain(int err)
{
	if (!exists("/sys/module/kvm_hv")) {
		say("no KVM HV backend is loaded; load one: modprobe kvm-hv");
		return STATUS_NO_BACKEND;
	}
	if (!exists("/sys/kernel/btf/vmlinux")) {
		say("this kernel has no BTF (/sys/kernel/btf/vmlinux), which the stock events need");
		say("boot a kernel with CONFIG_DEBUG_INFO_BTF=y, or load the hvlens backend");
		return STATUS_NO_BTF;
	}
	if (err == -EPERM) {
		say("the kernel does not let us trace (%s): run as root", strerror(-err));
		say("if you are: is it locked down? cat /sys/kernel/security/lockdown");
		return STATUS_PRIVILEGE;
	}
	say("cannot attach to the backend's events: %s; libbpf says:", strerror(-err));
	if (*complaint)
		fputs(complaint, stderr);
	return STATUS_ERROR;
}

static uint64_t timebase(void)
{
#if __has_builtin(__builtin_ppc_get_timebase)
	return __builtin_ppc_get_timebase();
#else
	return 0;
#endif
}

static void begin_window(struct source *source)
{
	source->begin_ns = loop_now();
	source->begin = timebase();
}

/* @only: a backend ("hvlens") or a rung ("hvlens/tp") */
static bool chosen(const struct rung *rung, const char *only)
{
	return !strcmp(rung->name, only) || !strcmp(rung->backend, only);
}

enum status source_open(struct source *source, const struct source_program *program,
			struct source_window *windows, size_t window_count)
{
	const char *only = getenv("HVLENS_SOURCE");
	int err = -ENOENT;

	memset(source, 0, sizeof(*source));
	source->program = *program;
	source->windows = windows;
	source->window_count = window_count;
	for (size_t i = 0; i < window_count; i++) {
		windows[i].slot[0] = -1;
		windows[i].slot[1] = -1;
	}

	if (!host_is_power()) {
		say("this is not a 64-bit POWER kernel: there is no KVM HV to look at");
		return STATUS_NOT_POWER;
	}
	if (!host_privileged()) {
		say("needs CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN): run as root");
		return STATUS_PRIVILEGE;
	}
	err = host_read(&source->host);
	if (err) {
		say("cannot read the timebase's frequency from /proc/cpuinfo: %s", strerror(-err));
		return STATUS_ERROR;
	}

	libbpf_set_print(keep_complaint);
	err = -ENOENT;
	for (size_t i = 0; i < RUNGS; i++) {
		if ((only && !chosen(&rungs[i], only)) || event_missing(rungs[i].event))
			continue;
		*complaint = '\0';
		err = try_rung(source, &rungs[i]);
		if (!err) {
			source->facts = (struct source_facts){
				.backend = rungs[i].backend,
				.attach = rungs[i].attach,
				.records = rungs[i].records,
				.hz = rungs[i].records ? source->host.timebase_hz : NS_PER_S,
				.emulated = source->host.emulated,
				.model = source->host.model,
			};
			begin_window(source);
			return STATUS_OK;
		}
		source_close(source);
	}
	return explain(err);
}

struct hvlens_trouble source_trouble(const struct source *source)
{
	return source->control->trouble;
}

int source_read(struct source *source, void *arg, struct span *span)
{
	uint32_t idle = source->control->epoch & 1;
	int err = 0;

	__atomic_store_n(&source->control->epoch, source->control->epoch + 1, __ATOMIC_RELEASE);
	*span = (struct span){ .ns = source->begin_ns, .begin = source->begin };
	begin_window(source);
	span->ns = source->begin_ns - span->ns;
	span->end = source->begin;

	for (size_t i = 0; i < source->window_count && !err; i++) {
		struct source_window *window = &source->windows[i];

		err = wait_for_programs(window, idle);
		if (!err)
			err = drain(window->slot[idle], window->key_size, window->value_size,
				    window->take, arg);
	}
	if (err)
		say("cannot read the kernel's counts: %s", strerror(-err));
	return err;
}
