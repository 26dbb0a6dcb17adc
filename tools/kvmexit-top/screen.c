// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "detail.h"
#include "restore.h"
#include "screen.h"

/* Whatever a colour says, an attribute or a letter says as well. */
enum colour { PLAIN, TITLE, SELECTED, PATH, WARNING, GUEST, HOST, USER };

/* Columns that names of VMs take at least, where there is less room and where there is more */
#define NAME_LEAST		4
#define NAME_BESIDE_VCPU	8
/* Lines below the table that are worth using */
#define DETAIL_LEAST		4
/* Rows that a turn of the wheel moves */
#define WHEEL			3
/* Time between the clicks of a double click, ns */
#define DOUBLE_CLICK		400000000ull

static struct {
	bool open;
	bool colour;
	bool restart;			/* size or contents of the terminal are unknown */
	int top;			/* first row shown */
	/* as drawn, for the mouse */
	int titles;			/* their line; -1: there is no table */
	size_t rows;
	struct view drawn;
	/* the line of the last click, and when that was, CLOCK_MONOTONIC in ns */
	int clicked;
	uint64_t clicked_at;
	SCREEN *terminal;
} screen;

void screen_close(void)
{
	if (!screen.open)
		return;
	screen.open = false;
	endwin();
	delscreen(screen.terminal);
}

static void set_colours(bool wanted)
{
	screen.colour = wanted && has_colors() && start_color() == OK &&
			use_default_colors() == OK;
	if (!screen.colour)
		return;
	init_pair(TITLE, COLOR_BLACK, COLOR_CYAN);
	init_pair(SELECTED, COLOR_BLACK, COLOR_WHITE);
	init_pair(PATH, COLOR_CYAN, -1);
	init_pair(WARNING, COLOR_RED, -1);
	init_pair(GUEST, COLOR_GREEN, -1);
	init_pair(HOST, COLOR_RED, -1);
	init_pair(USER, COLOR_YELLOW, -1);
}

bool screen_open(bool colour)
{
	if (!restore_remember())
		return false;
	screen.terminal = newterm(NULL, stdout, stdin);
	if (!screen.terminal)
		return false;
	set_term(screen.terminal);
	/* A terminal that cannot move the cursor, such as TERM=dumb */
	if (!tigetstr("cup")) {
		endwin();
		delscreen(screen.terminal);
		return false;
	}
	screen.open = true;
	atexit(screen_close);
	restore_on_crash();
	set_colours(colour);
	set_escdelay(25);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	/* Without an interval curses need not wait whether a press becomes a click. */
	mouseinterval(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	curs_set(0);
	return true;
}

void screen_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	screen.restart = true;
}

int screen_key(void)
{
	int key = getch();

	if (key == ('L' & 0x1f))
		screen.restart = true;
	return key == ERR ? -1 : key;
}

/* The column whose title is at @x; -1: none */
static int column_at(int x)
{
	const struct column_list shown = view_columns(&screen.drawn);

	for (size_t i = 0; i < shown.count; i++) {
		x -= view_width(&screen.drawn, shown.column[i]) + 1;
		if (x < 0)
			return shown.column[i];
	}
	return -1;
}

/* Was the same line clicked on a moment ago? */
static bool is_second_click(const MEVENT *event)
{
	struct timespec now;
	uint64_t ns;
	bool second;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
	second = event->y == screen.clicked && ns - screen.clicked_at < DOUBLE_CLICK;
	/* A third click is a first one again. */
	screen.clicked = second ? -1 : event->y;
	screen.clicked_at = ns;
	return second;
}

static struct click click_of(const MEVENT *event)
{
	struct click click = { .on = CLICK_ELSEWHERE, .twice = is_second_click(event) };

	if (screen.titles >= 0 && event->y == screen.titles) {
		click.at = column_at(event->x);
		click.on = click.at < 0 ? CLICK_ELSEWHERE : CLICK_TITLE;
	} else if (screen.titles >= 0 && event->y > screen.titles) {
		click.at = screen.top + event->y - screen.titles - 1;
		click.on = click.at < (int)screen.rows ? CLICK_ROW : CLICK_ELSEWHERE;
	}
	return click;
}

/* Curses has one KEY_MOUSE for all events that arrive together, as from a wheel. */
struct click screen_click(void)
{
	struct click click = { .on = CLICK_ELSEWHERE };
	MEVENT event;

	while (getmouse(&event) == OK) {
		if (event.bstate & BUTTON1_PRESSED)
			return click_of(&event);
		if (!(event.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED)))
			continue;
		click.on = CLICK_WHEEL;
		click.at += event.bstate & BUTTON4_PRESSED ? -WHEEL : WHEEL;
	}
	return click;
}

static attr_t look(enum colour colour, attr_t without)
{
	return screen.colour ? (attr_t)COLOR_PAIR(colour) : without;
}

