// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "columns.h"
#include "histsum.h"
#include "names.h"
#include "parse.h"

const char *const by_names[BY_COUNT] = { "vm", "vcpu", "reason" };

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

static void reason(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	reason_name(cell->text, row->key.trap, row->key.hcall);
	cell->raw = row->key.trap;
}

static void top_reason(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)scale;
	(void)arg;
	cell->known = row->top_exits;
	reason_name(cell->text, row->top_trap, row->top_hcall);
	cell->raw = row->top_exits;
}

/* @count a second, in tenths */
static uint64_t rate(uint64_t count, const struct scale *scale)
{
	return ((__uint128_t)count * 10000000000ull + scale->window->ns / 2) / scale->window->ns;
}

static void exit_rate(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)arg;
	cell->number = rate(row->exits, scale);
	cell->raw = row->exits;
}

static void abort_rate(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)arg;
	cell->known = scale->source->records;
	cell->number = rate(row->aborts, scale);
	cell->raw = row->aborts;
}

static void missed(const struct row *row, const struct scale *scale, int arg, struct cell *cell)
{
	(void)arg;
	cell->known = scale->source->records;
	cell->number = row->missed;
}

/*
 * Per mille of the time that the row's vCPUs had.  A pass is booked when its
 * exit is handled, so one that began before the window can give more than 1000.
 */
static void share(uint64_t ticks, const struct row *row, const struct scale *scale,
		  struct cell *cell)
{
	uint64_t vcpus = scale->by == BY_REASON ? scale->window->vcpus : row->vcpus;
	uint64_t time = vcpus * scale->window->ns;

	cell->raw = ticks_to_ns(ticks, scale->source->hz);
	cell->known = time;
	if (time)
		cell->number = ((__uint128_t)cell->raw * 1000 + time / 2) / time;
}

static void phase_share(const struct row *row, const struct scale *scale, int arg,
			struct cell *cell)
{
	share(row->ticks[arg], row, scale, cell);
	if (!scale->source->records && arg != HVLENS_PHASE_GUEST)
		cell->known = false;
}

static void outside_share(const struct row *row, const struct scale *scale, int arg,
			  struct cell *cell)
{
	share(row->outside[arg], row, scale, cell);
	if (!scale->source->records)
		cell->known = false;
}

#define VM	(1u << BY_VM)
#define VCPU	(1u << BY_VCPU)
#define VMS	(VM | VCPU)
#define REASON	(1u << BY_REASON)
#define ALL	(VMS | REASON)

/* What of a column's struct is the same for many */
#define NUMBER(key, title, width)	{ key, title, width, EMIT_COUNT }, { 0 }
#define TEXT(key, title, width)		{ key, title, width, EMIT_STRING }
#define RATE(key, title, width)		{ key "_per_s", title, width, EMIT_TENTHS }, RAW(key)
#define RAW(key)			{ key, NULL, 0, EMIT_COUNT }
#define SHARE(key, title)		\
	{ key "_pct", title, 6, EMIT_TENTHS }, { key "_ns", NULL, 0, EMIT_NS }
