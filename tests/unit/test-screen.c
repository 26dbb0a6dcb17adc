// SPDX-License-Identifier: GPL-2.0-only
/*
 * The screen, on a separate terminal: what it draws, how it handles keys and sizes, and that the
 * terminal is restored however the program ends
 */
#include <curses.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <utmp.h>
#include <unistd.h>
#include "screen.h"
#include "feed.h"
#include "unit.h"

static char output[1 << 16];

static const struct source_facts ours = {
	.backend = "hvlens", .attach = "tp_btf", .records = true, .hz = 1000000000,
	.model = "8335-GTH", .filter = "",
};

static struct model model;
static struct vms vms;
static struct state choice;

static void draw(void)
{
	const struct view view = {
		.scale = { &ours, &model, &vms },
		.sorting = choice.sorting,
		.filter = choice.filter,
		.columns = choice.columns,
	};

	screen_draw(&view, &choice);
}

static void fill(uint32_t count)
{
	const struct options options = { .by = BY_VCPU, .sorting = { COL_EXITS, false } };
	const struct window_facts window = { .ns = 1000000000 };

	model_init(&model, BY_VCPU);
	vms_init(&vms);
	state_init(&choice, &options);
	for (uint32_t vcpu = 0; vcpu < count; vcpu++) {
		const struct hvlens_key key = { 4711, vcpu, 0, 0x980, HVLENS_HCALL_NONE };
		const struct feed value = { .exits = 1000 - vcpu };
		const struct vcpu_window of = { .vm = 4711, .vcpu = vcpu };

		feed(model_take, &model, &key, &value);
		model_take_vcpu(&of, &model);
	}
	model_window(&model, &window);
}

struct scene {
	void (*play)(void);
	const char *keys;
	int rows, columns;
	int status;		/* as run_child()'s */
	struct termios before, after;
};

/* Plays a scene on a terminal; all of its output is in output. */
static void on_terminal(struct scene *scene)
{
	struct winsize size = { .ws_row = scene->rows, .ws_col = scene->columns };
	const struct rlimit no_core = { 0 };
	int master, slave, status;
	struct pollfd fd;
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(slave, &scene->before), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(master);
		login_tty(dup(slave));
		setrlimit(RLIMIT_CORE, &no_core);
		setenv("TERM", "xterm", 1);
		unsetenv("LINES");
		unsetenv("COLUMNS");
		scene->play();
		exit(0);
	}
	if (scene->keys)
		assert_true(write(master, scene->keys, strlen(scene->keys)) > 0);
	fd = (struct pollfd){ .fd = master, .events = POLLIN };
	for (;;) {
		bool ended = waitpid(pid, &status, WNOHANG) == pid;

		while (poll(&fd, 1, 10) > 0 && (fd.revents & POLLIN) && len < sizeof(output) - 1) {
			got = read(master, output + len, sizeof(output) - 1 - len);
			if (got <= 0)
				break;
			len += got;
		}
		if (ended)
			break;
	}
	output[len] = '\0';
	/* This process's descriptor has kept the terminal as the child left it. */
	assert_int_equal(tcgetattr(slave, &scene->after), 0);
	close(slave);
	close(master);
	scene->status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void assert_restored(const struct scene *scene)
{
	assert_int_equal(scene->after.c_lflag, scene->before.c_lflag);
	assert_int_equal(scene->after.c_iflag, scene->before.c_iflag);
	assert_int_equal(scene->after.c_oflag, scene->before.c_oflag);
	/* xterm: the alternate screen was left after it was entered, the cursor is shown */
	assert_non_null(strstr(output, "\033[?1049h"));
	assert_non_null(strstr(strstr(output, "\033[?1049h"), "\033[?1049l"));
	assert_non_null(strstr(strstr(output, "\033[?25l"), "\033[?25h"));
}

static void play_close(void)
{
	fill(3);
	if (!screen_open(true))
		exit(1);
	draw();
	screen_close();
}

static void draws_and_closes(void **state)
{
	struct scene scene = { .play = play_close, .rows = 24, .columns = 150 };

	(void)state;
	on_terminal(&scene);
	assert_int_equal(scene.status, 0);
	assert_non_null(strstr(output, "backend hvlens"));
	assert_non_null(strstr(output, "4711"));
	assert_non_null(strstr(output, "TOP REASON"));
	assert_non_null(strstr(output, "Q quit"));
	assert_restored(&scene);
}

/* A VM whose name is that of this process */
static void play_name(void)
{
	const struct hvlens_key key = { getpid(), 0, 0, 0x980, HVLENS_HCALL_NONE };
	const struct options options = { .by = BY_VM, .sorting = { COL_EXITS, false },
					 .columns = columns_of(PLACE_TEXT) };
	const struct window_facts window = { .ns = 1000000000 };
	const struct feed value = { .exits = 1000 };
	const struct vcpu_window of = { .vm = getpid() };

	prctl(PR_SET_NAME, "instance-000017");
	model_init(&model, BY_VM);
	vms_init(&vms);
	state_init(&choice, &options);
	feed(model_take, &model, &key, &value);
	model_take_vcpu(&of, &model);
	model_window(&model, &window);
	if (!screen_open(true))
		exit(1);
	draw();
	screen_close();
}

