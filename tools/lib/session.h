/* SPDX-License-Identifier: GPL-2.0-only */
/* The frame of a tool's run: opens the source, reads its windows, closes it. */
#ifndef HVLENS_SESSION_H
#define HVLENS_SESSION_H

#include "counts.h"
#include "emit.h"
#include "loop.h"
#include "source.h"
#include "vms.h"

struct session {
	struct loop loop;
	struct source source;
	struct counts counts;
	struct vms vms;
	struct emit emit;
};

/*
 * Opens everything, calls @measure, which returns an exit status, and closes everything.
 * If the status is STATUS_OK but there was no exit, says so and returns STATUS_NO_EXITS.
 */
int session_run(struct session *session, const struct source_program *program,
		enum emit_form form, int (*measure)(struct session *session));

/*
 * Drops the privileges that opening the source needed.  To be called after a command has been
 * started: a command that regains capabilities when it is executed could not be traced by perf or
 * gdb, like a setuid program.  0, or -errno after a message
 */
int session_drop(void);

/* Reads what has been recorded, for the window that has not ended.  0 or -errno */
int session_poll(struct session *session, void *arg);

/*
 * Ends the window.  Gives its parts to the program's take(@arg), its vCPUs to the counts and
 * to @each (may be NULL).  0 or -errno
 */
int session_read(struct session *session, void *arg,
		 void (*each)(const struct vcpu_window *vcpu, void *arg));

/* Forgets the VMs that are gone.  To be called after their last window has been shown. */
void session_prune(struct session *session);

/* Prints "kvmlat: WHAT: text of the error" to stderr. */
void session_say(const char *what, int err);

/* CLOCK_REALTIME in ns */
uint64_t wall_clock(void);

#endif
