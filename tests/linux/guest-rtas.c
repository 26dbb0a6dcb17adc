// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest-rtas COUNT: makes exactly COUNT RTAS calls from a Linux guest. Each is one hypercall,
 * H_RTAS, to QEMU.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TOKEN	"/proc/device-tree/rtas/get-time-of-day"

/* PAPR's argument buffer, big-endian, as the system call takes it */
struct rtas_args {
	uint32_t token;
	uint32_t nargs;
	uint32_t nret;
	uint32_t args[16];
	uint64_t kernel_only;
};

int main(int argc, char **argv)
{
	unsigned long count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	struct rtas_args args = { .nret = htonl(8) };
	int fd = open(TOKEN, O_RDONLY);

	if (fd < 0 || read(fd, &args.token, sizeof(args.token)) != sizeof(args.token)) {
		perror("guest-rtas: " TOKEN);
		return 1;
	}
	while (count--) {
		if (syscall(SYS_rtas, &args) || args.args[0]) {
			perror("guest-rtas: get-time-of-day");
			return 1;
		}
	}
	return 0;
}
