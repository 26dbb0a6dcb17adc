// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "unit.h"

static bool value(const char **p);

static bool literal(const char **p, const char *text)
{
	if (strncmp(*p, text, strlen(text)))
		return false;
	*p += strlen(text);
	return true;
}

static bool string(const char **p)
{
	if (*(*p)++ != '"')
		return false;
	for (; **p != '"'; (*p)++) {
		if ((unsigned char)**p < 0x20)
			return false;
		if (**p != '\\')
			continue;
		(*p)++;
		if (**p == 'u') {
			for (int i = 0; i < 4; i++)
				if (!isxdigit((unsigned char)*++*p))
					return false;
		} else if (!**p || !strchr("\"\\/bfnrt", **p)) {
			return false;
		}
	}
	(*p)++;
	return true;
}

static bool digits(const char **p)
{
	if (!isdigit((unsigned char)**p))
		return false;
	while (isdigit((unsigned char)**p))
		(*p)++;
	return true;
}

static bool number(const char **p)
{
	if (**p == '-')
		(*p)++;
	if (**p == '0' && isdigit((unsigned char)(*p)[1]))
		return false;
	if (!digits(p))
		return false;
	if (**p == '.') {
		(*p)++;
		return digits(p);
	}
	return true;
}

/* Members of an object (@keys) or an array, up to @close */
static bool members(const char **p, char close, bool keys)
{
	(*p)++;
	if (**p == close) {
		(*p)++;
		return true;
	}
	for (;;) {
		if (keys && (!string(p) || *(*p)++ != ':'))
			return false;
		if (!value(p))
			return false;
		if (**p == close) {
			(*p)++;
			return true;
		}
		if (*(*p)++ != ',')
			return false;
	}
}

static bool value(const char **p)
{
	switch (**p) {
	case '{':
		return members(p, '}', true);
	case '[':
		return members(p, ']', false);
	case '"':
		return string(p);
	case 't':
		return literal(p, "true");
	case 'f':
		return literal(p, "false");
	case 'n':
		return literal(p, "null");
	default:
		return number(p);
	}
}

bool json_valid(const char *text)
{
	const char *p = text;

	return value(&p) && !strcmp(p, "\n");
}

int run_child(void (*child)(void *arg), void *arg, char *output, size_t size)
{
	int fds[2], status;
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	fflush(NULL);
	if (pipe(fds))
		abort();
	pid = fork();
	if (pid < 0)
		abort();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		child(arg);
		fflush(NULL);
		_exit(0);
	}
	close(fds[1]);
	while (len < size - 1 && (got = read(fds[0], output + len, size - 1 - len)) > 0)
		len += got;
	output[len] = '\0';
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid)
		abort();
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
