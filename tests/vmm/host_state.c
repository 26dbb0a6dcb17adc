// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "host_state.h"

/* errno, positive, or the result: host_state_call.S */
long host_state_call(int fd, unsigned long request, const struct host_state *set,
		     struct host_state *got, void *vector_save);

#define CR0_SO	0x10000000ull

int host_state_run(struct vcpu *vcpu, const struct host_state *set, struct host_state *got)
{
	u64 vector_save[48] __attribute__((aligned(16)));
	long rc = host_state_call(vcpu->fd, KVM_RUN, set, got, vector_save);

	return vcpu_ran(vcpu, got->cr & CR0_SO ? -rc : rc);
}
