// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <string.h>
#include "filter.h"
#include "state.h"

#define CTRL_L		('L' & 0x1f)
#define ESCAPE		27
#define DELETE		127
#define TRAP_SYSCALL	0xc00

const struct state_help state_keys[] = {
	{ "V C R K P", "rows by VM, vCPU, exit reason, hypercall, host CPU" },
	{ "Enter", "go into the row: VM, vCPU, reason, hypercall, host CPU" },
	{ "Backspace", "go back" },
	{ "arrows, page keys", "select a row" },
	{ "< >, left, right", "sort by the next column to the left or right" },
	{ "I", "invert the order" },
	{ "/", "only rows with a text (Enter keeps the filter, Esc drops it)" },
	{ "O", "choose columns" },
	{ "Space", "pause" },
	{ "+ -", "lengthen or shorten the interval" },
	{ "Ctrl-L", "redraw" },
	{ "? H", "this help" },
	{ "Q", "quit" },
	{ NULL, NULL }
};

void state_init(struct state *state, const struct options *options)
{
	*state = (struct state){
		.by = options->by,
		.path = filter_all,
		.sorting = options->sorting,
		.columns = options->columns ? options->columns : COLUMNS_SCREEN,
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

static enum action select_row(struct state *state, int at, const struct row *const *rows,
			      size_t count)
{
	state->at = at;
	state->has_selected = false;
	state_find(state, rows, count);
	if (count) {
		state->selected = rows[state->at]->key;
		state->has_selected = true;
	}
	return ACTION_REDRAW;
}

/* Changes the kind of rows.  A sort column that they do not have gives way to the default. */
static enum action regroup(struct state *state, enum by by)
{
	state->by = by;
	state->has_selected = false;
	state->at = 0;
	state->filter[0] = '\0';
	if (!column_of(by, state->sorting.column))
		state->sorting = (struct sorting){ .column = COL_EXITS };
	return ACTION_GROUP;
}

static enum action choose(struct state *state, enum by by)
{
	state->path = filter_all;
	state->depth = 0;
	return regroup(state, by);
}

/* The kind of rows one level below @path; false: there is none */
static bool next_level(const struct hvlens_filter *path, enum by *by)
{
	if (!path->vm.count)
		*by = BY_VM;
	else if (!path->vcpu.count)
		*by = BY_VCPU;
	else if (!path->trap.count)
		*by = BY_REASON;
	else if (path->trap.values[0] == TRAP_SYSCALL && !path->hcall.count)
		*by = BY_HCALL;
	else if (!path->cpu.count)
		*by = BY_CPU;
	else
		return false;
	return true;
}

static enum action drill(struct state *state, const struct row *const *rows, size_t count)
{
	struct hvlens_filter path = state->path;
	const struct row_key *key;
	enum by by;

	if (!count || state->depth == STATE_DEPTH)
		return ACTION_NONE;
	state_find(state, rows, count);
	key = &rows[state->at]->key;
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
	if (!next_level(&path, &by))
		return ACTION_NONE;
	state->above[state->depth++] = (struct level){ state->by, state->path, *key };
	state->path = path;
	return regroup(state, by);
}

static enum action back(struct state *state)
{
	const struct level *level;
	enum action action;

	if (!state->depth)
		return ACTION_NONE;
	level = &state->above[--state->depth];
	state->path = level->path;
	action = regroup(state, level->by);
	state->selected = level->selected;
	state->has_selected = true;
	return action;
}

/* Sorts by the next shown column: to the right with @step 1, to the left with -1 */
static enum action step_column(struct state *state, int step)
{
	int column = state->sorting.column;

	do {
		column = (column + step + COL_COUNT) % COL_COUNT;
	} while (!column_of(state->by, column) ||
		 (!column_is_key(state->by, column) && !(state->columns >> column & 1)));
	state->sorting.column = column;
	return ACTION_REDRAW;
}

/* From 0.1 s to an hour, in round steps */
static enum action step_interval(struct state *state, int step)
{
	static const uint64_t steps[] = { 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000,
					  600000, 3600000 };
	const int count = sizeof(steps) / sizeof(*steps);
	const uint64_t ms = state->interval / 1000000;
	int at = 0;

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

static enum action table_key(struct state *state, int key, const struct row *const *rows,
			     size_t count)
{
	state_find(state, rows, count);
	switch (key) {
	case 'q':
	case 'Q':
		return ACTION_QUIT;
	case 'v':
	case 'V':
		return choose(state, BY_VM);
	case 'c':
	case 'C':
		return choose(state, BY_VCPU);
	case 'r':
	case 'R':
		return choose(state, BY_REASON);
	case 'k':
	case 'K':
		return choose(state, BY_HCALL);
	case 'p':
	case 'P':
		return choose(state, BY_CPU);
	case '\n':
	case '\r':
	case KEY_ENTER:
		return drill(state, rows, count);
	case KEY_BACKSPACE:
	case DELETE:
	case '\b':
		return back(state);
	case 'i':
	case 'I':
		state->sorting.reverse = !state->sorting.reverse;
		return ACTION_REDRAW;
	case '<':
	case KEY_LEFT:
		return step_column(state, -1);
	case '>':
	case KEY_RIGHT:
		return step_column(state, 1);
	case KEY_UP:
		return select_row(state, state->at - 1, rows, count);
	case KEY_DOWN:
		return select_row(state, state->at + 1, rows, count);
	case KEY_PPAGE:
		return select_row(state, state->at - state->page, rows, count);
	case KEY_NPAGE:
		return select_row(state, state->at + state->page, rows, count);
	case KEY_HOME:
		return select_row(state, 0, rows, count);
	case KEY_END:
		return select_row(state, count, rows, count);
	case ' ':
		state->paused = !state->paused;
		return ACTION_REDRAW;
	case '+':
	case '=':
		return step_interval(state, 1);
	case '-':
		return step_interval(state, -1);
	case '/':
		strcpy(state->filter_before, state->filter);
		state->mode = MODE_FILTER;
		return ACTION_REDRAW;
	case 'o':
	case 'O':
		state->mode = MODE_COLUMNS;
		return ACTION_REDRAW;
	case '?':
	case 'h':
	case 'H':
		state->mode = MODE_HELP;
		return ACTION_REDRAW;
	case CTRL_L:
		return ACTION_REDRAW;
	}
	return ACTION_NONE;
}

/* Q quits as everywhere.  Any other key leaves the help. */
static enum action help_key(struct state *state, int key)
{
	if (key == 'q' || key == 'Q')
		return ACTION_QUIT;
	state->mode = MODE_TABLE;
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
		state->columns ^= COLUMN_BIT(state->column_at);
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
	switch (state->mode) {
	case MODE_HELP:
		return help_key(state, key);
	case MODE_FILTER:
		return filter_key(state, key);
	case MODE_COLUMNS:
		return columns_key(state, key);
	default:
		return table_key(state, key, rows, count);
	}
}
