// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>
#include "bins.h"
#include "names.h"
#include "view.h"

enum {
	COL_VM, COL_NAME, COL_VCPU, COL_CPU, COL_TRAP, COL_REASON, COL_HCALL_NUMBER, COL_HCALL,
	COL_PHASE, COL_COUNT, COL_MIN, COL_MEAN, COL_P50, COL_P90, COL_P99, COL_P999, COL_MAX,
	COLS
};

static const struct emit_column columns[COLS] = {
	[COL_VM]	= { "vm",	"VM",		7,	EMIT_COUNT },
	[COL_NAME]	= { "name",	"NAME",		-15,	EMIT_STRING },
	[COL_VCPU]	= { "vcpu",	"VCPU",		5,	EMIT_COUNT },
	[COL_CPU]	= { "cpu",	"CPU",		4,	EMIT_COUNT },
	[COL_HCALL_NUMBER] = { "hcall_number", NULL,	0,	EMIT_HEX },
	[COL_HCALL]	= { "hcall",	"HYPERCALL",	-24,	EMIT_STRING },
	[COL_TRAP]	= { "trap",	NULL,		0,	EMIT_HEX },
	[COL_REASON]	= { "reason",	"REASON",	-11,	EMIT_STRING },
	[COL_PHASE]	= { "phase",	"PHASE",	-9,	EMIT_STRING },
	[COL_COUNT]	= { "count",	"COUNT",	8,	EMIT_COUNT },
	[COL_MIN]	= { "min_ns",	"MIN",		7,	EMIT_NS },
	[COL_MEAN]	= { "mean_ns",	"MEAN",		7,	EMIT_NS },
	[COL_P50]	= { "p50_ns",	"P50",		7,	EMIT_NS },
	[COL_P90]	= { "p90_ns",	"P90",		7,	EMIT_NS },
	[COL_P99]	= { "p99_ns",	"P99",		7,	EMIT_NS },
	[COL_P999]	= { "p999_ns",	"P99.9",	7,	EMIT_NS },
	[COL_MAX]	= { "max_ns",	"MAX",		7,	EMIT_NS },
};

static const struct quantile {
	int column;
	unsigned int per_mille;
} quantiles[] = {
	{ COL_P50, 500 }, { COL_P90, 900 }, { COL_P99, 990 }, { COL_P999, 999 },
};

/* The columns of each kind of key, ended by COL_PHASE */
static const int key_columns[][4] = {
	[KVMLAT_BY_NONE]	= { COL_PHASE },
	[KVMLAT_BY_REASON]	= { COL_TRAP, COL_REASON, COL_PHASE },
	[KVMLAT_BY_HCALL]	= { COL_HCALL_NUMBER, COL_HCALL, COL_PHASE },
	[KVMLAT_BY_CPU]		= { COL_CPU, COL_PHASE },
	[KVMLAT_BY_VCPU]	= { COL_VM, COL_VCPU, COL_PHASE },
	[KVMLAT_BY_VM]		= { COL_VM, COL_NAME, COL_PHASE },
};

static const struct emit_column
	from_column	= { "from_ns",	NULL,	0,	EMIT_NS },
	to_column	= { "to_ns",	NULL,	0,	EMIT_NS },
	range_column	= { NULL,	"",	20,	EMIT_STRING },
	bin_column	= { "count",	"",	8,	EMIT_COUNT },
	bar_column	= { NULL,	"",	-1,	EMIT_STRING };

#define BAR_WIDTH	36

static const char *bar(char buf[BAR_WIDTH + 1], uint64_t count, uint64_t most)
{
	size_t len = ((__uint128_t)count * BAR_WIDTH + most - 1) / most;

	memset(buf, '#', len);
	buf[len] = '\0';
	return buf;
}

static void report_histogram(struct emit *emit, const struct histsum *sum, uint64_t hz)
{
	char buf[BAR_WIDTH + 1], range[BIN_RANGE_SIZE];
	struct bins bins;

	bins_init(&bins);
	for (uint32_t i = 0; i < HVLENS_HIST_BUCKETS; i++)
		bins_add(&bins, ticks_to_ns(hvlens_hist_middle(i), hz), sum->bucket[i]);
	emit_array(emit, "histogram");
	for (int bin = bins.first; bin <= bins.last; bin++) {
		emit_row(emit);
		emit_number(emit, &from_column, bin_lower(bin));
		emit_number(emit, &to_column, bin_lower(bin + 1));
		emit_string(emit, &range_column, bin_range(range, bin, bin + 1));
		emit_number(emit, &bin_column, bins.count[bin]);
		if (bins.count[bin])
			emit_string(emit, &bar_column, bar(buf, bins.count[bin], bins.most));
		emit_row_end(emit);
	}
	emit_array_end(emit);
}

