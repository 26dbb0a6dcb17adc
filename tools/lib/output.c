// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "output.h"
#include "status.h"

static void flush(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return;
	fprintf(stderr, "%s: cannot write standard output: %s\n", program_invocation_short_name,
		strerror(errno));
	_exit(STATUS_ERROR);
}

void output_guard(void)
{
	/* A closed standard input or error output gets the lowest free descriptor back. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (fd == STDOUT_FILENO) {
			fprintf(stderr, "%s: standard output is closed\n",
				program_invocation_short_name);
			exit(STATUS_ERROR);
		}
		if (open("/dev/null", O_RDWR) < 0)
			exit(STATUS_ERROR);
	}
	atexit(flush);
}
