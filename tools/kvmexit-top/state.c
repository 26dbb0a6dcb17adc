// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <curses.h>
#include <string.h>
#include "filter.h"
#include "state.h"

#define CTRL_L		('L' & 0x1f)
#define ESCAPE		27
#define DELETE		127
#define TRAP_SYSCALL	0xc00

/* The rows of the table in the order in which it was drawn */
struct drawn {
	const struct row *const *rows;
	size_t count;
};

void state_init(struct state *state, const struct options *options)
{
	*state = (struct state){
		.by = options->by,
		.path = filter_all,
		.sorting = options->sorting,
		.columns = options->columns.count ? options->columns : columns_of(PLACE_SCREEN),
		.interval = options->interval,
		.page = 1,
	};
}

void state_find(struct state *state, const struct row *const *rows, size_t count)
{
	for (size_t i = 0; state->has_selected && i < count; i++) {
		if (!memcmp(&rows[i]->key, &state->selected, sizeof(state->selected))) {
			state->at = i;
			return;
		}
	}
	if (state->at >= (int)count)
		state->at = count ? count - 1 : 0;
	if (state->at < 0)
		state->at = 0;
}

static enum action select_row(struct state *state, int at, const struct drawn *drawn)
{
	state->at = at;
	state->has_selected = false;
	state_find(state, drawn->rows, drawn->count);
	if (drawn->count) {
		state->selected = drawn->rows[state->at]->key;
		state->has_selected = true;
	}
	return ACTION_REDRAW;
}

static enum action move_by(struct state *state, int rows, const struct drawn *drawn)
{
	return select_row(state, state->at + rows, drawn);
}

static enum action move_pages(struct state *state, int pages, const struct drawn *drawn)
{
	return move_by(state, pages * state->page, drawn);
}

static enum action move_to_end(struct state *state, int last, const struct drawn *drawn)
{
	return select_row(state, last ? drawn->count : 0, drawn);
}

/* Changes the kind of rows.  A sort column that they do not have gives way to the default. */
static enum action regroup(struct state *state, enum by by, const struct hvlens_filter *path)
{
	state->by = by;
	state->path = *path;
	state->has_selected = false;
	state->at = 0;
	state->filter[0] = '\0';
	if (!column_of(by, state->sorting.column))
		state->sorting = (struct sorting){ .column = COL_EXITS };
	return ACTION_GROUP;
}

/* The same, so that back() returns.  The oldest view is forgotten when there are too many. */
static enum action go_on(struct state *state, enum by by, const struct hvlens_filter *path)
{
	if (state->depth == STATE_DEPTH)
		memmove(state->before, state->before + 1, --state->depth * sizeof(*state->before));
	state->before[state->depth++] = (struct level){
		state->by, state->path, state->selected, state->has_selected,
	};
	return regroup(state, by, path);
}

static enum action back(struct state *state, int arg, const struct drawn *drawn)
{
	const struct level *level;

	(void)arg;
	(void)drawn;
	if (!state->depth)
		return ACTION_NONE;
	level = &state->before[--state->depth];
	regroup(state, level->by, &level->path);
	state->selected = level->selected;
	state->has_selected = level->has_selected;
	return ACTION_GROUP;
}

static enum action leave_path(struct state *state, int arg, const struct drawn *drawn)
{
	(void)arg;
	(void)drawn;
	state->depth = 0;
	return regroup(state, BY_VM, &filter_all);
}

/* Other rows of the part that is shown, which is not limited by what the rows are */
static enum action rows_by(struct state *state, int by, const struct drawn *drawn)
{
	const struct hvlens_set all = { 0 };
	struct hvlens_filter path = state->path;

	(void)drawn;
	if (by == BY_VCPU)
		path.vcpu = all;
	else if (by == BY_CPU)
		path.cpu = all;
	else
		path.hcall = all;
	/* Only one reason has hypercalls. */
	if (by == BY_REASON || (by == BY_HCALL && path.trap.values[0] != TRAP_SYSCALL))
		path.trap = all;
	return go_on(state, by, &path);
}

/* The kind of rows one level below @path; false: there is none */
static bool next_level(const struct hvlens_filter *path, enum by *by)
{
	const struct { bool missing; enum by by; } levels[] = {
		{ !path->vm.count, BY_VM },
		{ !path->trap.count, BY_REASON },
		{ path->trap.values[0] == TRAP_SYSCALL && !path->hcall.count, BY_HCALL },
		{ !path->vcpu.count, BY_VCPU },
		{ !path->cpu.count, BY_CPU },
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		*by = levels[i].by;
		if (levels[i].missing)
			return true;
	}
	return false;
}

static enum action drill(struct state *state, int arg, const struct drawn *drawn)
{
	struct hvlens_filter path = state->path;
	const struct row_key *key;
	enum by by;

