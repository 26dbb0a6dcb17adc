// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>
#include "bins.h"
#include "detail.h"
#include "histsum.h"

/* Columns of the screen: both halves with a gap between, and what stands before the bars */
#define GAP		2
#define PART_TEXT	16
#define BIN_TEXT	26
/* Longer bars are no help. */
#define MOST_WIDTH	160

/* What the time of a row is made of: the columns whose shares come to 100 % */
static const enum column parts[] = {
	COL_GUEST, COL_PREPARE, COL_ENTRY, COL_EXIT, COL_REPLAY, COL_HANDLE, COL_LOOP, COL_USER,
	COL_WAIT, COL_BLOCK,
};

#define PARTS	(sizeof(parts) / sizeof(*parts))

static const char *bar(char *buf, size_t size, uint64_t value, uint64_t most, int width)
{
	const char *mark = columns_unicode() ? "▇" : "#";
	int cells = most && width > 0 ? ((__uint128_t)value * width + most / 2) / most : 0;
	size_t len = 0;

	if (value && !cells)
		cells = 1;
	buf[0] = '\0';
	for (; cells > 0 && len + strlen(mark) < size; cells--)
		len += snprintf(buf + len, size - len, "%s", mark);
	return buf;
}

static void part_line(char *line, size_t size, int width, enum column column, const struct row *row,
		      const struct scale *scale)
{
	char marks[DETAIL_SIZE];
	struct cell cell;

	column_cell(column, row, scale, &cell);
	if (!cell.known)
		snprintf(line, size, "%-8s      -", columns[column].name);
	else
		snprintf(line, size, "%-8s %5" PRIu64 ".%" PRIu64 " %s", columns[column].name,
			 cell.number / 10, cell.number % 10,
			 bar(marks, sizeof(marks), cell.number, 1000, width - PART_TEXT));
}

static void bin_line(char *line, size_t size, int width, const struct bins *bins, int bin, int end)
{
	char range[BIN_RANGE_SIZE], marks[DETAIL_SIZE];

	snprintf(line, size, "%16s %8" PRIu64 " %s", bin_range(range, bin, end), bins->count[bin],
		 bar(marks, sizeof(marks), bins->count[bin], bins->most, width - BIN_TEXT));
}

/* The bins, by decade if there are more than @count; *@step: bins that are one line */
static void round_trips(struct bins *bins, const struct row *row, uint64_t hz, size_t count,
			int *step)
{
	bins_init(bins);
	for (int i = 0; i < KVMEXIT_BUCKETS; i++)
		bins_add(bins, ticks_to_ns(hvlens_hist_middle_of(i + KVMEXIT_FIRST,
								 KVMEXIT_SUB_BITS), hz),
			 row->roundtrip[i]);
	*step = 1;
	if (bins->last - bins->first >= (int)count) {
		bins_by_decade(bins);
		*step = BINS_PER_DECADE;
	}
}

size_t detail_lines(char lines[][DETAIL_SIZE], size_t count, int width, const struct row *row,
		    const struct scale *scale)
{
	char left[DETAIL_SIZE / 2], right[DETAIL_SIZE / 2];
	int half, step, bin;
	size_t used = 0, part = 0;
	struct bins bins;

	if (count > DETAIL_LINES)
		count = DETAIL_LINES;
	if (width > MOST_WIDTH)
		width = MOST_WIDTH;
	if (!count)
		return 0;
	half = (width - GAP) / 2;
	snprintf(lines[used++], DETAIL_SIZE, "%-*s%s", half + GAP, "time, %", "round trips");
	round_trips(&bins, row, scale->source->hz, count - 1, &step);
	for (bin = bins.first; used < count; used++, part++, bin += step) {
		while (part < PARTS && !column_of(scale->model->by, parts[part]))
			part++;
		if (part >= PARTS && bin > bins.last)
			break;
		left[0] = '\0';
		right[0] = '\0';
		if (part < PARTS)
			part_line(left, sizeof(left), half, parts[part], row, scale);
		if (bin <= bins.last)
			bin_line(right, sizeof(right), half, &bins, bin, bin + step);
		snprintf(lines[used], DETAIL_SIZE, "%s%*s%s", left,
			 half + GAP - display_width(left), "", right);
	}
	return used;
}
