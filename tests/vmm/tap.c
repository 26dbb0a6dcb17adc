// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int checks, failures;

static void timed_out(int sig)
{
	static const char msg[] = "Bail out! timed out\n";

	(void)sig;
	_exit(write(STDOUT_FILENO, msg, sizeof(msg) - 1) < 0 ? 254 : 255);
}

unsigned int tap_patience(void)
{
	const char *factor = getenv("HVLENS_PATIENCE");
	unsigned long value = factor ? strtoul(factor, NULL, 10) : 0;

	return value ? value : 1;
}

void tap_start(unsigned int seconds)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGALRM, timed_out);
	alarm(seconds * tap_patience());
}

static void line(bool cond, const char *tail, const char *fmt, va_list args)
{
	printf("%sok %u - ", cond ? "" : "not ", ++checks);
	vprintf(fmt, args);
	printf("%s\n", tail);
	if (!cond)
		failures++;
}

bool tap_ok(bool cond, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	pthread_mutex_lock(&lock);
	line(cond, "", fmt, args);
	pthread_mutex_unlock(&lock);
	va_end(args);
	return cond;
}

bool tap_is(uint64_t got, uint64_t want, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	pthread_mutex_lock(&lock);
	line(got == want, "", fmt, args);
	if (got != want)
		printf("#   got %#lx, want %#lx\n", got, want);
	pthread_mutex_unlock(&lock);
	va_end(args);
	return got == want;
}

void tap_skip(const char *why, const char *fmt, ...)
{
	char tail[256];
	va_list args;

	snprintf(tail, sizeof(tail), " # SKIP %s", why);
	va_start(args, fmt);
	pthread_mutex_lock(&lock);
	line(true, tail, fmt, args);
	pthread_mutex_unlock(&lock);
	va_end(args);
}

void tap_diag(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	pthread_mutex_lock(&lock);
	fputs("# ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	pthread_mutex_unlock(&lock);
	va_end(args);
}

void tap_bail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("Bail out! ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	fflush(stdout);
	_exit(255);
}

int tap_done(void)
{
	alarm(0);
	printf("1..%u\n", checks);
	if (failures)
		printf("# %u of %u checks failed\n", failures, checks);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
