/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The handlers of hypercalls, by the file that has them. hcalls.c has the table that
 * calls them. Those of a hash guest's page table are in hash/hash.h.
 *
 * @args: the guest's registers from r4 on, in the vCPU. A handler reads its arguments
 *	  before it sets a register that the guest gets back.
 *
 * Return: what the guest gets in r3, or H_TOO_HARD: user space answers the hypercall.
 * Context: see struct hcall in hcalls.c.
 */
#ifndef HVLENS_HCALL_HANDLERS_H
#define HVLENS_HCALL_HANDLERS_H

#include <linux/kvm_host.h>

/* hcalls_sched.c */
long h_cede(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_prod(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_confer(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_register_vpa(struct kvm_vcpu *vcpu, const unsigned long *args);

/* hcalls_cpu.c */
long h_set_mode(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_set_dabr(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_set_xdabr(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_random(struct kvm_vcpu *vcpu, const unsigned long *args);

/* hcalls_memory.c */
long h_page_init(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_rpt_invalidate(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_logical_ci_load(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_logical_ci_store(struct kvm_vcpu *vcpu, const unsigned long *args);

/* hcalls_tce.c */
long h_get_tce(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_put_tce(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_put_tce_indirect(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_stuff_tce(struct kvm_vcpu *vcpu, const unsigned long *args);

/* irq/hcalls.c */
long h_xics_on_xive(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_xics_rest(struct kvm_vcpu *vcpu, const unsigned long *args);
long h_xics_whole(struct kvm_vcpu *vcpu, const unsigned long *args);

#endif /* HVLENS_HCALL_HANDLERS_H */
