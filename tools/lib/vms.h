/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What VMs are called: QEMU's -name and -uuid, from the command line of the VM's
 * process; for other VMMs, or without -name, the process's command name.
 */
#ifndef HVLENS_VMS_H
#define HVLENS_VMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "table.h"

#define VM_NAME_SIZE	64
#define VM_UUID_SIZE	37

struct vms {
	struct table names;
};

void vms_init(struct vms *vms);
void vms_free(struct vms *vms);

/* Looks into /proc/@vm when @vm is new.  "?" if that failed: the process is gone. */
const char *vms_name(struct vms *vms, uint32_t vm);
/* "" if none was given */
const char *vms_uuid(struct vms *vms, uint32_t vm);
/* Forgets the VMs for which @gone is true. */
void vms_prune(struct vms *vms, bool (*gone)(uint32_t vm));
/* Has the VM's process ended? */
bool vm_gone(uint32_t vm);

/*
 * From a command line as /proc/PID/cmdline has it, @size bytes of strings that
 * end with 0: the last -name's guest and the last -uuid; "" for what is not there.
 */
void vms_parse_cmdline(const char *cmdline, size_t size, char name[VM_NAME_SIZE],
		       char uuid[VM_UUID_SIZE]);

#endif