static void report_key(struct emit *emit, const struct model_row *row, enum kvmlat_by by,
		       struct vms *vms)
{
	const char *hcall = hcall_name(row->key.id);
	char reason[REASON_NAME_SIZE];

	for (const int *column = key_columns[by]; *column != COL_PHASE; column++) {
		switch (*column) {
		case COL_VM:
			emit_number(emit, &columns[COL_VM], row->key.vm);
			break;
		case COL_NAME:
			emit_string(emit, &columns[COL_NAME], vms_name(vms, row->key.vm));
			break;
		case COL_REASON:
			emit_string(emit, &columns[COL_REASON],
				    reason_name(reason, row->key.id, HVLENS_HCALL_NONE));
			break;
		case COL_HCALL:
			emit_string(emit, &columns[COL_HCALL], hcall ? hcall : "(unknown)");
			break;
		case COL_HCALL_NUMBER:
			if (row->key.id == HVLENS_HCALL_UNKNOWN) {
				emit_absent(emit, &columns[COL_HCALL_NUMBER]);
				break;
			}
			/* fallthrough */
		default:
			emit_number(emit, &columns[*column], row->key.id);
		}
	}
}

static void report_phase(struct emit *emit, const struct histsum *sum, uint64_t hz)
{
	emit_number(emit, &columns[COL_COUNT], sum->count);
	emit_number(emit, &columns[COL_MIN], ticks_to_ns(sum->min, hz));
	emit_number(emit, &columns[COL_MEAN], ticks_to_ns(sum->sum, hz) / sum->count);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		emit_number(emit, &columns[quantiles[i].column],
			    ticks_to_ns(histsum_quantile(sum, quantiles[i].per_mille), hz));
	emit_number(emit, &columns[COL_MAX], ticks_to_ns(sum->max, hz));
}

/* JSON: the buckets that have values; ticks of the clock with frequency clock_hz */
static void report_buckets(struct emit *emit, const struct histsum *sum)
{
	static const struct emit_column
		from	= { "from",	NULL, 0, EMIT_COUNT },
		to	= { "to",	NULL, 0, EMIT_COUNT },
		number	= { "n",	NULL, 0, EMIT_COUNT };

	if (emit->form != EMIT_JSON)
		return;
	emit_array(emit, "buckets");
	for (uint32_t i = 0; i < HVLENS_HIST_BUCKETS; i++) {
		if (!sum->bucket[i])
			continue;
		emit_row(emit);
		emit_number(emit, &from, hvlens_hist_lower(i));
		if (i + 1 < HVLENS_HIST_BUCKETS)
			emit_number(emit, &to, hvlens_hist_lower(i + 1));
		else
			emit_absent(emit, &to);
		emit_number(emit, &number, sum->bucket[i]);
		emit_row_end(emit);
	}
	emit_array_end(emit);
}

static void report_titles(struct emit *emit, enum kvmlat_by by)
{
	struct emit_column shown[COLS];
	size_t count = 0;

	for (const int *column = key_columns[by]; *column != COL_PHASE; column++)
		shown[count++] = columns[*column];
	for (int column = COL_PHASE; column < COLS; column++)
		shown[count++] = columns[column];
	emit_titles(emit, shown, count);
}

int view_report(struct emit *emit, const struct view *view)
{
	const struct options *options = view->options;
	const struct model *model = view->model;

	emit_document(emit);
	emit_heading(emit, KVMLAT_SCHEMA, view->time, view->source, view->window);
	if (!model->rows.count)
		emit_text(emit, "no exits yet\n");
	else
		report_titles(emit, options->by);
	emit_array(emit, "rows");
	for (size_t i = 0; i < model->rows.count; i++) {
		const struct model_row *row = model->rows.rows[i];

		for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++) {
			struct histsum sum;

			/* The source does not measure it, or it was not asked for. */
			if (!row->phase[phase].count)
				continue;
			model_histogram(model, row, phase, &sum);
			emit_row(emit);
			report_key(emit, row, options->by, view->vms);
			emit_string(emit, &columns[COL_PHASE], phase_names[phase]);
			report_phase(emit, &sum, view->source->hz);
			report_buckets(emit, &sum);
			if (options->histograms)
				report_histogram(emit, &sum, view->source->hz);
			emit_row_end(emit);
		}
	}
	emit_array_end(emit);
	emit_text(emit, "\n");
	return emit_document_end(emit);
}

