// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "restore.h"
#include "screen.h"

#define CTRL_L	('L' & 0x1f)

static const char footer[] =
	" q quit  V vms  C vcpus  R reasons  < > sort by  I invert  ? help";

static struct {
	bool open;
	bool help;
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

bool screen_open(void)
{
	setlocale(LC_ALL, "");
	if (!restore_remember())
		return false;
	screen.terminal = newterm(NULL, stdout, stdin);
	if (!screen.terminal)
		return false;
	set_term(screen.terminal);
	screen.open = true;
	atexit(screen_close);
	restore_on_crash();
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
	clear();
}

/* Draws @text from line @y on, not below @last; returns the line after it. */
static int draw_text(int y, int last, const char *text, int skip)
{
	size_t len;

	for (; *text && y <= last; text += len + !!text[len]) {
		len = strcspn(text, "\n");
		if (skip-- > 0)
			continue;
		mvaddnstr(y++, 0, text, len < (size_t)COLS ? len : (size_t)COLS);
	}
	return y;
}

static void draw_line(int y, const char *text, attr_t attributes)
{
	attrset(attributes);
	mvhline(y, 0, ' ', COLS);
	mvaddnstr(y, 0, text, COLS);
	attrset(A_NORMAL);
}

static void draw_titles(int y, const struct view *view)
{
	const struct emit_column *sorted = &columns[view->sorting->column].shown;
	char *text = NULL;
	struct emit emit = { 0 };
	const char *at;
	size_t size;

	emit.out = open_memstream(&text, &size);
	if (!emit.out)
		return;
	view_titles(&emit, view->model->by);
	if (!fclose(emit.out)) {
		text[strcspn(text, "\n")] = '\0';
		draw_line(y, text, A_REVERSE);
		at = strstr(text, sorted->title);
		if (at)
			mvchgat(y, at - text, strlen(sorted->title),
				A_REVERSE | A_BOLD | A_UNDERLINE, 0, NULL);
	}
	free(text);
}

/* What @show writes, from line @y on; returns the line after it. */
static int draw_part(int y, int last, const struct view *view, int skip,
		     void (*show)(struct emit *emit, const struct view *view))
{
	struct emit emit = { 0 };
	char *text = NULL;
	size_t size;

	emit.out = open_memstream(&text, &size);
	if (!emit.out)
		return y;
	show(&emit, view);
	if (!fclose(emit.out))
		y = draw_text(y, last, text, skip);
	free(text);
	return y;
}

static int draw_help(int y, int last, const struct view *view)
{
	enum by by = view->model->by;

	mvaddstr(y++, 0, "V by VM, C by vCPU, R by reason; q quits; arrows, page keys scroll; ^L redraws.");
	mvaddstr(y++, 0, "I inverts the order.  < and >, or these, choose what to sort by:");
	for (int column = 0; column < COL_COUNT && y < last; column++) {
		if (column_shown(by, column))
			mvprintw(y++, 2, "%c  %-10s %s", columns[column].key, columns[column].name,
				 columns[column].shown.title);
	}
	return y;
}

void screen_draw(const struct view *view)
{
	int last = LINES - 2, y, rows = view->model->rows.count, most;

	erase();
	if (!view->model->window.ns) {
		mvaddstr(0, 0, "measuring...");
	} else if (screen.help) {
		draw_help(0, last, view);
	} else {
		y = draw_part(0, last, view, 0, view_heading);
		if (y <= last)
			draw_titles(y++, view);
		most = rows > last - y + 1 ? rows - (last - y + 1) : 0;
		if (screen.top > most)
			screen.top = most;
		if (rows)
			draw_part(y, last, view, screen.top, view_rows);
		else if (y <= last)
			mvaddstr(y, 0, "no exits yet");
	}
	if (LINES > 1)
		draw_line(LINES - 1, footer, A_REVERSE);
	refresh();
}

/* The next shown column after (@step 1) or before (-1) the one that sorts */
static void step_column(struct sorting *sorting, int step)
{
	int column = sorting->column;

	do {
		column = (column + step + COL_COUNT) % COL_COUNT;
	} while (!column_shown(sorting->by, column));
	sorting->column = column;
}

static enum screen_action regroup(struct sorting *sorting, enum by by)
{
	sorting->by = by;
	if (!column_shown(by, sorting->column))
		sorting->column = COL_EXITS;
	screen.top = 0;
	return SCREEN_REGROUP;
}

static enum screen_action one_key(int key, struct sorting *sorting)
{
	switch (key) {
	case 'q':
	case 'Q':
		return SCREEN_QUIT;
	case 'V':
		return regroup(sorting, BY_VM);
	case 'C':
		return regroup(sorting, BY_VCPU);
	case 'R':
		return regroup(sorting, BY_REASON);
	case 'I':
		sorting->reverse = !sorting->reverse;
		return SCREEN_REDRAW;
	case '<':
	case KEY_LEFT:
		step_column(sorting, -1);
		return SCREEN_REDRAW;
	case '>':
	case KEY_RIGHT:
		step_column(sorting, 1);
		return SCREEN_REDRAW;
	case KEY_UP:
		screen.top -= screen.top > 0;
		return SCREEN_REDRAW;
	case KEY_DOWN:
		screen.top++;
		return SCREEN_REDRAW;
	case KEY_PPAGE:
		screen.top = screen.top > LINES / 2 ? screen.top - LINES / 2 : 0;
		return SCREEN_REDRAW;
	case KEY_NPAGE:
		screen.top += LINES / 2;
		return SCREEN_REDRAW;
	case CTRL_L:
		clearok(curscr, TRUE);
		return SCREEN_REDRAW;
	case '?':
	case 'h':
		screen.help = !screen.help;
		return SCREEN_REDRAW;
	}
	for (int column = 0; column < COL_COUNT; column++) {
		if (columns[column].key == key && column_shown(sorting->by, column)) {
			sorting->column = column;
			return SCREEN_REDRAW;
		}
	}
	return SCREEN_NONE;
}

enum screen_action screen_keys(struct sorting *sorting)
{
	enum screen_action action = SCREEN_NONE, next;
	int key;

	while ((key = getch()) != ERR) {
		next = one_key(key, sorting);
		if (next > action)
			action = next;
	}
	return action;
}
