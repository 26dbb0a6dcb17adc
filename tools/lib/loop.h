/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waits for the next interval, a signal, a key, or the end of a command.  Signals are blocked
 * and read from a descriptor, so none can get lost between a test and the wait.
 */
#ifndef HVLENS_LOOP_H
#define HVLENS_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum loop_event {
	LOOP_TICK,	/* the interval is over */
	LOOP_STOP,	/* SIGINT, SIGTERM, SIGHUP, SIGQUIT */
	LOOP_CHILD,	/* the command ended */
	LOOP_RESIZE,	/* the terminal's size changed */
	LOOP_KEY,	/* standard input can be read */
	LOOP_EVENT,	/* events can be read */
	LOOP_ERROR,	/* waiting failed, see errno */
};

struct loop {
	int timer;
	int signals;
	bool keys;		/* watch standard input */
	int events;		/* another descriptor to watch, -1: none */
	pid_t child;		/* 0: none */
	int child_status;	/* as of waitpid(), after LOOP_CHILD */
	int stop_signal;	/* after LOOP_STOP */
};

/* Blocks the signals.  0 or -errno */
int loop_open(struct loop *loop);
void loop_close(struct loop *loop);
/* Ticks every @ns from now on.  If several ticks are due, there is one event for all. */
int loop_interval(struct loop *loop, uint64_t ns);
/* Starts argv[0] from PATH with no signals blocked.  0 or -errno */
int loop_spawn(struct loop *loop, char **argv);
enum loop_event loop_wait(struct loop *loop);

/* CLOCK_MONOTONIC in ns */
uint64_t loop_now(void);

#endif