	(void)arg;
	if (!drawn->count)
		return ACTION_NONE;
	select_row(state, state->at, drawn);
	key = &state->selected;
	switch (state->by) {
	case BY_VCPU:
		path.vcpu = filter_only(key->vcpu);
		/* fallthrough */
	case BY_VM:
		path.vm = filter_only(key->vm);
		break;
	case BY_REASON:
		path.trap = filter_only(key->trap);
		break;
	case BY_HCALL:
		path.trap = filter_only(TRAP_SYSCALL);
		path.hcall = filter_only(key->hcall);
		break;
	default:
		path.cpu = filter_only(key->cpu);
	}
	return next_level(&path, &by) ? go_on(state, by, &path) : ACTION_NONE;
}

static enum action invert(struct state *state, int arg, const struct drawn *drawn)
{
	(void)arg;
	(void)drawn;
	state->sorting.reverse = !state->sorting.reverse;
	return ACTION_REDRAW;
}

/* Sorts by the next shown column: to the right with @step 1, to the left with -1 */
static enum action step_column(struct state *state, int step, const struct drawn *drawn)
{
	const struct model rows = { .by = state->by };
	const struct view view = { .scale.model = &rows, .columns = state->columns };
	const struct column_list shown = view_columns(&view);
	int at = columns_find(&shown, state->sorting.column);

	(void)drawn;
	at = at < 0 ? 0 : (at + step + (int)shown.count) % (int)shown.count;
	state->sorting.column = shown.column[at];
	return ACTION_REDRAW;
}

/* From 0.1 s to an hour, in round steps */
static enum action step_interval(struct state *state, int step, const struct drawn *drawn)
{
	static const uint64_t steps[] = { 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000,
					  600000, 3600000 };
	const int count = sizeof(steps) / sizeof(*steps);
	const uint64_t ms = state->interval / 1000000;
	int at = 0;

	(void)drawn;
	if (step > 0) {
		while (at < count && steps[at] <= ms)
			at++;
	} else {
		at = count - 1;
		while (at >= 0 && steps[at] >= ms)
			at--;
	}
	if (at < 0 || at == count)
		return ACTION_NONE;
	state->interval = steps[at] * 1000000;
	return ACTION_INTERVAL;
}

static enum action pause_or_go(struct state *state, int arg, const struct drawn *drawn)
{
	(void)arg;
	(void)drawn;
	state->paused = !state->paused;
	return ACTION_REDRAW;
}

static enum action set_mode(struct state *state, int mode, const struct drawn *drawn)
{
	(void)drawn;
	strcpy(state->filter_before, state->filter);
	state->mode = mode;
	return ACTION_REDRAW;
}

static enum action only(struct state *state, int action, const struct drawn *drawn)
{
	(void)state;
	(void)drawn;
	return action;
}

/* The keys of the table.  Capital letters mean the same as small ones. */
static const struct binding {
	int keys[4];
	enum action (*press)(struct state *state, int arg, const struct drawn *drawn);
	int arg;
	struct help_line help;		/* name NULL: the line before tells of this key too */
} bindings[] = {
	{ { '\n', '\r', KEY_ENTER }, drill, 0,
	  { "Enter", "go into the row: VM, exit reason, hypercall, vCPU, host CPU" } },
	{ { KEY_BACKSPACE, DELETE, '\b' }, back, 0, { "Backspace", "go back" } },
	{ { 'v', ESCAPE }, leave_path, 0, { "V Esc", "all VMs" } },
	{ { 'r' }, rows_by, BY_REASON,
	  { "R K C P", "of what is shown: exit reasons, hypercalls, vCPUs, host CPUs" } },
	{ { 'k' }, rows_by, BY_HCALL, { 0 } },
	{ { 'c' }, rows_by, BY_VCPU, { 0 } },
	{ { 'p' }, rows_by, BY_CPU, { 0 } },
	{ { KEY_UP }, move_by, -1, { "arrows, page keys", "select a row (or click on it)" } },
	{ { KEY_DOWN }, move_by, 1, { 0 } },
	{ { KEY_PPAGE }, move_pages, -1, { 0 } },
	{ { KEY_NPAGE }, move_pages, 1, { 0 } },
	{ { KEY_HOME }, move_to_end, false, { 0 } },
	{ { KEY_END }, move_to_end, true, { 0 } },
	{ { '<', KEY_LEFT }, step_column, -1,
	  { "< >, left, right", "sort by the next column (or click on its title)" } },
	{ { '>', KEY_RIGHT }, step_column, 1, { 0 } },
	{ { 'i' }, invert, 0, { "I", "invert the order" } },
	{ { '/' }, set_mode, MODE_FILTER,
	  { "/", "only rows with a text (Enter keeps the filter, Esc drops it)" } },
	{ { 'o' }, set_mode, MODE_COLUMNS, { "O", "choose columns" } },
	{ { ' ' }, pause_or_go, 0, { "Space", "pause" } },
	{ { '+', '=' }, step_interval, 1, { "+ -", "lengthen or shorten the interval" } },
	{ { '-' }, step_interval, -1, { 0 } },
	{ { 'w' }, only, ACTION_SAVE, { "W", "save rows, order, columns and interval" } },
	{ { CTRL_L }, only, ACTION_REDRAW, { "Ctrl-L", "redraw" } },
	{ { '?', 'h' }, set_mode, MODE_HELP, { "? H", "this help" } },
	{ { 'q' }, only, ACTION_QUIT, { "Q", "quit" } },
};

