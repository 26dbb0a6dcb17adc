// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "collect.h"
#include "loop.h"
#include "run.h"
#include "screen.h"

struct session {
	const struct options *options;
	struct sorting sorting;
	bool on_screen;
	struct collect collect;
	struct model model;
	struct vms vms;
	struct loop loop;
	struct emit emit;
	const char *failed;	/* what did */
};

static void say(const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(-err));
}

/* For when the screen is closed: what is said before would be lost with it. */
static int failed(struct session *session, const char *what, int err)
{
	session->failed = what;
	return err;
}

static uint64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static int show(struct session *session)
{
	const struct view view = {
		.model = &session->model,
		.sorting = &session->sorting,
		.source = &session->collect.source.facts,
		.vms = &session->vms,
		.time = wall_clock(),
	};
	int err;

	if (session->on_screen) {
		screen_draw(&view);
		return 0;
	}
	err = view_report(&session->emit, &view);
	return err ? failed(session, "cannot write the report", err) : 0;
}

static int tick(struct session *session)
{
	int err = collect_read(&session->collect, &session->model);

	if (err)
		return failed(session, "cannot read the kernel's counts", err);
	err = show(session);
	vms_prune(&session->vms, vm_gone);
	vcpus_prune(&session->model.vcpus, vm_gone);
	return err;
}

/* true: quit */
static bool keys(struct session *session)
{
	switch (screen_keys(&session->sorting)) {
	case SCREEN_QUIT:
		return true;
	case SCREEN_REGROUP:
		model_set_by(&session->model, session->sorting.by);
		/* fallthrough */
	case SCREEN_REDRAW:
		show(session);
		break;
	case SCREEN_NONE:
		break;
	}
	return false;
}

/* Until the end is asked for.  0 or -errno */
static int measure(struct session *session)
{
	uint32_t left = session->options->count;
	int err = 0;

	while (!err) {
		switch (loop_wait(&session->loop)) {
		case LOOP_TICK:
			err = tick(session);
			if (!err && left && !--left)
				return 0;
			break;
		case LOOP_KEY:
			if (keys(session))
				return 0;
			break;
		case LOOP_RESIZE:
			if (session->on_screen) {
				screen_resize();
				show(session);
			}
			break;
		case LOOP_STOP:
			/* What came since the last interval is not lost. */
			return session->on_screen ? 0 : tick(session);
		case LOOP_ERROR:
			err = failed(session, "cannot wait", -errno);
			break;
		case LOOP_CHILD:
			break;
		}
	}
	return err;
}

static void open_screen(struct session *session)
{
	const char *type = getenv("TERM");

	if (session->options->form != FORM_AUTO || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return;
	session->on_screen = screen_open();
	session->loop.keys = session->on_screen;
	if (session->on_screen)
		show(session);
	else
		fprintf(stderr, "%s: cannot fill this terminal, printing text (TERM is %s)\n",
			program_invocation_short_name, type ? type : "not set");
}

static int measure_and_show(struct session *session)
{
	int err = loop_interval(&session->loop, session->options->interval);

	if (err) {
		failed(session, "cannot set the interval", err);
	} else {
		open_screen(session);
		err = measure(session);
		screen_close();
	}
	if (err) {
		say(session->failed, err);
		return STATUS_ERROR;
	}
	if (!session->model.exits_ever) {
		fprintf(stderr, "%s: no exits seen: is a guest running?\n",
			program_invocation_short_name);
		return STATUS_NO_EXITS;
	}
	return STATUS_OK;
}

int run(const struct options *options)
{
	const enum emit_form form = options->form == FORM_JSON ? EMIT_JSON : EMIT_TEXT;
	struct session session = {
		.options = options,
		.sorting = options->sorting,
		.emit = { .out = stdout, .form = form },
	};
	int status, err;

	err = loop_open(&session.loop);
	if (err) {
		say("cannot set up signals and timer", err);
		loop_close(&session.loop);
		return STATUS_ERROR;
	}
	status = collect_open(&session.collect, options);
	if (status == STATUS_OK) {
		model_init(&session.model, options->sorting.by);
		vms_init(&session.vms);
		status = measure_and_show(&session);
		vms_free(&session.vms);
		model_free(&session.model);
		collect_close(&session.collect);
	}
	loop_close(&session.loop);
	return status;
}
