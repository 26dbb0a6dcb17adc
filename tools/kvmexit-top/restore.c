// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <signal.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include "restore.h"

static struct termios modes;
static char sequence[256];
static size_t sequence_len;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
/* Attributes off, keypad off, cursor on, back to the normal screen */
static const char *const capabilities[] = { "sgr0", "rmkx", "cnorm", "rmcup" };

static void crashed(int signal)
{
	ssize_t ignored = write(STDOUT_FILENO, sequence, sequence_len);

	(void)ignored;
	tcsetattr(STDOUT_FILENO, TCSANOW, &modes);
	raise(signal);
}

bool restore_remember(void)
{
	return !tcgetattr(STDOUT_FILENO, &modes);
}

static void add(const char *capability)
{
	const char *text = tigetstr((char *)capability);
	size_t len;

	if (!text || text == (char *)-1)
		return;
	len = strlen(text);
	if (len > sizeof(sequence) - sequence_len)
		return;
	memcpy(sequence + sequence_len, text, len);
	sequence_len += len;
}

void restore_on_crash(void)
{
	struct sigaction action = { .sa_handler = crashed, .sa_flags = SA_RESETHAND | SA_NODEFER };

	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++)
		add(capabilities[i]);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		sigaction(crashes[i], &action, NULL);
}
