// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab-cap-bpf COMMAND...: runs COMMAND as a user that is not root, with the capabilities CAP_BPF
 * and CAP_PERFMON only
 */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY	65534

static const int kept[] = { CAP_BPF, CAP_PERFMON };

int main(int argc, char **argv)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (argc < 2) {
		fprintf(stderr, "usage: lab-cap-bpf COMMAND...\n");
		return 2;
	}
	for (int i = 0; i < 2; i++) {
		data[CAP_TO_INDEX(kept[i])].permitted |= CAP_TO_MASK(kept[i]);
		data[CAP_TO_INDEX(kept[i])].effective |= CAP_TO_MASK(kept[i]);
		data[CAP_TO_INDEX(kept[i])].inheritable |= CAP_TO_MASK(kept[i]);
	}
	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(NOBODY) || setuid(NOBODY) ||
	    syscall(SYS_capset, &header, data)) {
		perror("lab-cap-bpf");
		return 1;
	}
	for (int i = 0; i < 2; i++)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
