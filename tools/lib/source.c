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

/* From the best source to the last resort.  The names of a rung's programs begin with prefix. */
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

/* libbpf's messages of the last attempt, to be printed if no rung works */
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

/* Is it certain that the event does not exist?  Without tracefs it never is. */
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

void source_detach(struct source *source)
{
	if (!source->link_count)
		return;
	while (source->link_count)
		bpf_link__destroy(source->links[--source->link_count]);
	/* Programs that still run write into the window that is read next. */
	window_wait(&source->windows[0]);
}

void source_close(struct source *source)
{
	source_detach(source);
	for (int i = 0; i < SOURCE_WINDOWS; i++)
		window_close(&source->windows[i]);
	source->program.destroy(source->program.arg);
	source->control = NULL;
}

/* Prefix of programs for all rungs without records, for events that may be absent */
#define OPTIONAL	"kvm_any_"

static bool is_optional(const struct bpf_program *program)
{
	return !strncmp(bpf_program__name(program), OPTIONAL, strlen(OPTIONAL));
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
		if (!source->links[source->link_count] && is_optional(program))
			continue;
		if (!source->links[source->link_count])
			return -errno;
		source->facts.completes |= is_optional(program);
		source->link_count++;
	}
	return 0;
}

static bool belongs_to(const struct bpf_program *program, const struct rung *rung)
{
	return (is_optional(program) && !rung->records) ||
	       !strncmp(bpf_program__name(program), rung->prefix, strlen(rung->prefix));
}

/* The frequency of the source's times */
static uint64_t clock_of(const struct source *source, const struct rung *rung)
{
	return rung->records ? source->host.timebase_hz : NS_PER_S;
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
	if (source->program.set_clock)
		source->program.set_clock(source->program.arg, clock_of(source, rung));
	source->facts = (struct source_facts){ 0 };
	if (rung->records) {
		map = bpf_object__find_map_by_name(object, "kvm_states");
		if (map)
			bpf_map__set_autocreate(map, false);
	}
	for (int i = 0; i < SOURCE_WINDOWS; i++) {
		err = window_prepare(&source->windows[i], object);
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
	for (int i = 0; i < SOURCE_WINDOWS; i++) {
		err = window_install(&source->windows[i], object);
		if (err)
			return err;
	}
	return attach(source, object);
}

/* Without root, looking for it may be forbidden, which says nothing. */
static bool lacks(const char *path)
{
	return access(path, F_OK) && errno == ENOENT;
}

static bool lacks_tracefs(void)
{
	return lacks("/sys/kernel/tracing/events") && lacks("/sys/kernel/debug/tracing/events");
}

/* Without securityfs, the refusal of a helper shows that the kernel is locked down. */
static bool locked_down(void)
{
	return host_locked_down() || strstr(complaint, "cannot use helper bpf_probe_read");
}

static enum status explain(int err)
{
	if (!exists("/sys/module/kvm_hv")) {
		say("no KVM HV backend is loaded; load one: modprobe kvm-hv");
		return STATUS_NO_BACKEND;
	}
	if (!exists("/sys/kernel/btf/vmlinux")) {
		say("this kernel has no BTF (/sys/kernel/btf/vmlinux), but the tools need it");
		say("boot a kernel with CONFIG_DEBUG_INFO_BTF=y");
		return STATUS_NO_BTF;
	}
	if (locked_down()) {
		say("the kernel is locked down (confidentiality), which forbids tracing it");
		say("see /sys/kernel/security/lockdown; boot with lockdown=integrity or none");
		return STATUS_PRIVILEGE;
	}
	if (err == -EPERM || err == -EACCES) {
		say("tracing is not permitted (%s): run as root", strerror(-err));
		return STATUS_PRIVILEGE;
	}
	if (err == -ENOMEM) {
		say("not enough memory for the maps; raise the limit (ulimit -l, the cgroup's)");
		return STATUS_ERROR;
	}
	if (err == -ESRCH)
		say("the backend's module has no BTF, or reading it takes CAP_SYS_ADMIN here");
	if (lacks_tracefs())
		say("tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing");
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

/* @only: a backend ("hvlens"), a rung ("hvlens/tp") or NULL: any */
static bool chosen(const struct rung *rung, const char *only)
{
	return !only || !strcmp(rung->name, only) || !strcmp(rung->backend, only);
}

static bool any_chosen(const char *only)
{
	for (size_t i = 0; i < RUNGS; i++) {
		if (chosen(&rungs[i], only))
			return true;
	}
	return false;
}

static int take_vcpu(const void *key, const void *stat, void *arg)
{
	const struct source *source = arg;

	return counts_take(source->counts, key, stat);
}

static int take_own(const void *key, const void *value, void *arg)
{
	const struct source *source = arg;

	return source->program.take(key, value, source->take_arg);
}

/* "" stands for what is not known. */
static const char *known(const char *text)
{
	return *text ? text : NULL;
}

static void set_facts(struct source *source, const struct rung *rung)
{
	source->facts.backend = rung->backend;
	source->facts.attach = rung->attach;
	source->facts.records = rung->records;
	source->facts.completes |= rung->records;
	source->facts.hz = clock_of(source, rung);
	source->facts.emulated = source->host.emulated;
	source->facts.model = source->host.model;
	source->facts.host = known(source->host.name);
	source->facts.kernel = known(source->host.release);
	source->facts.boot_id = known(source->host.boot_id);
	source->facts.filter = filter_text(source->filter_text, source->program.filter);
}

/* Room of a window for vCPUs */
#define MAX_VCPUS	16384

enum status source_open(struct source *source, const struct source_program *program)
{
	const char *only = getenv("HVLENS_SOURCE");
	int err;

	*source = (struct source){
		.program = *program,
		.windows = {
			{
				.name = "vcpus",
				.max_entries = source_entries(MAX_VCPUS,
							      sizeof(struct hvlens_vcpu_stat)),
				.take = take_vcpu,
			}, {
				.name = program->map,
				.max_entries = program->max_entries,
				.value_size = program->value_size,
				.take = take_own,
			},
		},
	};
	for (int i = 0; i < SOURCE_WINDOWS; i++) {
		source->windows[i].slot[0] = -1;
		source->windows[i].slot[1] = -1;
	}

	if (!any_chosen(only)) {
		say("HVLENS_SOURCE must be hvlens, stock, or one of");
		for (size_t i = 0; i < RUNGS; i++)
			fprintf(stderr, "  %s\n", rungs[i].name);
		return STATUS_USAGE;
	}
	if (!host_is_power()) {
		say("this is not a 64-bit POWER kernel, so there is no KVM HV to watch");
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
		if (!chosen(&rungs[i], only) || event_missing(rungs[i].event))
			continue;
		*complaint = '\0';
		err = try_rung(source, &rungs[i]);
		if (!err) {
			set_facts(source, &rungs[i]);
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

int source_read(struct source *source, struct counts *counts, void *arg, struct span *span)
{
	uint32_t idle = source->control->epoch & 1;
	int err;

	__atomic_store_n(&source->control->epoch, source->control->epoch + 1, __ATOMIC_RELEASE);
	*span = (struct span){ .ns = source->begin_ns, .begin = source->begin };
	begin_window(source);
	span->ns = source->begin_ns - span->ns;
	span->end = source->begin;

	source->counts = counts;
	source->take_arg = arg;
	err = window_wait(&source->windows[0]);
	for (int i = 0; i < SOURCE_WINDOWS && !err; i++)
		err = window_drain(&source->windows[i], idle, source);
	return err;
}
