/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of a VM's debugfs directory have in common. */
#ifndef HVLENS_DEBUGFS_H
#define HVLENS_DEBUGFS_H

#include <linux/fs.h>
#include <linux/seq_file.h>

int vm_debugfs_open(struct inode *inode, struct file *file,
		    const struct seq_operations *ops, int size);
int vm_debugfs_release(struct inode *inode, struct file *file);

#endif /* HVLENS_DEBUGFS_H */