/* The name has 15 characters, and its column 12 unless there is room. */
static void names_take_the_width_that_is_there(void **state)
{
	static const struct { int columns; const char *name; } cases[] = {
		{ 80, "instan~00017 " }, { 320, "instance-000017 " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene scene = { .play = play_name, .rows = 24, .columns = cases[i].columns };

		on_terminal(&scene);
		assert_int_equal(scene.status, 0);
		assert_non_null(strstr(output, cases[i].name));
	}
}

static void play_exit(void)
{
	fill(1);
	if (!screen_open(true))
		exit(1);
	draw();
	exit(7);
}

static void exit_restores(void **state)
{
	struct scene scene = { .play = play_exit, .rows = 24, .columns = 80 };

	(void)state;
	on_terminal(&scene);
	assert_int_equal(scene.status, 7);
	assert_restored(&scene);
}

static int crash;

static void play_crash(void)
{
	fill(1);
	if (!screen_open(true))
		exit(1);
	draw();
	raise(crash);
	exit(1);
}

static void crashes_restore(void **state)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE };

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct scene scene = { .play = play_crash, .rows = 24, .columns = 80 };

		crash = signals[i];
		on_terminal(&scene);
		assert_int_equal(scene.status, -signals[i]);
		assert_restored(&scene);
	}
}

static void play_sizes(void)
{
	static const struct winsize sizes[] = {
		{ 24, 80, 0, 0 }, { 1, 1, 0, 0 }, { 2, 10, 0, 0 }, { 5, 300, 0, 0 },
		{ 200, 500, 0, 0 }, { 3, 40, 0, 0 },
	};

	fill(500);
	if (!screen_open(true))
		exit(1);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		ioctl(STDOUT_FILENO, TIOCSWINSZ, &sizes[i]);
		screen_resize();
		draw();
	}
	screen_close();
}

static void any_size_will_do(void **state)
{
	struct scene scene = { .play = play_sizes, .rows = 24, .columns = 80 };

	(void)state;
	on_terminal(&scene);
	assert_int_equal(scene.status, 0);
	assert_restored(&scene);
}

static void play_every_mode(void)
{
	fill(500);
	if (!screen_open(false))
		exit(1);
	for (int mode = MODE_TABLE; mode <= MODE_FILTER; mode++) {
		choice.mode = mode;
		draw();
	}
	choice.mode = MODE_TABLE;
	choice.paused = true;
	strcpy(choice.filter, "no such text");
	draw();
	screen_close();
}

static void draws_every_mode(void **state)
{
	struct scene scene = { .play = play_every_mode, .rows = 50, .columns = 120 };

	(void)state;
	on_terminal(&scene);
	assert_int_equal(scene.status, 0);
	assert_non_null(strstr(output, "invert the order"));
	assert_non_null(strstr(output, "[x] p99"));
	assert_non_null(strstr(output, "only rows with: _"));
	assert_non_null(strstr(output, "PAUSED"));
	assert_non_null(strstr(output, "no row has this text"));
	assert_restored(&scene);
}

static void play_quit(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	if (!screen_open(true))
		exit(1);
	poll(&fd, 1, 10000);
	if (screen_key() != KEY_DOWN || screen_key() != 'q' || screen_key() != -1)
		exit(2);
	screen_close();
}

static void takes_keys(void **state)
{
	/* xterm's arrow */
	struct scene scene = { .play = play_quit, .keys = "\033OBq", .rows = 24, .columns = 80 };

	(void)state;
	on_terminal(&scene);
	assert_int_equal(scene.status, 0);
	assert_restored(&scene);
}

static const char *terminal;

static void play_refused(void)
{
	setenv("TERM", terminal, 1);
	/* Not exit(): curses leaks then, which LeakSanitizer would report. */
	_exit(screen_open(true) ? 1 : 5);
}

/* One that nobody knows, and one that cannot move its cursor */
static void unfit_terminals_are_refused(void **state)
{
	static const char *const unfit[] = { "no-such-terminal", "dumb" };
	struct scene scene = { .play = play_refused, .rows = 24, .columns = 80 };

	(void)state;
	for (size_t i = 0; i < COUNT(unfit); i++) {
		terminal = unfit[i];
		on_terminal(&scene);
		assert_int_equal(scene.status, 5);
		assert_int_equal(scene.after.c_lflag, scene.before.c_lflag);
		assert_null(strchr(output, '\033'));
	}
}

static void play_mouse(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	struct click click;

	fill(3);
	if (!screen_open(true))
		exit(1);
	draw();
	poll(&fd, 1, 10000);
	/* the third line of the table, then the title of the second column, then the wheel */
	if (screen_key() != KEY_MOUSE)
		exit(2);
	click = screen_click();
	if (click.on != CLICK_ROW || click.at != 2)
		exit(3);
	if (screen_key() != 'x' || screen_key() != KEY_MOUSE)
		exit(4);
	click = screen_click();
	if (click.on != CLICK_TITLE || click.at != COL_NAME)
		exit(5);
	if (screen_key() != 'x' || screen_key() != KEY_MOUSE)
		exit(6);
	/* two steps down, one up */
	click = screen_click();
	if (click.on != CLICK_WHEEL || click.at != 3)
		exit(7);
	screen_close();
}

static void takes_clicks(void **state)
{
	/* xterm's reports: button; column; line from 1, then M for a press and m for a release */
	struct scene scene = {
		.play = play_mouse, .rows = 24, .columns = 80,
		.keys = "\033[<0;2;5M\033[<0;2;5mx\033[<0;10;2M\033[<0;10;2mx"
			"\033[<65;2;5M\033[<65;2;5M\033[<64;2;5M",
	};

	(void)state;
	on_terminal(&scene);
	assert_int_equal(scene.status, 0);
	assert_restored(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_and_closes),
		cmocka_unit_test(names_take_the_width_that_is_there),
		cmocka_unit_test(exit_restores),
		cmocka_unit_test(crashes_restore),
		cmocka_unit_test(any_size_will_do),
		cmocka_unit_test(takes_keys),
		cmocka_unit_test(draws_every_mode),
		cmocka_unit_test(takes_clicks),
		cmocka_unit_test(unfit_terminals_are_refused),
	};

	return RUN(tests);
}
