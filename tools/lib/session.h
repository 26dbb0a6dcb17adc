/* SPDX-License-Identifier: GPL-2.0-only */
/* The frame of a tool's run: what it opens, reads and closes again. */
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
 * Opens all, calls @measure, which gives an exit status, and closes all.  With
 * STATUS_OK and not a single exit: STATUS_NO_EXITS, and that is said.
 */
int session_run(struct session *session, const struct source_program *program,
		enum emit_form form, int (*measure)(struct session *session));

/*
 * Gives up the privileges that opening took.  After a command has been started: one
 * that got them back by being executed would be kept from perf and gdb as setuid
 * programs are.  0 or -errno, which has been said
 */
int session_drop(void);

/*
 * Ends the window: its entries go to the program's take(@arg), its vCPUs to the
 * counts and to @each (may be NULL).  0 or -errno
 */
int session_read(struct session *session, void *arg,
		 void (*each)(const struct vcpu_window *vcpu, void *arg));

/* Forgets the VMs that are gone; after their last window has been shown. */
void session_prune(struct session *session);

/* "kvmlat: WHAT: the error's text" on stderr */
void session_say(const char *what, int err);

/* CLOCK_REALTIME in ns */
uint64_t wall_clock(void);

#endif
