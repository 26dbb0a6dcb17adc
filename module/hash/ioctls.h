/* SPDX-License-Identifier: GPL-2.0-only */
/* VM ioctls about the hashed page table. */
#ifndef HVLENS_HASH_IOCTLS_H
#define HVLENS_HASH_IOCTLS_H

struct file;

int hash_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg);

#endif /* HVLENS_HASH_IOCTLS_H */
