/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's "edu" device behind VFIO: each write to one of its registers is one
 * MSI.  The emulated host has it with "device=edu" in a test's "# lab:" line.
 *
 * Each function ends the test with "Bail out!" when it fails.
 */
#ifndef TESTS_VFIO_H
#define TESTS_VFIO_H

#include "vmm.h"

struct vfio {
	int container, group, device;
	volatile u32 *bar;	/* BAR 0; NULL: closed */
	size_t bar_size;
};

/* Gives the device to vfio-pci.  Once, before the first vfio_open(). */
void vfio_bind(void);

void vfio_open(struct vfio *vfio);
void vfio_close(struct vfio *vfio);

/* Each MSI of the device signals @eventfd; -1 switches its MSI off. */
void vfio_set_msi(struct vfio *vfio, int eventfd);

/* One MSI */
void vfio_trigger(struct vfio *vfio);

/* The host's number of the device's interrupt while its MSI is on */
unsigned int vfio_irq(void);

#endif