#define BINDINGS	(sizeof(bindings) / sizeof(*bindings))

static enum action table_key(struct state *state, int key, const struct drawn *drawn)
{
	state_find(state, drawn->rows, drawn->count);
	if (key < 0x80)
		key = tolower(key);
	for (size_t i = 0; key && i < BINDINGS; i++) {
		for (size_t at = 0; at < sizeof(bindings->keys) / sizeof(*bindings->keys); at++) {
			if (bindings[i].keys[at] == key)
				return bindings[i].press(state, bindings[i].arg, drawn);
		}
	}
	return ACTION_NONE;
}

bool state_help(size_t index, struct help_line *line)
{
	for (size_t i = 0; i < BINDINGS; i++) {
		*line = bindings[i].help;
		if (line->name && !index--)
			return true;
	}
	*line = (struct help_line){ "", "" };
	if (!index--)
		return true;
	if (index >= COL_COUNT)
		return false;
	*line = (struct help_line){ columns[index].shown.title, columns[index].help };
	return true;
}

/* Q quits as everywhere.  Any other key that does not scroll leaves the help. */
static enum action help_key(struct state *state, int key)
{
	switch (key) {
	case 'q':
	case 'Q':
		return ACTION_QUIT;
	case KEY_UP:
		state->help_at--;
		break;
	case KEY_DOWN:
		state->help_at++;
		break;
	case KEY_PPAGE:
		state->help_at -= state->page;
		break;
	case KEY_NPAGE:
	case ' ':
		state->help_at += state->page;
		break;
	default:
		state->mode = MODE_TABLE;
	}
	return ACTION_REDRAW;
}

static enum action filter_key(struct state *state, int key)
{
	size_t len = strlen(state->filter);

	switch (key) {
	case '\n':
	case '\r':
	case KEY_ENTER:
		state->mode = MODE_TABLE;
		break;
	case ESCAPE:
		strcpy(state->filter, state->filter_before);
		state->mode = MODE_TABLE;
		break;
	case KEY_BACKSPACE:
	case DELETE:
	case '\b':
		if (len)
			state->filter[len - 1] = '\0';
		break;
	default:
		if (key < ' ' || key > 0xff || len + 1 >= sizeof(state->filter))
			return ACTION_NONE;
		state->filter[len] = key;
		state->filter[len + 1] = '\0';
	}
	return ACTION_REDRAW;
}

static void step_choice(struct state *state, int step)
{
	int at = state->column_at + step;

	while (at >= 0 && at < COL_COUNT && !column_of(state->by, at))
		at += step;
	if (at >= 0 && at < COL_COUNT)
		state->column_at = at;
}

static enum action columns_key(struct state *state, int key)
{
	if (!column_of(state->by, state->column_at))
		step_choice(state, state->column_at ? -1 : 1);
	switch (key) {
	case 'q':
	case 'Q':
		return ACTION_QUIT;
	case KEY_UP:
		step_choice(state, -1);
		break;
	case KEY_DOWN:
		step_choice(state, 1);
		break;
	case ' ':
		columns_toggle(&state->columns, state->column_at);
		break;
	case 's':
	case 'S':
		state->sorting.column = state->column_at;
		break;
	case '\n':
	case '\r':
	case KEY_ENTER:
	case ESCAPE:
	case 'o':
	case 'O':
		state->mode = MODE_TABLE;
		break;
	default:
		return ACTION_NONE;
	}
	return ACTION_REDRAW;
}

enum action state_key(struct state *state, int key, const struct row *const *rows, size_t count)
{
	const struct drawn drawn = { rows, count };

	state->message[0] = '\0';
	switch (state->mode) {
	case MODE_HELP:
		return help_key(state, key);
	case MODE_FILTER:
		return filter_key(state, key);
	case MODE_COLUMNS:
		return columns_key(state, key);
	default:
		return table_key(state, key, &drawn);
	}
}

enum action state_click(struct state *state, const struct click *click,
			const struct row *const *rows, size_t count)
{
	const struct drawn drawn = { rows, count };

	if (state->mode == MODE_HELP && click->on == CLICK_WHEEL) {
		state->help_at += click->at;
		return ACTION_REDRAW;
	}
	if (state->mode != MODE_TABLE)
		return ACTION_NONE;
	state_find(state, rows, count);
	switch (click->on) {
	case CLICK_ROW:
		select_row(state, click->at, &drawn);
		return click->twice ? drill(state, 0, &drawn) : ACTION_REDRAW;
	case CLICK_TITLE:
		if ((int)state->sorting.column == click->at)
			return invert(state, 0, &drawn);
		state->sorting = (struct sorting){ .column = click->at };
		return ACTION_REDRAW;
	case CLICK_WHEEL:
		return move_by(state, click->at, &drawn);
	default:
		return ACTION_NONE;
	}
}
