// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <langinfo.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "columns.h"
#include "histsum.h"
#include "names.h"

const char *const by_names[BY_COUNT] = { "vm", "vcpu", "reason", "hcall", "cpu" };

static void vm_id(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	cell->number = row->key.vm;
}

static void vm_name(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)arg;
	snprintf(cell->text, sizeof(cell->text), "%s", vms_name(scale->vms, row->key.vm));
}

static void vm_uuid(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	const char *uuid = vms_uuid(scale->vms, row->key.vm);

	(void)arg;
	cell->known = *uuid;
	snprintf(cell->text, sizeof(cell->text), "%s", uuid);
}

/* @offset: of the text in struct cgroup */
static void vm_cgroup(const struct row *row, const struct scale *scale, int offset,
		      struct cell *cell)
{
	const char *cgroup = (const char *)vms_cgroup(scale->vms, row->key.vm);

	cell->known = cgroup && cgroup[offset];
	if (cell->known)
		snprintf(cell->text, sizeof(cell->text), "%s", cgroup + offset);
}

static void vcpu_id(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	cell->number = row->key.vcpu;
}

static void vcpu_count(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	cell->number = row->vcpus;
}

static void cpu_number(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	cell->number = row->key.cpu;
}

static void reason(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	reason_name(cell->text, row->key.trap, HVLENS_HCALL_NONE);
	cell->raw = row->key.trap;
}

static void hypercall(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	const char *name = hcall_name(row->key.hcall);

	(void)scale;
	(void)arg;
	snprintf(cell->text, sizeof(cell->text), "%s", name ? name : "(unknown)");
	cell->raw = row->key.hcall;
	cell->raw_known = row->key.hcall != HVLENS_HCALL_UNKNOWN;
}

static void top_reason(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	cell->known = row->top_exits;
	reason_name(cell->text, row->top_trap, row->top_hcall);
	cell->raw = row->top_exits;
}

/* Tenths of @count per second */
static uint64_t rate(uint64_t count, const struct scale *scale)
{
	uint64_t ns = scale->model->window.ns;

	return ((__uint128_t)count * 10000000000ull + ns / 2) / ns;
}

static void exit_rate(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)arg;
	cell->number = rate(row->exits, scale);
	cell->raw = row->exits;
}

enum counted { ABORTS, REPLAYS, COMPLETES };

static void counted(const struct row *row, const struct scale *scale, int what, struct cell *cell)
{
	const uint64_t counts[] = {
		[ABORTS] = row->aborts,
		[REPLAYS] = row->replays,
		[COMPLETES] = row->completes,
	};

	cell->known = what == COMPLETES ? scale->source->completes : scale->source->records;
	cell->number = rate(counts[what], scale);
	cell->raw = counts[what];
}

static void missed(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)arg;
	cell->known = scale->source->records;
	cell->number = row->missed;
}

uint64_t row_time(const struct row *row, const struct scale *scale)
{
	const struct model *model = scale->model;

	if (model->by == BY_CPU || model->path.cpu.count)
		return model->window.ns;
	if (model->by == BY_VM || model->by == BY_VCPU)
		return row->vcpus * model->window.ns;
	return model->path_vcpus * model->window.ns;
}

/*
 * Is the phase absent from the row's records?  Each of these phases takes time in every exit,
 * so a sum of 0 means that T2, T3 or the window without recovery was not measured.  In a row
 * without exits the shares of the first three are 0, but whether this backend measures the
 * window is not known.
 */
static bool lacks(const struct row *row, int phase)
{
	switch (phase) {
	case HVLENS_PHASE_ENTRY:
	case HVLENS_PHASE_GUEST:
	case HVLENS_PHASE_EXIT:
		return row->exits && !row->ticks[phase];
	case HVLENS_PHASE_NORECOVER:
		return !row->ticks[phase];
	default:
		return false;
	}
}

/*
 * @ticks in per mille of row_time().  A pass counts when its exit is handled, so a pass that
 * began before the window can make the share larger than 1000.
 */
static void share(const struct row *row, const struct scale *scale, uint64_t ticks, bool known,
		  struct cell *cell)
{
	uint64_t time = row_time(row, scale);

