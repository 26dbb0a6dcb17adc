// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "session.h"

void session_say(const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(-err));
}

uint64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

int session_drop(void)
{
	int err = host_drop_privileges();

	if (err)
		session_say("cannot drop capabilities", err);
	return err;
}

int session_poll(struct session *session, void *arg)
{
	return source_poll(&session->source, &session->counts, arg);
}

int session_read(struct session *session, void *arg,
		 void (*each)(const struct vcpu_window *vcpu, void *arg))
{
	struct hvlens_trouble trouble;
	struct span span;
	int err;

	err = source_read(&session->source, &session->counts, arg, &span);
	if (err)
		return err;
	trouble = source_trouble(&session->source);
	counts_window(&session->counts, &span, &trouble, each, arg);
	return 0;
}

static bool is_gone(uint32_t vm, void *vms)
{
	return vms_gone(vms, vm);
}

void session_prune(struct session *session)
{
	/* First the vCPUs: vms knows when a VM's process began until it forgets the VM. */
	vcpus_prune(&session->counts.vcpus, is_gone, &session->vms);
	vms_prune(&session->vms);
}

static enum status saw_nothing(const struct session *session)
{
	if (source_trouble(&session->source).version) {
		fprintf(stderr, "%s: the backend's records are of another version than this program knows\n",
			program_invocation_short_name);
		fprintf(stderr, "%s: install the tools and the module of the same hvlens\n",
			program_invocation_short_name);
		return STATUS_ERROR;
	}
	fprintf(stderr, "%s: no exits seen: is a guest running?\n", program_invocation_short_name);
	return STATUS_NO_EXITS;
}

static int run_opened(struct session *session, int (*measure)(struct session *session))
{
	int status;

	counts_init(&session->counts);
	vms_init(&session->vms);
	status = measure(session);
	if (status == STATUS_OK && !session->counts.exits_ever)
		status = saw_nothing(session);
	vms_free(&session->vms);
	counts_free(&session->counts);
	source_close(&session->source);
	return status;
}

int session_run(struct session *session, const struct source_program *program,
		enum emit_form form, int (*measure)(struct session *session))
{
	int status, err;

	session->emit = (struct emit){ .out = stdout, .form = form };
	err = loop_open(&session->loop);
	if (err) {
		session_say("cannot set up signals and timer", err);
		status = STATUS_ERROR;
	} else {
		status = source_open(&session->source, program);
		session->loop.events = session->source.events;
		if (status == STATUS_OK)
			status = run_opened(session, measure);
	}
	loop_close(&session->loop);
	return status;
}
