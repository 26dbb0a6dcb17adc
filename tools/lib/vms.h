/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of VMs: the command names of their processes. */
#ifndef HVLENS_VMS_H
#define HVLENS_VMS_H

#include <stdbool.h>
#include <stdint.h>
#include "table.h"

#define VM_NAME_SIZE	16

struct vms {
	struct table names;
};

void vms_init(struct vms *vms);
void vms_free(struct vms *vms);

/* Reads /proc/@vm/comm when @vm is new.  "?" if that failed: the process is gone. */
const char *vms_name(struct vms *vms, uint32_t vm);
/* Forgets the VMs for which @gone is true. */
void vms_prune(struct vms *vms, bool (*gone)(uint32_t vm));
/* Has the VM's process ended? */
bool vm_gone(uint32_t vm);

#endif
