/* SPDX-License-Identifier: GPL-2.0-only */
/* How kvmlat groups exits. */
#ifndef KVMLAT_H
#define KVMLAT_H

enum kvmlat_by {
	KVMLAT_BY_NONE, KVMLAT_BY_REASON, KVMLAT_BY_HCALL, KVMLAT_BY_VCPU, KVMLAT_BY_VM,
	KVMLAT_BY_CPU, KVMLAT_BY_COUNT
};

#endif
