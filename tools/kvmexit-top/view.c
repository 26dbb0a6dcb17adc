// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include "view.h"

static const struct emit_column by_fact = { "by", NULL, 0, EMIT_STRING };

void view_heading(struct emit *emit, const struct view *view)
{
	emit_heading(emit, KVMEXIT_TOP_SCHEMA, view->time, view->source, &view->model->window);
	emit_string(emit, &by_fact, by_names[view->model->by]);
}

void view_titles(struct emit *emit, enum by by)
{
	struct emit_column shown[COL_COUNT];
	size_t count = 0;

	for (int column = 0; column < COL_COUNT; column++) {
		if (column_shown(by, column))
			shown[count++] = columns[column].shown;
	}
	emit_titles(emit, shown, count);
}

static void show_cell(struct emit *emit, const struct column_spec *spec, const struct cell *cell)
{
	if (!cell->known) {
		emit_absent(emit, &spec->shown);
		if (spec->raw.key)
			emit_absent(emit, &spec->raw);
		return;
	}
	if (spec->shown.unit == EMIT_STRING)
		emit_string(emit, &spec->shown, cell->text);
	else
		emit_number(emit, &spec->shown, cell->number);
	if (spec->raw.key)
		emit_number(emit, &spec->raw, cell->raw);
}

void view_rows(struct emit *emit, const struct view *view)
{
	const struct scale scale = {
		.source = view->source,
		.window = &view->model->window,
		.by = view->model->by,
		.vms = view->vms,
	};
	const struct row **rows = sorted_rows(&view->model->rows, view->sorting, &scale);
	struct cell cell;

	for (size_t i = 0; rows && i < view->model->rows.count; i++) {
		emit_row(emit);
		for (int column = 0; column < COL_COUNT; column++) {
			if (!column_shown(scale.by, column))
				continue;
			column_cell(column, rows[i], &scale, &cell);
			show_cell(emit, &columns[column], &cell);
		}
		emit_row_end(emit);
	}
	free(rows);
}

int view_report(struct emit *emit, const struct view *view)
{
	emit_document(emit);
	view_heading(emit, view);
	if (view->model->rows.count)
		view_titles(emit, view->model->by);
	else
		emit_text(emit, "no exits yet\n");
	emit_array(emit, "rows");
	view_rows(emit, view);
	emit_array_end(emit);
	emit_text(emit, "\n");
	return emit_document_end(emit);
}