/* Draws the part of the first line of @text that fits.  Returns the next line. */
static int draw_line(int y, const char *text, attr_t attributes)
{
	size_t len = strcspn(text, "\n"), fits = display_fit(text, COLS);

	attrset(attributes);
	if (attributes != A_NORMAL)
		mvhline(y, 0, ' ', COLS);
	mvaddnstr(y, 0, text, len < fits ? len : fits);
	attrset(A_NORMAL);
	return y + 1;
}

/* The text of @row, or else the text that @show writes; to be freed.  NULL: no memory */
static char *text_of(const struct view *view, const struct row *row,
		     void (*show)(struct emit *emit, const struct view *view))
{
	struct emit emit = { .cut = true };
	char *text = NULL;
	size_t size;

	emit.out = open_memstream(&text, &size);
	if (!emit.out)
		return NULL;
	if (row)
		view_row(&emit, view, row);
	else
		show(&emit, view);
	if (fclose(emit.out)) {
		free(text);
		return NULL;
	}
	return text;
}

static int draw_heading(int y, int last, const struct view *view)
{
	char *text = text_of(view, NULL, view_heading);

	for (char *line = text; line && *line && y <= last; line += !!*line) {
		y = draw_line(y, line, A_NORMAL);
		line += strcspn(line, "\n");
	}
	free(text);
	return y;
}

/* Width of a column with the blank before it */
static int column_cells(const struct view *view, enum column column)
{
	return view_width(view, column) + 1;
}

/*
 * Names get the columns of the terminal that nothing else needs.  If they are short, the columns
 * behind them move up.
 */
static int name_width(const struct view *view)
{
	const struct column_list shown = view_columns(view);
	int least = view_width(view, COL_NAME), longest = view_longest_name(view), spare = COLS + 1;

	if (view->scale.model->by == BY_VCPU)
		least = NAME_BESIDE_VCPU;
	if (longest < least)
		return longest > NAME_LEAST ? longest : NAME_LEAST;
	for (size_t i = 0; i < shown.count; i++) {
		if (shown.column[i] != COL_NAME)
			spare -= column_cells(view, shown.column[i]);
	}
	spare--;
	return spare < least ? least : longest < spare ? longest : spare;
}

/*
 * The view with the columns that fit: columns before the sort column are left out until
 * that one is visible, except the columns of the key.
 */
static struct view fitting(const struct view *view)
{
	const struct column_list shown = view_columns(view);
	int sorted = columns_find(&shown, view->sorting.column), end = -1;
	struct view fits = *view;

	fits.columns.count = 0;
	for (int i = 0; i <= sorted; i++)
		end += column_cells(view, shown.column[i]);
	for (int i = 0; i < (int)shown.count; i++) {
		enum column column = shown.column[i];

		if (i < sorted && end > COLS && !column_is_key(view->scale.model->by, column))
			end -= column_cells(view, column);
		else
			fits.columns.column[fits.columns.count++] = column;
	}
	return fits;
}

/* Where @column begins in the table; -1: it is not shown */
static int column_x(const struct view *view, enum column column)
{
	const struct column_list shown = view_columns(view);
	int x = 0, at = columns_find(&shown, column);

	for (int i = 0; i < at; i++)
		x += column_cells(view, shown.column[i]);
	return at < 0 ? -1 : x;
}

static void draw_titles(int y, const struct view *view)
{
	int x = column_x(view, view->sorting.column);
	char *text = text_of(view, NULL, view_titles);

	screen.titles = y;
	screen.drawn = *view;
	if (text)
		draw_line(y, text, look(TITLE, A_REVERSE));
	if (text && x >= 0)
		mvchgat(y, x, view_width(view, view->sorting.column),
			look(TITLE, A_REVERSE) | A_BOLD | A_UNDERLINE,
			screen.colour ? TITLE : 0, NULL);
	free(text);
}

/* Colours the bar in the row that was drawn at @y. */
static void colour_bar(int y, const struct view *view, const struct row *row)
{
	static const struct { char letter; enum colour colour; } letters[] = {
		{ 'G', GUEST }, { 'H', HOST }, { 'U', USER }, { 'W', WARNING },
	};
	int x = column_x(view, COL_TIME);
	struct cell cell;

	if (!screen.colour || x < 0)
		return;
	column_cell(COL_TIME, row, &view->scale, &cell);
	for (int i = 0; cell.text[i] && x + i < COLS; i++) {
		for (size_t at = 0; at < sizeof(letters) / sizeof(*letters); at++) {
			if (letters[at].letter == cell.text[i])
				mvchgat(y, x + i, 1, A_BOLD, letters[at].colour, NULL);
		}
	}
}

/* Uses what is left below the table.  @y: the first free line */
static void draw_detail(int y, int last, const struct view *view, const struct row *row)
{
	char lines[DETAIL_LINES][DETAIL_SIZE];
	int room = last - y;
	size_t count;

	if (room < DETAIL_LEAST)
		return;
	count = detail_lines(lines, room, COLS, row, &view->scale);
	for (size_t i = 0; i < count; i++)
		draw_line(++y, lines[i], i ? A_NORMAL : look(PATH, A_BOLD));
}

