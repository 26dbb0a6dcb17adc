// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>
#include "loop.h"
#include "source.h"
#include "source.skel.h"

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

/* Size of the buffer for slow exits: room for some thousands, or the smallest possible */
#define SLOW_BYTES	(4u << 20)
#define SLOW_LEAST	65536u

/* Waits until all programs have ended that began before the call, see bpf/source.bpf.c. */
static void wait_for_programs(const struct source *source)
{
	int inner = bpf_map__fd(source->skeleton->maps.gate_inner);
	uint32_t first = 0;

	bpf_map__update_elem(source->skeleton->maps.gate, &first, sizeof(first), &inner,
			     sizeof(inner), BPF_ANY);
}

void source_detach(struct source *source)
{
	if (!source->link_count)
		return;
	while (source->link_count)
		bpf_link__destroy(source->links[--source->link_count]);
	/* What programs that still run write belongs to the last window. */
	wait_for_programs(source);
}

void source_close(struct source *source)
{
	if (source->skeleton)
		source_detach(source);
	ring_buffer__free(source->slow);
	ring_buffer__free(source->bell);
	source->slow = NULL;
	source->bell = NULL;
	if (source->events >= 0)
		close(source->events);
	source->events = -1;
	if (source->mapped)
		munmap((void *)source->rings.base, source->mapped);
	source->mapped = 0;
	rings_free(&source->rings);
	source_bpf__destroy(source->skeleton);
	source->skeleton = NULL;
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

static uint64_t memory(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Tells the programs what the tool wants, before they are loaded. */
static int configure(struct source *source, const struct rung *rung, uint32_t cpus, uint32_t slots)
{
	const struct source_program *program = &source->program;
	struct source_bpf *skeleton = source->skeleton;
	int err;

	skeleton->rodata->config = (struct hvlens_config){
		.last_slot = slots - 1,
		.choosy = program->over || program->filter->vm.count ||
			  program->filter->vcpu.count,
		.over = ((__uint128_t)program->over * clock_of(source, rung) + 999999999) /
			1000000000,
		.filter = *program->filter,
	};
	err = bpf_map__set_max_entries(skeleton->maps.rings, cpus);
	if (!err)
		err = bpf_map__set_value_size(skeleton->maps.rings, ring_bytes(slots));
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.slow,
					       program->over ? SLOW_BYTES : SLOW_LEAST);
	if (!err && rung->records)
		err = bpf_map__set_autocreate(skeleton->maps.kvm_states, false);
	if (!err && rung->records)
		err = bpf_map__set_autocreate(skeleton->maps.kvm_crowded, false);
	return err;
}

static int map_rings(struct source *source, uint32_t cpus, uint32_t slots)
{
	size_t page = sysconf(_SC_PAGESIZE), bytes = cpus * ring_bytes(slots);
	void *base;

	bytes = (bytes + page - 1) & -page;
	base = mmap(NULL, bytes, PROT_READ, MAP_SHARED, bpf_map__fd(source->skeleton->maps.rings),
		    0);
	if (base == MAP_FAILED)
		return -errno;
	source->mapped = bytes;
	return rings_init(&source->rings, base, cpus, slots);
}

static int watch(struct source *source, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(source->events, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int heard(void *arg, void *data, size_t size)
{
	(void)arg;
	(void)data;
	(void)size;
	return 0;
}

static int watch_bell(struct source *source)
{
	source->events = epoll_create1(EPOLL_CLOEXEC);
	source->bell = ring_buffer__new(bpf_map__fd(source->skeleton->maps.bell), heard, NULL,
					NULL);
	if (source->events < 0 || !source->bell)
		return -errno;
	return watch(source, ring_buffer__epoll_fd(source->bell));
}

static int try_rung(struct source *source, const struct rung *rung)
{
	int cpus = libbpf_num_possible_cpus(), err;
	struct bpf_program *program;
	uint32_t slots;

	if (cpus < 0)
		return cpus;
	slots = ring_slots(cpus, memory());
	source->facts = (struct source_facts){ 0 };
	source->skeleton = source_bpf__open();
	if (!source->skeleton)
		return -errno;
	bpf_object__for_each_program(program, source->skeleton->obj)
		bpf_program__set_autoload(program, belongs_to(program, rung));
	err = configure(source, rung, cpus, slots);
	if (!err)
		err = source_bpf__load(source->skeleton);
	if (!err)
		err = map_rings(source, cpus, slots);
	if (!err)
		err = watch_bell(source);
	return err ? err : attach(source, source->skeleton->obj);
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

enum status source_open(struct source *source, const struct source_program *program)
{
	const char *only = getenv("HVLENS_SOURCE");
	int err;

	*source = (struct source){
		.program = *program,
		.fold = { .filter = program->filter, .take = program->take },
		.events = -1,
	};

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

/* Events that the kernel has not given to a program, because it ran on that CPU already */
static uint64_t skipped(const struct source *source)
{
	struct bpf_program *program;
	uint64_t sum = 0;

	bpf_object__for_each_program(program, source->skeleton->obj) {
		struct bpf_prog_info info = { 0 };
		uint32_t size = sizeof(info);

		if (bpf_program__autoload(program) &&
		    !bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
			sum += info.recursion_misses;
	}
	return sum;
}

struct hvlens_trouble source_trouble(const struct source *source)
{
	return (struct hvlens_trouble){
		.dropped = source->rings.lost + source->skeleton->bss->uncounted + skipped(source),
		.version = source->fold.version,
		.backwards = source->fold.backwards,
		.lost = source->skeleton->bss->lost,
	};
}

/* Reads the entries that were written before @until, a time of the source's clock. */
static int read_rings(struct source *source, uint64_t until, struct counts *counts, void *arg)
{
	int err;

	ring_buffer__consume(source->bell);
	source->fold.counts = counts;
	source->fold.arg = arg;
	err = rings_drain(&source->rings, until, fold_entry, &source->fold);
	return err ? err : fold_flush(&source->fold);
}

int source_poll(struct source *source, struct counts *counts, void *arg)
{
	return read_rings(source, source->facts.records ? timebase() : loop_now(), counts, arg);
}

int source_read(struct source *source, struct counts *counts, void *arg, struct span *span)
{
	*span = (struct span){ .ns = source->begin_ns, .begin = source->begin };
	begin_window(source);
	span->ns = source->begin_ns - span->ns;
	span->end = source->begin;
	return read_rings(source, source->facts.records ? span->end : source->begin_ns, counts,
			  arg);
}

int source_slow(struct source *source, int (*take)(void *arg, void *slow, size_t size), void *arg)
{
	source->slow = ring_buffer__new(bpf_map__fd(source->skeleton->maps.slow), take, arg, NULL);
	if (!source->slow)
		return -errno;
	return watch(source, ring_buffer__epoll_fd(source->slow));
}

int source_read_slow(struct source *source)
{
	int taken = source->slow ? ring_buffer__consume(source->slow) : 0;

	if (taken == -EAGAIN)
		return 1;
	return taken < 0 ? taken : 0;
}