/*
 * Lower bounds of the cells in a decade of the heat map, in tenths of the decade's lower bound.
 * A shade tells how many values are in a cell.  The fullest cell of a line has the densest one.
 */
static const unsigned int heat_steps[] = { 10, 15, 20, 30, 50, 70 };

#define HEAT_STEPS	(sizeof(heat_steps) / sizeof(*heat_steps))
#define HEAT_DECADES	8
#define HEAT_CELLS	(HEAT_STEPS * HEAT_DECADES)
#define HEAT_LOWEST	100	/* ns */

static size_t heat_cell(uint64_t ns)
{
	uint64_t lower = HEAT_LOWEST / 10;
	size_t cell = 0;

	for (int decade = 0; decade < HEAT_DECADES; decade++, lower *= 10) {
		for (size_t step = 0; step < HEAT_STEPS; step++, cell++) {
			if (ns < lower * heat_steps[step])
				return cell ? cell - 1 : 0;
		}
	}
	return HEAT_CELLS - 1;
}

static const char *shade(uint64_t count, uint64_t most, bool ascii)
{
	static const char *const blocks[] = { " ", "░", "▒", "▓", "█" };
	static const char *const plain[] = { " ", ".", ":", "-", "=", "+", "*", "#", "%", "@" };
	size_t levels = ascii ? sizeof(plain) / sizeof(*plain) : sizeof(blocks) / sizeof(*blocks);
	size_t level = 0;

	/* By the logarithm, so that rare values can be seen */
	if (count)
		level = 1 + (hvlens_log2(count) + 1) * (levels - 2) / (hvlens_log2(most) + 1);
	if (level >= levels)
		level = levels - 1;
	return (ascii ? plain : blocks)[level];
}

static void heat_line(struct emit *emit, const struct histsum *sum, uint64_t hz, bool ascii)
{
	static const struct emit_column map = { NULL, "", -(int)HEAT_CELLS, EMIT_STRING };
	uint64_t cells[HEAT_CELLS] = { 0 }, most = 1;
	char text[HEAT_CELLS * 4 + 1] = "";
	size_t len = 0;

	for (uint32_t i = 0; i < HVLENS_HIST_BUCKETS; i++) {
		if (sum->bucket[i])
			cells[heat_cell(ticks_to_ns(hvlens_hist_middle(i), hz))] += sum->bucket[i];
	}
	for (size_t i = 0; i < HEAT_CELLS; i++) {
		if (cells[i] > most)
			most = cells[i];
	}
	for (size_t i = 0; i < HEAT_CELLS; i++)
		len += sprintf(text + len, "%s", shade(cells[i], most, ascii));
	emit_string(emit, &map, text);
}

static const struct emit_column heat_clock = { NULL, "TIME", -8, EMIT_STRING };

static void heat_titles(struct emit *emit, enum kvmlat_by by)
{
	static const struct emit_column axis = {
		NULL, "|100ns|1us  |10us |100us|1ms  |10ms |100ms|1s", -(int)HEAT_CELLS, EMIT_STRING
	};
	struct emit_column shown[COLS];
	size_t count = 0;

	shown[count++] = heat_clock;
	for (const int *column = key_columns[by]; *column != COL_PHASE; column++)
		shown[count++] = columns[*column];
	shown[count++] = columns[COL_PHASE];
	shown[count++] = columns[COL_COUNT];
	shown[count++] = axis;
	emit_titles(emit, shown, count);
}

int view_heat(struct emit *emit, const struct view *view, bool titles, bool ascii)
{
	char clock[CLOCK_SIZE];

	format_clock(clock, view->time);
	if (titles) {
		emit_heading(emit, KVMLAT_SCHEMA, view->time, view->source, view->window);
		heat_titles(emit, view->options->by);
	}
	for (size_t i = 0; i < view->model->rows.count; i++) {
		const struct model_row *row = view->model->rows.rows[i];

		for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++) {
			struct histsum sum;

			if (!row->phase[phase].count)
				continue;
			model_histogram(view->model, row, phase, &sum);
			emit_row(emit);
			emit_string(emit, &heat_clock, clock);
			report_key(emit, row, view->options->by, view->vms);
			emit_string(emit, &columns[COL_PHASE], phase_names[phase]);
			emit_number(emit, &columns[COL_COUNT], sum.count);
			heat_line(emit, &sum, view->source->hz, ascii);
			emit_row_end(emit);
		}
	}
	return emit_document_end(emit);
}