	cell->raw = ticks_to_ns(ticks, scale->source->hz);
	cell->known = time && known;
	if (time)
		cell->number = ((__uint128_t)cell->raw * 1000 + time / 2) / time;
}

static void phase_share(const struct row *row, const struct scale *scale, int phase,
			struct cell *cell)
{
	share(row, scale, row->ticks[phase],
	      source_measures(scale->source, phase) && !lacks(row, phase), cell);
}

static void host_share(const struct row *row, const struct scale *scale, int arg,
		       struct cell *cell)
{
	(void)arg;
	share(row, scale, row_host_ticks(row),
	      scale->source->records && !lacks(row, HVLENS_PHASE_ENTRY), cell);
}

static void loop_share(const struct row *row, const struct scale *scale, int arg,
		       struct cell *cell)
{
	(void)arg;
	share(row, scale, row->between, scale->source->records, cell);
}

static void wait_share(const struct row *row, const struct scale *scale, int arg,
		       struct cell *cell)
{
	(void)arg;
	share(row, scale, row->waited, row->vcpus && row->waits == row->vcpus, cell);
}

static void norecover_max(const struct row *row, const struct scale *scale, int arg,
			  struct cell *cell)
{
	(void)arg;
	cell->known = row->norecover_max;
	cell->number = ticks_to_ns(row->norecover_max, scale->source->hz);
}

static void roundtrip(const struct row *row, const struct scale *scale, int per_mille,
		      struct cell *cell)
{
	uint64_t ticks = per_mille == 1000 ? row->roundtrip_max : row_quantile(row, per_mille);

	cell->known = row_roundtrips(row);
	cell->number = ticks_to_ns(ticks, scale->source->hz);
}

