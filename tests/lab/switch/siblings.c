// SPDX-License-Identifier: GPL-2.0-only
/*
 * On POWER8 a guest only runs when the other threads of its core are offline. CPUs 0 and 1 are
 * threads of the only core. The log says which CPU prevents the run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "host.h"
#include "tap.h"

GUEST(say_steps);

#define ONLINE	"/sys/devices/system/cpu/cpu1/online"

/* 0, or -errno of the write */
static int set_online(const char *value)
{
	int fd = open(ONLINE, O_WRONLY);
	int ret = fd < 0 || write(fd, value, 1) < 0 ? -errno : 0;

	close(fd);
	return ret;
}

int main(void)
{
	struct fixture f;
	unsigned int i;
	int ret = 0;

	tap_start(60);
	fixture_real(&f, say_steps);
	host_pin(0);
	tap_is(vcpu_run(&f.vcpu), -EBUSY, "a sibling is online: KVM_RUN says EBUSY");
	host_pin(1);
	tap_is(vcpu_run(&f.vcpu), -EBUSY, "not the first thread of the core: KVM_RUN says EBUSY");
	host_pin(0);

	tap_is(set_online("0"), 0, "the sibling goes offline");
	for (i = 0; i < 1000 && ret != -EBUSY; i++)
		ret = vcpu_run(&f.vcpu);
	tap_is(ret, KVM_EXIT_PAPR_HCALL, "now the guest runs, a thousand times");
	tap_is(set_online("1"), -EBUSY, "the sibling stays offline as long as there is a VM");
	fixture_end(&f);
	tap_is(set_online("1"), 0, "without a VM it can come back");
	return tap_done();
}
