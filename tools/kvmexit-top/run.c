// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "run.h"
#include "screen.h"
#include "session.h"
#include "settings.h"
#include "waits.h"

struct top {
	struct session session;
	const struct options *options;
	struct model model;
	struct waits waits;
	struct state state;
	bool on_screen;
	const char *failed;	/* what failed, or NULL */
};

/* The message is printed after the screen has been closed, which would erase it. */
static int failed(struct top *top, const char *what, int err)
{
	top->failed = what;
	return err;
}

static struct view view_of(struct top *top)
{
	return (struct view){
		.scale = {
			.source = &top->session.source.facts,
			.model = &top->model,
			.vms = &top->session.vms,
		},
		.sorting = top->state.sorting,
		.filter = top->state.filter,
		.columns = top->state.columns,
		.time = wall_clock(),
	};
}

static int show(struct top *top)
{
	const struct view view = view_of(top);
	int err;

	if (top->on_screen) {
		screen_draw(&view, &top->state);
		return 0;
	}
	err = view_report(&top->session.emit, &view);
	return err ? failed(top, "cannot write the report", err) : 0;
}

/* Tells the model how long the vCPUs' threads waited for a CPU. */
static void take_waits(struct top *top)
{
	uint64_t hz = top->session.source.facts.hz, ns;

	for (size_t i = 0; i < top->model.vcpu_count; i++) {
		struct vcpu_window *vcpu = &top->model.vcpus[i];

		vcpu->waited_known = waits_since(&top->waits, vcpu->vm, vcpu->vcpu, &ns);
		if (vcpu->waited_known)
			vcpu->waited = (__uint128_t)ns * hz / 1000000000;
	}
}

/* While paused no window ends, so the first window after a pause has all its counts. */
static int tick(struct top *top)
{
	int err;

	if (top->state.paused)
		return 0;
	model_clear(&top->model);
	err = session_read(&top->session, &top->model, model_take_vcpu);
	if (!err)
		take_waits(top);
	if (!err)
		err = model_window(&top->model, &top->session.counts.window);
	if (err)
		return failed(top, "cannot read the kernel's records", err);
	counts_clear(&top->session.counts);
	err = show(top);
	session_prune(&top->session);
	waits_find(&top->waits);
	return err;
}

static enum action take_key(struct top *top, int key)
{
	const struct view view = view_of(top);
	const struct row **rows;
	enum action action;
	struct click click;
	size_t count;

	rows = sorted_rows(&view.scale, &view.sorting, view.filter, &count);
	if (key == KEY_MOUSE) {
		click = screen_click();
		action = state_click(&top->state, &click, rows, count);
	} else {
		action = state_key(&top->state, key, rows, count);
	}
	free(rows);
	return action;
}

static void save(struct state *state)
{
	char path[SETTINGS_PATH];
	int err = settings_save(state, path);

	if (err)
		snprintf(state->message, sizeof(state->message), "cannot save the settings: %s",
			 err == -EPERM ? "the home directory belongs to another user" :
			 strerror(-err));
	else
		snprintf(state->message, sizeof(state->message), "saved in %.100s", path);
}

/* Handles all keys that were pressed; *@quit: one of them ends the program.  0 or -errno */
static int keys(struct top *top, bool *quit)
{
	int key, err = 0;

	while (!err && !*quit && (key = screen_key()) >= 0) {
		switch (take_key(top, key)) {
		case ACTION_QUIT:
			*quit = true;
			return 0;
		case ACTION_GROUP:
			err = model_group(&top->model, top->state.by, &top->state.path);
			if (err)
				failed(top, "cannot group the counts", err);
			break;
		case ACTION_SAVE:
			save(&top->state);
			break;
		case ACTION_INTERVAL:
			err = loop_interval(&top->session.loop, top->state.interval);
			if (err)
				failed(top, "cannot set the interval", err);
			break;
		default:
			break;
		}
	}
	return err ? err : show(top);
}

/* Runs until the user ends it.  0 or -errno */
static int measure(struct top *top)
{
	uint32_t left = top->options->count;
	bool quit = false;
	int err = 0;

	while (!err && !quit) {
		switch (loop_wait(&top->session.loop)) {
		case LOOP_TICK:
			err = tick(top);
			if (!err && left && !--left)
				return 0;
			break;
		case LOOP_EVENT:
			err = session_poll(&top->session, &top->model);
			if (err)
				failed(top, "cannot read the kernel's records", err);
			break;
		case LOOP_KEY:
			err = keys(top, &quit);
			break;
		case LOOP_RESIZE:
			if (top->on_screen) {
				screen_resize();
				show(top);
			}
			break;
		case LOOP_STOP:
			/* As text, the exits since the last interval are not lost. */
			return top->on_screen ? 0 : tick(top);
		case LOOP_ERROR:
			err = failed(top, "cannot wait", -errno);
			break;
		default:
			break;
		}
	}
	return err;
}

/* NO_COLOR: see no-color.org */
static bool colour_wanted(const struct options *options)
{
	const char *none = getenv("NO_COLOR");

	return !options->no_colour && !(none && *none);
}

static void open_screen(struct top *top)
{
	const char *type = getenv("TERM");

	if (top->options->form != FORM_AUTO || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return;
	top->on_screen = screen_open(colour_wanted(top->options));
	top->session.loop.keys = top->on_screen;
	if (top->on_screen)
		show(top);
	else
		fprintf(stderr, "%s: cannot fill this terminal, printing text (TERM is %s)\n",
			program_invocation_short_name, type ? type : "not set");
}

static int measure_and_show(struct session *session)
{
	struct top *top = (struct top *)session;
	int err;

	waits_init(&top->waits);
	waits_find(&top->waits);
	if (session_drop())
		return STATUS_ERROR;
	model_init(&top->model, top->options->by);
	err = loop_interval(&session->loop, top->options->interval);
	if (err) {
		failed(top, "cannot set the interval", err);
	} else {
		open_screen(top);
		if (!top->on_screen && !top->options->columns.count)
			top->state.columns = columns_of(top->options->form == FORM_JSON ?
							PLACE_JSON : PLACE_TEXT);
		err = measure(top);
		screen_close();
	}
	model_free(&top->model);
	waits_free(&top->waits);
	if (!err)
		return STATUS_OK;
	session_say(top->failed, err);
	return STATUS_ERROR;
}

int run(const struct options *options)
{
	struct top top = { .options = options };
	const struct source_program program = {
		.filter = &options->filter,
		.take = model_take,
	};

	setlocale(LC_CTYPE, "");
	state_init(&top.state, options);
	return session_run(&top.session, &program,
			   options->form == FORM_JSON ? EMIT_JSON : EMIT_TEXT, measure_and_show);
}
