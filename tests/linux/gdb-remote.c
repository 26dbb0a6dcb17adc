// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb-remote SOCKET: sends each line of stdin as a packet of GDB's remote serial protocol to
 * QEMU's gdbstub ("-gdb unix:SOCKET,server=on,wait=off"), and prints each answer as a line.
 * A packet that resumes the guest is answered when the guest stops.  All packets use one
 * connection: a new connection stops the guest and forgets the vCPU that packets refer to.
 *
 * Exit status: 0 at the end of stdin; 1 when an answer does not come within 60 s, or breaks
 * the protocol; 2 for a wrong call, or when QEMU does not answer.
 */
#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SECONDS	60

static int qemu;

static void connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		errx(2, "%s: too long for a socket's path", path);
	strcpy(address.sun_path, path);
	qemu = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (qemu < 0 || connect(qemu, (struct sockaddr *)&address, sizeof(address)))
		err(2, "%s", path);
}

static void put(const char *bytes, size_t count)
{
	if (write(qemu, bytes, count) != (ssize_t)count)
		err(1, "sending to QEMU");
}

static char get(void)
{
	char c;

	switch (read(qemu, &c, 1)) {
	case 1:
		return c;
	case 0:
		errx(1, "QEMU ended the connection");
	default:
		err(1, "reading from QEMU");
	}
}

/* $PACKET#CHECKSUM, acknowledged by '+' */
static void send_packet(const char *packet)
{
	char text[4096];
	uint8_t sum = 0;
	int length;

	for (const char *c = packet; *c; c++)
		sum += *c;
	length = snprintf(text, sizeof(text), "$%s#%02x", packet, sum);
	if (length >= (int)sizeof(text))
		errx(2, "packet too long");
	put(text, length);
	if (get() != '+')
		errx(1, "QEMU does not take '%s'", packet);
}

static unsigned int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *digit = strchr(digits, c);

	if (!c || !digit)
		errx(1, "no checksum in QEMU's answer");
	return digit - digits;
}

/* '}' escapes a byte of binary data.  The answer is good until the next. */
static const char *answer(void)
{
	static char text[8192];
	uint8_t sum = 0, want;
	size_t n = 0;
	char c;

	while (get() != '$')
		;
	while ((c = get()) != '#' && n < sizeof(text) - 1) {
		sum += c;
		if (c == '}') {
			c = get();
			sum += c;
			c ^= 0x20;
		}
		text[n++] = c;
	}
	text[n] = '\0';
	want = hex_digit(get()) << 4;
	want |= hex_digit(get());
	if (sum != want)
		errx(1, "wrong checksum in QEMU's answer");
	put("+", 1);
	return text;
}

static char packet[4096];

static void timed_out(int sig)
{
	(void)sig;
	errx(1, "no answer to '%s' in %d s", packet, SECONDS);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: gdb-remote SOCKET <PACKETS");
	signal(SIGALRM, timed_out);
	connect_to(argv[1]);
	while (fgets(packet, sizeof(packet), stdin)) {
		packet[strcspn(packet, "\n")] = '\0';
		alarm(SECONDS);
		send_packet(packet);
		puts(answer());
		fflush(stdout);
		alarm(0);
	}
	return 0;
}