bool columns_unicode(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Exits per second of the last windows; the largest is a full block */
static void trend(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	static const char *const blocks[] = {
		" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"
	};
	static const char plain[] = " .:-=+*#@";
	uint64_t most = 1, level;
	size_t len = 0;

	(void)scale;
	(void)arg;
	for (int i = 0; i < TREND; i++) {
		if (row->trend[i] > most)
			most = row->trend[i];
	}
	for (int i = 0; i < TREND; i++) {
		level = (row->trend[i] * 8 + most - 1) / most;
		if (columns_unicode())
			len += snprintf(cell->text + len, sizeof(cell->text) - len, "%s",
					blocks[level]);
		else
			cell->text[len++] = plain[level];
	}
	cell->text[len] = '\0';
	cell->number = row->trend[TREND - 1];
}

#define BAR	12

/* Bar of where the time goes: G guest, H host, U user space, W waiting, blank blocked */
static void time_bar(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	const struct { char letter; uint64_t ticks; } parts[] = {
		{ 'G', row->ticks[HVLENS_PHASE_GUEST] },
		{ 'H', row_host_ticks(row) },
		{ 'U', row->ticks[HVLENS_PHASE_USER] },
		{ 'W', row->waited },
	};
	uint64_t time = row_time(row, scale), sum = 0;
	size_t len = 0, until;

	(void)arg;
	cell->known = time && scale->source->records && !lacks(row, HVLENS_PHASE_GUEST);
	for (size_t part = 0; cell->known && part < sizeof(parts) / sizeof(*parts); part++) {
		sum += ticks_to_ns(parts[part].ticks, scale->source->hz);
		until = ((__uint128_t)sum * BAR + time / 2) / time;
		while (len < until && len < BAR)
			cell->text[len++] = parts[part].letter;
	}
	cell->text[len] = '\0';
	cell->number = sum;
}

#define VM	(1u << BY_VM)
#define VCPU	(1u << BY_VCPU)
#define VMS	(VM | VCPU)
#define REASON	(1u << BY_REASON)
#define HCALL	(1u << BY_HCALL)
#define CPU	(1u << BY_CPU)
#define ALL	(VMS | REASON | HCALL | CPU)

#define SHOWN	(PLACE_SCREEN | PLACE_TEXT | PLACE_JSON)

/* Parts of struct column_spec that many columns share */
#define NUMBER(key, title, width)	{ key, title, width, EMIT_COUNT }, { 0 }
#define TEXT(key, title, width)		{ key, title, width, EMIT_STRING }
#define DRAWN(title, width)		{ NULL, title, width, EMIT_STRING }, { 0 }
#define RATE(key, title, width)		{ key "_per_s", title, width, EMIT_TENTHS }, RAW(key)
#define RAW(key)			{ key, NULL, 0, EMIT_COUNT }
#define RAW_HEX(key)			{ key, NULL, 0, EMIT_HEX }
#define SHARE(key, title)		\
	{ key "_pct", title, sizeof(title) > 7 ? sizeof(title) - 1 : 6, EMIT_TENTHS },	\
	{ key "_ns", NULL, 0, EMIT_NS }
#define PHASE(name, key, title, phase, places, help)	\
	{ name, help, SHARE(key, title), ALL, places, phase_share, HVLENS_PHASE_##phase }
#define NS(key, title)			{ key "_ns", title, 7, EMIT_NS }, { 0 }

const struct column_spec columns[COL_COUNT] = {
	[COL_VM]	= { "vm", "the VMM's process id", NUMBER("vm", "VM", 7), VMS, SHOWN,
			    vm_id, 0 },
	[COL_NAME]	= { "name", "the VM's name", TEXT("name", "NAME", -12), { 0 }, VMS, SHOWN,
			    vm_name, 0 },
	[COL_VCPU]	= { "vcpu", "the vCPU's id", NUMBER("vcpu", "VCPU", 5), VCPU, SHOWN,
			    vcpu_id, 0 },
	[COL_REASON]	= { "reason", "exit reason", TEXT("reason", "REASON", -11), RAW_HEX("trap"),
			    REASON, SHOWN, reason, 0 },
	[COL_HCALL]	= { "hcall", "the hypercall", TEXT("hcall", "HYPERCALL", -24),
			    RAW_HEX("hcall_number"), HCALL, SHOWN, hypercall, 0 },
	[COL_CPU]	= { "cpu", "host CPU that handled the exit", NUMBER("cpu", "CPU", 4), CPU,
			    SHOWN, cpu_number, 0 },
	[COL_EXITS]	= { "exits", "exits per second", RATE("exits", "EXITS/s", 8), ALL, SHOWN,
			    exit_rate, 0 },
	[COL_GUEST]	= PHASE("guest", "guest", "GUEST%", GUEST, SHOWN, "time in the guest"),
	[COL_HOST]	= { "host", "time in KVM: prepare to handle, and between two passes",
			    SHARE("host", "HOST%"), ALL, SHOWN, host_share, 0 },
	[COL_P99]	= { "p99", "99th percentile of the round trips",
			    NS("roundtrip_p99", "P99"), ALL, SHOWN, roundtrip, 990 },
	[COL_MAX]	= { "max", "longest round trip", NS("roundtrip_max", "MAX"), ALL, SHOWN,
			    roundtrip, 1000 },
	[COL_TOP]	= { "top", "most frequent exit reason",
			    TEXT("top_reason", "TOP REASON", -18), RAW("top_exits"), VMS | CPU,
			    SHOWN, top_reason, 0 },
	[COL_VCPUS]	= { "vcpus", "number of vCPUs", NUMBER("vcpus", "VCPUS", 5), VM, SHOWN,
			    vcpu_count, 0 },
	[COL_TREND]	= { "trend", "exits in the last intervals", DRAWN("TREND", -TREND), ALL,
			    PLACE_SCREEN, trend, 0 },
	[COL_TIME]	= { "time", "G guest, H host, U user space, W waiting, blank blocked",
			    DRAWN("TIME", -BAR), ALL, PLACE_SCREEN, time_bar, 0 },
	[COL_USER]	= PHASE("user", "user", "USER%", USER, SHOWN, "time in the VMM"),
	[COL_BLOCK]	= PHASE("block", "block", "BLOCK%", BLOCK, SHOWN,
				"time blocked: the guest had nothing to do"),
	[COL_WAIT]	= { "wait", "time in which the vCPU's thread waited for a host CPU",
			    SHARE("wait", "WAIT%"), VMS, SHOWN, wait_share, 0 },
	[COL_P50]	= { "p50", "median round trip: exit to next entry",
			    NS("roundtrip_p50", "P50"), ALL, SHOWN, roundtrip, 500 },
	[COL_PREPARE]	= PHASE("prepare", "prepare", "PREPARE%", PREPARE, SHOWN,
				"time preparing the entry"),
	[COL_ENTRY]	= PHASE("entry", "entry", "ENTRY%", ENTRY, SHOWN,
				"time entering the guest"),
	[COL_EXIT]	= PHASE("exit", "exit", "EXIT%", EXIT, SHOWN, "time leaving the guest"),
	[COL_REPLAY]	= PHASE("replay", "replay", "HOSTIRQ%", REPLAY, SHOWN,
				"time in handlers of the host's interrupts (replay)"),
	[COL_HANDLE]	= PHASE("handle", "handle", "HANDLE%", HANDLE, SHOWN,
				"time handling the exit"),
	[COL_LOOP]	= { "loop", "time in the run loop between two passes",
			    SHARE("loop", "LOOP%"), VMS, SHOWN, loop_share, 0 },
	[COL_HCALL_TIME] = PHASE("hcall-time", "hcall_time", "HCALL%", HCALL, SHOWN,
				"time handling hypercalls"),
	[COL_NORECOVER]	= PHASE("norecover", "norecover", "NORECOVER%", NORECOVER, SHOWN,
				"time in which a machine check is fatal for the host"),
	[COL_NORECOVER_MAX] = { "norecover-max", "longest time in which it is",
			    { "norecover_max_ns", "NORECOVERMAX", 12, EMIT_NS }, { 0 }, ALL, SHOWN,
			    norecover_max, 0 },
	[COL_ABORTS]	= { "aborts", "aborted entries per second",
			    RATE("aborted_entries", "ABORTS/s", 8), VMS, SHOWN, counted, ABORTS },
	[COL_REPLAYS]	= { "replays", "exits with interrupts of the host to handle, per second",
			    RATE("replays", "HOSTIRQ/s", 9), ALL, SHOWN, counted, REPLAYS },
	[COL_COMPLETES]	= { "completes", "kvmppc_xics_rm_complete() calls per second",
			    RATE("rm_complete_calls", "RMCOMPLETE/s", 12), VMS, SHOWN, counted,
			    COMPLETES },
	[COL_COMPLETE_TIME] = PHASE("complete-time", "complete_time", "RMCOMPLETE%", COMPLETE,
				PLACE_JSON, "time in kvmppc_xics_rm_complete()"),
	[COL_MISSED]	= { "missed", "records that did not arrive", NUMBER("missed", "MISSED", 6),
			    VMS, SHOWN, missed, 0 },
	[COL_UUID]	= { "uuid", "the VM's UUID", TEXT("uuid", "UUID", -36), { 0 }, VMS,
			    PLACE_JSON, vm_uuid, 0 },
	[COL_MACHINE]	= { "machine", "its name at systemd-machined",
			    TEXT("machine", "MACHINE", -20), { 0 }, VMS, PLACE_JSON, vm_cgroup,
			    offsetof(struct cgroup, machine) },
	[COL_SLICE]	= { "slice", "systemd's slice of the VMM", TEXT("slice", "SLICE", -20),
			    { 0 }, VMS, PLACE_JSON, vm_cgroup, offsetof(struct cgroup, slice) },
	[COL_CGROUP]	= { "cgroup", "control group of the VMM", TEXT("cgroup", "CGROUP", -40),
			    { 0 }, VMS, PLACE_JSON, vm_cgroup, offsetof(struct cgroup, path) },
	[COL_POD]	= { "pod", "UID of the VMM's pod of Kubernetes", TEXT("pod", "POD", -36),
			    { 0 }, VMS, PLACE_JSON, vm_cgroup, offsetof(struct cgroup, pod) },
};

struct column_list columns_of(enum place place)
{
	struct column_list list = { 0 };

	for (int column = 0; column < COL_COUNT; column++) {
		if (columns[column].places & place)
			list.column[list.count++] = column;
	}
	return list;
}

int column_named(const char *name)
{
	for (int column = 0; column < COL_COUNT; column++) {
		if (!strcmp(columns[column].name, name))
			return column;
	}
	return -1;
}

bool columns_named(const char *list, struct column_list *to)
{
	char name[16];
	size_t len;
	int column;

	to->count = 0;
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		column = len < sizeof(name) ? column_named(name) : -1;
		if (column < 0 || columns_find(to, column) >= 0)
			return false;
		to->column[to->count++] = column;
		if (!list[len])
			return true;
	}
}

int columns_find(const struct column_list *list, enum column column)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->column[i] == column)
			return i;
	}
	return -1;
}

