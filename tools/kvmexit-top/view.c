// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include "names.h"
#include "view.h"

static const struct emit_column by_fact = { "by", NULL, 0, EMIT_STRING };

struct column_list view_columns(const struct view *view)
{
	enum by by = view->scale.model->by;
	struct column_list shown = { 0 };
	enum column column;

	for (column = 0; column < COL_COUNT; column++) {
		if (column_is_key(by, column) && columns_find(&view->columns, column) < 0)
			shown.column[shown.count++] = column;
	}
	for (size_t i = 0; i < view->columns.count; i++) {
		column = view->columns.column[i];
		if (column_of(by, column))
			shown.column[shown.count++] = column;
	}
	return shown;
}

int view_width(const struct view *view, enum column column)
{
	return column == COL_NAME && view->name_width ? view->name_width :
							 abs(columns[column].shown.width);
}

int view_longest_name(const struct view *view)
{
	const struct table *rows = &view->scale.model->rows;
	struct cell cell;
	int longest = 0, width;

	for (size_t i = 0; column_of(view->scale.model->by, COL_NAME) && i < rows->count; i++) {
		column_cell(COL_NAME, rows->rows[i], &view->scale, &cell);
		width = display_width(cell.text);
		if (width > longest)
			longest = width;
	}
	return longest;
}

/* The column as it is shown: all columns but one have the width that the table says. */
static struct emit_column shown(const struct view *view, enum column column)
{
	struct emit_column shown = columns[column].shown;

	if (column == COL_NAME)
		shown.width = -view_width(view, column);
	return shown;
}

void view_heading(struct emit *emit, const struct view *view)
{
	emit_heading(emit, KVMEXIT_TOP_SCHEMA, view->time, view->scale.source,
		     &view->scale.model->window);
	emit_string(emit, &by_fact, by_names[view->scale.model->by]);
}

void view_titles(struct emit *emit, const struct view *view)
{
	const struct column_list list = view_columns(view);
	struct emit_column titles[COL_COUNT];

	for (size_t i = 0; i < list.count; i++)
		titles[i] = shown(view, list.column[i]);
	emit_titles(emit, titles, list.count);
}

static void show_cell(struct emit *emit, const struct view *view, enum column column,
		      const struct cell *cell)
{
	const struct emit_column as = shown(view, column);
	const struct column_spec *spec = &columns[column];

	if (!cell->known)
		emit_absent(emit, &as);
	else if (as.unit == EMIT_STRING)
		emit_string(emit, &as, cell->text);
	else
		emit_number(emit, &as, cell->number);
	if (!spec->raw.key)
		return;
	if (cell->known && cell->raw_known)
		emit_number(emit, &spec->raw, cell->raw);
	else
		emit_absent(emit, &spec->raw);
}

void view_row(struct emit *emit, const struct view *view, const struct row *row)
{
	const struct column_list list = view_columns(view);
	struct cell cell;

	emit_row(emit);
	for (size_t i = 0; i < list.count; i++) {
		column_cell(list.column[i], row, &view->scale, &cell);
		show_cell(emit, view, list.column[i], &cell);
	}
	emit_row_end(emit);
}

char *view_path(char buf[PATH_SIZE], const struct view *view)
{
	const struct hvlens_filter *path = &view->scale.model->path;
	const char *hcall = hcall_name(path->hcall.values[0]);
	char reason[REASON_NAME_SIZE], name[4 * VM_NAME_SIZE];
	size_t len = 0;

	buf[0] = '\0';
#define ADD(...)							\
	do {								\
		if (len)						\
			len += snprintf(buf + len, PATH_SIZE - len, " > "); \
		len += snprintf(buf + len, PATH_SIZE - len, __VA_ARGS__); \
	} while (0)
	if (path->vm.count)
		ADD("vm %" PRIu64 " %s", (uint64_t)path->vm.values[0],
		    printable(name, sizeof(name), vms_name(view->scale.vms, path->vm.values[0])));
	if (path->vcpu.count)
		ADD("vcpu %" PRIu64, (uint64_t)path->vcpu.values[0]);
	if (path->trap.count)
		ADD("%s", reason_name(reason, path->trap.values[0], HVLENS_HCALL_NONE));
	if (path->hcall.count)
		ADD("%s", hcall ? hcall : "(unknown)");
	if (path->cpu.count)
		ADD("cpu %" PRIu64, (uint64_t)path->cpu.values[0]);
#undef ADD
	return buf;
}

/* The view in which no name is too long for its column */
static struct view wide_enough(const struct view *view)
{
	int longest = view_longest_name(view);
	struct view wide = *view;

	if (longest > view_width(view, COL_NAME))
		wide.name_width = longest;
	return wide;
}

int view_report(struct emit *emit, const struct view *given)
{
	const struct view wide = wide_enough(given), *view = &wide;
	const struct row **rows;
	size_t count;

	emit_document(emit);
	view_heading(emit, view);
	rows = sorted_rows(&view->scale, &view->sorting, view->filter, &count);
	if (count)
		view_titles(emit, view);
	else
		emit_text(emit, "no exits yet\n");
	emit_array(emit, "rows");
	for (size_t i = 0; i < count; i++)
		view_row(emit, view, rows[i]);
	emit_array_end(emit);
	emit_text(emit, "\n");
	free(rows);
	return emit_document_end(emit);
}
