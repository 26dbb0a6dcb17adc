/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest in real mode that executes the loads and stores that the VMM requests
 * (guests/remote.S).  Addresses are guest real.
 */
#ifndef TESTS_REMOTE_VMM_H
#define TESTS_REMOTE_VMM_H

#include "fixture.h"
#include "../guests/remote.h"

/* Puts the guest's code in place. */
void remote_load(struct vm *vm);

/* A VM with the guest on vCPU 0, waiting for its first command */
void remote_start(struct fixture *f);

/* Another vCPU with the guest */
void remote_add(struct vm *vm, struct vcpu *vcpu, u32 id);

/*
 * Hands the waiting guest a command; it begins with the next KVM_RUN.  The
 * guest touches @count words, @stride bytes apart.
 */
void remote_command(struct vcpu *vcpu, unsigned int command, u64 address, u64 value,
		    u64 stride, u64 count);

/*
 * Runs a command to its end.  Returns the result of KVM_RUN: KVM_EXIT_PAPR_HCALL when the
 * command is done, KVM_EXIT_MMIO when there is no memory at the address, or -errno.
 */
int remote_run(struct vcpu *vcpu, unsigned int command, u64 address, u64 value,
	       u64 stride, u64 count);

/* One word; ends the test with "Bail out!" unless the guest gets there. */
u64 remote_get(struct vcpu *vcpu, u64 address);
void remote_put(struct vcpu *vcpu, u64 address, u64 value);

#endif