void columns_toggle(struct column_list *list, enum column column)
{
	int found = columns_find(list, column);
	size_t at = found < 0 ? 0 : found;

	if (found >= 0) {
		list->count--;
		memmove(list->column + at, list->column + at + 1,
			(list->count - at) * sizeof(*list->column));
		return;
	}
	while (at < list->count && list->column[at] < column)
		at++;
	memmove(list->column + at + 1, list->column + at,
		(list->count - at) * sizeof(*list->column));
	list->column[at] = column;
	list->count++;
}

void columns_help(void)
{
	for (int column = 0; column < COL_COUNT; column++)
		printf("%-14s %-13s %s\n", columns[column].name, columns[column].shown.title,
		       columns[column].help);
}

bool column_of(enum by by, enum column column)
{
	return columns[column].by >> by & 1;
}

bool column_is_key(enum by by, enum column column)
{
	/* Bits of the kinds of rows */
	static const unsigned int keys[COL_COUNT] = {
		[COL_VM] = VMS, [COL_VCPU] = VCPU, [COL_REASON] = REASON, [COL_HCALL] = HCALL,
		[COL_CPU] = CPU,
	};

	return keys[column] >> by & 1;
}

void column_cell(enum column column, const struct row *row, const struct scale *scale,
		 struct cell *cell)
{
	const struct column_spec *spec = &columns[column];

