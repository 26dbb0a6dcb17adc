// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "restore.h"
#include "screen.h"

/* Whatever a colour says, an attribute or a letter says as well. */
enum colour { PLAIN, TITLE, SELECTED, PATH, WARNING, GUEST, HOST, USER };

static struct {
	bool open;
	bool colour;
	bool restart;			/* size or contents of the terminal are unknown */
	int top;			/* first row shown */
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

/* Names get the columns of the terminal that nothing else needs. */
static int name_width(const struct view *view)
{
	int width = view_width(view, COL_NAME), longest = view_longest_name(view), spare = COLS + 1;

	for (int column = 0; column < COL_COUNT; column++) {
		if (view_shows(view, column))
			spare -= column_cells(view, column);
	}
	if (spare <= 0 || longest <= width)
		return width;
	return longest < width + spare ? longest : width + spare;
}

/*
 * The view with the columns that fit: columns before the sort column are left out until
 * that one is visible, except the columns of the key.  *@at: where the sort column's title is
 */
static struct view fitting(const struct view *view, int *at)
{
	struct view fits = *view;
	int end = 0, column;

	*at = 0;
	for (column = 0; column <= (int)view->sorting.column; column++) {
		if (!view_shows(view, column))
			continue;
		*at = end;
		end += column_cells(view, column);
	}
	for (column = 0; column < (int)view->sorting.column && end - 1 > COLS; column++) {
		if (!view_shows(view, column) || column_is_key(view->scale.model->by, column))
			continue;
		fits.columns &= ~COLUMN_BIT(column);
		*at -= column_cells(view, column);
		end -= column_cells(view, column);
	}
	return fits;
}

static void draw_titles(int y, const struct view *view, int at)
{
	const struct emit_column *sorted = &columns[view->sorting.column].shown;
	char *text = text_of(view, NULL, view_titles);

	if (text && view_shows(view, view->sorting.column)) {
		draw_line(y, text, look(TITLE, A_REVERSE));
		mvchgat(y, at, abs(sorted->width),
			look(TITLE, A_REVERSE) | A_BOLD | A_UNDERLINE,
			screen.colour ? TITLE : 0, NULL);
	} else if (text) {
		draw_line(y, text, look(TITLE, A_REVERSE));
	}
	free(text);
}

/* Colours the bar in the row that was drawn at @y. */
static void colour_bar(int y, const struct view *view, const struct row *row)
{
	struct cell cell;
	int x = 0;

	if (!screen.colour || !view_shows(view, COL_TIME))
		return;
	for (int column = 0; column < COL_TIME; column++) {
		if (view_shows(view, column))
			x += column_cells(view, column);
	}
	column_cell(COL_TIME, row, &view->scale, &cell);
	for (int i = 0; cell.text[i] && x + i < COLS; i++)
		mvchgat(y, x + i, 1, A_BOLD, cell.text[i] == 'G' ? GUEST :
			cell.text[i] == 'H' ? HOST : USER, NULL);
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
	free(rows);
}

static void draw_table(const struct view *view, struct state *state, int last)
{
	char path[PATH_SIZE], line[PATH_SIZE + 16];
	struct view fits;
	int y, at;

	y = draw_heading(0, last, view);
	if (*view_path(path, view) && y <= last) {
		snprintf(line, sizeof(line), "in %s", path);
		y = draw_line(y, line, look(PATH, A_BOLD));
	}
	fits = *view;
	fits.name_width = name_width(view);
	fits = fitting(&fits, &at);
	if (y <= last)
		draw_titles(y++, &fits, at);
	draw_rows(y, last, &fits, state);
}

static void draw_help(int last)
{
	int y = 0;

	for (const struct state_help *help = state_keys; help->keys && y <= last; help++)
		mvprintw(y++, 0, " %-18s %s", help->keys, help->help);
	if (y < last)
		mvaddstr(y + 1, 1, "The bar TIME: G guest, H host, U user space, blank blocked");
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
		bool shown = column_is_key(state->by, column) || state->columns >> column & 1;
		char line[128];

		if (!column_of(state->by, column) || top-- > 0)
			continue;
		snprintf(line, sizeof(line), " [%c] %-14s %-10s %s", shown ? 'x' : ' ',
			 columns[column].name, columns[column].shown.title, columns[column].help);
		draw_line(y++, line, column == state->column_at ? look(SELECTED, A_REVERSE) :
							      A_NORMAL);
	}
}

static void draw_footer(const struct state *state)
{
	char interval[FORMAT_NS_SIZE], line[256];

	if (state->mode == MODE_FILTER)
		snprintf(line, sizeof(line), "only rows with: %s_", state->filter);
	else
		snprintf(line, sizeof(line),
			 "%s every %s%s%s  Q quit  ? help  Enter in  Backspace out  V C R K P by  < > sort",
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
	if (state->mode == MODE_HELP)
		draw_help(last);
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
