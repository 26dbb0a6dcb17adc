// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "advise_view.h"
#include "ksyms.h"
#include "model.h"
#include "run.h"
#include "session.h"
#include "slow.h"
#include "view.h"
#include "waits.h"

#define NS_PER_S	1000000000ull
#define QUIET_SECONDS	3
/* Lines of a heat map after which heading and axis are repeated */
#define HEAT_PAGE	20
/* Number of slow exits after which signals and the timer are looked at again */
#define SLOW_BURST	64

struct lat {
	struct session session;
	const struct options *options;
	struct model model;
	struct advise advise;
	struct waits waits;
	struct ksyms ksyms;
	bool spawned;		/* the command was started, or could not be */
	bool complete;		/* COUNT intervals have been shown */
	int quiet_seconds;	/* without a single exit since the start */
	unsigned int reports;
	unsigned int slow_exits;
};

static bool ascii_wanted(const struct options *options)
{
	return options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
}

static int advise(struct lat *lat)
{
	struct session *session = &lat->session;
	size_t found;
	int err;

	err = advise_report(&session->emit, &lat->advise, &session->source.facts,
			    &session->counts.window, &session->vms, wall_clock(), &found);
	if (!err && !found && isatty(STDERR_FILENO))
		fprintf(stderr, "%s: nothing to advise\n", program_invocation_short_name);
	return err;
}

static int report(struct lat *lat)
{
	struct session *session = &lat->session;
	const struct view view = {
		.model = &lat->model,
		.options = lat->options,
		.source = &session->source.facts,
		.window = &session->counts.window,
		.vms = &session->vms,
		.time = wall_clock(),
	};
	int err;

	model_sort(&lat->model);
	if (lat->options->advise)
		err = advise(lat);
	else if (lat->options->heat)
		err = view_heat(&session->emit, &view, lat->reports++ % HEAT_PAGE == 0,
				ascii_wanted(lat->options));
	else
		err = view_report(&session->emit, &view);
	if (err)
		session_say("cannot write the report", err);
	model_clear(&lat->model);
	advise_clear(&lat->advise);
	counts_clear(&session->counts);
	return err;
}

static int take_slow(void *arg, void *slow, size_t size)
{
	struct lat *lat = arg;
	int err;

	if (size < sizeof(struct hvlens_slow))
		return -EINVAL;
	err = slow_report(&lat->session.emit, slow, &lat->session.source.facts, &lat->ksyms,
			  &lat->session.vms, wall_clock());
	if (err)
		session_say("cannot write the report", err);
	else if (++lat->slow_exits % SLOW_BURST == 0)
		err = -EAGAIN;
	return err;
}

/* At most a burst, because slow exits may come faster than they can be printed. */
static int read_slow(struct lat *lat)
{
	int more = source_read_slow(&lat->session.source);

	return more < 0 ? more : 0;
}

static int said(int err)
{
	if (err)
		session_say("cannot read the kernel's records", err);
	return err;
}

/* What the source gives its parts to */
static void *taker(struct lat *lat)
{
	return lat->options->advise ? (void *)&lat->advise : &lat->model;
}

/* A window for advise, with what the vCPUs' threads waited for a CPU */
static int read_advise(struct lat *lat)
{
	uint64_t before = lat->session.counts.window.ns, ns;
	struct advise *advise = &lat->advise;
	int err;

	err = session_read(&lat->session, advise, advise_take_vcpu);
	for (size_t i = 0; i < advise->vcpu_count && !err; i++) {
		struct vcpu_window *vcpu = &advise->vcpus[i];

		vcpu->waited_known = waits_since(&lat->waits, vcpu->vm, vcpu->vcpu, &ns);
		if (vcpu->waited_known)
			vcpu->waited = (__uint128_t)ns * lat->session.source.facts.hz / NS_PER_S;
	}
	waits_find(&lat->waits);
	return err ? err : advise_window(advise, lat->session.counts.window.ns - before);
}

static int read_window(struct lat *lat)
{
	return said(lat->options->advise ? read_advise(lat) :
					   session_read(&lat->session, &lat->model, NULL));
}

static int read_events(struct lat *lat)
{
	int err = read_slow(lat);

	return err ? err : said(session_poll(&lat->session, taker(lat)));
}