#define PHASE(name, title, key, phase)	\
	{ name, SHARE(name, title), ALL, key, phase_share, HVLENS_PHASE_##phase }
#define OUTSIDE(name, title, key, outcome)	\
	{ name, SHARE(name, title), VMS, key, outside_share, HVLENS_OUTCOME_##outcome }

const struct column_spec columns[COL_COUNT] = {
	[COL_VM]	= { "vm", NUMBER("vm", "VM", 7), VMS, 'p', vm_id, 0 },
	[COL_VCPU]	= { "vcpu", NUMBER("vcpu", "VCPU", 5), VCPU, 'c', vcpu_id, 0 },
	[COL_VCPUS]	= { "vcpus", NUMBER("vcpus", "VCPUS", 5), VM, 'c', vcpu_count, 0 },
	[COL_REASON]	= { "reason", TEXT("reason", "REASON", -24), RAW("trap"), REASON, 'a',
			    reason, 0 },
	[COL_EXITS]	= { "exits", RATE("exits", "EXITS/s", 9), ALL, 'e', exit_rate, 0 },
	[COL_GUEST]	= PHASE("guest", "GUEST%", 'g', GUEST),
	[COL_PREPARE]	= PHASE("prepare", "PREP%", 'r', PREPARE),
	[COL_ENTRY]	= PHASE("entry", "ENTRY%", 'n', ENTRY),
	[COL_EXIT]	= PHASE("exit", "EXIT%", 'x', EXIT),
	[COL_REPLAY]	= PHASE("replay", "REPL%", 'y', REPLAY),
	[COL_HANDLE]	= PHASE("handle", "HANDL%", 'd', HANDLE),
	[COL_USER]	= OUTSIDE("user", "USER%", 'u', USER),
	[COL_BLOCK]	= OUTSIDE("block", "BLOCK%", 'b', BLOCK),
	[COL_TOP]	= { "top", TEXT("top_reason", "TOP REASON", -18), RAW("top_exits"), VMS,
			    't', top_reason, 0 },
	[COL_NAME]	= { "name", TEXT("name", "NAME", -15), { 0 }, VMS, 'm', vm_name, 0 },
	[COL_NORECOVER]	= PHASE("norecover", "NOREC%", 'w', NORECOVER),
	[COL_ABORTS]	= { "aborts", RATE("aborts", "ABORT/s", 7), VMS, 'o', abort_rate, 0 },
	[COL_MISSED]	= { "missed", NUMBER("missed", "MISSED", 6), VMS, 'i', missed, 0 },
};

int column_named(const char *name)
{
	for (int column = 0; column < COL_COUNT; column++) {
		if (!strcmp(columns[column].name, name))
			return column;
	}
	return -1;
}

bool column_shown(enum by by, enum column column)
{
	return columns[column].by >> by & 1;
}

void column_cell(enum column column, const struct row *row, const struct scale *scale,
		 struct cell *cell)
{
	const struct column_spec *spec = &columns[column];

	*cell = (struct cell){ .known = true };
	spec->value(row, scale, spec->arg, cell);
}

/* Names and ids from the smallest, quantities from the largest */
static bool ascending(enum column column)
{
	return columns[column].shown.unit == EMIT_STRING || column == COL_VM || column == COL_VCPU;
}

struct order {
	const struct sorting *sorting;
	const struct scale *scale;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	const struct order *order = arg;
	enum column column = order->sorting->column;
	struct cell p, q;
	int result;

	column_cell(column, x, order->scale, &p);
	column_cell(column, y, order->scale, &q);
	if (columns[column].shown.unit == EMIT_STRING)
		result = strcmp(p.text, q.text);
	else
		result = (p.number > q.number) - (p.number < q.number);
	if (!ascending(column))
		result = -result;
	if (order->sorting->reverse)
		result = -result;
	if (result)
		return result;
	/* The table's order, so that equal rows don't jump */
	if (x->key.vm != y->key.vm)
		return x->key.vm < y->key.vm ? -1 : 1;
	if (x->key.vcpu != y->key.vcpu)
		return x->key.vcpu < y->key.vcpu ? -1 : 1;
	if (x->key.trap != y->key.trap)
		return x->key.trap < y->key.trap ? -1 : 1;
	return (x->key.hcall > y->key.hcall) - (x->key.hcall < y->key.hcall);
}

const struct row **sorted_rows(const struct table *rows, const struct sorting *sorting,
			       const struct scale *scale)
{
	struct order order = { sorting, scale };
	const struct row **sorted;

	if (!rows->count)
		return NULL;
	sorted = malloc(rows->count * sizeof(*sorted));
	if (!sorted)
		return NULL;
	for (size_t i = 0; i < rows->count; i++)
		sorted[i] = rows->rows[i];
	qsort_r(sorted, rows->count, sizeof(*sorted), compare, &order);
	return sorted;
}
