// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "loop.h"

#define NS_PER_S	1000000000ull

static const int watched[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGWINCH,
};

uint64_t loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int loop_open(struct loop *loop)
{
	sigset_t set;

	memset(loop, 0, sizeof(*loop));
	loop->timer = -1;
	loop->signals = -1;
	loop->events = -1;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaddset(&set, watched[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	loop->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->signals < 0)
		return -errno;
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->timer < 0)
		return -errno;
	return 0;
}

void loop_close(struct loop *loop)
{
	if (loop->signals >= 0)
		close(loop->signals);
	if (loop->timer >= 0)
		close(loop->timer);
}

int loop_interval(struct loop *loop, uint64_t ns)
{
	struct timespec span = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
	struct itimerspec timer = { .it_interval = span, .it_value = span };

	return timerfd_settime(loop->timer, 0, &timer, NULL) ? -errno : 0;
}

int loop_spawn(struct loop *loop, char **argv)
{
	posix_spawnattr_t attr;
	sigset_t none;
	int err;

	err = posix_spawnattr_init(&attr);
	if (err)
		return -err;
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	err = posix_spawnp(&loop->child, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	if (err)
		loop->child = 0;
	return -err;
}

/* Has the command ended?  Then takes its status. */
static bool child_ended(struct loop *loop)
{
	if (!loop->child || waitpid(loop->child, &loop->child_status, WNOHANG) != loop->child)
		return false;
	loop->child = 0;
	return true;
}

enum loop_event loop_wait(struct loop *loop)
{
	struct pollfd fds[] = {
		{ .fd = loop->signals, .events = POLLIN },
		{ .fd = loop->timer, .events = POLLIN },
		{ .fd = loop->keys ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = loop->events, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	uint64_t expired;

	for (;;) {
		if (poll(fds, sizeof(fds) / sizeof(*fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return LOOP_ERROR;
		}
		while (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
			if (info.ssi_signo == SIGWINCH)
				return LOOP_RESIZE;
			if (info.ssi_signo != SIGCHLD) {
				loop->stop_signal = info.ssi_signo;
				return LOOP_STOP;
			}
			if (child_ended(loop))
				return LOOP_CHILD;
		}
		if (fds[2].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			loop->stop_signal = SIGHUP;
			return LOOP_STOP;
		}
		if (fds[2].revents)
			return LOOP_KEY;
		if (read(loop->timer, &expired, sizeof(expired)) == sizeof(expired))
			return LOOP_TICK;
		if (fds[3].revents)
			return LOOP_EVENT;
	}
}
