/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of VMs: QEMU's -name and -uuid, from the command line of the VMM.  Without -name, or
 * with another VMM, the name is the command name of the process.
 */
#ifndef HVLENS_VMS_H
#define HVLENS_VMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cgroup.h"
#include "table.h"

#define VM_NAME_SIZE	64
#define VM_UUID_SIZE	37

struct vms {
	struct table names;
};

void vms_init(struct vms *vms);
void vms_free(struct vms *vms);

/* Reads /proc/@vm if @vm is new.  "?" if that fails because the process is gone */
const char *vms_name(struct vms *vms, uint32_t vm);
/* "" if QEMU was not given one */
const char *vms_uuid(struct vms *vms, uint32_t vm);
/* The control group of its VMM; NULL if that is not known */
const struct cgroup *vms_cgroup(struct vms *vms, uint32_t vm);
/*
 * Sets @pids to the processes whose -name or -uuid is @text, at most @room of them.  Returns how
 * many there are.
 */
size_t vms_named(const char *text, uint32_t *pids, size_t room);
/*
 * Has the VM's process ended?  Also if another process has its number now: the time at which the
 * process began was noted when its name was looked up.
 */
bool vms_gone(const struct vms *vms, uint32_t vm);
/* Forgets the VMs that are gone. */
void vms_prune(struct vms *vms);

/*
 * Parses a command line in the form of /proc/PID/cmdline: @size bytes of strings that end with
 * 0.  Sets the guest of the last -name and the last -uuid, "" for an absent one.
 */
void vms_parse_cmdline(const char *cmdline, size_t size, char name[VM_NAME_SIZE],
		       char uuid[VM_UUID_SIZE]);

#endif
