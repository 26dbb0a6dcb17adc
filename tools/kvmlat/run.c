// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include "collect.h"
#include "loop.h"
#include "run.h"
#include "view.h"

#define NS_PER_S	1000000000ull
#define QUIET_SECONDS	3

struct session {
	const struct options *options;
	struct collect collect;
	struct model model;
	struct vms vms;
	struct loop loop;
	struct emit emit;
	bool complete;		/* COUNT intervals have been shown */
	int quiet_seconds;	/* without a single exit since the start */
};

static void say(const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(-err));
}

static uint64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static int report(struct session *session)
{
	int err;

	err = view_report(&session->emit, &session->model, session->options,
			  &session->collect.source.facts, &session->vms, wall_clock());
	if (err)
		say("cannot write the report", err);
	model_clear(&session->model);
	return err;
}

static int read_window(struct session *session)
{
	int err = collect_read(&session->collect, &session->model);

	if (err)
		say("cannot read the kernel's counts", err);
	return err;
}

/* Once, for one who waits for a report that may never have anything in it */
static void warn_of_nothing(struct session *session)
{
	if (session->options->interval || session->model.exits_ever ||
	    ++session->quiet_seconds != QUIET_SECONDS)
		return;
	fprintf(stderr, "%s: no exits yet: is a guest running?\n", program_invocation_short_name);
}

/* A second is over (no INTERVAL) or an interval. */
static int tick(struct session *session)
{
	int err;

	err = read_window(session);
	if (!err && session->options->interval)
		err = report(session);
	warn_of_nothing(session);
	vms_prune(&session->vms, vm_gone);
	vcpus_prune(&session->model.vcpus, vm_gone);
	return err;
}

/* A command decides itself what to do with a signal.  false: there is none */
static bool pass_on(const struct loop *loop)
{
	return loop->child && !kill(loop->child, loop->stop_signal);
}

/* Until the end is asked for.  0 or -errno, which has been said */
static int measure(struct session *session)
{
	uint32_t left = session->options->count;
	int err = 0;

	while (!err) {
		switch (loop_wait(&session->loop)) {
		case LOOP_TICK:
			err = tick(session);
			if (!err && left && !--left) {
				session->complete = true;
				return 0;
			}
			break;
		case LOOP_STOP:
			if (!pass_on(&session->loop))
				return 0;
			break;
		case LOOP_CHILD:
			return 0;
		case LOOP_ERROR:
			err = -errno;
			say("cannot wait", err);
			break;
		default:
			break;
		}
	}
	return err;
}

static int child_status(const struct loop *loop)
{
	if (WIFSIGNALED(loop->child_status))
		return 128 + WTERMSIG(loop->child_status);
	return WEXITSTATUS(loop->child_status);
}

static int measure_and_report(struct session *session)
{
	const struct options *options = session->options;
	int err;

	err = loop_interval(&session->loop, options->interval ? options->interval : NS_PER_S);
	if (err) {
		say("cannot set the interval", err);
		return STATUS_ERROR;
	}
	if (options->command) {
		err = loop_spawn(&session->loop, options->command);
		if (err) {
			say(options->command[0], err);
			return STATUS_NO_COMMAND;
		}
	}
	err = measure(session);

	/* What came since the last interval */
	collect_stop(&session->collect);
	if (!err && !session->complete)
		err = read_window(session);
	if (!err && !session->complete)
		err = report(session);
	if (err)
		return STATUS_ERROR;
	if (options->command && !session->loop.child && session->loop.child_status)
		return child_status(&session->loop);
	if (!session->model.exits_ever) {
		fprintf(stderr, "%s: no exits seen: is a guest running?\n",
			program_invocation_short_name);
		return STATUS_NO_EXITS;
	}
	return STATUS_OK;
}

int run(const struct options *options)
{
	struct session session = {
		.options = options,
		.emit = { .out = stdout, .form = options->json ? EMIT_JSON : EMIT_TEXT },
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
		model_init(&session.model);
		vms_init(&session.vms);
		status = measure_and_report(&session);
		vms_free(&session.vms);
		model_free(&session.model);
		collect_close(&session.collect);
	}
	loop_close(&session.loop);
	return status;
}
