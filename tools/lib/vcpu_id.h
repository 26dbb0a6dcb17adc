/* SPDX-License-Identifier: GPL-2.0-only */
/* What names a vCPU of the host, as the key of a table's rows (table.h) */
#ifndef HVLENS_VCPU_ID_H
#define HVLENS_VCPU_ID_H

#include <stdint.h>

struct vcpu_id {
	uint32_t vm;	/* process id of the VMM */
	uint32_t vcpu;	/* number in the VM */
};

/* For a table's compare: by VM, then by number */
static inline int vcpu_id_compare(const void *a, const void *b)
{
	const struct vcpu_id *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return (x->vcpu > y->vcpu) - (x->vcpu < y->vcpu);
}

#endif