/* Says once that nothing happens: without INTERVAL the user would wait for an empty report. */
static void warn_of_nothing(struct lat *lat)
{
	if (lat->options->interval || lat->session.counts.exits_ever ||
	    ++lat->quiet_seconds != QUIET_SECONDS)
		return;
	fprintf(stderr, "%s: no exits yet: is a guest running?\n", program_invocation_short_name);
}

/* The interval is over, or a second without INTERVAL. */
static int tick(struct lat *lat)
{
	int err;

	err = read_slow(lat);
	if (!err)
		err = read_window(lat);
	if (!err && lat->options->interval)
		err = report(lat);
	warn_of_nothing(lat);
	session_prune(&lat->session);
	return err;
}

/* A command gets the signal and decides what to do.  false: there is no command */
static bool pass_on(const struct loop *loop)
{
	return loop->child && !kill(loop->child, loop->stop_signal);
}

/* Runs until COUNT is reached, a signal arrives or the command ends.  0 or -errno with a message */
static int measure(struct lat *lat)
{
	struct loop *loop = &lat->session.loop;
	uint32_t left = lat->options->count;
	int err = 0;

	while (!err) {
		switch (loop_wait(loop)) {
		case LOOP_TICK:
			err = tick(lat);
			if (!err && left && !--left) {
				lat->complete = true;
				return 0;
			}
			break;
		case LOOP_EVENT:
			err = read_events(lat);
			break;
		case LOOP_STOP:
			if (!pass_on(loop))
				return 0;
			break;
		case LOOP_CHILD:
			return 0;
		case LOOP_ERROR:
			err = -errno;
			session_say("cannot wait", err);
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

static int open_slow(struct lat *lat)
{
	int err = lat->options->over ? source_slow(&lat->session.source, take_slow, lat) : 0;

	if (err)
		session_say("cannot read slow exits", err);
	return err;
}

/* Reports the exits since the last interval. */
static int finish(struct lat *lat)
{
	int err;

	source_detach(&lat->session.source);
	do {
		err = source_read_slow(&lat->session.source);
	} while (err > 0);
	if (!err && !lat->complete)
		err = read_window(lat);
	if (!err && !lat->complete)
		err = report(lat);
	return err;
}

static int measure_and_report(struct session *session)
{
	struct lat *lat = (struct lat *)session;
	const struct options *options = lat->options;
	int err;

	err = loop_interval(&session->loop, options->interval ? options->interval : NS_PER_S);
	if (err) {
		session_say("cannot set the interval", err);
		return STATUS_ERROR;
	}
	if (open_slow(lat))
		return STATUS_ERROR;
	if (options->command) {
		err = loop_spawn(&session->loop, options->command);
		if (err) {
			session_say(options->command[0], err);
			lat->spawned = true;
			return err == -ENOENT ? STATUS_NO_COMMAND : STATUS_NOT_EXECUTABLE;
		}
		lat->spawned = true;
	}
	if (options->advise)
		waits_find(&lat->waits);
	err = session_drop();
	if (!err && !options->interval && !options->command && isatty(STDERR_FILENO))
		fprintf(stderr, "%s: measuring; Ctrl-C to end\n", program_invocation_short_name);
	if (!err)
		err = measure(lat);
	if (!err)
		err = finish(lat);
	if (err)
		return STATUS_ERROR;
	if (options->command && !session->loop.child && session->loop.child_status)
		return child_status(&session->loop);
	return STATUS_OK;
}

int run(const struct options *options)
{
	struct lat lat = { .options = options };
	const struct source_program program = {
		.filter = &options->filter,
		.over = options->over,
		.take = options->advise ? advise_take_part : model_take,
	};
	int status, err;

	setlocale(LC_CTYPE, "");
	/* Reading the symbols takes privileges, which are dropped later. */
	err = options->over ? ksyms_read(&lat.ksyms, NULL) : 0;
	if (err)
		session_say("/proc/kallsyms, stacks will have no names", err);
	model_init(&lat.model, options->by, options->phases);
	advise_init(&lat.advise);
	waits_init(&lat.waits);
	status = session_run(&lat.session, &program, options->json ? EMIT_JSON : EMIT_TEXT,
			     measure_and_report);
	model_free(&lat.model);
	advise_free(&lat.advise);
	waits_free(&lat.waits);
	ksyms_free(&lat.ksyms);
	return options->command && !lat.spawned ? STATUS_BEFORE_COMMAND : status;
}
