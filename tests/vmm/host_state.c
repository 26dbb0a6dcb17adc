// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "host_state.h"
#include "image.h"

/* errno, positive, or the result: host_state_call.S */
long host_state_call(int fd, unsigned long request, const struct host_state *set,
		     struct host_state *got, void *vector_save, long then);

#define CR0_SO	0x10000000ull

int host_state_run_then(struct vcpu *vcpu, const struct host_state *set, struct host_state *got,
			long then)
{
	u64 vector_save[48] __attribute__((aligned(16)));
	long rc = host_state_call(vcpu->fd, KVM_RUN, set, got, vector_save, then);

	return vcpu_ran(vcpu, got->cr & CR0_SO ? -rc : rc);
}

int host_state_run(struct vcpu *vcpu, const struct host_state *set, struct host_state *got)
{
	return host_state_run_then(vcpu, set, got, 0);
}

void host_state_fill(struct host_state *set, unsigned int seed)
{
	unsigned int i, n = 1000;

	memset(set, 0, sizeof(*set));
	for (i = 0; i < 18; i++)
		set->gpr[i] = image_value(seed, n++);
	set->cr = image_value(seed, n++) & 0x00fff000;
	set->tar = image_value(seed, n++);
	set->dscr = image_value(seed, n++) & 0x1ffffff;
	set->vrsave = image_value(seed, n++) & 0xffffffff;
	set->fpscr = 0x00012001;
	set->vscr[0] = 0x10000;
	for (i = 0; i < 64; i++) {
		set->vsr[i][0] = image_value(seed, n++);
		set->vsr[i][1] = image_value(seed, n++);
	}
	asm volatile("mfspr %0, 13" : "=r" (set->amr));
}
