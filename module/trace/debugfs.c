// SPDX-License-Identifier: GPL-2.0-only
/* What the files of a VM's debugfs directory have in common: an open one keeps the VM. */
#include <linux/fs.h>
#include <linux/kvm_host.h>
#include <linux/seq_file.h>

#include "trace/debugfs.h"

/*
 * vm_debugfs_open - opens a file whose i_private is the VM
 * @ops: what shows it
 * @size: bytes of the reader's private data, zeroed; its first member is a struct kvm *,
 * set here
 *
 * Return: 0; -ENOENT: the VM is on its way out; -ENOMEM.
 */
int vm_debugfs_open(struct inode *inode, struct file *file,
		    const struct seq_operations *ops, int size)
{
	struct kvm *kvm = inode->i_private;
	struct kvm **reader;

	if (!kvm_get_kvm_safe(kvm))
		return -ENOENT;
	reader = __seq_open_private(file, ops, size);
	if (!reader) {
		kvm_put_kvm(kvm);
		return -ENOMEM;
	}
	*reader = kvm;
	return 0;
}

/* vm_debugfs_release - closes it */
int vm_debugfs_release(struct inode *inode, struct file *file)
{
	kvm_put_kvm(inode->i_private);
	return seq_release_private(inode, file);
}