	*cell = (struct cell){ .known = true, .raw_known = true };
	spec->value(row, scale, spec->arg, cell);
}

/* Names and ids are sorted from the smallest, quantities from the largest. */
static bool ascending(enum column column)
{
	return (columns[column].shown.unit == EMIT_STRING && columns[column].shown.key) ||
	       column == COL_VM || column == COL_VCPU || column == COL_CPU;
}

struct order {
	const struct scale *scale;
	const struct sorting *sorting;
};

static int compare_cells(enum column column, const struct cell *p, const struct cell *q)
{
	if (p->known != q->known)
		return p->known ? 1 : -1;
	if (columns[column].shown.unit == EMIT_STRING && columns[column].shown.key)
		return strcmp(p->text, q->text);
	return (p->number > q->number) - (p->number < q->number);
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	const struct order *order = arg;
	enum column column = order->sorting->column;
	struct cell p, q;
	int result;

	column_cell(column, x, order->scale, &p);
	column_cell(column, y, order->scale, &q);
	result = compare_cells(column, &p, &q);
	if (!ascending(column))
		result = -result;
	if (order->sorting->reverse)
		result = -result;
	/* Equal rows keep the order of their keys, so that they do not jump. */
	return result ? result : order->scale->model->rows.compare(x, y);
}

static bool has_text(const struct row *row, const struct scale *scale, const char *filter)
{
	struct cell cell;

	for (int column = 0; column < COL_COUNT; column++) {
		if (!column_of(scale->model->by, column))
			continue;
		column_cell(column, row, scale, &cell);
		if (columns[column].shown.unit != EMIT_STRING &&
		    column_is_key(scale->model->by, column))
			snprintf(cell.text, sizeof(cell.text), "%" PRIu64, cell.number);
		if (cell.known && columns[column].shown.key && strcasestr(cell.text, filter))
			return true;
	}
	return false;
}

const struct row **sorted_rows(const struct scale *scale, const struct sorting *sorting,
			       const char *filter, size_t *count)
{
	const struct table *rows = &scale->model->rows;
	struct order order = { scale, sorting };
	const struct row **sorted;

	*count = 0;
	if (!rows->count)
		return NULL;
	sorted = malloc(rows->count * sizeof(*sorted));
	if (!sorted)
		return NULL;
	for (size_t i = 0; i < rows->count; i++) {
		if (!*filter || has_text(rows->rows[i], scale, filter))
			sorted[(*count)++] = rows->rows[i];
	}
	qsort_r(sorted, *count, sizeof(*sorted), compare, &order);
	return sorted;
}
