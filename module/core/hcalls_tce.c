// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls for the translation control entries (TCEs) of virtual I/O: kvm.ko has them. */
#include <linux/kvm_host.h>
#include <linux/rculist.h>
#include <linux/sizes.h>
#include <asm/hvcall.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>

#include "core/guest_memory.h"
#include "core/hcall_handlers.h"

/*
 * Are the @npages TCEs from @ioba on inside the table @liobn? kvm.ko of many kernels
 * checks the first one only, and writes past the table's end. If there is no such table
 * the answer is true: kvm.ko finds that out itself.
 */
static bool tces_fit(struct kvm *kvm, unsigned long liobn, unsigned long ioba,
		     unsigned long npages)
{
	const struct kvmppc_spapr_tce_table *table;
	unsigned long first;
	bool fit = true;

	rcu_read_lock();
	list_for_each_entry_rcu(table, &kvm->arch.spapr_tce_tables, list) {
		if (table->liobn != liobn)
			continue;
		first = ioba >> table->page_shift;
		fit = first >= table->offset && npages <= table->size &&
		      first - table->offset <= table->size - npages;
		break;
	}
	rcu_read_unlock();
	return fit;
}

/* h_get_tce - args: liobn, ioba */
long h_get_tce(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_get_tce(vcpu, args[0], args[1]);
}

/* h_put_tce - args: liobn, ioba, TCE */
long h_put_tce(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_put_tce(vcpu, args[0], args[1], args[2]);
}

/* h_put_tce_indirect - args: liobn, ioba, address of a list of TCEs (4 KiB), their number */
long h_put_tce_indirect(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	struct guest_memory m;
	long ret = H_TOO_HARD;

	if (!tces_fit(vcpu->kvm, args[0], args[1], args[3]))
		return H_PARAMETER;
	guest_memory_begin(&m, vcpu->kvm);
	if (guest_memory_ready(&m, args[2], SZ_4K, false))
		ret = kvmppc_h_put_tce_indirect(vcpu, args[0], args[1], args[2], args[3]);
	guest_memory_end(&m, false);
	return ret;
}

/* h_stuff_tce - args: liobn, ioba, TCE, number of TCEs */
long h_stuff_tce(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	if (!tces_fit(vcpu->kvm, args[0], args[1], args[3]))
		return H_PARAMETER;
	return kvmppc_h_stuff_tce(vcpu, args[0], args[1], args[2], args[3]);
}
