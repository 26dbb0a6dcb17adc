// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "wait.h"

#define PAUSE_US	50

static bool look(bool (*holds)(void *), void *arg, const char *fmt, va_list args)
{
	u64 end = host_timebase() + WAIT_S * host_timebase_hz();
	char what[160];

	while (!holds(arg)) {
		if (host_timebase() > end) {
			vsnprintf(what, sizeof(what), fmt, args);
			tap_diag("waited %u s in vain: %s", WAIT_S, what);
			return false;
		}
		usleep(PAUSE_US);
	}
	return true;
}

bool wait_until(bool (*holds)(void *arg), void *arg, const char *fmt, ...)
{
	va_list args;
	bool held;

	va_start(args, fmt);
	held = look(holds, arg, fmt, args);
	va_end(args);
	return held;
}

struct passing {
	const volatile u64 *counter;
	u64 value;
};

static bool has_passed(void *arg)
{
	const struct passing *p = arg;

	return *p->counter > p->value;
}

bool wait_past(const volatile u64 *counter, u64 value, const char *fmt, ...)
{
	struct passing p = { counter, value };
	va_list args;
	bool held;

	va_start(args, fmt);
	held = look(has_passed, &p, fmt, args);
	va_end(args);
	return held;
}

static bool is_asleep(void *arg)
{
	char path[64], text[512], *state;

	/* "TID (NAME) STATE ...", where NAME may hold anything */
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", *(pid_t *)arg);
	host_read(path, text, sizeof(text));
	state = strrchr(text, ')');
	return state && state[1] == ' ' && state[2] == 'S';
}

bool wait_asleep(pid_t tid, const char *fmt, ...)
{
	va_list args;
	bool held;

	va_start(args, fmt);
	held = look(is_asleep, &tid, fmt, args);
	va_end(args);
	return held;
}