static void draw_rows(int y, int last, const struct view *view, struct state *state)
{
	const struct row **rows;
	size_t count;
	char *text;

	rows = sorted_rows(&view->scale, &view->sorting, view->filter, &count);
	state_find(state, rows, count);
	state->page = last - y + 1 > 0 ? last - y + 1 : 1;
	if (state->at < screen.top)
		screen.top = state->at;
	if (state->at >= screen.top + state->page)
		screen.top = state->at - state->page + 1;
	if (screen.top + state->page > (int)count)
		screen.top = (int)count > state->page ? (int)count - state->page : 0;
	if (!count && y <= last)
		draw_line(y, *view->filter ? "no row has this text" : "no exits", A_NORMAL);
	for (int i = screen.top; i < (int)count && y <= last; i++, y++) {
		text = text_of(view, rows[i], NULL);
		if (text)
			draw_line(y, text, i == state->at ? look(SELECTED, A_REVERSE) : A_NORMAL);
		free(text);
		if (i != state->at)
			colour_bar(y, view, rows[i]);
	}
	screen.rows = count;
	if (count)
		draw_detail(y, last, view, rows[state->at]);
	free(rows);
}

static void draw_table(const struct view *view, struct state *state, int last)
{
	char path[PATH_SIZE], line[PATH_SIZE + 16];
	struct view fits;
	int y;

	y = draw_heading(0, last, view);
	if (*view_path(path, view) && y <= last) {
		snprintf(line, sizeof(line), "in %s", path);
		y = draw_line(y, line, look(PATH, A_BOLD));
	}
	fits = *view;
	fits.name_width = name_width(view);
	fits = fitting(&fits);
	if (y <= last)
		draw_titles(y++, &fits);
	draw_rows(y, last, &fits, state);
}

static void draw_help(struct state *state, int last)
{
	struct help_line line;
	int lines = 0;

	while (state_help(lines, &line))
		lines++;
	state->page = last + 1 > 0 ? last + 1 : 1;
	if (state->help_at > lines - state->page)
		state->help_at = lines - state->page;
	if (state->help_at < 0)
		state->help_at = 0;
	for (int y = 0; y <= last && state_help(state->help_at + y, &line); y++)
		mvprintw(y, 0, " %-18s %s", line.name, line.help);
}

static void draw_columns(const struct state *state, int last)
{
	int y = 0, listed = 0, at = 0, top;

	for (int column = 0; column < COL_COUNT; column++) {
		if (!column_of(state->by, column))
			continue;
		if (column <= state->column_at)
			at = listed;
		listed++;
	}
	draw_line(y++, "Space shows or hides a column, S sorts by it, Enter goes back", A_BOLD);
	top = at > last - y ? at - (last - y) : 0;
	for (int column = 0; column < COL_COUNT && y <= last; column++) {
		bool shown = column_is_key(state->by, column) ||
			     columns_find(&state->columns, column) >= 0;
		char line[128];

		if (!column_of(state->by, column) || top-- > 0)
			continue;
		snprintf(line, sizeof(line), " [%c] %-14s %-13s %s", shown ? 'x' : ' ',
			 columns[column].name, columns[column].shown.title, columns[column].help);
		draw_line(y++, line, column == state->column_at ? look(SELECTED, A_REVERSE) :
							      A_NORMAL);
	}
}

static void draw_footer(const struct state *state)
{
	char interval[FORMAT_NS_SIZE], line[256];

	if (*state->message)
		snprintf(line, sizeof(line), "%s", state->message);
	else if (state->mode == MODE_FILTER)
		snprintf(line, sizeof(line), "only rows with: %s_", state->filter);
	else if (state->mode == MODE_HELP)
		snprintf(line, sizeof(line), "arrows, page keys: scroll  Q quit  any other key: back");
	else
		snprintf(line, sizeof(line),
			 "%s every %s%s%s  Q quit  ? help  Enter in  Backspace out  V all  R K C P by  < > sort",
			 state->paused ? "PAUSED" : "", format_ns(interval, state->interval),
			 *state->filter ? "  only " : "", state->filter);
	draw_line(LINES - 1, line,
		  A_REVERSE | (state->paused ? look(WARNING, 0) | A_BOLD : A_NORMAL));
}

void screen_draw(const struct view *view, struct state *state)
{
	int last = LINES - 2;

	if (screen.restart) {
		clear();
		screen.restart = false;
	} else {
		erase();
	}
	screen.titles = -1;
	if (state->mode == MODE_HELP)
		draw_help(state, last);
	else if (state->mode == MODE_COLUMNS)
		draw_columns(state, last);
	else if (!view->scale.model->window.ns)
		mvaddstr(0, 0, "measuring...");
	else
		draw_table(view, state, last);
	if (LINES > 1)
		draw_footer(state);
	refresh();
}
